public import Records

/// What rules.yaml says: risk rules, risk levels and the health score.
public struct RiskSettings: Sendable, Equatable {
    /// The rules in force, in the order of the file.
    public var rules = RiskRule.defaults
    /// Rules of the file that are switched off.
    public var disabledRules: [RiskRule] = []
    public var levels = RiskLevels()
    public var health = HealthSettings()

    /// The built-in rules.
    public init() {}
}
