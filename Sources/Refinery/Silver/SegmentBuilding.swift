import Dispatch
import Records

/// A staged record of a client: its value, its client and the row it came from.
protocol StagedRecord: BitwiseCopyable, SendableMetatype {
    associatedtype Value: BitwiseCopyable & Comparable & Sendable
    var value: Value { get }
    var client: UInt32 { get }
    var row: UInt32 { get }
}

struct StagedEvent: StagedRecord {
    // 32-bit halves keep the stride at 16 bytes.
    var high: UInt32
    var low: UInt32
    var client: UInt32
    var row: UInt32

    @inline(__always)
    init(event: PackedEvent, client: UInt32, row: UInt32) {
        high = UInt32(truncatingIfNeeded: event.rawValue >> 32)
        low = UInt32(truncatingIfNeeded: event.rawValue)
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

    private struct Part: @unchecked Sendable {
        // Written by the one iteration that owns its index, read after all iterations are done.
        var clients: [UInt32] = []
        var counts: [UInt32] = []
        var values: [Record.Value] = []
    }

    /// - Parameters:
    ///   - skipped: rows that do not count (duplicates, refused drops).
    init(_ spool: Spool<Record>, skipped: RowBits) {
        var parts = [Part](repeating: Part(), count: spool.partitionCount)
        let count = spool.partitionCount
        parts.withUnsafeMutableBufferPointer { buffer in
            // Safe: iteration i reads partition i and writes buffer[i], nothing else.
            nonisolated(unsafe) let buffer = buffer
            nonisolated(unsafe) let spool = spool
            if count <= 1 {
                if count == 1 { buffer[0] = Self.part(spool, partition: 0, skipped: skipped) }
            } else {
                DispatchQueue.concurrentPerform(iterations: count) { index in
                    buffer[index] = Self.part(spool, partition: index, skipped: skipped)
                }
            }
        }
        let total = parts.reduce(0) { $0 + $1.values.count }
        var clients: [UInt32] = []
        var starts: [UInt32] = []
        clients.reserveCapacity(parts.reduce(0) { $0 + $1.clients.count })
        starts.reserveCapacity(clients.capacity + 1)
        var position: UInt32 = 0
        values = [Record.Value](unsafeUninitializedCapacity: total) { buffer, initialized in
            var at = 0
            for index in parts.indices {
                let part = parts[index]
                clients.append(contentsOf: part.clients)
                for count in part.counts {
                    starts.append(position)
                    position += count
                }
                at += UnsafeMutableBufferPointer(rebasing: buffer[at...]).initialize(fromContentsOf: part.values)
                // Given back at once: at this point all records exist twice.
                parts[index] = Part()
            }
            initialized = at
        }
        starts.append(position)
        slices = ClientSlices(clients: clients, starts: starts)
    }

    private static func part(_ spool: Spool<Record>, partition: Int, skipped: RowBits) -> Part {
        let width = 1 << clientBits
        let base = UInt32(partition << clientBits)
        var starts = [UInt32](repeating: 0, count: width + 1)
        spool.forEachChunk(in: partition) { chunk in
            for record in chunk where !skipped.contains(Int(record.row)) {
                starts[Int(record.client &- base) + 1] &+= 1
            }
        }
        var result = Part()
        for offset in 0..<width where starts[offset + 1] > 0 {
            result.clients.append(base + UInt32(offset))
            result.counts.append(starts[offset + 1])
        }
        for offset in 1...width { starts[offset] &+= starts[offset - 1] }
        let total = Int(starts[width])
        let ends = starts
        result.values = [Record.Value](unsafeUninitializedCapacity: total) { buffer, initialized in
            spool.forEachChunk(in: partition) { chunk in
                for record in chunk where !skipped.contains(Int(record.row)) {
                    let offset = Int(record.client &- base)
                    (buffer.baseAddress.unsafelyUnwrapped + Int(starts[offset])).initialize(to: record.value)
                    starts[offset] &+= 1
                }
            }
            initialized = total
        }
        result.values.withUnsafeMutableBufferPointer { values in
            for offset in 0..<width where ends[offset + 1] > ends[offset] {
                SliceSort.sort(UnsafeMutableBufferPointer(rebasing: values[Int(ends[offset])..<Int(ends[offset + 1])]))
            }
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
