/// A table after ``FeatureEncoder``: clean numbers and small level codes.
struct EncodedTable: Sendable {
    enum Column: Sendable {
        /// Finite numbers without -0.0, NaN where missing.
        case number([Double])
        /// Level codes as ``FeatureEncoder`` gives them out.
        case level([UInt8])
    }

    let rowCount: Int
    var columns: [Column]

    /// NaN for anything missing, 0.0 for -0.0.
    @inline(__always)
    static func clean(_ value: Double) -> Double {
        value.isFinite ? value + 0.0 : .nan
    }

    /// The rows at the given positions, in that order.
    func rows(_ rows: [Int]) -> EncodedTable {
        EncodedTable(
            rowCount: rows.count,
            columns: columns.map { column in
                switch column {
                case .number(let values): .number(rows.map { values[$0] })
                case .level(let codes): .level(rows.map { codes[$0] })
                }
            }
        )
    }
}
