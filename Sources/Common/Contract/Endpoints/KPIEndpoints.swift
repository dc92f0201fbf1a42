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
                "also the figures of another period of the same kind: `previous` (as many whole months before it, the "
                    + "same days of the month before, or as many days before it) or `year` (a year earlier)"),
        ],
        result: [
            Field("currency", .string, "base currency"),
            Field("standing_on", .day, "the day at whose end the standing figures of the summary stand"),
            Field("period", .object(periodFields), "of the flows of the summary"),
            Field("summary", .object(summaryFields)),
            Field(
                "running",
                .object([
                    Field("now", .object(periodFields + [Field("summary", .object(flowFields))])),
                    Field(
                        "before", .object(periodFields + [Field("summary", .object(flowFields))]),
                        "the same days of the month before"),
                ]).orNull, "the running month to date; null where a period was asked for"),
            Field("series", .objects(pointFields), "one per period"),
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
                .object(
                    [
                        Field("with", .choice(of: PeriodComparison.self), "as asked"), Field("standing_on", .day),
                    ] + periodFields + [Field("summary", .object(summaryFields))]
                ).orNull),
        ],
        remarks:
            "Figures of a summary *stand* at the end of a day, or *flow* in a period: without `from` and `to` the last "
            + "whole month, with the running one beside it.")

    private static let periodFields = [
        Field("label", .string, "as it is written above figures: `2026-05`, `2026-Q2`, or two days"),
        Field("from", .day), Field("to", .day),
        Field("complete", .boolean, "it is over, and all of it lies in the data"),
    ]

    private static let countedFields = [
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

    private static let retentionFields = [
        Field("churned_customers", .integer, "customers who left in the period and were not back at its end"),
        Field("churn_rate", .fraction.orNull, "those of them who were customers at its start, of all who were"),
        Field("mrr_growth", .number.orNull, "`mrr` at its end against its start, as a fraction; may be negative"),
        Field(
            "nrr", .number.orNull,
            "net revenue retention: what the payers of its start are worth at its end, as a fraction; may exceed 1"),
        Field("grr", .fraction.orNull, "gross revenue retention: the same without growth"),
        Field("avg_transaction_value", .money.orNull, "mean payment"),
    ]

    private static let flowFields = countedFields + retentionFields

    private static let summaryFields =
        flowFields + [
            Field("customers", .integer.orNull, "stands: clients who are there and have begun"),
            Field("mrr", .money.orNull, "stands: recurring revenue a month; null where payments do not recur"),
            Field("arr", .money.orNull, "stands: 12 · `mrr`"),
            Field("arpa", .money.orNull, "stands: `mrr` over the clients worth anything"),
            Field("engagement_score", .number.orNull, "stands: mean over clients who are there"),
            Field("health_score", .number.orNull, unit: "0…100", "stands: mean over those that have one"),
            Field("at_risk_customers", .integer.orNull, "stands: of risk level `high` or `critical`"),
            Field("mrr_at_risk", .money.orNull, "stands: what they are worth a month"),
            Field(
                "value_at_risk", .money.orNull,
                "stands: 12 · MRR · probability of leaving, summed over all who are there; null while nothing says how "
                    + "probable it is"),
            Field("open_tickets", .integer.orNull, "stands: created and not resolved"),
        ]

    private static let pointFields =
        [
            Field("period", .string, "a month, or the first day of a week or day"), Field("from", .day),
            Field("to", .day),
            Field("complete", .boolean, "it is over, and all of it lies in the data"),
        ] + countedFields
        + retentionFields.map { Field($0.name, $0.shape, when: "a whole month", $0.meaning) } + [
            Field("customers", .integer, when: "a whole month", "at its end"),
            Field("mrr", .money.orNull, when: "a whole month", "at its end"),
            Field(
                "repeat_revenue", .money, when: "a whole month",
                "revenue of clients who paid in the month before too"),
        ]
}
