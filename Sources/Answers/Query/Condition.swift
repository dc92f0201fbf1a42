import Contract
import Records
import Snapshots

/// What a question asks of each client: a comparison of a metric, or an attribute with a value.
enum Condition {
    case metric(SortKey, MetricRange)
    case attribute(String, value: String)

    /// - Parameter hidden: contact data that must not be named: any use of it would tell what it holds.
    /// - Throws: what cannot be read, or is not to be asked.
    init(_ text: String, hiding hidden: ContactColumns?) throws(Problem) {
        guard let parts = ConditionText(text) else { throw Condition.unreadable(text) }
        if let key = SortKey(parts.name), key.field != .customerID, key.field != .name {
            guard let number = Double(parts.value), number.isFinite else { throw Condition.unreadable(text) }
            self = .metric(key, MetricRange(parts.comparison, number))
            return
        }
        guard parts.comparison == .equal, !parts.name.isEmpty, !parts.value.isEmpty else {
            throw Problem(
                .invalidParams, "parameter \"where\" names no metric: \"\(parts.name.excerpt)\"",
                hint: "metrics: \(SortKey.names.dropFirst(2).joined(separator: ", "))")
        }
        guard hidden?.contains(parts.name) != true else {
            throw Problem(
                .forbidden,
                "parameter \"where\" names contact data, which is not shown to your role: \"\(parts.name.excerpt)\"",
                hint: "contact_columns: in aurad.yaml says what is contact data, roles: who sees it")
        }
        self = .attribute(parts.name, value: parts.value)
    }

    private static func unreadable(_ text: String) -> Problem {
        Problem(
            .invalidParams, "parameter \"where\" is \"\(text.excerpt)\"",
            hint: "expected METRIC OPERATOR NUMBER, such as engagement_score<0.5, or ATTRIBUTE==VALUE")
    }
}
