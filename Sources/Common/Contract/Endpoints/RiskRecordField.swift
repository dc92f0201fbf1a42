import Words

extension Field {
    /// How the company's past bears out what is said of risk.
    static let riskRecord = Field(
        "record",
        .object([
            Field("horizon_days", .integer, unit: "days", "after each day"),
            Field(
                "measures",
                .objects([
                    measure, Field("windows", .integer, "on which it is known"),
                    Field("auc", .number.orNull, "mean over them, weighed by those who left"),
                ])),
            Field("rule_levels", .objects(levelFields(.choice(of: RiskLevel.self))), "all windows together"),
            Field("health_levels", .objects(levelFields(.choice(of: HealthLevel.self))), "all windows together"),
            Field(
                "windows",
                .objects([
                    Field("day", .day, "the window is the horizon after it, and over"),
                    Field("clients", .integer, "who were there on the day, as many as were looked at"),
                    Field("left", .integer, "of these within the horizon"),
                    Field(
                        "rankings",
                        .objects([
                            measure,
                            Field(
                                "auc", .number.orNull,
                                "chance that one who left was put above one who stayed; null where only one of them occurs"
                            ),
                            Field(
                                "top_tenth_yield", .fraction.orNull, "share of leavers among the tenth put at the top"),
                            Field(
                                "expected", .number.orNull,
                                "leavers expected: sum of the probabilities, or of the shares of each level on the other "
                                    + "windows"),
                        ])),
                ]), "the latest last"),
        ]).orNull,
        "what became of the clients who were there on past days; null before a window was over and looked at")

    private static let measure = Field(
        "measure", .choice(["model", "rules", "health", "last_seen"]),
        "`model`: on windows that began when it was trained or later; `last_seen`: days since the client was last seen")

    private static func levelFields(_ level: Shape) -> [Field] {
        [
            Field("level", level), Field("clients", .integer), Field("left", .integer),
            Field("share", .fraction.orNull, "of them that left within the horizon"),
        ]
    }
}
