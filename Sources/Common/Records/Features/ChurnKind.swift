/// How churn shows itself in the data. The kinds are never mixed in one model.
public enum ChurnKind: String, Sendable, CaseIterable {
    /// A client has left, by whatever sign counts for him: what lists and figures call leaving.
    case left
    /// Clients carry a `churn_date`.
    case explicit
    /// A client was not active for the whole horizon.
    case inactivity
}
