/// What a label means. Kinds of churn are never mixed in one model.
public struct LabelDefinition: Sendable, Equatable {
    /// How churn shows itself.
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        /// The client has left by whatever sign counts for him: a reported day, the end of what he pays for, silence.
        case left
        /// A cancellation or an end date.
        case explicit
        /// Nothing happened for the whole horizon.
        case inactivity
    }

    public var kind: Kind
    /// Churn counts when it happens in [snapshot day, snapshot day + horizon).
    public var horizonDays: Int
    /// Who was looked at, in words, for reports.
    public var population: String

    /// Creates a definition.
    public init(
        kind: Kind = .explicit,
        horizonDays: Int = 90,
        population: String = "clients seen within the last 90 days and not churned"
    ) {
        self.kind = kind
        self.horizonDays = horizonDays
        self.population = population
    }
}
