import Records

/// Stages engagement events: the largest table by far, so its rows are handled column by column in tight loops.
final class EngagementStage: SilverStage {
    private let keys: Spool<StagedKey>
    private let events: Spool<StagedEvent>
    private var rules: ColumnRules
    private var settings: SilverSettings
    private var map = ColumnMap(BronzeBatch.Header(names: []), category: .engagement)
    private var header: BronzeBatch.Header?
    private var time = TimeParser()
    private var cache = KindCache()
    /// What parsing leaves for staging, one value a row of a stretch.
    private let scratch: UnsafeMutablePointer<Parsed>
    /// Rows that are parsed before they are staged: what was asked of memory for the first is there when the last is
    /// parsed, and none of it has left the processor's nearest cache again.
    private static let stretch = 256

    private struct Parsed: BitwiseCopyable {
        var clientKey: RecordKey
        var clientHash: UInt64
        var event: PackedEvent
        var content: UInt64
        var row: UInt32
    }

    private enum Column {
        static let id = 0
        static let customer = 1
        static let type = 2
        static let timestamp = 3
        static let device = 4
        static let feature = 5
    }

    init(settings: SilverSettings, byteCount: Int) {
        self.settings = settings
        rules = ColumnRules(.engagement, settings)
        let isLarge = SpoolSize.isLarge(byteCount: byteCount)
        keys = Spool(partitionCount: SpoolSize.keyPartitions(byteCount: byteCount), isLarge: isLarge)
        events = Spool(partitionCount: 1, isLarge: isLarge)
        scratch = .allocate(capacity: EngagementStage.stretch)
    }

    deinit { scratch.deallocate() }

    func beginDrop(_ settings: SilverSettings) {
        self.settings = settings
        header = nil
    }

    func endDrop(_ load: SilverLoad) {}
    func abandonDrop(_ load: SilverLoad) {
        // It may name kinds that only this drop had.
        cache = KindCache()
    }

    func load(_ batch: BronzeBatch, into load: SilverLoad, rejected: (Reject) -> Void) {
        if header !== batch.header {
            header = batch.header
            map = ColumnMap(batch.header, category: .engagement)
        }
        let rows = RowBytes(batch, map)
        var row = 0
        while row < batch.rowCount {
            let end = min(row + EngagementStage.stretch, batch.rowCount)
            let count = parse(rows, row..<end, into: load, rejected: rejected)
            stage(rows, count: count, into: load)
            row = end
        }
    }

    /// Checks and parses some rows; those that pass are in the scratch memory.
    /// - Returns: how many passed.
    private func parse(
        _ rows: RowBytes, _ range: Range<Int>, into load: SilverLoad, rejected: (Reject) -> Void
    ) -> Int {
        // Locals: properties of a class are checked for exclusive access at every use.
        var time = self.time
        defer { self.time = time }
        let cache = self.cache
        let clientIndex = load.state.clientIndex
        let output = scratch
        var passed = 0
        let earliest = settings.earliestDay.rawValue
        let latest = settings.latestDay.rawValue
        let checksRules = !rules.isEmpty

        for row in range {
            let id = rows.span(row, Column.id)
            let customer = rows.span(row, Column.customer)
            let type = rows.span(row, Column.type)
            let timestamp = rows.span(row, Column.timestamp)
            if id.count == 0 || customer.count == 0 || type.count == 0 || timestamp.count == 0 || checksRules {
                if let problem = problem(rows, row) {
                    load.current.rejected += 1
                    rejected(reject(rows, row, problem))
                    continue
                }
            }
            guard case .value(let day, let millisecond) = time.instant(rows.pointer(timestamp), timestamp.count) else {
                load.current.rejected += 1
                rejected(reject(rows, row, (Column.timestamp, .notAnInstant)))
                continue
            }
            if day < earliest || day > latest {
                load.current.rejected += 1
                rejected(reject(rows, row, (Column.timestamp, day < earliest ? .beforeEarliestDay : .afterLatestDay)))
                continue
            }
            let device = rows.span(row, Column.device)
            let feature = rows.span(row, Column.feature)
            let kindKey = KindCache.combine(rows.key(type), rows.key(device), rows.key(feature))
            var kind = cache.find(kindKey)
            if kind < 0 { kind = insertKind(rows, type, device, feature, kindKey, load) }
            let clientKey = rows.key(customer)
            let hash = KeyIndex.hash(of: clientKey)
            clientIndex.prefetch(hash: hash)
            let instant = Int64(day) &* 86_400_000 &+ Int64(millisecond)
            output[passed] = Parsed(
                clientKey: clientKey, clientHash: hash,
                event: PackedEvent(day: day, hour: Int(millisecond / 3_600_000), kind: UInt32(bitPattern: kind)),
                content: ContentHash.combine(hash, UInt64(bitPattern: instant), kindKey.low),
                row: UInt32(truncatingIfNeeded: row))
            passed &+= 1
        }
        return passed
    }

    @inline(never)
    private func insertKind(
        _ rows: RowBytes, _ type: FieldSpan, _ device: FieldSpan, _ feature: FieldSpan, _ key: RecordKey,
        _ load: SilverLoad
    ) -> Int32 {
        let kind = load.tables.events.kinds.insert(
            EventKinds.Kind(type: rows.text(type), device: rows.text(device), feature: rows.text(feature)))
        cache.insert(key, kind)
        return Int32(bitPattern: kind)
    }

    private func stage(_ rows: RowBytes, count: Int, into load: SilverLoad) {
        let keys = self.keys
        let events = self.events
        let clientIndex = load.state.clientIndex
        let keyShift = UInt64(64 - keys.partitionCount.trailingZeroBitCount)
        let firstRow = load.stagedRowCount
        load.stagedRowCount += count
        let scratch = self.scratch
        for index in 0..<count { clientIndex.prefetchKey(hash: scratch[index].clientHash) }
        for index in 0..<count {
            let parsed = scratch[index]
            let row = Int(parsed.row)
            var client = UInt32(truncatingIfNeeded: clientIndex.find(parsed.clientKey, hash: parsed.clientHash))
            if client == .max {
                client = load.client(
                    parsed.clientKey, hash: parsed.clientHash, id: rows.buffer(rows.span(row, Column.customer)))
            }
            let stagedRow = UInt32(truncatingIfNeeded: firstRow &+ index)
            let key = StagedKey(
                key: rows.key(rows.span(row, Column.id)), content: UInt32(truncatingIfNeeded: parsed.content >> 32),
                row: stagedRow)
            // A shift by 64 is 0: one partition.
            keys.append(key, to: Int(truncatingIfNeeded: key.prefix >> keyShift))
            let partition = Int(client >> UInt32(SegmentBuilding<StagedEvent>.clientBits))
            if partition >= events.partitionCount { events.ensurePartition(partition) }
            events.append(StagedEvent(event: parsed.event, client: client, row: stagedRow), to: partition)
        }
    }

    /// The first reason, in the order of the columns, why a row is rejected; its timestamp is checked by the caller
    /// unless it is missing.
    private func problem(_ rows: RowBytes, _ row: Int) -> (Int, Reject.Reason)? {
        for column in Column.id...Column.feature {
            let span = rows.span(row, column)
            if span.count == 0, column <= Column.timestamp { return (column, .missing) }
            if let reason = rules.violation(column: column, text: { rows.text(span) }, isEmpty: span.count == 0) {
                // A bad timestamp stands before the optional columns.
                if column > Column.timestamp, timestampIsBad(rows, row) { return nil }
                return (column, reason)
            }
        }
        return nil
    }

    private func timestampIsBad(_ rows: RowBytes, _ row: Int) -> Bool {
        let span = rows.span(row, Column.timestamp)
        guard case .value(let day, _) = time.instant(rows.pointer(span), span.count) else { return true }
        return day < settings.earliestDay.rawValue || day > settings.latestDay.rawValue
    }

    private func reject(_ rows: RowBytes, _ row: Int, _ problem: (Int, Reject.Reason)) -> Reject {
        Reject(
            line: Int(rows.batch.lines[row]), column: Category.engagement.columns[problem.0].name, reason: problem.1,
            raw: rows.batch.raw(row: row))
    }

    func finish(
        _ load: SilverLoad, known: any KnownKeys, segmentID: Int64,
        emitKeys: (UnsafeBufferPointer<KeyEntry>) throws -> Void
    ) throws -> (events: EventSegment?, transactions: TransactionSegment?) {
        let excluded = load.excludedBits()
        let duplicates = try KeyDeduplication.run(keys, excluded: excluded, known: known, emit: emitKeys)
        load.countDuplicates(duplicates)
        var skipped = excluded ?? RowBits(count: load.stagedRowCount)
        for duplicate in duplicates { skipped.insert(Int(duplicate.row)) }
        load.countOrphans(events, skipped: skipped)
        let built = SegmentBuilding(events, skipped: skipped)
        guard !built.values.isEmpty else { return (nil, nil) }
        let segment = EventSegment(id: segmentID, slices: built.slices, events: built.values)
        load.tables.events.segments.append(segment)
        let days = DayRange.of(segment.events.lazy.map(\.day))
        load.tables.see(firstEventDay: Day(rawValue: days.lowerBound))
        load.tables.see(lastDay: Day(rawValue: days.upperBound))
        return (segment, nil)
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

    /// Whether the load is worth large pages.
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
