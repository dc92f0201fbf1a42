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
    private struct Sorted {
        var entries: [KeyEntry] = []
        var rows: [UInt32] = []
        var repetitions: [Repetition] = []
    }

    /// - Parameters:
    ///   - spool: holds the new keys afterwards, in the place of what was staged.
    ///   - excluded: rows that do not take part (their drop was refused).
    static func run(
        _ spool: Spool<StagedKey>, excluded: RowBits?, known: any KnownKeys, isInterrupted: () -> Bool
    ) throws -> (keys: SortedKeys, duplicates: [Duplicate]) {
        var duplicates: [Duplicate] = []
        var counts: [Int] = []
        counts.reserveCapacity(spool.partitionCount)
        let sorting = Sorting(spool, excluded: excluded)
        defer { sorting.finish() }
        for partition in 0..<spool.partitionCount {
            if isInterrupted() { throw SilverLoad.Interrupted() }
            var sorted = sorting.next()
            try removeKnown(&sorted, known: known, into: &duplicates)
            counts.append(sorted.entries.count)
            sorted.entries.withUnsafeBufferPointer { spool.settle($0, in: partition) }
        }
        return (SortedKeys(spool, counts: counts), duplicates)
    }

    /// Sorts partition after partition on other threads, a few ahead of whoever takes them.
    private final class Sorting: @unchecked Sendable {
        // Safe: a worker writes the slot of the partition it has claimed under the lock; the taker reads that slot after
        // the worker has signalled it, and lets it go by signalling `room`. The bits are only read; of the spool a worker
        // reads the partitions it has claimed, and the taker writes those that it has taken.
        private let spool: Spool<StagedKey>
        private let excluded: RowBits?
        private let slots: UnsafeMutablePointer<Sorted>
        private let ready: [DispatchSemaphore]
        private let room = DispatchSemaphore(value: 0)
        private let lock = DispatchSemaphore(value: 1)
        private let workers = DispatchGroup()
        private var claimed = 0
        private var isAbandoned = false
        private var taken = 0

        private static let ahead = 6

        init(_ spool: Spool<StagedKey>, excluded: RowBits?) {
            self.spool = spool
            self.excluded = excluded
            let ahead = Sorting.ahead
            slots = .allocate(capacity: ahead)
            slots.initialize(repeating: Sorted(), count: ahead)
            ready = (0..<ahead).map { _ in DispatchSemaphore(value: 0) }
            for _ in 0..<ahead { room.signal() }
            guard spool.partitionCount > 1 else { return }
            for _ in 0..<2 {
                DispatchQueue.global(qos: .utility).async(group: workers) { [self] in work() }
            }
        }

        private func claim() -> Int? {
            room.wait()
            lock.wait()
            defer { lock.signal() }
            guard !isAbandoned, claimed < spool.partitionCount else {
                // The other worker is to find out too.
                room.signal()
                return nil
            }
            defer { claimed += 1 }
            return claimed
        }

        private func work() {
            while let partition = claim() {
                slots[partition % Sorting.ahead] = KeyDeduplication.sort(
                    spool, partition: partition, excluded: excluded)
                ready[partition % Sorting.ahead].signal()
            }
        }

        /// The next partition, in order.
        func next() -> Sorted {
            if spool.partitionCount == 1 { return KeyDeduplication.sort(spool, partition: 0, excluded: excluded) }
            let slot = taken % Sorting.ahead
            ready[slot].wait()
            let sorted = slots[slot]
            slots[slot] = Sorted()
            taken += 1
            room.signal()
            return sorted
        }

        /// Waits until no worker is left; those that still have work to do leave it.
        func finish() {
            lock.wait()
            isAbandoned = true
            lock.signal()
            room.signal()
            workers.wait()
        }

        deinit {
            slots.deinitialize(count: Sorting.ahead)
            slots.deallocate()
        }
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
