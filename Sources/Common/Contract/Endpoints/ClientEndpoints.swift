import Words

/// Clients, one by one.
public enum ClientEndpoints {
    public static let all: [Endpoint] = [.clientsList, .clientsGet]
}

extension Field {
    /// A metric of a client, as the registry has it.
    static func metric(_ definition: MetricDefinition) -> Field {
        let shape: Shape =
            switch definition.unit {
            case .count, .days: definition.isWhole ? .integer : .number
            case .money: .money
            case .fraction: .fraction
            case .hours, .ratio, .score, .rating, .points, .answer: .number
            }
        return Field(
            definition.name, definition.canBeUnknown ? shape.orNull : shape,
            unit: definition.unit.text, definition.formula)
    }

    static func metric(_ name: String) -> Field {
        guard let definition = MetricRegistry.clientMetrics.first(where: { $0.name == name }) else {
            preconditionFailure("no metric of clients is called \(name)")
        }
        return metric(definition)
    }
}

extension Field {
    /// An attribute of a client, as the registry has it.
    static func attribute(_ attribute: ClientAttribute) -> Field {
        let shape: Shape =
            switch attribute.form {
            case .word, .text: .string
            case .number: .integer
            case .day, .futureDay, .knownWhenOver: .day
            }
        return Field(attribute.name, shape.orNull, attribute.meaning)
    }
}

extension Endpoint {
    private static let identity =
        [Field("customer_id", .string), Field("name", .string.orNull)] + ClientAttribute.groupings.map(Field.attribute)

    private static let standing = [
        Field(
            "status", .choice(of: ClientStatus.self),
            "where the client stands on the as-of day: `left` is in no list of clients who can be kept"),
        Field("left_on", .day.orNull, "the day on which he left; null for who is there"),
        Field(
            "left_basis", .choice(of: LeavingBasis.self).orNull,
            "by what it is told: said so, no subscription or payment holds, silence; `never_started` is no churn"),
        Field("mrr_lost", .money.orNull, "what he was worth a month at last; null for who is there"),
    ]

    private static let risk = [
        .metric("risk_score"), Field("risk_level", .choice(of: RiskLevel.self).orNull, "null for who has left"),
        Field("risk_basis", .choice(of: RiskBasis.self).orNull, "who says so; null for who has left"),
        .metric("rule_score"), Field("rule_level", .choice(of: RiskLevel.self).orNull, "null for who has left"),
        .metric("value_at_risk"),
    ]

    private static func reasons(_ name: String) -> [Field] {
        [
            Field(name, .array(.string), "why the risk is what it is, in words: those of the basis"),
            Field("signals", .array(.string), "what the rules say beside it, where the basis is the model"),
        ]
    }

    public static let clientsList = Endpoint(
        "clients.list", "clients, filtered and sorted", about: "Clients, filtered, sorted, page by page.",
        permission: .read, day: .applied, takesFilters: true, work: .quick, isKept: true,
        parameters: [
            Parameter(
                "sort", .text,
                fallback:
                    "the work list: `value_at_risk`, or `rule_score` times `mrr` while that is unknown; `left_on` "
                    + "for a list of those who have left",
                "a metric, `customer_id`, `name` or `left_on`, optionally followed by `:asc` or `:desc`; `risk` is "
                    + "`risk_score`; by default numbers come largest first, texts from A; equal ones by the larger `mrr`, "
                    + "of `value_at_risk` by `risk_score`, then by id; unknown values last"),
            .limit(1...10_000, default: 20, "clients a page"), .cursor,
        ],
        result: [
            Field("total", .integer, "clients that pass the filters"),
            Field(
                "clients",
                .objects(
                    identity + standing + [
                        .metric("health_score"), Field("health_level", .choice(of: HealthLevel.self).orNull),
                    ] + risk + [.metric("churn_probability")]
                        + ClientMetric.listed.map { Field.metric($0.definition) }
                        + reasons("reasons"))), Field("next_cursor", .string.orNull),
            Field("sort", .string, "what the list is sorted by"), Field("currency", .string),
        ],
        errors: [
            (
                .conflict,
                "the pages' snapshot is gone, or the cursor is of other owners' clients: start over without `cursor`"
            )
        ])

    public static let clientsGet = Endpoint(
        "clients.get", "everything about one client", about: "Everything there is to say of one client.",
        permission: .read, day: .applied, work: .quick,
        parameters: [
            Parameter("customer_id", .customer, isRequired: true, "which client"),
            Parameter("timeline", .integer(0...1_000, default: 20), "entries of the timeline"),
        ],
        result: identity + standing
            + ClientAttribute.told.map(Field.attribute)
            + [
                Field("contact", .object(contact), "who to talk to; hidden from roles that talk to no clients"),
                Field(
                    "attributes", .map(.string),
                    "further columns of the demographics files by name, but for contact data where that is hidden"),
            ]
            + ClientMetric.published.map { Field.metric($0.definition) }
            + [
                Field("health", .object(health)), Field("risk", .object(riskOfOne)),
                Field(
                    "churn", .object(churn).orNull, "null while no model is in force and the rules rank"),
                Field(
                    "forecast", .object(forecast).orNull,
                    "the latest that is kept of the client; null while nothing is kept"),
                Field(
                    "recommendations",
                    .objects([
                        Field("playbook", .string), Field("why", .string),
                        Field("expected_effect", .number.orNull, "null while unknown"),
                    ])), Field("timeline", .objects(timeline), "the latest first"),
                Field("actions", .array(.map(.scalar))), Field("currency", .string),
            ], errors: [(.notFound, "there is no such client as of that day")])

    private static let contact =
        [Field("masked", .boolean, "whether the rest is hidden, and null")]
        + ClientAttribute.contact.map { Field($0.contactKey.description, .string.orNull) }

    private static let health = [
        Field("score", .number.orNull, unit: "0…100"), Field("level", .choice(of: HealthLevel.self).orNull),
        Field("coverage", .fraction, "share of the weights that has data"),
        Field(
            "components",
            .objects([
                Field("name", .string), Field("value", .number.orNull, unit: "0…100"),
                Field("weight", .number, "as configured"),
                Field("points", .number.orNull, "they add up to `score`"),
            ])),
        Field(
            "trend", .objects([Field("day", .day), Field("score", .number.orNull, unit: "0…100")]),
            "the day of the answer last and before it the Sundays whose health is kept (`history` in the "
                + "configuration; "
                + "the latest 26 by default), with six decimals: what an answer as of that day gives; days are "
                + "left out "
                + "before he was a client, and while they are made anew after new data"),
        Field(
            "changes",
            .objects([
                Field("days", .integer, "30, 90"),
                Field("since", .day.orNull, "the latest kept day at least so far back, at most six days more"),
                Field("change", .number.orNull, "points since then"),
            ])),
    ]

    private static let riskOfOne =
        [
            Field("score", .fraction.orNull, "null for who has left"),
            Field(
                "level", .choice(of: RiskLevel.self).orNull,
                "of a probability by how it stands to that of all current clients: `medium` from twice, `high` from four "
                    + "times, `critical` from eight times as much, within bounds; null for who has left"),
            Field("basis", .choice(of: RiskBasis.self).orNull, "who says so; null for who has left"),
            Field("value_at_risk", .money.orNull, "12 · MRR · probability of leaving"),
        ] + reasons("why") + [
            Field("rule_score", .fraction.orNull, "sum of the weights of the rules that fire, at most 1"),
            Field("rule_level", .choice(of: RiskLevel.self).orNull, "null for who has left"),
        ] + rules

    private static let rules = [
        Field(
            "reasons",
            .objects([
                Field("rule", .string), Field("category", .choice(["engagement", "support", "revenue", "contract"])),
                Field("weight", .fraction), Field("metric", .string), Field("observed", .number.orNull),
                Field("threshold", .number), Field("text", .string),
            ]), "the rules that fire"),
        Field("not_evaluated", .array(.string), "rules whose metric is unknown here"),
    ]

    private static let churn = [
        Field(
            "probability", .fraction.orNull,
            "that of churn within `horizon_days`; null for a client outside the model's population, which "
                + "`statement` then "
                + "names"), Field("horizon_days", .integer, unit: "days"),
        Field(
            "label", .choice(["left", "explicit", "inactivity"]),
            "`left`: has left by whatever sign counts for him; `explicit`: a churn date; `inactivity`: silence for the "
                + "whole horizon"),
        Field("percentile", .fraction.orNull, "share of the scored clients who are not above"),
        Field(
            "base_rate", .fraction, "share of such clients who left within the horizon, on the windows it learned from"),
        Field("model", .string, "its version"), Field("statement", .string),
        Field("base", .number.orNull, "log-odds of an average client"),
        Field(
            "contributions",
            .objects([
                Field("feature", .string), Field("value", .scalar.orNull), Field("unit", .string),
                Field("contribution", .number, "log-odds; above 0 goes with a higher risk"), Field("text", .string),
            ]), "the largest first"), Field("other_contributions", .number.orNull, "the sum of the rest"),
        Field(
            "what_if",
            .objects([
                Field("feature", .string), Field("from", .scalar.orNull), Field("to", .scalar.orNull),
                Field("probability", .fraction, "what the model would say"), Field("text", .string),
            ])),
        Field("median_days", .integer.orNull, unit: "days", "until half of such clients have left"),
        Field(
            "median_months", .integer.orNull, unit: "months",
            "the same, a month being 30 days; null beyond `months_looked_ahead`"),
        Field(
            "mean_days", .integer.orNull, unit: "days",
            "how long such clients stay on average, those who outstay `months_looked_ahead` counted with these"),
        Field("months_looked_ahead", .integer.orNull, unit: "months", "null where no churn dates say when"),
    ]

    private static let forecast = [
        Field(
            "as_of", .day, "of the forecast: that of the answer, or an earlier one while new forecasts are being made"),
        Field("snapshot", .string, "of the forecast"), Field("interval", .fraction),
        Field(
            "metrics",
            .objects([
                Field("metric", .choice(of: ForecastMetric.self)), Field("unit", .string),
                Field("model", .object(ForecastShapes.model)),
                Field("backtest_mae", .number.orNull, "over the longest horizon of the back-test"),
                Field("reconciled", .boolean), Field("totals", .object(ForecastShapes.totals)),
            ]), "each as in `forecast.get`"),
    ]

    private static let timeline = [
        Field("day", .day),
        Field(
            "kind",
            .choice([
                "engagement", "payment", "refund", "ticket_created", "ticket_resolved", "survey",
            ]), "`engagement` stands for all events of a day"), Field("events", .integer, when: "`engagement`"),
        Field("logins", .integer, when: "`engagement`"),
        Field("amount", .money, when: "`payment` and `refund`", "in the base currency"),
        Field("currency", .string, when: "`payment` and `refund`", "the one it was paid in"),
        Field("method", .string.orNull, when: "`payment` and `refund`"),
        Field("at", .instant, when: "tickets"), Field("ticket_id", .string, when: "tickets"),
        Field("issue_type", .string.orNull, when: "tickets"),
        Field("satisfaction", .integer.orNull, unit: "1…5", when: "`ticket_resolved`"),
        Field("nps_score", .integer, unit: "0…10", when: "`survey`"),
        Field("comment", .string.orNull, when: "`survey`"),
    ]
}
