import Records

/// Staging of the large categories, whose records are packed: rows are parsed by the stretch, find their client, and go
/// with their natural keys into spools, out of which a segment is built.
final class RowStaging<Record: StagedRecord> {
    /// What parsing leaves of a row for staging.
    struct Parsed: BitwiseCopyable {
        var clientKey: RecordKey
        var clientHash: UInt64
        var value: Record.Value
        /// A hash of the row's content: tells a repeated row from one that differs under the same key.
        var content: UInt64
        var row: UInt32
        /// Which client it may be, see ``KeyIndex/candidate(hash:)``.
        var candidate: Int32 = -1
    }

    /// Rows that are parsed before they are staged: what was asked of memory for the first is there when the last is
    /// parsed, and none of it has left the processor's nearest cache again.
    private static var stretch: Int { 256 }

    /// Of the staged rows, for categories that have them.
    var revisions = StagedRevisions()
    private let keys: Spool<StagedKey>
    private let records: Spool<Record>
    /// One value a row of a stretch.
    private let scratch: UnsafeMutablePointer<Parsed>

    /// - Parameter byteCount: of all drops of the load.
    init(byteCount: Int) {
        let isLarge = SpoolSize.isLarge(byteCount: byteCount)
        keys = Spool(partitionCount: SpoolSize.keyPartitions(byteCount: byteCount), isLarge: isLarge)
        records = Spool(partitionCount: 1, isLarge: isLarge)
        scratch = .allocate(capacity: RowStaging.stretch)
    }

    deinit { scratch.deallocate() }

    /// - Parameters:
    ///   - idColumn: the column of the natural key.
    ///   - parse: checks and parses some rows, writes those that pass one after the other, and says how many passed.
    @inline(__always)
    func stage(
        _ rows: RowBytes, idColumn: Int, customerColumn: Int, into load: SilverLoad,
        parse: (Range<Int>, UnsafeMutablePointer<Parsed>) -> Int
    ) {
        let rowCount = rows.batch.rowCount
        var row = 0
        while row < rowCount {
            let end = min(row + RowStaging.stretch, rowCount)
            let count = parse(row..<end, scratch)
            spool(rows, count: count, idColumn: idColumn, customerColumn: customerColumn, into: load)
            row = end
        }
    }

    private func spool(_ rows: RowBytes, count: Int, idColumn: Int, customerColumn: Int, into load: SilverLoad) {
        let keys = self.keys
        let records = self.records
        let scratch = self.scratch
        let clientIndex = load.state.clientIndex
        let keyShift = UInt64(64 - keys.partitionCount.trailingZeroBitCount)
        let firstRow = load.stagedRowCount
        load.stagedRowCount += count
        var lines = load.lines
        load.lines = StagedLines()
        for index in 0..<count {
            lines.note(row: firstRow &+ index, line: Int(rows.batch.lines[Int(scratch[index].row)]))
        }
        load.lines = lines
        for index in 0..<count {
            scratch[index].candidate = clientIndex.candidate(hash: scratch[index].clientHash)
        }
        for index in 0..<count {
            let parsed = scratch[index]
            let row = Int(parsed.row)
            var client = UInt32(
                truncatingIfNeeded: clientIndex.find(
                    parsed.clientKey, hash: parsed.clientHash, candidate: parsed.candidate))
            if client == .max {
                client = load.client(
                    parsed.clientKey, hash: parsed.clientHash, id: rows.buffer(rows.span(row, customerColumn)))
            }
            let stagedRow = UInt32(truncatingIfNeeded: firstRow &+ index)
            let key = StagedKey(
                key: rows.key(rows.span(row, idColumn)), content: UInt32(truncatingIfNeeded: parsed.content >> 32),
                row: stagedRow)
            // A shift by 64 is 0: one partition.
            keys.append(key, to: Int(truncatingIfNeeded: key.prefix >> keyShift))
            let partition = Int(client >> UInt32(SegmentBuilding<Record>.clientBits))
            if partition >= records.partitionCount { records.ensurePartition(partition) }
            records.append(Record(value: parsed.value, client: client, row: stagedRow), to: partition)
        }
    }

    /// What staging comes to.
    struct Outcome {
        /// What is left, sorted; nil when nothing is.
        var built: SegmentBuilding<Record>?
        var keys = SortedKeys.none
        var revised: [RevisedKey] = []
    }

    /// Leaves out rows whose key is known, counts those and the orphans, and sorts the rest.
    /// - Parameter find: says which of the rows of earlier loads that later revisions replace are there.
    func finish(
        _ load: SilverLoad, known: any KnownKeys, find: ([Replacement<Record.Value>]) -> [Bool] = { _ in [] }
    ) throws -> Outcome {
        let excluded = load.excludedBits()
        var outcome = try KeyDeduplication.run(
            keys, excluded: excluded, revisions: revisions, known: known, isInterrupted: load.isInterrupted)
        if !outcome.replacements.isEmpty {
            let replacements = replacements(outcome)
            for (replacement, isThere) in zip(replacements, find(replacements)) where !isThere {
                outcome.refuse(replacement.row)
            }
        }
        load.countDuplicates(outcome.duplicates)
        load.countUpdates(outcome.updates)
        var skipped = excluded ?? RowBits(count: load.stagedRowCount)
        for duplicate in outcome.duplicates { skipped.insert(Int(duplicate.row)) }
        try load.countOrphans(records, skipped: skipped)
        for row in outcome.replaced { skipped.insert(Int(row)) }
        let built = SegmentBuilding(records, skipped: skipped, isInterrupted: load.isInterrupted)
        // Partitions that were left out then are missing in it.
        try load.checkInterruption()
        // What is stored next needs memory too.
        records.removeAll()
        revisions.removeAll()
        return Outcome(
            built: built.values.isEmpty ? nil : built, keys: outcome.keys, revised: outcome.revised.map(\.key))
    }

    /// The rows that replace others, in their order, with their clients and values.
    private func replacements(_ outcome: KeyDeduplication.Outcome) -> [Replacement<Record.Value>] {
        let former = Dictionary(
            outcome.replacements.map { ($0.row, $0.formerContent) }, uniquingKeysWith: { first, _ in first })
        var found: [Replacement<Record.Value>] = []
        for partition in 0..<records.partitionCount {
            records.forEachChunk(in: partition) { chunk in
                for record in chunk {
                    guard let content = former[record.row] else { continue }
                    found.append(
                        Replacement(
                            row: record.row, formerContent: content, client: record.client, value: record.value))
                }
            }
        }
        return found.sorted { $0.row < $1.row }
    }
}

/// How many partitions the staged keys are split into.
enum SpoolSize {
    static func keyPartitions(byteCount: Int) -> Int {
        switch byteCount {
        case ..<(4 << 20): 1
        case ..<(64 << 20): 64
        case ..<(2 << 30): 512
        default: 2048
        }
    }

    /// Whether staging memory is worth asking for in large pieces.
    static func isLarge(byteCount: Int) -> Bool { byteCount >= 32 << 20 }
}

/// 64 bits of a row's content.
enum ContentHash {
    @inline(__always)
    static func combine(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
        RecordKey(low: a ^ (c &* 0x9E37_79B9_7F4A_7C15), high: b).mixed.low
    }
}

enum DayRange {
    static func of(_ days: some Sequence<Int32>) -> ClosedRange<Int32> {
        var low = Int32.max
        var high = Int32.min
        for day in days {
            if day < low { low = day }
            if day > high { high = day }
        }
        return low <= high ? low...high : 0...0
    }
}
