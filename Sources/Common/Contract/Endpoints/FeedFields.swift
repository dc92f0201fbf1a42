import Words

extension Field {
    /// What every answer that shows data says of feeds that have stopped.
    static let stale = Field(
        "stale",
        .objects([
            Field("category", .choice(of: DropCategory.self)), Field("last_day", .day, "of its rows"),
            Field("usual_gap_days", .integer.orNull, unit: "days", "between days with rows, as a rule"),
            Field("text", .string, "in words: since when, and what is as of then"),
        ]),
        "feeds that have stopped coming, none as a rule: what rests on them is as of their last days, and nobody is taken "
            + "for silent or gone because of it")

    /// How fresh the rows of each category are.
    static let feeds = Field(
        "feeds",
        .objects([
            Field("category", .choice(of: DropCategory.self)), Field("first_day", .day), Field("last_day", .day),
            Field("days", .integer, "with rows"), Field("rows", .integer, "up to the as-of day"),
            Field("rows_per_day", .number, "of the days with rows"),
            Field(
                "usual_gap_days", .integer.orNull, unit: "days",
                "between days with rows: 95 % of the gaps of the last 90 days are not longer"),
            Field("missing", .boolean, "its last day is longer ago than the usual gap and three days"),
            Field("thin", .boolean, "the last week brought less than a quarter of what such weeks did before"),
            Field("clock", .day, "up to when what rests on it is known"),
        ]), "how fresh each category of rows with days is; those without rows are left out")
}
