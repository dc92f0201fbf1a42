/// Sorts packed records of one day by their second, which stands in the bits 40 … 56.
///
/// A stable radix sort in two passes: records of the same second keep the order in which they were made, which the
/// standard sort does not promise; with that one the engagement file took about a third longer.
struct TimeOrder: Sendable {
    private var scratch: [UInt64] = []

    mutating func sort(_ records: inout [UInt64]) {
        guard records.count > 1 else { return }
        if scratch.count < records.count {
            scratch = [UInt64](repeating: 0, count: max(records.count, scratch.count * 2))
        }
        let count = records.count
        records.withUnsafeMutableBufferPointer { records in
            scratch.withUnsafeMutableBufferPointer { scratch in
                TimeOrder.pass(from: UnsafeBufferPointer(records), to: scratch, count: count, shift: 40)
                TimeOrder.pass(from: UnsafeBufferPointer(scratch), to: records, count: count, shift: 49)
            }
        }
    }

    private static func pass(
        from source: UnsafeBufferPointer<UInt64>, to target: UnsafeMutableBufferPointer<UInt64>, count: Int,
        shift: UInt64
    ) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { starts in
            starts.initialize(repeating: 0)
            for index in 0..<count { starts[Int(source[index] >> shift & 511)] += 1 }
            var start = 0
            for bucket in 0..<512 {
                let size = starts[bucket]
                starts[bucket] = start
                start += size
            }
            for index in 0..<count {
                let bucket = Int(source[index] >> shift & 511)
                target[starts[bucket]] = source[index]
                starts[bucket] += 1
            }
        }
    }
}
