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

    /// What becomes of the rows of a load.
    struct Outcome {
        var keys = SortedKeys.none
        var duplicates: [Duplicate] = []
        /// Rows that counted when they came, and are not in force any more.
        var replaced: [UInt32] = []
        /// Rows that took the place of another one.
        var updates: [UInt32] = []
        /// Those of them in force whose former row is one of an earlier load, with the content of that.
        var replacements: [(row: UInt32, formerContent: UInt32)] = []
        /// Keys whose row in force has a revision above 0, with that row.
        var revised: [(row: UInt32, key: RevisedKey)] = []

        /// A row turns out to replace nothing that is there.
        mutating func refuse(_ row: UInt32) {
            updates.removeAll { $0 == row }
            revised.removeAll { $0.row == row }
            duplicates.append(Duplicate(row: row, isCollision: true))
        }
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
        _ spool: Spool<StagedKey>, excluded: RowBits?, revisions: StagedRevisions = StagedRevisions(),
        known: any KnownKeys, isInterrupted: () -> Bool
    ) throws -> Outcome {
        var outcome = Outcome()
        var counts: [Int] = []
        counts.reserveCapacity(spool.partitionCount)
        let sorting = Sorting(spool, excluded: excluded)
        defer { sorting.finish() }
        for partition in 0..<spool.partitionCount {
            if isInterrupted() { throw SilverLoad.Interrupted() }
            var sorted = sorting.next()
            try removeKnown(&sorted, revisions, known: known, into: &outcome)
            counts.append(sorted.entries.count)
            sorted.entries.withUnsafeBufferPointer { spool.settle($0, in: partition) }
        }
        outcome.keys = SortedKeys(spool, counts: counts)
        return outcome
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
        _ sorted: inout Sorted, _ revisions: StagedRevisions, known: any KnownKeys, into outcome: inout Outcome
    ) throws {
        var removed: [Int] = []
        var knownContent: [Int: UInt32] = [:]
        try sorted.entries.withUnsafeBufferPointer { entries in
            try known.find(entries) { position, content in
                removed.append(position)
                knownContent[position] = content
            }
        }
        let revised = removed.isEmpty ? [] : try known.revisions(of: removed.map { sorted.entries[$0] })
        if revisions.isEmpty, revised.allSatisfy({ $0 == nil }) {
            for position in removed {
                let isCollision = sorted.entries[position].content != knownContent[position]
                outcome.duplicates.append(Duplicate(row: sorted.rows[position], isCollision: isCollision))
            }
            // Compared with the row that is kept, which may be one of an earlier load: so it does not matter how rows are
            // split into drops.
            for repetition in sorted.repetitions {
                let kept = knownContent[repetition.position] ?? sorted.entries[repetition.position].content
                outcome.duplicates.append(Duplicate(row: repetition.row, isCollision: repetition.content != kept))
            }
        } else {
            for (position, key) in zip(removed, revised) {
                if let key { knownContent[position] = key.entry.content }
            }
            settle(
                &sorted, revisions, known: knownContent,
                knownRevisions: Dictionary(
                    uniqueKeysWithValues: zip(removed, revised).compactMap { position, key in
                        key.map { (position, $0.revision) }
                    }), into: &outcome)
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

    /// Finds the row in force of every key of a partition.
    /// - Parameters:
    ///   - known: the content of the row in force before, by the position of its key.
    ///   - knownRevisions: its revision where that is above 0.
    private static func settle(
        _ sorted: inout Sorted, _ revisions: StagedRevisions, known: [Int: UInt32], knownRevisions: [Int: UInt32],
        into outcome: inout Outcome
    ) {
        var settlings: [Int: KeySettling] = [:]
        for (position, content) in known {
            settlings[position] = KeySettling(row: nil, revision: knownRevisions[position] ?? 0, content: content)
            let row = sorted.rows[position]
            settlings[position]?.see(
                row: row, revision: revisions[row], content: sorted.entries[position].content, &outcome)
        }
        for repetition in sorted.repetitions {
            let position = repetition.position
            let first = sorted.rows[position]
            settlings[
                position,
                default: KeySettling(
                    row: first, revision: revisions[first], content: sorted.entries[position].content)
            ].see(row: repetition.row, revision: revisions[repetition.row], content: repetition.content, &outcome)
        }
        for position in sorted.entries.indices {
            if let settling = settlings[position] {
                guard let row = settling.row else { continue }
                sorted.rows[position] = row
                sorted.entries[position].content = settling.content
                if let former = known[position] { outcome.replacements.append((row, former)) }
            }
            let row = sorted.rows[position]
            guard revisions[row] > 0 else { continue }
            outcome.revised.append((row, RevisedKey(entry: sorted.entries[position], revision: revisions[row])))
        }
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
