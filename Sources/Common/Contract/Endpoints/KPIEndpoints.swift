import Words

/// Key figures of populations.
public enum KPIEndpoints {
    public static let all: [Endpoint] = [.kpisGet]
}

extension Endpoint {
    public static let kpisGet = Endpoint(
        "kpis.get", "key figures of a population",
        about:
            "Key figures of a population: a summary of a period, a series, the same by groups, and the same for "
            + "another "
            + "period.",
        permission: .read, day: .applied, takesFilters: true, work: .quick, isKept: true,
        parameters: [
            Parameter(
                "from", .day, fallback: "the first of the month of the as-of day; the series see `by`", "first day"),
            Parameter(
                "to", .day, fallback: "the as-of day", "last day; later than the as-of day means the as-of day"),
            Parameter(
                "by", .choice(of: SeriesStep.self, default: .month),
                "steps of the series: `month` (default from the first month with data), `week` (Monday to "
                    + "Sunday; default "
                    + "the last 26 weeks) or `day` (default the last 90 days); at most 4,000 periods"),
            Parameter(
                "group_by", .choice(of: Grouping.self),
                "also the figures of each group, of the 300 with the most clients"),
            Parameter(
                "compare", .choice(of: PeriodComparison.self),
                "also the figures of another period: `previous` (the same days of the month before when the "
                    + "period lies in "
                    + "one month and begins with it, else as many days before it) or `year` (12 months earlier)"),
        ],
        result: [
            Field("currency", .string, "base currency"),
            Field("period", .object([Field("from", .day), Field("to", .day)]), "days of the summary"),
            Field("summary", .object(summaryFields)), Field("series", .objects(pointFields), "one per period"),
            Field(
                "groups",
                .objects([
                    Field("group", .string.orNull, "null: clients without a value"),
                    Field("summary", .object(summaryFields)),
                ]),
                "empty without `group_by`; at most 300, those with the most clients, in the order of their names"),
            Field(
                "groups_total", .integer.orNull, "how many groups there are, shown or not; null without `group_by`"),
            Field(
                "comparison",
                .object([
                    Field("with", .choice(of: PeriodComparison.self), "as asked"), Field("from", .day),
                    Field("to", .day), Field("summary", .object(summaryFields)),
                ]).orNull),
        ],
        remarks: "Figures of a summary are of the period, or *now*: of the clients as of the as-of day, whatever the "
            + "period; or *month*: of the month in which the period ends (which may still be running).")

    private static let periodFields = [
        Field("active_customers", .integer, "distinct clients with activity"),
        Field("new_customers", .integer, "accounts created"),
        Field("revenue", .money, "sum of all amounts"), Field("transactions", .integer, "payments"),
        Field("events", .integer), Field("tickets", .integer),
        Field("mean_resolution_hours", .number.orNull, unit: "hours", "of the tickets created in the period"),
        Field("csat", .number.orNull, unit: "1…5", "mean rating of the tickets created in the period"),
        Field("nps_responses", .integer, "survey answers"),
        Field(
            "nps", .number.orNull, unit: "−100…100", "100 · (answers 9 and 10 − answers 0 to 6) / answers"),
    ]

    private static let summaryFields =
        periodFields + [
            Field("customers", .integer, "now: clients known"), Field("mrr", .money, "month: recurring revenue"),
            Field("arr", .money, "month: 12 · `mrr`"),
            Field("mrr_growth", .number.orNull, "month: against the month before, as a fraction; may be negative"),
            Field("nrr", .number.orNull, "month: net revenue retention, as a fraction; may exceed 1"),
            Field("grr", .fraction.orNull, "month: gross revenue retention"),
            Field("churned_customers", .integer, "month: whose last active month is the month before"),
            Field("churn_rate", .fraction.orNull, "month: of those active in the month before"),
            Field("avg_transaction_value", .money.orNull, "mean payment"),
            Field("engagement_score", .number.orNull, "now: mean over clients"),
            Field("health_score", .number.orNull, unit: "0…100", "now: mean over clients that have one"),
            Field("at_risk_customers", .integer, "now: of risk level `high` or `critical`"),
        ]

    private static let pointFields =
        [
            Field("period", .string, "a month, or the first day of a week or day"), Field("from", .day),
            Field("to", .day),
            Field("complete", .boolean, "false while it is still running"),
        ] + periodFields + [
            Field("churned_customers", .integer, when: "a whole month"), Field("mrr", .money, when: "a whole month"),
            Field(
                "repeat_revenue", .money, when: "a whole month",
                "revenue of clients who paid in the month before too"),
            Field("nrr", .number.orNull, when: "a whole month"), Field("grr", .fraction.orNull, when: "a whole month"),
        ]
}
