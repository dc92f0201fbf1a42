import Records

/// Stages transactions.
final class TransactionStage: SilverStage {
    private let keys: Spool<StagedKey>
    private let transactions: Spool<StagedTransaction>
    private var rules: ColumnRules
    private var settings: SilverSettings
    private var map = ColumnMap(BronzeBatch.Header(names: []), category: .transactions)
    private var header: BronzeBatch.Header?
    private var time = TimeParser()
    private var cache = KindCache()
    /// The first day with a rate, by kind; `Int32.max` when the currency is unknown.
    private var firstRateDay: [Int32] = []

    /// What parsing leaves for staging, one value a row of a stretch.
    private let scratch: UnsafeMutablePointer<Staged>
    /// Rows that are parsed before they are staged, as in ``EngagementStage``.
    private static let stretch = 256

    private struct Staged: BitwiseCopyable {
        var clientKey: RecordKey
        var clientHash: UInt64
        var transaction: PackedTransaction
        var kindHash: UInt64
        var row: UInt32
    }

    private enum Column {
        static let id = 0
        static let customer = 1
        static let amount = 2
        static let currency = 3
        static let method = 4
        static let date = 5
    }

    init(settings: SilverSettings, byteCount: Int) {
        self.settings = settings
        rules = ColumnRules(.transactions, settings)
        let isLarge = SpoolSize.isLarge(byteCount: byteCount)
        keys = Spool(partitionCount: SpoolSize.keyPartitions(byteCount: byteCount), isLarge: isLarge)
        transactions = Spool(partitionCount: 1, isLarge: isLarge)
        scratch = .allocate(capacity: TransactionStage.stretch)
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
            map = ColumnMap(batch.header, category: .transactions)
        }
        let rows = RowBytes(batch, map)
        var row = 0
        while row < batch.rowCount {
            let end = min(row + TransactionStage.stretch, batch.rowCount)
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
        let scratch = self.scratch
        let clientIndex = load.state.clientIndex
        let batch = rows.batch
        var time = self.time
        var passed = 0
        for row in range {
            switch parse(rows, row, &time, into: load) {
            case .rejected(let column, let reason):
                load.current.rejected += 1
                rejected(
                    Reject(
                        line: Int(batch.lines[row]), column: Category.transactions.columns[column].name, reason: reason,
                        raw: batch.raw(row: row)))
            case .accepted(let transaction, let kindHash):
                let clientKey = rows.key(rows.span(row, Column.customer))
                let hash = KeyIndex.hash(of: clientKey)
                clientIndex.prefetch(hash: hash)
                scratch[passed] = Staged(
                    clientKey: clientKey, clientHash: hash, transaction: transaction, kindHash: kindHash,
                    row: UInt32(truncatingIfNeeded: row))
                passed += 1
            }
        }
        self.time = time
        return passed
    }

    private func stage(_ rows: RowBytes, count: Int, into load: SilverLoad) {
        let keys = self.keys
        let transactions = self.transactions
        let scratch = self.scratch
        let clientIndex = load.state.clientIndex
        let keyShift = UInt64(64 - keys.partitionCount.trailingZeroBitCount)
        let firstRow = load.stagedRowCount
        load.stagedRowCount += count
        for index in 0..<count { clientIndex.prefetchKey(hash: scratch[index].clientHash) }
        for index in 0..<count {
            let staged = scratch[index]
            let row = Int(staged.row)
            var client = UInt32(truncatingIfNeeded: clientIndex.find(staged.clientKey, hash: staged.clientHash))
            if client == .max {
                client = load.client(
                    staged.clientKey, hash: staged.clientHash, id: rows.buffer(rows.span(row, Column.customer)))
            }
            let stagedRow = UInt32(truncatingIfNeeded: firstRow &+ index)
            let content = ContentHash.combine(
                staged.clientHash ^ UInt64(UInt32(bitPattern: staged.transaction.day)),
                UInt64(bitPattern: staged.transaction.amount), staged.kindHash)
            let key = StagedKey(
                key: rows.key(rows.span(row, Column.id)), content: UInt32(truncatingIfNeeded: content >> 32),
                row: stagedRow)
            // A shift by 64 is 0: one partition.
            keys.append(key, to: Int(truncatingIfNeeded: key.prefix >> keyShift))
            let partition = Int(client >> UInt32(SegmentBuilding<StagedTransaction>.clientBits))
            if partition >= transactions.partitionCount { transactions.ensurePartition(partition) }
            transactions.append(
                StagedTransaction(value: staged.transaction, client: client, row: stagedRow), to: partition)
        }
    }

    private enum Parsed {
        case accepted(PackedTransaction, kindHash: UInt64)
        case rejected(Int, Reject.Reason)
    }

    /// Checks the columns in their order; the first reason counts.
    @inline(__always)
    private func parse(_ rows: RowBytes, _ row: Int, _ time: inout TimeParser, into load: SilverLoad) -> Parsed {
        if rows.span(row, Column.id).count == 0 { return .rejected(Column.id, .missing) }
        if let reason = violation(rows, row, Column.id) { return .rejected(Column.id, reason) }
        if rows.span(row, Column.customer).count == 0 { return .rejected(Column.customer, .missing) }
        if let reason = violation(rows, row, Column.customer) { return .rejected(Column.customer, reason) }

        let amountSpan = rows.span(row, Column.amount)
        if amountSpan.count == 0 { return .rejected(Column.amount, .missing) }
        let micro: Int64
        switch NumberParser.amount(rows.pointer(amountSpan), amountSpan.count) {
        case .value(let value): micro = value
        case .rejected(let reason): return .rejected(Column.amount, reason)
        }
        if let reason = violation(rows, row, Column.amount) { return .rejected(Column.amount, reason) }

        let currency = rows.span(row, Column.currency)
        if currency.count == 0 { return .rejected(Column.currency, .missing) }
        let method = rows.span(row, Column.method)
        let kindKey = KindCache.combine(rows.key(currency), rows.key(method), RecordKey(low: 0, high: 0))
        var kind = cache.find(kindKey)
        if kind < 0 {
            let code = rows.text(currency)
            // A currency without any rate makes no kind: its rows are all rejected.
            guard let first = settings.rates.steps(of: code).first else {
                return .rejected(Column.currency, .unknownCurrency)
            }
            let inserted = load.tables.transactions.kinds.insert(
                TransactionKinds.Kind(currency: code, method: rows.text(method)))
            kind = Int32(bitPattern: inserted)
            cache.insert(kindKey, inserted)
            while firstRateDay.count <= Int(inserted) { firstRateDay.append(.max) }
            firstRateDay[Int(inserted)] = first.day.rawValue
        }
        let currencyViolation = violation(rows, row, Column.currency)

        let dateSpan = rows.span(row, Column.date)
        var day: Int32?
        if case .value(let value, _) = time.instant(rows.pointer(dateSpan), dateSpan.count) { day = value }
        if let currencyViolation { return .rejected(Column.currency, currencyViolation) }
        if let day, day < firstRateDay[Int(kind)], day >= settings.earliestDay.rawValue {
            return .rejected(Column.currency, .unknownCurrency)
        }
        if let reason = violation(rows, row, Column.method) { return .rejected(Column.method, reason) }
        if dateSpan.count == 0 { return .rejected(Column.date, .missing) }
        guard let day else { return .rejected(Column.date, .notADate) }
        if day < settings.earliestDay.rawValue { return .rejected(Column.date, .beforeEarliestDay) }
        if day > settings.latestDay.rawValue { return .rejected(Column.date, .afterLatestDay) }
        if let reason = violation(rows, row, Column.date) { return .rejected(Column.date, reason) }
        return .accepted(
            PackedTransaction(day: day, kind: UInt32(bitPattern: kind), amount: micro), kindHash: kindKey.low)
    }

    @inline(__always)
    private func violation(_ rows: RowBytes, _ row: Int, _ column: Int) -> Reject.Reason? {
        if rules.isEmpty { return nil }
        let span = rows.span(row, column)
        return rules.violation(column: column, text: { rows.text(span) }, isEmpty: span.count == 0)
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
        load.countOrphans(transactions, skipped: skipped)
        let built = SegmentBuilding(transactions, skipped: skipped)
        guard !built.values.isEmpty else { return (nil, nil) }
        let segment = TransactionSegment(id: segmentID, slices: built.slices, transactions: built.values)
        load.tables.transactions.segments.append(segment)
        load.tables.see(lastDay: Day(rawValue: DayRange.of(segment.transactions.lazy.map(\.day)).upperBound))
        return (nil, segment)
    }
}
