import Records
import Words

/// Stages transactions.
final class TransactionStage: SilverStage {
    private let staging: RowStaging<StagedTransaction>
    private var reading: RowReading
    private var time = TimeParser()
    /// Of the periods, whose days are others than those of the payments.
    private var periodTime = TimeParser()
    private var cache = KindCache()
    /// The first day with a rate, by kind; `Int32.max` when the currency is unknown.
    private var firstRateDay: [Int32] = []
    /// The largest rate, by kind.
    private var largestRate: [Double] = []
    private(set) var turnover = 0.0
    /// Without the current drop.
    private var turnoverBefore = 0.0
    /// What the amounts of the drop that are digits with a point say of the others, and what those say that are not.
    private var seenDecimals: UInt8 = 0
    private var evidence: AmountEvidence = []

    private enum Column {
        static let id = 0
        static let customer = 1
        static let amount = 2
        static let currency = 3
        static let method = 4
        static let date = 5
        static let periodStart = 6
        static let periodEnd = 7
        static let purpose = 8
        static let revision = 9
    }

    init(settings: SilverSettings, byteCount: Int) {
        reading = RowReading(.transactions, settings)
        staging = RowStaging(byteCount: byteCount)
    }

    func beginDrop(_ settings: SilverSettings) {
        reading.beginDrop(settings)
        turnoverBefore = turnover
        seenDecimals = 0
        evidence = []
    }

    var evidenceForAnotherReading: AmountEvidence? {
        var evidence = evidence
        if NumberParser.hasPointDecimals(seenDecimals) { evidence.insert(.pointDecimals) }
        return evidence.agreesWithPoints ? nil : evidence
    }

    func endDrop(_ load: SilverLoad) {}
    func abandonDrop(_ load: SilverLoad) {
        // It may name kinds that only this drop had.
        cache = KindCache()
        turnover = turnoverBefore
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
        _ rows: RowBytes, _ range: Range<Int>, to output: UnsafeMutablePointer<RowStaging<StagedTransaction>.Parsed>,
        _ load: SilverLoad, rejected: (Reject) -> Void
    ) -> Int {
        // A local: properties of a class are checked for exclusive access at every use.
        var time = self.time
        defer { self.time = time }
        var seen = seenDecimals
        defer { seenDecimals = seen }
        let clientIndex = load.state.clientIndex
        let namesRevisions = rows.hasColumn(Column.revision)
        let namesTerms = (Column.periodStart...Column.purpose).contains { rows.hasColumn($0) }
        var passed = 0
        var sum = 0.0
        defer { turnover += sum }
        for row in range {
            switch parse(rows, row, &time, &seen, namesTerms: namesTerms, into: load) {
            case .rejected(let column, let reason):
                load.current.rejected += 1
                rejected(reading.reject(rows, row, (column, reason)))
            case .accepted(let transaction, let kindHash):
                sum += Double(transaction.amount.magnitude) * largestRate[Int(transaction.kind)]
                let clientKey = rows.key(rows.span(row, Column.customer))
                let hash = KeyIndex.hash(of: clientKey)
                clientIndex.prefetch(hash: hash)
                output[passed] = .init(
                    clientKey: clientKey, clientHash: hash, value: transaction,
                    content: TransactionContent.hash(transaction, clientHash: hash, kindHash: kindHash),
                    row: UInt32(truncatingIfNeeded: row))
                if namesRevisions { noteRevision(rows, row, ofStaged: load.stagedRowCount + passed, load) }
                passed += 1
            }
        }
        return passed
    }

    private enum Parsed {
        case accepted(PackedTransaction, kindHash: UInt64)
        case rejected(Int, Reject.Reason)
    }

    /// Checks the columns in their order; the first reason counts.
    @inline(__always)
    private func parse(
        _ rows: RowBytes, _ row: Int, _ time: inout TimeParser, _ seen: inout UInt8, namesTerms: Bool,
        into load: SilverLoad
    ) -> Parsed {
        if rows.span(row, Column.id).count == 0 { return .rejected(Column.id, .missing) }
        if let reason = reading.violation(rows, row, Column.id) { return .rejected(Column.id, reason) }
        if rows.span(row, Column.customer).count == 0 { return .rejected(Column.customer, .missing) }
        if let reason = reading.violation(rows, row, Column.customer) { return .rejected(Column.customer, reason) }

        let amountSpan = rows.span(row, Column.amount)
        if amountSpan.count == 0 { return .rejected(Column.amount, .missing) }
        let micro: Int64
        switch NumberParser.amount(
            rows.pointer(amountSpan), amountSpan.count, seen: &seen, other: { otherAmount(rows, row) })
        {
        case .value(let value): micro = value
        case .rejected(let reason): return .rejected(Column.amount, reason)
        }
        if let reason = reading.violation(rows, row, Column.amount, number: Double(micro) / 1_000_000) {
            return .rejected(Column.amount, reason)
        }

        let currency = rows.span(row, Column.currency)
        if currency.count == 0 { return .rejected(Column.currency, .missing) }
        let method = rows.span(row, Column.method)
        let dateSpan = rows.span(row, Column.date)
        var day: Int32?
        if case .value(let value, _) = time.instant(rows.pointer(dateSpan), dateSpan.count) { day = value }
        var stated = StatedTerms()
        if namesTerms, let day { stated = terms(rows, row, paidOn: day) }
        let kindKey = KindCache.combine(rows.key(currency), rows.key(method), stated.terms.key)
        var kind = cache.find(kindKey)
        if kind < 0 {
            let code = rows.text(currency)
            // A currency without any rate makes no kind: its rows are all rejected.
            guard let first = reading.settings.rates.steps(of: code).first else {
                return .rejected(Column.currency, .unknownCurrency)
            }
            let inserted = load.tables.transactions.kinds.insert(
                TransactionKind(currency: code, method: rows.text(method), terms: stated.terms))
            kind = Int32(bitPattern: inserted)
            cache.insert(kindKey, inserted)
            while firstRateDay.count <= Int(inserted) {
                firstRateDay.append(.max)
                largestRate.append(1)
            }
            largestRate[Int(inserted)] = Turnover.largestRate(of: code, reading.settings.rates)
            firstRateDay[Int(inserted)] = first.day.rawValue
        }
        if let currencyViolation = reading.violation(rows, row, Column.currency) {
            return .rejected(Column.currency, currencyViolation)
        }
        if let day, day < firstRateDay[Int(kind)], day >= reading.settings.earliestDay.rawValue {
            return .rejected(Column.currency, .unknownCurrency)
        }
        if let reason = reading.violation(rows, row, Column.method) { return .rejected(Column.method, reason) }
        if dateSpan.count == 0 { return .rejected(Column.date, .missing) }
        guard let day else { return .rejected(Column.date, .notADate) }
        if let reason = reading.problem(ofDay: day) { return .rejected(Column.date, reason) }
        if let reason = reading.violation(rows, row, Column.date) { return .rejected(Column.date, reason) }
        if reading.hasRules {
            for column in Column.periodStart...Column.revision {
                if let reason = reading.violation(rows, row, column) { return .rejected(column, reason) }
            }
        }
        if let column = stated.unreadable { warn(rows, row, column, load) }
        return .accepted(
            PackedTransaction(day: day, kind: UInt32(bitPattern: kind), amount: micro), kindHash: kindKey.low)
    }

    private struct StatedTerms {
        var terms = PaymentTerms()
        /// The column of what cannot be.
        var unreadable: Int?
    }

    /// What a row says of what is paid for. Half a period is none.
    @inline(never)
    private func terms(_ rows: RowBytes, _ row: Int, paidOn day: Int32) -> StatedTerms {
        let purpose = rows.span(row, Column.purpose)
        let recurs = purpose.count == 0 || PaymentTerms.recurs(kind: rows.text(purpose))
        let ends = [Column.periodStart, Column.periodEnd].map { rows.span(row, $0) }
        if ends.allSatisfy({ $0.count == 0 }) { return StatedTerms(terms: PaymentTerms(isRecurring: recurs)) }
        let days = ends.compactMap { span -> Int32? in
            guard case .value(let day, _) = periodTime.instant(rows.pointer(span), span.count) else { return nil }
            return day
        }
        if days.count == 2,
            let terms = PaymentTerms(isRecurring: recurs, periodStart: days[0], periodEnd: days[1], paidOn: day)
        {
            return StatedTerms(terms: terms)
        }
        return StatedTerms(
            terms: PaymentTerms(isRecurring: recurs),
            unreadable: ends[0].count == 0 ? Column.periodStart : Column.periodEnd)
    }

    private func warn(_ rows: RowBytes, _ row: Int, _ column: Int, _ load: SilverLoad) {
        load.current.warnings += 1
        load.remark(
            line: Int(rows.batch.lines[row]), column: reading.category.columns[column].name, .unreadableValue)
    }

    private func noteRevision(_ rows: RowBytes, _ row: Int, ofStaged staged: Int, _ load: SilverLoad) {
        let span = rows.span(row, Column.revision)
        if span.count == 0 { return }
        guard let revision = NumberParser.integer(rows.pointer(span), span.count, in: TransactionTable.revisionRange)
        else {
            warn(rows, row, Column.revision, load)
            return
        }
        staging.revisions.note(UInt32(revision), ofRow: staged)
    }

    @inline(never)
    private func otherAmount(_ rows: RowBytes, _ row: Int) -> NumberParser.Amount {
        AmountText(evidence: reading.settings.amountEvidence).read(
            rows.buffer(rows.span(row, Column.amount)), currency: { rows.text(rows.span(row, Column.currency)) },
            seen: &evidence)
    }

    func finish(_ load: SilverLoad, known: any KnownKeys) throws -> StageOutcome {
        var former: RevisedRows?
        let staged = try staging.finish(load, known: known) { replacements in
            var rows = RevisedRows(load.tables)
            defer { former = rows }
            return rows.find(replacements)
        }
        var outcome = StageOutcome(keys: staged.keys, revised: staged.revised)
        // Numbers are never used again, so they are counted from those that were there.
        var nextID = load.state.tables.nextSegmentID
        if let former {
            (outcome.removed, outcome.rewritten) = former.remove(
                from: &load.tables.transactions, nextID: &nextID)
        }
        guard let built = staged.built else { return outcome }
        let segment = TransactionSegment(id: nextID, slices: built.slices, values: built.values)
        load.tables.transactions.segments.append(segment)
        load.tables.see(lastDay: Day(rawValue: DayRange.of(segment.values.lazy.map(\.day)).upperBound))
        // The latest day may have been that of a row that counts no more.
        if let day = former?.latestDay, day == load.tables.lastDay?.rawValue {
            load.tables.lastDay = load.tables.latestRecordDay
        }
        outcome.transactions = segment
        return outcome
    }
}
