import Records
import Testing

/// A range says of every number what the comparison it stands for says.
@Suite struct MetricRangeTests {
    private static let numbers: [Double] = [
        -.infinity, -1e9, -1, -0.0, 0, .leastNonzeroMagnitude, 0.1, 0.2, 0.30000000000000004, 1, 30, 1e9, .infinity,
        .nan,
    ]

    @Test(arguments: RiskRule.Comparison.allCases)
    func meansItsComparison(_ comparison: RiskRule.Comparison) {
        for number in Self.numbers where number.isFinite {
            let range = MetricRange(comparison, number)
            for value in Self.numbers {
                // An unknown value fulfils nothing, not even `!=`.
                #expect(
                    range.contains(value) == (!value.isNaN && comparison.holds(value, number)), "\(value) \(number)")
            }
        }
    }

    @Test func keepsTheOrderOfASelection() {
        let columns: [MetricValues] = [
            .numbers([5, ClientMetrics.unknown, 7, 1, 6]), .fractions([5, .nan, 7, 1, 6]),
            .amounts([5_000_000, 0, 7_000_000, 1_000_000, 6_000_000]),
            .decline(previous: [10, 0, 10, 10, 10], last: [5, 1, 3, 9, 4]),
            .mean(sums: [5_000_000, 0, 14_000_000, 1_000_000, 12_000_000], counts: [1, 0, 2, 1, 2]),
        ]
        for column in columns {
            #expect(column.count == 5)
            let range =
                if case .decline = column { MetricRange(.greaterOrEqual, 0.5) } else {
                    MetricRange(.greaterOrEqual, 5)
                }
            var selection: [UInt32] = [4, 3, 2, 1, 0]
            let kept = selection.withUnsafeMutableBufferPointer { column.keep($0, within: range) }
            #expect(Array(selection.prefix(kept)) == [4, 2, 0])
            #expect(selection.prefix(kept).allSatisfy { range.contains(column[Int($0)]) })
        }
    }
}
