/// A fitted logistic regression on imputed and standardised features.
public struct LogisticModel: Sendable, Equatable {
    /// One coefficient: a feature, or the flag that a feature is missing.
    public struct Term: Sendable, Equatable {
        /// The feature, in the numbering of ``FeatureEncoder``.
        public let feature: Int
        /// Whether the column is 1 where the feature is missing, else 0.
        public let isMissingFlag: Bool
        /// What stands in for a missing value: the median of the training rows.
        public let fill: Double
        /// The mean of the training rows.
        public let mean: Double
        /// The standard deviation of the training rows.
        public let scale: Double
        /// The change of the log-odds per standard deviation.
        public let coefficient: Double

        /// The term's share of the margin for a value (NaN when missing).
        @inline(__always)
        func share(_ value: Double) -> Double {
            coefficient * LogisticModel.standardised(column(value), mean: mean, scale: scale)
        }

        @inline(__always)
        func column(_ value: Double) -> Double {
            if isMissingFlag { return value.isNaN ? 1 : 0 }
            return LogisticModel.bounded(value.isNaN ? fill : value)
        }
    }

    /// The margin of an average row.
    public let intercept: Double
    /// The terms in feature order, a missing flag behind its feature.
    public let terms: [Term]

    /// Keeps squares and sums of numbers from overflowing.
    @inline(__always)
    static func bounded(_ value: Double) -> Double {
        min(max(value, -1e140), 1e140)
    }

    /// Standard deviations from the mean, at most a million either way.
    @inline(__always)
    static func standardised(_ value: Double, mean: Double, scale: Double) -> Double {
        min(max((value - mean) / scale, -1e6), 1e6)
    }

    /// The margin (log-odds) of one row of features (NaN where missing).
    public func margin(_ features: [Double]) -> Double {
        var margin = intercept
        for term in terms { margin += term.share(features[term.feature]) }
        return margin
    }

    /// The share of every feature: coefficient · (value - training mean). Exact for this model and only for it.
    public func contributions(_ features: [Double]) -> ShapleyValues {
        var shares = [Double](repeating: 0, count: features.count)
        for term in terms { shares[term.feature] += term.share(features[term.feature]) }
        return ShapleyValues(base: intercept, values: shares)
    }

    /// The margin of every row of an encoded table.
    func margins(_ table: EncodedTable, encoder: FeatureEncoder) -> [Double] {
        var margins = [Double](repeating: intercept, count: table.rowCount)
        for term in terms {
            let feature = encoder.features[term.feature]
            switch table.columns[feature.source] {
            case .number(let values):
                for row in 0..<table.rowCount { margins[row] += term.share(values[row]) }
            case .level(let codes):
                let present = term.share(1)
                let absent = term.share(0)
                for row in 0..<table.rowCount { margins[row] += codes[row] == feature.level ? present : absent }
            }
        }
        return margins
    }
}
