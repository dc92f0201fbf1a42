import Lifecycle
import Records
import Standings

extension Snapshot {
    /// What is at stake with each client. While nothing is known of probabilities, what the rules say takes their place:
    /// that is no amount, but it puts clients in an order.
    var valuesAtRisk: MetricValues {
        let risk = assessments.risk
        if !risk.valueAtRisk.isEmpty { return .amounts(risk.valueAtRisk) }
        return .product(assessments.rules.score, gold.metrics.mrr)
    }

    /// The day on which each client left, as a number; NaN for who is there.
    var daysOfLeaving: [Double] {
        let standings = standings.lifecycle.standings
        return gold.clients.map { standings[Int($0)].leftOn.map { Double($0) } ?? .nan }
    }
}
