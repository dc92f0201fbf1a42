import Assessment
import RiskValue

/// What the risk of clients follows from beside their data and the settings.
struct RiskSources: Sendable {
    /// The model in force; nil where the rules rank the clients.
    var scorer: ChurnScorer?
    /// What a level of the rules was worth on the company's own past days.
    var shares: RuleShares
}
