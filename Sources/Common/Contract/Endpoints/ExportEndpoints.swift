import Words

/// Whole tables.
public enum ExportEndpoints {
    public static let all: [Endpoint] = [.exportTable]
}

extension Endpoint {
    public static let exportTable = Endpoint(
        "export.table", "a whole table", about: "A whole table as text, page by page.", permission: .export,
        day: .applied,
        parameters: [
            Parameter("table", .choice(of: ExportedTable.self), isRequired: true, "which"),
            Parameter("format", .choice(of: ExportFormat.self, default: .csv), "`ndjson`: a JSON object a line"),
            Parameter(
                "guard_formulas", .boolean(default: false),
                "in CSV, texts that a spreadsheet would run as formulas (they begin with `=`, `+`, `-`, `@`, a "
                    + "tab or a "
                    + "carriage return) begin with `'`; numbers never do"), .cursor,
        ],
        result: [
            Field("table", .choice(of: ExportedTable.self), "as asked"),
            Field("format", .choice(of: ExportFormat.self), "as asked"),
            Field("rows", .integer, "in this page: at most 10,000, and as many as fit a frame"),
            Field("total", .integer, "in the table"),
            Field(
                "columns",
                .objects([
                    Field("name", .string),
                    Field(
                        "type", .choice(["text", "integer", "real", "money", "day"]),
                        "`money` is a decimal with up to six places"),
                ])),
            Field(
                "data", .string,
                "the rows, each ended by a line feed; in CSV (RFC 4180 quoting) the first page begins with the "
                    + "header, and "
                    + "unknown is empty"), Field("next_cursor", .string.orNull),
        ],
        errors: [
            (.conflict, "the pages' snapshot is gone: start over without `cursor`"),
            (.tooLarge, "a single row does not fit a frame"),
            (
                .timeout,
                "the days of `customer_health_history` are still being made (ask again: those that are made stay)"
            ), (.unavailable, "no past of the clients' health is kept"),
        ],
        remarks: "Every table ends with the columns `as_of` and `snapshot`. `customer_metrics` and "
            + "`customer_health_scores` have a row per client, in the order of their ids; "
            + "`customer_health_history` one per "
            + "past Sunday that is kept and client of that day (`customer_id`, `day`, `health_score` with six "
            + "decimals, "
            + "`health_level`), day by day: days that are not made yet are made first, and never is a part of "
            + "them given; "
            + "`dashboard_kpis` and `mrr_movements` one per month, segment and region; `cohort_retention` one "
            + "per cohort and "
            + "month; `forecasts` one per kept forecast and horizon, those of the latest generation they were "
            + "made for (its "
            + "`as_of` and `snapshot` stand in the rows; none before the first are made, and none for other days).")
}
