import Dispatch
import Records

/// A staged record of a client: its value, its client and the row it came from.
protocol StagedRecord: BitwiseCopyable, SendableMetatype {
    associatedtype Value: PackedRecord
    var value: Value { get }
    var client: UInt32 { get }
    var row: UInt32 { get }
    init(value: Value, client: UInt32, row: UInt32)
}

struct StagedEvent: StagedRecord {
    // 32-bit halves keep the stride at 16 bytes.
    var high: UInt32
    var low: UInt32
    var client: UInt32
    var row: UInt32

    @inline(__always)
    init(value: PackedEvent, client: UInt32, row: UInt32) {
        high = UInt32(truncatingIfNeeded: value.rawValue >> 32)
        low = UInt32(truncatingIfNeeded: value.rawValue)
        self.client = client
        self.row = row
    }

    @inline(__always)
    var value: PackedEvent { PackedEvent(rawValue: UInt64(high) << 32 | UInt64(low)) }
}

struct StagedTransaction: StagedRecord {
    var value: PackedTransaction
    var client: UInt32
    var row: UInt32
}

/// Sorts staged records by client and value into the slices of a segment.
struct SegmentBuilding<Record: StagedRecord> {
    /// Clients per partition of the spool.
    static var clientBits: Int { 9 }

    var slices: ClientSlices
    var values: [Record.Value]

    /// The clients of a partition and how many records each has.
    private struct Part: Sendable {
        var clients: [UInt32] = []
        var counts: [UInt32] = []
    }

    /// - Parameters:
    ///   - skipped: rows that do not count (duplicates, refused drops).
    ///   - isInterrupted: once it says so the result is worth nothing, and is there soon.
    init(_ spool: Spool<Record>, skipped: RowBits, isInterrupted: @Sendable () -> Bool = { false }) {
        let partitions = spool.partitionCount
        let kept = SegmentBuilding.keptRecords(spool, skipped: skipped)
        var offsets = [0]
        for count in kept { offsets.append(offsets[offsets.count - 1] + count) }
        let total = offsets[partitions]
        var parts = [Part](repeating: Part(), count: partitions)
        values = [Record.Value](unsafeUninitializedCapacity: total) { values, initialized in
            LargeMemory.prepare(UnsafeMutableRawBufferPointer(values))
            // Partitions write side by side into the one array, each into its own stretch.
            nonisolated(unsafe) let values = values
            parts.withUnsafeMutableBufferPointer { parts in
                nonisolated(unsafe) let parts = parts
                nonisolated(unsafe) let spool = spool
                let offsets = offsets
                // Safe: iteration i reads partition i and writes parts[i] and its own stretch of values, nothing else.
                SegmentBuilding.forEach(partitions) { index in
                    let stretch = UnsafeMutableBufferPointer(rebasing: values[offsets[index]..<offsets[index + 1]])
                    if isInterrupted() {
                        UnsafeMutableRawBufferPointer(stretch).initializeMemory(as: UInt8.self, repeating: 0)
                        return
                    }
                    parts[index] = SegmentBuilding.sort(
                        spool, partition: index, skipped: skipped,
                        into: stretch)
                }
            }
            initialized = total
        }
        let clientCount = parts.reduce(0) { $0 + $1.clients.count }
        var clients: [UInt32] = []
        var starts: [UInt32] = []
        clients.reserveCapacity(clientCount)
        starts.reserveCapacity(clientCount + 1)
        var position: UInt32 = 0
        for part in parts {
            clients.append(contentsOf: part.clients)
            for count in part.counts {
                starts.append(position)
                position += count
            }
        }
        starts.append(position)
        slices = ClientSlices(clients: clients, starts: starts)
    }

    private static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        if count <= 1 {
            if count == 1 { body(0) }
        } else {
            DispatchQueue.concurrentPerform(iterations: count, execute: body)
        }
    }

    /// How many records of each partition count.
    private static func keptRecords(_ spool: Spool<Record>, skipped: RowBits) -> [Int] {
        let partitions = spool.partitionCount
        if skipped.isEmpty { return (0..<partitions).map { spool.count(in: $0) } }
        return [Int](unsafeUninitializedCapacity: partitions) { counts, initialized in
            // Safe: iteration i reads partition i and writes counts[i], nothing else.
            nonisolated(unsafe) let counts = counts
            nonisolated(unsafe) let spool = spool
            forEach(partitions) { index in
                var kept = 0
                spool.forEachChunk(in: index) { chunk in
                    for record in chunk where !skipped.contains(Int(record.row)) { kept += 1 }
                }
                counts[index] = kept
            }
            initialized = partitions
        }
    }

    /// Puts the records of a partition that count into the order of clients and values.
    /// - Parameter values: uninitialized, with room for exactly those.
    private static func sort(
        _ spool: Spool<Record>, partition: Int, skipped: RowBits, into values: UnsafeMutableBufferPointer<Record.Value>
    ) -> Part {
        let width = 1 << clientBits
        let base = UInt32(partition << clientBits)
        var starts = [UInt32](repeating: 0, count: width + 1)
        let skipsNone = skipped.isEmpty
        spool.forEachChunk(in: partition) { chunk in
            for record in chunk where skipsNone || !skipped.contains(Int(record.row)) {
                starts[Int(record.client &- base) + 1] &+= 1
            }
        }
        var result = Part()
        for offset in 0..<width where starts[offset + 1] > 0 {
            result.clients.append(base + UInt32(offset))
            result.counts.append(starts[offset + 1])
        }
        for offset in 1...width { starts[offset] &+= starts[offset - 1] }
        precondition(Int(starts[width]) == values.count, "the records of a partition were counted")
        guard let first = values.baseAddress else { return result }
        let ends = starts
        spool.forEachChunk(in: partition) { chunk in
            for record in chunk where skipsNone || !skipped.contains(Int(record.row)) {
                let offset = Int(record.client &- base)
                (first + Int(starts[offset])).initialize(to: record.value)
                starts[offset] &+= 1
            }
        }
        for offset in 0..<width where ends[offset + 1] > ends[offset] {
            SliceSort.sort(UnsafeMutableBufferPointer(rebasing: values[Int(ends[offset])..<Int(ends[offset + 1])]))
        }
        return result
    }
}

/// Sorts a client's records. They mostly arrive in the order of time: one pass finds that out.
enum SliceSort {
    static func sort<Value: Comparable & BitwiseCopyable>(_ values: UnsafeMutableBufferPointer<Value>) {
        var position = 1
        while position < values.count, !(values[position] < values[position - 1]) { position += 1 }
        if position >= values.count { return }
        if values.count <= 32 {
            insertionSort(values)
        } else {
            var slice = values
            slice.sort()
        }
    }

    private static func insertionSort<Value: Comparable & BitwiseCopyable>(_ values: UnsafeMutableBufferPointer<Value>)
    {
        for position in 1..<values.count {
            let value = values[position]
            var at = position
            while at > 0, value < values[at - 1] {
                values[at] = values[at - 1]
                at -= 1
            }
            values[at] = value
        }
    }
}
