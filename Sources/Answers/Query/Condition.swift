import Contract
import Records
import Snapshots
import Words

/// What a question asks of each client: a comparison of a metric, or an attribute with a value.
enum Condition {
    case metric(SortKey, MetricRange)
    /// Equal to a value, or known and another.
    case attribute(String, value: String, isEqual: Bool)

    /// - Parameter hidden: contact data that must not be named: any use of it would tell what it holds.
    /// - Throws: what cannot be read, or is not to be asked.
    init(_ text: String, hiding hidden: ContactColumns?) throws(Problem) {
        guard let parts = ConditionText(text) else { throw Condition.unreadable(text) }
        if let key = SortKey(parts.name), key.field != .customerID, key.field != .name {
            self = .metric(key, MetricRange(parts.comparison, try Condition.number(parts.value, key, text)))
            return
        }
        let day = ClientAttribute(name: parts.name).flatMap { $0.form.isDay ? $0 : nil }
        guard day != nil || [.equal, .notEqual].contains(parts.comparison), !parts.name.isEmpty, !parts.value.isEmpty
        else {
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
        if let day {
            let key = SortKey(field: .day(day), ascending: true)
            self = .metric(key, MetricRange(parts.comparison, try Condition.number(parts.value, key, text)))
        } else {
            self = .attribute(parts.name, value: parts.value, isEqual: parts.comparison == .equal)
        }
    }

    /// A number as it is written, or that of a day.
    private static func number(_ value: String, _ key: SortKey, _ text: String) throws(Problem) -> Double {
        if key.isDay {
            guard let day = Day(value) else {
                throw Problem(
                    .invalidParams, "parameter \"where\" is \"\(text.excerpt)\"",
                    hint: "\(key.name) is a day: expected YYYY-MM-DD behind the operator")
            }
            return Double(day.rawValue)
        }
        guard let number = Double(value), number.isFinite else { throw unreadable(text) }
        return number
    }

    private static func unreadable(_ text: String) -> Problem {
        Problem(
            .invalidParams, "parameter \"where\" is \"\(text.excerpt)\"",
            hint:
                "expected METRIC OPERATOR NUMBER, such as engagement_score<0.5, ATTRIBUTE==VALUE, ATTRIBUTE!=VALUE, or "
                + "DAY OPERATOR YYYY-MM-DD, such as contract_end_date<=2026-03-31")
    }
}
