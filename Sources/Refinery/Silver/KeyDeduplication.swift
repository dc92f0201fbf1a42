import Dispatch
import Records

/// Finds the first row of every natural key of a load: within the load by sorting, against earlier loads by asking.
struct KeyDeduplication {
    /// What becomes of the rows that were not first.
    struct Duplicate {
        var row: UInt32
        /// The content differs from that of the first row.
        var isCollision: Bool
    }

    /// A row of the load whose key an earlier row of the load has.
    private struct Repetition {
        var row: UInt32
        var content: UInt32
        /// Where its key stands in the entries.
        var position: Int
    }

    /// One partition after sorting: the first rows, and the others.
    private struct Sorted: @unchecked Sendable {
        // Each value is written by the one iteration that owns its index and read after all iterations are done.
        var entries: [KeyEntry] = []
        var rows: [UInt32] = []
        var repetitions: [Repetition] = []
    }

    /// - Parameters:
    ///   - excluded: rows that do not take part (their drop was refused).
    ///   - emit: receives the new keys in ascending order, piece by piece.
    /// - Returns: the duplicates.
    static func run(
        _ spool: Spool<StagedKey>, excluded: RowBits?, known: any KnownKeys,
        emit: (UnsafeBufferPointer<KeyEntry>) throws -> Void
    ) throws -> [Duplicate] {
        var duplicates: [Duplicate] = []
        let wave = 8
        var first = 0
        while first < spool.partitionCount {
            let count = min(wave, spool.partitionCount - first)
            var sorted = [Sorted](repeating: Sorted(), count: count)
            sorted.withUnsafeMutableBufferPointer { buffer in
                // Safe: iteration i reads partition first + i and writes buffer[i], nothing else.
                nonisolated(unsafe) let buffer = buffer
                nonisolated(unsafe) let spool = spool
                let start = first
                if count == 1 {
                    buffer[0] = sort(spool, partition: start, excluded: excluded)
                } else {
                    DispatchQueue.concurrentPerform(iterations: count) { index in
                        buffer[index] = sort(spool, partition: start + index, excluded: excluded)
                    }
                }
            }
            for index in 0..<count {
                try removeKnown(&sorted[index], known: known, into: &duplicates)
                try sorted[index].entries.withUnsafeBufferPointer { if !$0.isEmpty { try emit($0) } }
                sorted[index] = Sorted()
            }
            first += count
        }
        return duplicates
    }

    private static func removeKnown(
        _ sorted: inout Sorted, known: any KnownKeys, into duplicates: inout [Duplicate]
    ) throws {
        var removed: [Int] = []
        var knownContent: [Int: UInt32] = [:]
        try sorted.entries.withUnsafeBufferPointer { entries in
            try known.find(entries) { position, content in
                removed.append(position)
                knownContent[position] = content
                duplicates.append(
                    Duplicate(row: sorted.rows[position], isCollision: entries[position].content != content))
            }
        }
        // Compared with the row that is kept, which may be one of an earlier load: so it does not matter how rows are
        // split into drops.
        for repetition in sorted.repetitions {
            let kept = knownContent[repetition.position] ?? sorted.entries[repetition.position].content
            duplicates.append(Duplicate(row: repetition.row, isCollision: repetition.content != kept))
        }
        guard !removed.isEmpty else { return }
        removed.sort()
        var next = 0
        var kept = 0
        for position in 0..<sorted.entries.count {
            if next < removed.count, removed[next] == position {
                next += 1
                continue
            }
            sorted.entries[kept] = sorted.entries[position]
            kept += 1
        }
        sorted.entries.removeLast(sorted.entries.count - kept)
    }

    /// Sorts one partition by key, keeping the order of rows among equal keys: a counting sort by the bits below the
    /// partition's, then insertion sort of the few that fell together.
    private static func sort(_ spool: Spool<StagedKey>, partition: Int, excluded: RowBits?) -> Sorted {
        let count = spool.count(in: partition)
        var result = Sorted()
        guard count > 0 else { return result }
        let bucketBits = max(1, min(14, count.bitWidth - 1 - count.leadingZeroBitCount - 2))
        let partitionBits = spool.partitionCount.trailingZeroBitCount
        let shift = UInt64(64 - partitionBits - bucketBits)
        let bucketMask = (1 << bucketBits) - 1

        var starts = [UInt32](repeating: 0, count: (1 << bucketBits) + 1)
        starts.withUnsafeMutableBufferPointer { starts in
            spool.forEachChunk(in: partition) { chunk in
                for key in chunk {
                    starts[Int(truncatingIfNeeded: key.prefix >> shift) & bucketMask + 1] &+= 1
                }
            }
            for bucket in 1..<starts.count { starts[bucket] &+= starts[bucket - 1] }
        }
        let keys = UnsafeMutableBufferPointer<StagedKey>.allocate(capacity: count)
        defer { keys.deallocate() }
        starts.withUnsafeMutableBufferPointer { starts in
            spool.forEachChunk(in: partition) { chunk in
                for key in chunk {
                    let bucket = Int(truncatingIfNeeded: key.prefix >> shift) & bucketMask
                    keys[Int(starts[bucket])] = key
                    starts[bucket] &+= 1
                }
            }
        }
        // Every key stands at most a bucket's length from its place.
        for position in 1..<max(1, count) {
            let key = keys[position]
            let prefix = key.prefix
            var at = position
            while at > 0 {
                let before = keys[at - 1]
                let beforePrefix = before.prefix
                if beforePrefix < prefix || (beforePrefix == prefix && before.suffix <= key.suffix) { break }
                keys[at] = before
                at -= 1
            }
            if at != position { keys[at] = key }
        }
        result.entries.reserveCapacity(count)
        result.rows.reserveCapacity(count)
        for key in keys {
            if let excluded, excluded.contains(Int(key.row)) { continue }
            let entry = key.entry
            if let last = result.entries.last, KeyEntry.sameKey(last, entry) {
                result.repetitions.append(
                    Repetition(row: key.row, content: entry.content, position: result.entries.count - 1))
            } else {
                result.entries.append(entry)
                result.rows.append(key.row)
            }
        }
        return result
    }
}
