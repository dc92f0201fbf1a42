public import Assessment
public import Records
import Standings
public import Store

/// How it stands with the churn model, for everyone to read.
public struct ChurnStatus: Sendable {
    /// The model in force; nil where the rules rank the clients.
    public var scorer: ChurnScorer?
    /// What is meant to be in force; `scorer` is not there when its file cannot be used.
    public var inForce = ModelShelf.InForce(version: nil, isChosen: false)
    /// Which file of the models cannot be used, and why; nil when none is in the way.
    public var problem: String?
    /// Since when a training is running.
    public var runningSince: Instant?
    /// What the latest training came to, or the latest choice of an operator.
    public var last: ModelShelf.Note?
    /// How the model holds; nil before it was looked at.
    public var watch: ChurnWatch?
    /// The latest comparison of a challenger with the model in force.
    public var challenge: ChurnChallenge?
    /// How the company's past bears out what is said of risk; nil before a window was over and looked at.
    public var record: RiskRecord?
    /// The versions that are kept.
    public var versions: [String] = []
}

/// What a training is asked to do.
struct ChurnJob: Sendable {
    var silver: SilverTables
    /// Where clients stand on the day, as known from `silver`.
    var standings: CompanyStandings
    var asOf: Day
    var settings: PipelineSettings
    /// Train even where a challenger could not be judged yet.
    var isAsked: Bool
}
