import Records

/// Stages engagement events: the largest table by far, so its rows are handled column by column in tight loops.
final class EngagementStage: SilverStage {
    private let staging: RowStaging<StagedEvent>
    private var reading: RowReading
    private var time = TimeParser()
    private var cache = KindCache()

    private enum Column {
        static let id = 0
        static let customer = 1
        static let type = 2
        static let timestamp = 3
        static let device = 4
        static let feature = 5
    }

    init(settings: SilverSettings, byteCount: Int) {
        reading = RowReading(.engagement, settings)
        staging = RowStaging(byteCount: byteCount)
    }

    func beginDrop(_ settings: SilverSettings) { reading.beginDrop(settings) }

    func endDrop(_ load: SilverLoad) {}
    func abandonDrop(_ load: SilverLoad) {
        // It may name kinds that only this drop had.
        cache = KindCache()
    }

    func load(_ batch: BronzeBatch, into load: SilverLoad, rejected: (Reject) -> Void) {
        let rows = reading.rows(of: batch)
        staging.stage(rows, idColumn: Column.id, customerColumn: Column.customer, into: load) { range, output in
            parse(rows, range, to: output, load, rejected: rejected)
        }
    }

    /// Checks and parses some rows.
    /// - Returns: how many passed.
    private func parse(
        _ rows: RowBytes, _ range: Range<Int>, to output: UnsafeMutablePointer<RowStaging<StagedEvent>.Parsed>,
        _ load: SilverLoad, rejected: (Reject) -> Void
    ) -> Int {
        // Locals: properties of a class are checked for exclusive access at every use.
        var time = self.time
        defer { self.time = time }
        let cache = self.cache
        let clientIndex = load.state.clientIndex
        var passed = 0
        let earliest = reading.settings.earliestDay.rawValue
        let latest = reading.settings.latestDay.rawValue
        let checksRules = reading.hasRules

        for row in range {
            let id = rows.span(row, Column.id)
            let customer = rows.span(row, Column.customer)
            let type = rows.span(row, Column.type)
            let timestamp = rows.span(row, Column.timestamp)
            if id.count == 0 || customer.count == 0 || type.count == 0 || timestamp.count == 0 || checksRules {
                if let problem = problem(rows, row) {
                    load.current.rejected += 1
                    rejected(reading.reject(rows, row, problem))
                    continue
                }
            }
            guard case .value(let day, let millisecond) = time.instant(rows.pointer(timestamp), timestamp.count) else {
                load.current.rejected += 1
                rejected(reading.reject(rows, row, (Column.timestamp, .notAnInstant)))
                continue
            }
            if day < earliest || day > latest, let reason = reading.problem(ofDay: day) {
                load.current.rejected += 1
                rejected(reading.reject(rows, row, (Column.timestamp, reason)))
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
            output[passed] = .init(
                clientKey: clientKey, clientHash: hash,
                value: PackedEvent(day: day, hour: Int(millisecond / 3_600_000), kind: UInt32(bitPattern: kind)),
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
            EngagementKind(type: rows.text(type), device: rows.text(device), feature: rows.text(feature)))
        cache.insert(key, kind)
        return Int32(bitPattern: kind)
    }

    /// The first reason, in the order of the columns, why a row is rejected; its timestamp is checked by the caller
    /// unless it is missing.
    private func problem(_ rows: RowBytes, _ row: Int) -> (Int, Reject.Reason)? {
        for column in Column.id...Column.feature {
            let span = rows.span(row, column)
            if span.count == 0, column <= Column.timestamp { return (column, .missing) }
            if let reason = reading.violation(rows, row, column) {
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
        return reading.problem(ofDay: day) != nil
    }

    func finish(_ load: SilverLoad, known: any KnownKeys) throws -> StageOutcome {
        let staged = try staging.finish(load, known: known)
        guard let built = staged.built else { return StageOutcome(keys: staged.keys) }
        let segment = EventSegment(id: load.state.tables.nextSegmentID, slices: built.slices, values: built.values)
        load.tables.events.segments.append(segment)
        let days = DayRange.of(segment.values.lazy.map(\.day))
        load.tables.see(firstEventDay: Day(rawValue: days.lowerBound))
        load.tables.see(lastDay: Day(rawValue: days.upperBound))
        return StageOutcome(keys: staged.keys, events: segment)
    }
}
