/// The training rows as small integers, column after column, ready for histograms.
///
/// A numeric column holds its bin: 0 for missing, else 1 + the number of cuts below the value. A category holds its
/// level code: the histogram of one byte column serves all its 0/1 features, because the rows that are not of a level
/// are the rows of the node less those that are.
struct BinnedTable: Sendable {
    struct Column: Sendable {
        /// Ascending cut points; empty for a category.
        let cuts: [Double]
        /// The highest bin or level code in use.
        let lastBin: Int
        /// The features of the column, in the numbering of ``FeatureEncoder``.
        let features: Range<Int>
        let isCategory: Bool
        /// Whether no split on the column can ever separate rows.
        let isConstant: Bool
    }

    let rowCount: Int
    let columns: [Column]
    /// `columns.count` blocks of `rowCount` bytes.
    let bins: [UInt8]

    init(_ table: EncodedTable, encoder: FeatureEncoder, binsMax: Int, workers: Workers) {
        let rowCount = table.rowCount
        let built = workers.map(table.columns.count) { position in
            BinnedTable.column(table.columns[position], features: encoder.featureRanges[position], binsMax: binsMax)
        }
        var bins: [UInt8] = []
        bins.reserveCapacity(rowCount * built.count)
        for (_, bytes) in built { bins.append(contentsOf: bytes) }
        self.rowCount = rowCount
        self.columns = built.map(\.0)
        self.bins = bins
    }

    private static func column(
        _ column: EncodedTable.Column,
        features: Range<Int>,
        binsMax: Int
    ) -> (Column, [UInt8]) {
        switch column {
        case .level(let codes):
            let last = Int(codes.max() ?? 0)
            let isConstant = codes.allSatisfy { $0 == codes[0] }
            return (
                Column(cuts: [], lastBin: last, features: features, isCategory: true, isConstant: isConstant), codes
            )
        case .number(let values):
            let present = values.filter { !$0.isNaN }
            let cuts = QuantileCuts.cuts(ofSorted: FloatingSort.sorted(present), binsMax: binsMax)
            let isConstant = cuts.isEmpty && (present.isEmpty || present.count == values.count)
            let bytes = values.map { value in value.isNaN ? 0 : UInt8(1 + countBelow(value, in: cuts)) }
            let last = present.isEmpty ? 0 : cuts.count + 1
            return (
                Column(cuts: cuts, lastBin: last, features: features, isCategory: false, isConstant: isConstant), bytes
            )
        }
    }

    /// The number of cuts strictly below the value.
    @inline(__always)
    static func countBelow(_ value: Double, in cuts: [Double]) -> Int {
        var lower = 0
        var upper = cuts.count
        while lower < upper {
            let middle = (lower + upper) / 2
            if cuts[middle] < value { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }
}
