/// How churn shows itself in the data. The two kinds are never mixed in one model.
public enum ChurnKind: String, Sendable, CaseIterable {
    /// Clients carry a `churn_date`.
    case explicit
    /// A client was not active for the whole horizon.
    case inactivity
}
