public import Words

/// All metrics there are, in the order in which a person reads them.
public enum MetricRegistry {
    /// Metrics of a client: what models say of him, and what ``ClientMetric`` lists.
    public static let clientMetrics: [MetricDefinition] =
        assessedMetrics + ClientMetric.published.map(\.definition)

    /// What the models say.
    public static let assessedMetrics: [MetricDefinition] = [
        .init(
            "health_score", "Health", .score, .higherIsBetter,
            "weighted mean of the measures that have data; see its components", canBeUnknown: true),
        .init(
            "risk_score", "Risk", .fraction, .lowerIsBetter,
            "churn_probability where a model is in force and speaks of the client, rule_score otherwise",
            canBeUnknown: true),
        .init(
            "rule_score", "Risk by rules", .fraction, .lowerIsBetter,
            "sum of the weights of the rules that fire, at most 1; unknown for who has left", canBeUnknown: true),
        .init(
            "churn_probability", "Churn probability", .fraction, .lowerIsBetter,
            "calibrated probability of the churn model within its horizon", canBeUnknown: true),
        .init(
            "value_at_risk", "Value at risk", .money, .lowerIsBetter,
            "12 * mrr * the probability of leaving: churn_probability, or the share of the clients of that rule_level who "
                + "left on the company's own past days; unknown before there are such days",
            canBeUnknown: true),
    ]

    /// Metrics of a population.
    public static let kpis: [MetricDefinition] = [
        .init("active_customers", "Active clients", .count, .higherIsBetter, "distinct clients active in the period"),
        .init("customers", "Clients", .count, .higherIsBetter, "clients who are there and have begun"),
        .init("new_customers", "New clients", .count, .higherIsBetter, "accounts created in the period"),
        .init("arr", "ARR", .money, .higherIsBetter, "12 * mrr"),
        .init("arpa", "MRR per payer", .money, .higherIsBetter, "mrr / clients with an MRR above 0"),
        .init(
            "mrr_growth", "MRR growth", .fraction, .higherIsBetter,
            "mrr at the end of the period / mrr at its start - 1"),
        .init(
            "nrr", "Net revenue retention", .fraction, .higherIsBetter,
            "what the payers of the start are worth at the end / what they were worth"),
        .init(
            "grr", "Gross revenue retention", .fraction, .higherIsBetter, "the same, of each at most what he was worth"),
        .init(
            "churned_customers", "Churned clients", .count, .lowerIsBetter,
            "customers who left in the period and were not back at its end"),
        .init(
            "churn_rate", "Churn rate", .fraction, .lowerIsBetter,
            "churned clients who were customers at the start / customers at the start"),
        .init("revenue", "Revenue", .money, .higherIsBetter, "sum of all amounts of the period"),
        .init(
            "at_risk_customers", "Clients at risk", .count, .lowerIsBetter,
            "clients whose risk level is high or critical"),
        .init("mrr_at_risk", "MRR at risk", .money, .lowerIsBetter, "MRR of the clients at risk"),
        .init(
            "value_at_risk", "Value at risk", .money, .lowerIsBetter,
            "sum of what is at stake with each client who is there, whatever his level"),
        .init("tickets", "Tickets", .count, .lowerIsBetter, "tickets created in the period"),
        .init("csat", "CSAT", .rating, .higherIsBetter, "mean score of rated tickets created in the period"),
        .init("nps", "NPS", .points, .higherIsBetter, "100 * (answers 9 and 10 - answers 0 to 6) / answers"),
    ]

    /// A metric by its name.
    public static func definition(_ name: String) -> MetricDefinition? {
        clientMetrics.first { $0.name == name } ?? kpis.first { $0.name == name }
    }
}
