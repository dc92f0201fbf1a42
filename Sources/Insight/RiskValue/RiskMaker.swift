public import Records

/// Makes the one risk of each client of what the rules and the churn model say of him.
public struct RiskMaker: Sendable {
    private let terms: RiskScores.Terms

    /// - Parameters:
    ///   - levels: by which the model's probabilities become levels.
    ///   - baseRate: the share of current clients who leave within the model's horizon; nil where no model is in force.
    ///   - shares: how many of each level of the rules left.
    public init(levels: ModelLevels, baseRate: Double?, shares: RuleShares) {
        terms = RiskScores.Terms(
            modelLevels: baseRate.map { levels.levels(baseRate: $0) }, ruleShares: shares.probabilities)
    }

    /// - Parameter mrr: by position, micro-units; ``ClientMetrics/unknownAmount`` where it is unknown.
    public func make(_ rules: RuleScores, _ churn: ChurnScores, mrr: [Int64]) -> RiskScores {
        var risk = RiskScores()
        risk.terms = terms
        risk.score = rules.score
        risk.level = rules.level
        if terms.modelLevels != nil { risk.isByModel = Array(repeating: false, count: rules.score.count) }
        if terms.modelLevels != nil || !terms.ruleShares.isEmpty {
            risk.valueAtRisk = Array(repeating: ClientMetrics.unknownAmount, count: rules.score.count)
            for position in rules.score.indices { settle(position, rules, churn, mrr[position], in: &risk) }
        }
        return risk
    }

    /// The same, from that of an earlier state of the same clients.
    /// - Parameter changed: the positions of whom something else may be said than before.
    public func make(
        _ rules: RuleScores, _ churn: ChurnScores, mrr: [Int64], after previous: RiskScores, changed: [Int]
    ) -> RiskScores {
        guard previous.terms == terms, previous.score.count == rules.score.count else {
            return make(rules, churn, mrr: mrr)
        }
        var risk = previous
        if terms.modelLevels == nil {
            risk.score = rules.score
            risk.level = rules.level
        }
        guard !risk.valueAtRisk.isEmpty else { return risk }
        for position in changed { settle(position, rules, churn, mrr[position], in: &risk) }
        return risk
    }

    @inline(__always)
    private func settle(
        _ position: Int, _ rules: RuleScores, _ churn: ChurnScores, _ mrr: Int64, in risk: inout RiskScores
    ) {
        // What is there already is not written: a column that nobody has written to is shared with the generation before.
        func put<Value: Equatable>(_ value: Value, _ column: inout [Value]) {
            if column[position] != value { column[position] = value }
        }
        var probability = Double.nan
        if let levels = terms.modelLevels {
            let ofModel = churn.probability[position]
            let isByModel = !ofModel.isNaN && rules.level[position] != nil
            put(isByModel, &risk.isByModel)
            let score = isByModel ? ofModel : rules.score[position]
            if risk.score[position].bitPattern != score.bitPattern { risk.score[position] = score }
            put(isByModel ? levels.level(of: ofModel) : rules.level[position], &risk.level)
            if isByModel { probability = ofModel }
        }
        if probability.isNaN, let level = rules.level[position], !terms.ruleShares.isEmpty {
            probability = terms.ruleShares[Int(level.rawValue)]
        }
        put(ValueAtRisk.amount(mrr: mrr, probability: probability), &risk.valueAtRisk)
    }
}
