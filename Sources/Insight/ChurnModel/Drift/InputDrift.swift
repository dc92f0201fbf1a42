import Glibc

/// How far the distribution of one input has moved since training.
public struct InputDrift: Sendable, Equatable {
    /// The usual reading of the population stability index.
    public enum Level: String, Sendable, Equatable {
        /// Below 0.1, or no more than chance.
        case stable
        /// 0.1 to 0.25.
        case moderate
        /// Above 0.25.
        case major
    }

    /// The name of the source column.
    public let feature: String
    /// The population stability index: sum over bins of (now - then) · ln(now / then).
    public let populationStabilityIndex: Double
    /// The index that chance alone reaches in about one of forty comparisons of samples of these sizes.
    public let chanceLevel: Double
    /// The share of missing values then and now.
    public let missingShareThen: Double
    public let missingShareNow: Double

    public var level: Level {
        if populationStabilityIndex < 0.1 || populationStabilityIndex <= chanceLevel { return .stable }
        return populationStabilityIndex <= 0.25 ? .moderate : .major
    }

    /// The index of two sets of counts over the same bins, half a row added to every bin so that empty ones count.
    public static func populationStabilityIndex(then: [Int], now: [Int]) -> Double {
        let bins = Double(then.count)
        let rowsThen = Double(then.reduce(0, +)) + bins / 2
        let rowsNow = Double(now.reduce(0, +)) + bins / 2
        var sum = 0.0
        for (before, after) in zip(then, now) where before > 0 || after > 0 {
            let shareThen = (Double(before) + 0.5) / rowsThen
            let shareNow = (Double(after) + 0.5) / rowsNow
            sum += (shareNow - shareThen) * log(shareNow / shareThen)
        }
        return sum
    }
}

extension FittedChurnModel {
    /// Compares the inputs of a table with those of training.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``; ``ChurnModelError/invalidTable(_:)`` without rows.
    public func inputDrift(_ table: FeatureTable) throws(ChurnModelError) -> [InputDrift] {
        guard table.rowCount > 0 else { throw .invalidTable("there are no rows to compare with training") }
        let encoded = try encoder.encode(table)
        return encoder.sources.indices.map { position in
            let then = profile.sources[position].counts
            var now: [Int]
            var missing: Int?
            switch encoded.columns[position] {
            case .number(let values):
                now = InputProfile.counts(values, cuts: profile.sources[position].cuts)
                missing = 0
            case .level(let codes):
                now = InputProfile.counts(codes, levels: encoder.featureRanges[position].count)
                if case .category(let levels, let hasOther, true) = encoder.sources[position].kind {
                    missing = levels.count + (hasOther ? 1 : 0)
                }
            }
            let used = zip(then, now).count { $0 > 0 || $1 > 0 }
            let freedom = Double(max(1, used - 1))
            let rowsThen = Double(max(1, then.reduce(0, +)))
            let rowsNow = Double(max(1, now.reduce(0, +)))
            // The index times n·m/(n+m) is close to chi-square distributed when nothing has moved.
            let chance = (freedom + 2 * (2 * freedom).squareRoot()) * (1 / rowsThen + 1 / rowsNow)
            return InputDrift(
                feature: encoder.sources[position].name,
                populationStabilityIndex: InputDrift.populationStabilityIndex(then: then, now: now),
                chanceLevel: chance,
                missingShareThen: missing.map { Double(then[$0]) / rowsThen } ?? 0,
                missingShareNow: missing.map { Double(now[$0]) / rowsNow } ?? 0
            )
        }
    }
}
