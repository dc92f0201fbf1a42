/// A fitted model made ready to explain one client after the other.
///
/// What does not depend on the client is worked out once: tables for the Shapley values, the steps of what-ifs. With
/// boosted trees of the usual size an explanation then takes some tens of microseconds. Everything is exact: the results
/// are those of ``TreeShapley`` and of trying all values, to rounding.
public final class ModelExplainer: Sendable {
    private enum Method: Sendable {
        /// Trees that fit into tables.
        case tables(ShapleyTables, curves: [ResponseCurve?])
        /// Larger trees, walked each time.
        case walks(TreeShapley)
        case linear(LogisticModel)
    }

    public let model: FittedChurnModel
    private let method: Method
    /// The sources that a what-if is made of when none are named.
    private let actionable: [Int]

    /// A client made ready: his features and what they were read from.
    public struct Row: Sendable {
        /// By source of the encoder.
        let values: [FeatureValue]
        /// By feature of the encoder, NaN where missing.
        let features: [Double]
        /// Answers of the trees' splits, and the values of the leaves they lead to; empty unless tables are used.
        let words: [UInt64]
        let leafValues: [Double]
        /// Log-odds before calibration.
        public let margin: Double
    }

    public init(_ model: FittedChurnModel) {
        self.model = model
        let encoder = model.encoder
        actionable = encoder.sources.indices.filter { encoder.sources[$0].isActionable }
        switch model.estimator {
        case .logistic(let linear): method = .linear(linear)
        case .boosted(let ensemble):
            guard let tables = ShapleyTables(ensemble) else {
                method = .walks(TreeShapley(ensemble))
                return
            }
            let curves = encoder.sources.indices.map { source -> ResponseCurve? in
                guard encoder.sources[source].isActionable, case .number = encoder.sources[source].kind else {
                    return nil
                }
                return ModelExplainer.curve(source, of: model, ensemble, tables)
            }
            method = .tables(tables, curves: curves)
        }
    }

    private static func curve(
        _ source: Int, of model: FittedChurnModel, _ ensemble: TreeEnsemble, _ tables: ShapleyTables
    ) -> ResponseCurve? {
        ResponseCurve(
            ensemble, numbers: tables.numbers, feature: model.encoder.featureRanges[source].lowerBound,
            profile: model.profile.sources[source])
    }

    /// Whether an explanation takes no more than some tens of microseconds; trees that are too large for tables take
    /// milliseconds.
    public var isQuick: Bool { if case .walks = method { false } else { true } }

    /// The calibrated probability of a margin.
    public func probability(_ margin: Double) -> Double { model.probability(margin) }

    /// - Parameter values: by source of the encoder, of its kind; a value of the other kind is missing.
    public func row(_ values: [FeatureValue]) throws(ChurnModelError) -> Row {
        guard values.count == model.encoder.sources.count else {
            throw .featureMismatch(
                "\(values.count) values for the \(model.encoder.sources.count) columns of the model; give one for each")
        }
        let features = model.encoder.features(of: values)
        guard case .tables(let tables, _) = method, case .boosted(let ensemble) = model.estimator else {
            return Row(
                values: values, features: features, words: [], leafValues: [],
                margin: model.estimator.margin(features))
        }
        let words = tables.answers.words(features)
        let leaves = tables.answers.leafValues(words)
        var sum = 0.0
        for leaf in leaves { sum += leaf }
        return Row(
            values: values, features: features, words: words, leafValues: leaves,
            margin: ensemble.base + ensemble.learningRate * sum)
    }

    /// Takes the margin apart.
    /// - Parameter limit: how many contributions are wanted, the largest first; all when nil.
    public func explain(_ row: Row, limit: Int? = nil) -> Explanation {
        let encoder = model.encoder
        let shares =
            switch method {
            case .tables(let tables, _): tables.values(row.words)
            case .walks(let shapley): shapley.values(row.features)
            case .linear(let linear): linear.contributions(row.features)
            }
        let sums = encoder.featureRanges.map { range in
            range.count == 1 ? shares.values[range.lowerBound] : shares.values[range].reduce(0, +)
        }
        let ranked = ModelExplainer.largest(sums, limit: limit ?? sums.count)
        return Explanation(
            base: shares.base,
            contributions: ranked.map { source in
                Explanation.Contribution(
                    feature: encoder.sources[source].name, value: row.values[source],
                    unit: encoder.sources[source].unit,
                    contribution: sums[source])
            }, margin: row.margin, probability: model.probability(row.margin))
    }

    /// The positions of the numbers that are furthest from 0, the furthest first; of equals the first one first.
    private static func largest(_ numbers: [Double], limit: Int) -> [Int] {
        var result: [Int] = []
        guard limit > 0 else { return result }
        result.reserveCapacity(min(limit, numbers.count) + 1)
        for position in numbers.indices {
            let size = abs(numbers[position])
            if result.count == limit {
                if abs(numbers[result[limit - 1]]) >= size { continue }
                result.removeLast()
            }
            var place = result.count
            while place > 0, abs(numbers[result[place - 1]]) < size { place -= 1 }
            result.insert(position, at: place)
        }
        return result
    }

    /// See ``FittedChurnModel/whatWouldHelp(_:row:features:)``.
    /// - Parameter features: the features to try; all that are marked actionable when nil.
    public func whatWouldHelp(_ row: Row, features: Set<String>? = nil) -> [WhatIf] {
        let sources = model.encoder.sources
        let tried = features.map { names in sources.indices.filter { names.contains(sources[$0].name) } } ?? actionable
        let current = model.probability(row.margin)
        var answers: [(source: Int, value: FeatureValue, change: Double)] = []
        for source in tried {
            guard let best = bestValue(source, row) else { continue }
            let place = answers.firstIndex { $0.change > best.change } ?? answers.count
            answers.insert((source, best.value, best.change), at: place)
        }
        return answers.compactMap { answer in
            let proposed = model.probability(row.margin + answer.change)
            guard proposed < current else { return nil }
            return WhatIf(
                feature: sources[answer.source].name, unit: sources[answer.source].unit,
                current: row.values[answer.source], proposed: answer.value, currentProbability: current,
                proposedProbability: proposed, marginChange: answer.change)
        }
    }

    private func bestValue(_ source: Int, _ row: Row) -> (value: FeatureValue, change: Double)? {
        if case .tables(let tables, let curves) = method, case .boosted(let ensemble) = model.estimator,
            case .number = model.encoder.sources[source].kind
        {
            // Curves of features that nobody can influence are made when they are asked for.
            let isReady = model.encoder.sources[source].isActionable
            guard let curve = isReady ? curves[source] : ModelExplainer.curve(source, of: model, ensemble, tables)
            else {
                return nil
            }
            let current = row.features[model.encoder.featureRanges[source].lowerBound]
            return curve.best(
                current: current, words: row.words, leafValues: row.leafValues, answers: tables.answers
            ).map { (FeatureValue(number: $0.value), $0.change) }
        }
        return model.bestValue(source: source, current: row.values[source], vector: row.features)
    }
}
