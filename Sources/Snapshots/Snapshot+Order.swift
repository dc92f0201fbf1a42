import Lifecycle
import Records
import Standings
import Words

extension Snapshot {
    /// What is at stake with each client. While nothing is known of probabilities, what the rules say takes their place:
    /// that is no amount, but it puts clients in an order.
    var valuesAtRisk: MetricValues {
        let risk = assessments.risk
        if !risk.valueAtRisk.isEmpty { return .amounts(risk.valueAtRisk) }
        return .product(assessments.rules.score, gold.metrics.mrr)
    }

    /// What demographics say of a day, as a number; NaN where they do not, or nobody could know it yet.
    func days(_ attribute: ClientAttribute) -> [Double] {
        let column = silver.clients[day: attribute]
        let isKnownWhenOver = attribute.form == .knownWhenOver
        return gold.clients.map { client in
            let day = column[Int(client)]
            let isUnknown = day == ClientTable.unknownDay || isKnownWhenOver && day > asOf.rawValue
            return isUnknown ? .nan : Double(day)
        }
    }

    /// The day on which each client left, as a number; NaN for who is there.
    var daysOfLeaving: [Double] {
        let standings = standings.lifecycle.standings
        return gold.clients.map { standings[Int($0)].leftOn.map { Double($0) } ?? .nan }
    }
}
