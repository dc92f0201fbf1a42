import Words

/// For how long what clients do has been measured, as of a day: days since it was first seen of anyone. Who has not done it
/// has been without it since then at the longest; before, and where it is not measured at all, nothing is known.
public struct MeasuredDays: Sendable, Equatable {
    /// 0 on the day of the first; ``ClientMetrics/unknown`` where it is not measured.
    public var logins: Int32
    public var events: Int32
    public var payments: Int32

    /// Longer than any client has been one.
    public static let always = MeasuredDays(logins: .max, events: .max, payments: .max)

    public init(logins: Int32, events: Int32, payments: Int32) {
        self.logins = logins
        self.events = events
        self.payments = payments
    }

    /// For how long it has been measured what a metric counts the days since; nil for metrics of another kind.
    func limit(of metric: ClientMetric?) -> Int32? {
        switch metric {
        case .daysSinceLastLogin: logins
        case .daysSinceLastEvent: events
        case .daysSinceLastTransaction: payments
        default: nil
        }
    }
}

extension RiskRule.Condition {
    /// What the condition looks at.
    public func values(_ metrics: ClientMetrics) -> MetricValues? {
        ClientMetric(name: metric).map(metrics.values)
    }

    /// What it looks at where that is unknown. A client who was never seen to do something has been without it as long as
    /// he has been a client, but only as far back as it was measured.
    public func otherwiseValues(_ metrics: ClientMetrics) -> MetricValues? {
        guard let otherwise = otherwise.flatMap(ClientMetric.init(name:)) else { return nil }
        guard otherwise == .tenureDays, let limit = metrics.measured.limit(of: ClientMetric(name: metric)) else {
            return metrics.values(otherwise)
        }
        return .limited(metrics.tenureDays, to: limit)
    }
}
