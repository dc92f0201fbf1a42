import Lifecycle
import Records
import Words
import Standings

/// Rows of `customer_metrics`: the id, what is known of the client, and his metrics.
enum CustomerMetricsRows {
    static let columns: [ClientColumn] =
        [.text("customer_id") { $0.silver.clients.id }] + standing
        + ClientAttribute.exported.map(ClientColumn.attribute)
        + ClientMetric.published.map(ClientColumn.metric)
}

extension CustomerMetricsRows {
    private static let standing = [
        ClientColumn("status", .text) { snapshot, batch in
            let texts = batch.pin(ClientStatus.allCases.map(\.name))
            let status = snapshot.gold.status
            return { rows, column, batch in
                batch.fillCoded(column, texts) { Int(status[rows.positions[$0]].place) }
            }
        },
        ClientColumn("left_on", .day) { snapshot, _ in
            let standings = snapshot.standings.lifecycle.standings
            return { rows, column, batch in
                batch.fill(column) { row in standings[rows.clients[row]].leftOn.map { CellBatch.day($0) } ?? .null }
            }
        },
        ClientColumn("left_basis", .text) { snapshot, batch in
            let texts = batch.pin(LeavingBasis.allCases.map(\.name))
            let standings = snapshot.standings.lifecycle.standings
            return { rows, column, batch in
                batch.fill(column) { row in
                    let standing = standings[rows.clients[row]]
                    guard standing.status == .left, let basis = standing.basis else { return .null }
                    return texts[Int(basis.place)]
                }
            }
        },
    ]
}

/// Rows of `customer_health_scores`.
enum HealthScoreRows {
    private static let components = ["engagement", "revenue", "support", "sentiment", "contract"]

    static let columns: [ClientColumn] = [score, points, values, risk].flatMap { $0 }

    private static let score: [ClientColumn] = [
        .text("customer_id") { $0.silver.clients.id },
        .real("health_score") { $0.assessments.health.score },
        healthLevel,
        .real("health_coverage") { $0.assessments.health.coverage },
    ]

    private static let points: [ClientColumn] = components.indices.map { index in
        ClientColumn.real("\(components[index])_points") { $0.assessments.health.points[index] }
    }

    private static let values: [ClientColumn] = components.indices.map { index in
        ClientColumn.real("\(components[index])_value") { $0.assessments.health.values[index] }
    }

    private static let risk: [ClientColumn] = [
        .real("risk_score") { $0.assessments.risk.score },
        level("risk_level") { $0.assessments.risk.level },
        riskBasis,
        .real("rule_score") { $0.assessments.rules.score },
        level("rule_level") { $0.assessments.rules.level },
        riskRules,
        .real("churn_probability") { $0.assessments.churnProbability },
        valueAtRisk,
    ]

    private static let healthLevel = ClientColumn("health_level", .text) { snapshot, batch in
        let texts = batch.pin(HealthScores.Level.allCases.map(\.name))
        let levels = snapshot.assessments.health.level
        return { rows, column, batch in
            batch.fill(column) { row in levels[rows.positions[row]].map { texts[Int($0.rawValue)] } ?? .null }
        }
    }

    private static func level(
        _ name: String, _ levels: @escaping @Sendable (Snapshot) -> [RiskScores.Level?]
    ) -> ClientColumn {
        ClientColumn(name, .text) { snapshot, batch in
            let texts = batch.pin(RiskScores.Level.allCases.map(\.name))
            let levels = levels(snapshot)
            return { rows, column, batch in
                batch.fill(column) { row in levels[rows.positions[row]].map { texts[Int($0.rawValue)] } ?? .null }
            }
        }
    }

    private static let riskBasis = ClientColumn("risk_basis", .text) { snapshot, batch in
        let texts = batch.pin(RiskBasis.allCases.map(\.rawValue))
        let risk = snapshot.assessments.risk
        return { rows, column, batch in
            batch.fill(column) { row in
                switch risk.basis(rows.positions[row]) {
                case .model: texts[0]
                case .rules: texts[1]
                case nil: .null
                }
            }
        }
    }

    private static let valueAtRisk = ClientColumn("value_at_risk", .money) { snapshot, _ in
        let risk = snapshot.assessments.risk
        return { rows, column, batch in
            batch.fill(column) { row in risk.valueAtRisk(rows.positions[row]).map { .money($0) } ?? .null }
        }
    }

    /// The names of the rules that fired.
    private static let riskRules = ClientColumn("risk_rules", .text) { snapshot, _ in
        let names = FiredRules(snapshot.assessments.rules.rules)
        let fired = snapshot.assessments.rules.fired
        return { rows, column, batch in
            let texts = rows.positions.map { names.text(fired[$0]) }
            let cells = texts.map { batch.stored($0) }
            batch.fill(column) { cells[$0] }
        }
    }

    /// Rules by their bits: few combinations occur.
    private final class FiredRules {
        private let names: [String]
        private var known: [UInt64: String] = [:]

        init(_ rules: [RiskRule]) { names = rules.map(\.name) }

        func text(_ fired: UInt64) -> String {
            if fired == 0 { return "" }
            if let known = known[fired] { return known }
            let text = names.indices.filter { fired >> UInt64($0) & 1 != 0 }.map { names[$0] }.joined(separator: ";")
            known[fired] = text
            return text
        }
    }
}
