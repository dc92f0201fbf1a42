import Records

/// Stages engagement events: the largest table by far, so its rows are handled column by column in tight loops.
final class EngagementStage: SilverStage {
    private let keys: Spool<StagedKey>
    private let events: Spool<StagedEvent>
    private var rules: ColumnRules
    private var settings: SilverSettings
    private var columns: [Int] = []
    private var header: BronzeBatch.Header?
    private var time = TimeParser()
    private var cache = KindCache()
    // Per row of the batch.
    private var clientKeys: [RecordKey] = []
    private var clientHashes: [UInt64] = []
    private var staged: [Parsed] = []

    private struct Parsed {
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
        keys = Spool(partitionCount: SpoolSize.keyPartitions(byteCount: byteCount))
        events = Spool(partitionCount: 1)
    }

    func beginDrop(_ settings: SilverSettings) {
        self.settings = settings
        header = nil
    }

    func endDrop(_ load: SilverLoad) {}
    func abandonDrop(_ load: SilverLoad) {}

    func load(_ batch: BronzeBatch, into load: SilverLoad, rejected: (Reject) -> Void) {
        if header !== batch.header {
            header = batch.header
            columns = RowBytes.columns(of: batch.header, category: .engagement)
        }
        let rows = RowBytes(batch: batch, columns: columns)
        parse(rows, into: load, rejected: rejected)
        stage(rows, into: load)
    }

    /// Checks and parses every row; what passes is in `staged` with the key of its client beside it.
    private func parse(_ rows: RowBytes, into load: SilverLoad, rejected: (Reject) -> Void) {
        let count = rows.batch.rowCount
        clientKeys.removeAll(keepingCapacity: true)
        clientHashes.removeAll(keepingCapacity: true)
        staged.removeAll(keepingCapacity: true)
        clientKeys.reserveCapacity(count)
        clientHashes.reserveCapacity(count)
        staged.reserveCapacity(count)
        let earliest = settings.earliestDay.rawValue
        let latest = settings.latestDay.rawValue
        let checksRules = !rules.isEmpty

        for row in 0..<count {
            let id = rows.span(row, Column.id)
            let customer = rows.span(row, Column.customer)
            let type = rows.span(row, Column.type)
            let timestamp = rows.span(row, Column.timestamp)
            let device = rows.span(row, Column.device)
            let feature = rows.span(row, Column.feature)
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
            let typeKey = rows.key(type)
            let deviceKey = rows.key(device)
            let featureKey = rows.key(feature)
            let kindKey = KindCache.combine(typeKey, deviceKey, featureKey)
            var kind = cache.find(kindKey)
            if kind < 0 {
                kind = Int32(
                    bitPattern: load.tables.events.kinds.insert(
                        EventKinds.Kind(type: rows.text(type), device: rows.text(device), feature: rows.text(feature))))
                cache.insert(kindKey, UInt32(bitPattern: kind))
            }
            let clientKey = rows.key(customer)
            let hash = KeyIndex.hash(of: clientKey)
            load.state.clientIndex.prefetch(hash: hash)
            clientKeys.append(clientKey)
            clientHashes.append(hash)
            let instant = Int64(day) &* 86_400_000 &+ Int64(millisecond)
            staged.append(
                Parsed(
                    event: PackedEvent(day: day, hour: Int(millisecond / 3_600_000), kind: UInt32(bitPattern: kind)),
                    content: ContentHash.combine(hash, UInt64(bitPattern: instant), kindKey.low),
                    row: UInt32(truncatingIfNeeded: row)))
        }
    }

    private func stage(_ rows: RowBytes, into load: SilverLoad) {
        let keyBits = UInt64(keys.partitionCount.trailingZeroBitCount)
        for index in staged.indices {
            let parsed = staged[index]
            let row = Int(parsed.row)
            let hash = clientHashes[index]
            var client = UInt32(truncatingIfNeeded: load.state.clientIndex.find(clientKeys[index], hash: hash))
            if client == .max {
                client = load.client(clientKeys[index], hash: hash, id: rows.buffer(rows.span(row, Column.customer)))
            }
            let stagedRow = UInt32(truncatingIfNeeded: load.stagedRowCount)
            load.stagedRowCount &+= 1
            let key = StagedKey(
                key: rows.key(rows.span(row, Column.id)), content: UInt32(truncatingIfNeeded: parsed.content >> 32),
                row: stagedRow)
            keys.append(key, to: keyBits == 0 ? 0 : Int(truncatingIfNeeded: key.prefix >> (64 - keyBits)))
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
}

/// 64 bits of a row's content.
enum ContentHash {
    @inline(__always)
    static func combine(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
        RecordKey(low: a ^ (c &* 0x9E37_79B9_7F4A_7C15), high: b).mixed.low
    }
}

/// Maps the hash of (type, device, feature) to the kind's index: a small direct table in front of a dictionary.
struct KindCache {
    private var keys: [RecordKey] = Array(repeating: RecordKey(low: 0, high: 0), count: 4096)
    private var values: [Int32] = Array(repeating: -1, count: 4096)
    private var overflow: [RecordKey: Int32] = [:]

    @inline(__always)
    static func combine(_ a: RecordKey, _ b: RecordKey, _ c: RecordKey) -> RecordKey {
        let first = a.mixed
        let second = RecordKey(low: first.low ^ b.low, high: first.high ^ b.high).mixed
        return RecordKey(low: second.low ^ c.low, high: second.high ^ c.high).mixed
    }

    /// The index, or -1.
    @inline(__always)
    func find(_ key: RecordKey) -> Int32 {
        let slot = Int(truncatingIfNeeded: key.low & 4095)
        if keys[slot] == key { return values[slot] }
        return overflow.isEmpty ? -1 : overflow[key] ?? -1
    }

    mutating func insert(_ key: RecordKey, _ index: UInt32) {
        let slot = Int(truncatingIfNeeded: key.low & 4095)
        if values[slot] < 0 {
            keys[slot] = key
            values[slot] = Int32(bitPattern: index)
        } else {
            overflow[key] = Int32(bitPattern: index)
        }
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
