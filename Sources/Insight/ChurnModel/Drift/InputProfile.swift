/// The distribution of every input in training: what later inputs are compared with.
public struct InputProfile: Sendable, Equatable {
    /// One source column.
    public struct Source: Sendable, Equatable {
        /// The source is a number: cut points of the bins (deciles); empty for a category.
        public let cuts: [Double]
        /// Rows per bin: missing first, then the bins between the cuts; for a category one per level code of the
        /// encoder and one more for levels without a code.
        public let counts: [Int]
        /// The range that a what-if may use: the 1st and 99th percentile, or the whole range of up to 20 distinct
        /// values; nil for a category or when all are missing.
        public let range: ClosedRange<Double>?
        /// The median; nil for a category or when all are missing.
        public let median: Double?
        /// Whether all numbers are whole.
        public let isIntegral: Bool
    }

    /// One entry per source of the encoder.
    public let sources: [Source]

    init(sources: [Source]) {
        self.sources = sources
    }

    init(_ table: FeatureTable, encoded: EncodedTable, encoder: FeatureEncoder) {
        sources = encoded.columns.indices.map { position in
            switch encoded.columns[position] {
            case .level(let codes):
                Source(
                    cuts: [], counts: InputProfile.counts(codes, levels: encoder.featureRanges[position].count),
                    range: nil, median: nil, isIntegral: false
                )
            case .number(let values): InputProfile.source(values)
            }
        }
    }

    private static func source(_ values: [Double]) -> Source {
        let sorted = FloatingSort.sorted(values.filter { !$0.isNaN })
        guard let first = sorted.first, let last = sorted.last else {
            return Source(cuts: [], counts: [values.count, 0], range: nil, median: nil, isIntegral: false)
        }
        let cuts = QuantileCuts.cuts(ofSorted: sorted, binsMax: 11)
        var distinct = 1
        for (lower, upper) in zip(sorted, sorted.dropFirst()) where lower != upper { distinct += 1 }
        let low = distinct <= 20 ? first : sorted[(sorted.count - 1) / 100]
        let high = distinct <= 20 ? last : sorted[(sorted.count - 1) - (sorted.count - 1) / 100]
        return Source(
            cuts: cuts, counts: counts(values, cuts: cuts), range: low...high, median: sorted[sorted.count / 2],
            isIntegral: sorted.allSatisfy { $0 == $0.rounded() }
        )
    }

    static func counts(_ values: [Double], cuts: [Double]) -> [Int] {
        var counts = [Int](repeating: 0, count: cuts.count + 2)
        for value in values {
            counts[value.isNaN ? 0 : 1 + BinnedTable.countBelow(value, in: cuts)] += 1
        }
        return counts
    }

    static func counts(_ codes: [UInt8], levels: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: levels + 1)
        for code in codes { counts[min(Int(code), levels)] += 1 }
        return counts
    }
}
