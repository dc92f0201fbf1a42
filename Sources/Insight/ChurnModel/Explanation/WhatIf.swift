/// A model answer: how the probability of one client would read with another value of one feature.
///
/// It describes the model, not the world: whether changing the value changes the client is a question for a campaign
/// with a control group.
public struct WhatIf: Sendable, Equatable {
    /// The name of the source column.
    public let feature: String
    public let unit: String
    public let current: FeatureValue
    /// The value nearest to the current one among those that lower the probability most.
    public let proposed: FeatureValue
    public let currentProbability: Double
    public let proposedProbability: Double
    /// The change of the margin, below 0.
    public let marginChange: Double
}

extension FittedChurnModel {
    /// For every actionable feature of one row the nearest value that lowers the probability most.
    ///
    /// Numbers stay inside the range that training saw; whole numbers stay whole; categories choose among known levels.
    /// - Parameter features: the features to try; all that are marked actionable when nil.
    /// - Returns: the answers that lower the probability, the largest fall first.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``, also for a row outside the table or an unknown feature.
    public func whatWouldHelp(
        _ table: FeatureTable, row: Int, features: Set<String>? = nil
    ) throws(ChurnModelError) -> [WhatIf] {
        guard (0..<table.rowCount).contains(row) else {
            throw .featureMismatch("row \(row) is outside the table of \(table.rowCount) rows")
        }
        if let unknown = features?.sorted().first(where: { name in !encoder.sources.contains { $0.name == name } }) {
            throw .featureMismatch("the model has no feature '\(unknown)'")
        }
        let explainer = ModelExplainer(self)
        return explainer.whatWouldHelp(try explainer.row(encoder.values(table, row: row)), features: features)
    }

    /// By trying all values that could matter.
    func bestValue(
        source: Int, current: FeatureValue, vector: [Double]
    ) -> (value: FeatureValue, change: Double)? {
        let range = encoder.featureRanges[source]
        let part = estimator.part(reading: range)
        guard !part.isConstant else { return nil }
        let start = part.margin(vector)
        var best: (value: FeatureValue, change: Double)?
        var changed = vector
        for value in candidates(source: source, current: current) where value != current {
            changed.replaceSubrange(range, with: encoder.features(of: value, source: source))
            let change = part.margin(changed) - start
            // Candidates come nearest first, so an equal one further away never replaces.
            if change < (best?.change ?? 0) - 1e-9 { best = (value, change) }
        }
        return best
    }

    /// Values worth trying, the nearest to the current one first.
    private func candidates(source: Int, current: FeatureValue) -> [FeatureValue] {
        guard case .number = encoder.sources[source].kind else {
            guard case .category(let levels, _, _) = encoder.sources[source].kind else { return [] }
            return levels.map { .level($0) }
        }
        let profile = profile.sources[source]
        guard let range = profile.range, let median = profile.median else { return [] }
        var origin = median
        if case .number(let number) = current { origin = number }
        var values: [Double] = []
        switch estimator {
        case .logistic: values = [range.lowerBound, range.upperBound]
        case .boosted(let ensemble):
            var edges: Set<Double> = []
            for tree in ensemble.trees {
                for node in tree.nodes where Int(node.feature) == encoder.featureRanges[source].lowerBound {
                    if range.contains(node.threshold) { edges.insert(node.threshold) }
                }
            }
            let bounds = [-Double.infinity] + edges.sorted() + [Double.infinity]
            for (lower, upper) in zip(bounds, bounds.dropFirst()) {
                let value = NearestValue.find(
                    above: lower, upTo: upper, range: range, origin: origin, isIntegral: profile.isIntegral
                )
                if let value { values.append(value) }
            }
        }
        return values.sorted { (abs($0 - origin), $0) < (abs($1 - origin), $1) }.map { FeatureValue(number: $0) }
    }
}
