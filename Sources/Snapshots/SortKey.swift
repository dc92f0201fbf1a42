public import Records

/// What a list of clients is sorted by.
public struct SortKey: Sendable, Hashable {
    public enum Field: Sendable, Hashable {
        case customerID
        case name
        case healthScore
        case riskScore
        case churnProbability
        case metric(MetricColumn)
    }

    public var field: Field
    public var ascending: Bool

    public init(field: Field, ascending: Bool) {
        self.field = field
        self.ascending = ascending
    }

    /// The work list: who is most at risk, and among equals who is worth most.
    public static let workList = SortKey(field: .riskScore, ascending: false)

    /// The name of the field as it is written outside.
    public var name: String {
        switch field {
        case .customerID: "customer_id"
        case .name: "name"
        case .healthScore: "health_score"
        case .riskScore: "risk_score"
        case .churnProbability: "churn_probability"
        case .metric(let column): column.rawValue
        }
    }

    /// A field's name, optionally followed by `:asc` or `:desc`; numbers come largest first, texts from A, unless said
    /// otherwise.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first else { return nil }
        switch name {
        case "customer_id": field = .customerID
        case "name": field = .name
        case "health_score": field = .healthScore
        case "risk_score": field = .riskScore
        case "churn_probability": field = .churnProbability
        default:
            guard let column = MetricColumn(rawValue: String(name)) else { return nil }
            field = .metric(column)
        }
        switch parts.count > 1 ? parts[1] : "" {
        case "asc": ascending = true
        case "desc": ascending = false
        case "" where parts.count == 1: ascending = field == .customerID || field == .name
        default: return nil
        }
    }

    /// The names ``init(_:)`` understands.
    public static var names: [String] {
        ["customer_id", "name", "health_score", "risk_score", "churn_probability"]
            + MetricColumn.allCases.map(\.rawValue)
    }

    /// The value at a position; NaN when unknown.
    public func value(_ snapshot: Snapshot, _ position: Int) -> Double {
        switch field {
        case .customerID, .name: .nan
        case .healthScore: snapshot.assessments.health.score[position]
        case .riskScore: snapshot.assessments.risk.score[position]
        case .churnProbability: snapshot.assessments.churnProbability[position]
        case .metric(let column): column.value(snapshot.gold.metrics, position)
        }
    }

    /// Clears the flag of every position whose value fails the test; an unknown value fails it.
    public func narrow(_ flags: inout [Bool], _ snapshot: Snapshot, _ test: (Double) -> Bool) {
        func narrow(_ column: [Double]) {
            for position in flags.indices where flags[position] {
                flags[position] = !column[position].isNaN && test(column[position])
            }
        }
        switch field {
        case .customerID, .name: flags = Array(repeating: false, count: flags.count)
        case .healthScore: narrow(snapshot.assessments.health.score)
        case .riskScore: narrow(snapshot.assessments.risk.score)
        case .churnProbability: narrow(snapshot.assessments.churnProbability)
        case .metric(let column): column.narrow(&flags, snapshot.gold.metrics, test)
        }
    }

    /// All positions in this order; equal values by the larger MRR and then by id, unknown values last.
    /// - Parameter hint: an order that is likely to be nearly right, such as that of the generation before; sorting what
    ///   is nearly sorted costs little.
    func order(_ snapshot: Snapshot, hint: [UInt32]? = nil) -> [UInt32] {
        let byID = Array(snapshot.positionsByID)
        switch field {
        case .customerID:
            return (ascending ? byID : byID.reversed()).map { UInt32($0) }
        case .name:
            let names = snapshot.silver.clients.name
            let keyed = byID.map { position in
                (position, names[Int(snapshot.gold.clients[position])] ?? "")
            }
            let sorted = keyed.enumerated().sorted { left, right in
                let (a, b) = (left.element.1, right.element.1)
                if a.isEmpty != b.isEmpty { return b.isEmpty }
                if a != b { return ascending == a.utf8.lexicographicallyPrecedes(b.utf8) }
                return left.offset < right.offset
            }
            return sorted.map { UInt32($0.element.0) }
        default:
            struct Keyed {
                var value: Double
                var mrr: Int64
                var rank: UInt32
                var position: UInt32
            }
            let sign = ascending ? 1.0 : -1.0
            var ranks = [UInt32](repeating: 0, count: byID.count)
            for (rank, position) in byID.enumerated() { ranks[position] = UInt32(truncatingIfNeeded: rank) }
            func keyed(_ position: Int) -> Keyed {
                let value = value(snapshot, position)
                return Keyed(
                    value: value.isNaN ? .infinity : sign * value, mrr: -snapshot.gold.metrics.mrr[position],
                    rank: ranks[position], position: UInt32(truncatingIfNeeded: position))
            }
            var keyed =
                if let hint, hint.count == byID.count { hint.map { keyed(Int($0)) } } else { byID.map(keyed) }
            keyed.sort { ($0.value, $0.mrr, $0.rank) < ($1.value, $1.mrr, $1.rank) }
            return keyed.map(\.position)
        }
    }
}
