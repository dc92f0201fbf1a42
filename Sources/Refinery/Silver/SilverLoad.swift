public import Records
import Synchronization
import Words

/// Loads drops of one category into silver: call ``beginDrop(_:)``, ``load(_:rejected:)`` for every batch,
/// ``endDrop()`` (or ``abandonDrop()`` when the drop is refused half-way), and in the end ``finish(known:)``.
///
/// Nothing of the state's tables changes before ``SilverState/adopt(_:)``; a load that is not adopted leaves no trace
/// after ``SilverState/rollBack()``.
public final class SilverLoad {
    let state: SilverState
    let category: Category
    var settings: SilverSettings
    var tables: SilverTables
    var orphans: [UInt32: [SilverState.OrphanCount]]
    var counts: [(drop: Int64, counts: DropCounts)] = []
    /// The staged rows of each drop.
    var dropRows: [Range<Int>] = []
    /// Rows of drops that were refused half-way.
    var abandonedRows: [Range<Int>] = []
    public internal(set) var stagedRowCount = 0
    var current = DropCounts()
    /// What is noticed of the current drop, and what was of those that are complete, by their position in `counts`.
    private var currentRemarks = DropRemarks()
    private var remarks: [DropRemarks] = []
    var lines = StagedLines()
    /// Set by a batch whose further columns were not taken.
    var attributeExcess: LoadExcess?
    var currentDrop: Int64 = 0
    var currentStart = 0
    /// What the tables held before the current drop.
    private var markBefore: SilverMark
    /// How various its contents were before the current drop.
    private var varietyBefore: SilverVariety
    /// What the amounts of the transactions in the tables come to.
    private lazy var turnoverBefore = state.turnover(settings.rates)
    /// The clients that were there, known or only mentioned, before the current drop.
    var clientCountBefore: Int { markBefore.clients }
    /// What the tables hold with all drops so far.
    public var mark: SilverMark { tables.mark }
    var changedClients: Set<Int> = []
    var changedTickets: Set<Int> = []
    var changedCalendarRows: Set<Int> = []
    var newOrphans: [(client: UInt32, count: SilverState.OrphanCount)] = []
    var joinedOrphans: [(client: UInt32, count: SilverState.OrphanCount)] = []

    private let stage: any SilverStage
    private var lengths: FieldLengths
    private let byteCount: Int
    /// Asked between steps, on several threads: a load that is interrupted is not to be adopted.
    let isInterrupted: @Sendable () -> Bool

    /// - Parameters:
    ///   - byteCount: the size of all drops to come; decides how the staging memory is split.
    ///   - isInterrupted: asked now and then whether to end early with ``Interrupted``.
    public init(
        _ state: SilverState, category: Category, settings: SilverSettings, byteCount: Int,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        self.state = state
        let wasInterrupted = Once()
        self.isInterrupted = {
            if wasInterrupted.isSet { return true }
            guard isInterrupted() else { return false }
            wasInterrupted.set()
            return true
        }
        self.category = category
        self.settings = settings
        self.byteCount = byteCount
        tables = state.tables
        orphans = state.orphans
        markBefore = state.tables.mark
        varietyBefore = SilverVariety(state.tables)
        lengths = FieldLengths(category, settings.limits)
        switch category {
        case .demographics: stage = DemographicsStage(settings: settings)
        case .transactions: stage = TransactionStage(settings: settings, byteCount: byteCount)
        case .engagement: stage = EngagementStage(settings: settings, byteCount: byteCount)
        case .support: stage = SupportStage(settings: settings)
        case .surveys: stage = SurveyStage(settings: settings)
        case .events: stage = CalendarStage(settings: settings)
        }
    }

    /// Stays set: where one step was cut short, no later one may go on as if it had not been.
    private final class Once: Sendable {
        private let flag = Atomic<Bool>(false)
        var isSet: Bool { flag.load(ordering: .relaxed) }
        func set() { flag.store(true, ordering: .relaxed) }
    }

    /// The load was interrupted and is worth nothing.
    public struct Interrupted: Error {}

    /// Whether a row at which a loop stands is one at which it looks up and finds that it may end.
    @inline(__always)
    func endsEarly(at row: Int) -> Bool { row & 0xFFFF == 0xFFFF && isInterrupted() }

    /// - Throws: ``Interrupted`` when that is wanted.
    func checkInterruption() throws(Interrupted) {
        if isInterrupted() { throw Interrupted() }
    }

    /// The drop whose batches follow.
    /// - Parameters:
    ///   - latestDay: the last plausible day for it.
    ///   - amountEvidence: nil when it is read for the first time, see ``evidenceForAnotherReading``.
    public func beginDrop(_ id: Int64, latestDay: Day, amountEvidence: AmountEvidence? = nil) {
        settings.latestDay = latestDay
        settings.amountEvidence = amountEvidence
        stage.beginDrop(settings)
        currentDrop = id
        current = DropCounts()
        currentRemarks = DropRemarks()
        attributeExcess = nil
        currentStart = stagedRowCount
        markBefore = tables.mark
        varietyBefore = SilverVariety(tables)
    }

    /// Takes the rows of a batch; hands rejected ones to `rejected` in the order of their lines, with the first reason in
    /// the order of their columns' checks.
    public func load(_ batch: BronzeBatch, rejected: (Reject) -> Void) {
        let long = lengths.takeOut(of: batch)
        let early = long.isEmpty ? batch.rejects : (batch.rejects + long).sorted { $0.line < $1.line }
        current.rows += batch.rowCount + early.count
        current.rejected += early.count
        let rejectedBefore = current.rejected
        var next = 0
        var headers = 0
        stage.load(batch, into: self) { reject in
            // The names of the columns cannot be a row: no name is a day.
            if batch.header.isRepeated(in: reject.raw) {
                remark(line: reject.line, column: nil, .repeatedHeader)
                headers += 1
                return
            }
            while next < early.count, early[next].line <= reject.line {
                rejected(early[next])
                next += 1
            }
            rejected(reject)
        }
        for reject in early[next...] { rejected(reject) }
        current.accepted += batch.rowCount - (current.rejected - rejectedBefore)
        current.rows -= headers
        current.rejected -= headers
    }

    /// What the drop so far has more of than the tables may hold together with what is there already; asked after every
    /// batch. Such a drop cannot be loaded.
    public var excess: LoadExcess? {
        let limits = settings.limits
        if let attributeExcess { return attributeExcess }
        let clients = tables.clients
        let texts = ClientAttribute.texts.map { clients[text: $0].bytes.count }
        let longest = max(
            texts.max() ?? 0, clients.id.bytes.count, tables.tickets.id.bytes.count,
            tables.surveys.id.bytes.count, tables.surveys.comments.bytes.count)
        if longest + stage.textBytes > limits.textBytes { return .text(limit: limits.textBytes) }
        let size = SilverVariety(tables)
        if let excess = size.excess(of: limits, before: varietyBefore) { return excess }
        // One that brings no money is not to blame.
        if stage.turnover > 0, stage.turnover + turnoverBefore > limits.turnover {
            return .turnover(limit: limits.turnover, currency: settings.rates.baseCurrency)
        }
        let rowsMax = category == .engagement || category == .transactions ? limits.stagedRows : limits.wideRows
        return current.accepted > rowsMax ? .rows(limit: rowsMax) : nil
    }

    /// Asked when all rows of the drop are there: what to begin it with once more after ``abandonDrop()``, because numbers
    /// that stand further down say that numbers further up were read otherwise than they were meant; nil when it can end.
    public var evidenceForAnotherReading: AmountEvidence? {
        settings.amountEvidence == nil ? stage.evidenceForAnotherReading : nil
    }

    /// The drop is complete; its counts of duplicates and orphans are known after ``finish(known:)``.
    public func endDrop() {
        stage.endDrop(self)
        counts.append((currentDrop, current))
        remarks.append(currentRemarks)
        dropRows.append(currentStart..<stagedRowCount)
    }

    /// The drop is refused: none of its rows counts, and the clients that only it has mentioned are forgotten.
    public func abandonDrop() {
        stage.abandonDrop(self)
        tables.truncate(to: markBefore)
        state.clientIndex.truncate(to: tables.clients.count)
        if stagedRowCount > currentStart { abandonedRows.append(currentStart..<stagedRowCount) }
    }

    /// Deduplicates, joins and sorts what was staged. The load is over then: what was staged is gone.
    /// - Parameter known: the keys of earlier loads of this category.
    public func finish(known: any KnownKeys) throws -> SilverDelta {
        try checkInterruption()
        let before = state.tables
        let outcome = try stage.finish(self, known: known)
        return SilverDelta(
            category: category, tables: tables, orphans: orphans, counts: counts,
            newClients: before.clients.count..<tables.clients.count,
            changedClients: changedClients.sorted(),
            newEventKinds: before.events.kinds.kinds.count..<tables.events.kinds.kinds.count,
            newTransactionKinds: before.transactions.kinds.kinds.count..<tables.transactions.kinds.kinds.count,
            newTickets: before.tickets.count..<tables.tickets.count,
            changedTickets: changedTickets.filter { $0 < before.tickets.count }.sorted(),
            newSurveys: before.surveys.count..<tables.surveys.count,
            newCalendarRows: before.calendar.count..<tables.calendar.count,
            changedCalendarRows: changedCalendarRows.filter { $0 < before.calendar.count }.sorted(),
            keys: outcome.keys, eventSegment: outcome.events, transactionSegment: outcome.transactions,
            rewrittenTransactions: outcome.rewritten, removedTransactions: outcome.removed,
            revisedKeys: outcome.revised,
            newOrphans: newOrphans, joinedOrphans: joinedOrphans,
            remarks: Dictionary(
                zip(counts.map(\.drop), remarks).filter { !$0.1.isEmpty }, uniquingKeysWith: { first, _ in first }))
    }

    // MARK: What the stages share

    /// The index of a client; a client nobody has mentioned before becomes an unknown one.
    func client(_ key: RecordKey, hash: UInt64, id: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let row = state.clientIndex.find(key, hash: hash)
        if row >= 0 { return UInt32(truncatingIfNeeded: row) }
        tables.clients.appendUnknown(id: id)
        return UInt32(truncatingIfNeeded: state.clientIndex.insert(key, hash: hash))
    }

    private static let clientsAheadMax = 4 << 20

    /// Makes room at once for the clients a load of demographics will have brought if it goes on as it began.
    /// - Parameter batch: its first.
    func makeRoomForClients(as batch: BronzeBatch) {
        guard batch.byteCount > 0 else { return }
        let rows = byteCount / batch.byteCount * batch.rowCount
        // Of those who are there already the load speaks again; and it may speak of the same ones over and over.
        let further = min(rows - tables.clients.count, SilverLoad.clientsAheadMax)
        guard further > batch.rowCount else { return }
        tables.clients.reserveFurther(further)
        state.clientIndex.reserve(further)
    }

    /// How many rows ahead ``prefetchClient(_:after:column:)`` looks.
    private static let rowsAhead = 8

    /// Brings near what ``client(_:hash:id:)`` will look at for later rows: the slot of a row further on, and the key of
    /// a nearer one whose slot has come by now.
    @inline(__always)
    func prefetchClient(_ rows: RowBytes, after row: Int, column: Int) {
        let index = state.clientIndex
        let near = row + SilverLoad.rowsAhead / 2
        if near < rows.batch.rowCount {
            index.candidate(hash: KeyIndex.hash(of: rows.key(rows.span(near, column))))
        }
        let far = row + SilverLoad.rowsAhead
        if far < rows.batch.rowCount {
            index.prefetch(hash: KeyIndex.hash(of: rows.key(rows.span(far, column))))
        }
    }

    /// Notes what is noticed of a row of the current drop.
    func remark(line: Int, column: String?, _ kind: RemarkKind) {
        currentRemarks.append(Remark(line: line, column: column, kind: kind))
    }

    /// Notes that a client differs from what is stored of him; one who is new is stored as a whole.
    func noteChange(ofClient client: Int) {
        if client < state.tables.clients.count { changedClients.insert(client) }
    }

    /// The position in `counts` of the drop a staged row belongs to.
    func dropIndex(ofRow row: Int) -> Int {
        var low = 0
        var high = dropRows.count
        while low < high {
            let middle = (low + high) / 2
            if dropRows[middle].upperBound <= row { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func countDuplicates(_ duplicates: [KeyDeduplication.Duplicate]) {
        for duplicate in duplicates {
            let index = dropIndex(ofRow: Int(duplicate.row))
            counts[index].counts.duplicates += 1
            counts[index].counts.accepted -= 1
            guard duplicate.isCollision else { continue }
            counts[index].counts.collisions += 1
            remarks[index].append(
                Remark(line: lines[Int(duplicate.row)], column: nil, kind: .differentDuplicate))
        }
    }

    func countUpdates(_ rows: [UInt32]) {
        for row in rows { counts[dropIndex(ofRow: Int(row))].counts.updated += 1 }
    }

    /// Notes that `rows` rows of a drop wait for a client.
    func addOrphans(client: UInt32, dropIndex: Int, rows: Int) {
        let count = SilverState.OrphanCount(drop: counts[dropIndex].drop, rows: rows)
        counts[dropIndex].counts.orphans += rows
        orphans[client, default: []].append(count)
        newOrphans.append((client, count))
    }

    /// The rows that waited for a client are orphans no more.
    func joinOrphans(of client: UInt32) {
        guard let waiting = orphans.removeValue(forKey: client) else { return }
        for count in waiting { joinedOrphans.append((client, count)) }
    }

    /// The rows that are out: those of refused drops.
    func excludedBits() -> RowBits? {
        guard !abandonedRows.isEmpty else { return nil }
        var bits = RowBits(count: stagedRowCount)
        for rows in abandonedRows { bits.insert(rows) }
        return bits
    }

    /// Counts orphans among spooled records that are in.
    func countOrphans<Record: StagedRecord>(_ spool: Spool<Record>, skipped: RowBits) throws {
        let unknown = tables.clients.isKnown
        guard tables.clients.knownCount < unknown.count else { return }
        for partition in 0..<spool.partitionCount {
            try checkInterruption()
            var waiting: [UInt64: Int] = [:]
            spool.forEachChunk(in: partition) { chunk in
                // What is skipped may be of clients that are forgotten.
                for record in chunk where !skipped.contains(Int(record.row)) && !unknown[Int(record.client)] {
                    let drop = dropIndex(ofRow: Int(record.row))
                    waiting[UInt64(record.client) << 32 | UInt64(drop), default: 0] += 1
                }
            }
            for (key, rows) in waiting.sorted(by: { $0.key < $1.key }) {
                addOrphans(
                    client: UInt32(truncatingIfNeeded: key >> 32),
                    dropIndex: Int(truncatingIfNeeded: key & 0xFFFF_FFFF),
                    rows: rows)
            }
        }
    }
}

/// The part of a load that knows its category.
protocol SilverStage: AnyObject {
    func beginDrop(_ settings: SilverSettings)
    func load(_ batch: BronzeBatch, into load: SilverLoad, rejected: (Reject) -> Void)
    func endDrop(_ load: SilverLoad)
    func abandonDrop(_ load: SilverLoad)
    /// Bytes of text that wait for the end of the drop.
    var textBytes: Int { get }
    /// What the amounts of all drops so far come to, in micro-units of the base currency.
    var turnover: Double { get }
    /// Of the amounts of the drop, where they are to be read again by it.
    var evidenceForAnotherReading: AmountEvidence? { get }
    func finish(_ load: SilverLoad, known: any KnownKeys) throws -> StageOutcome
}

/// What a category has beside what stands in the tables of its load.
struct StageOutcome {
    var keys = SortedKeys.none
    var events: EventSegment?
    var transactions: TransactionSegment?
    /// Segments without what later revisions replace, and the numbers of those in whose place they are.
    var rewritten: [TransactionSegment] = []
    var removed: [Int64] = []
    var revised: [RevisedKey] = []
}

extension SilverStage {
    var textBytes: Int { 0 }
    var turnover: Double { 0 }
    var evidenceForAnotherReading: AmountEvidence? { nil }
}

/// Rules of the configuration, by column of the schema.
struct ColumnRules {
    private let rules: [ColumnRule?]
    let isEmpty: Bool

    init(_ category: Category, _ settings: SilverSettings) {
        let byName = settings.rules[category] ?? [:]
        rules = category.columns.map { byName[$0.name] }
        isEmpty = byName.isEmpty
    }

    /// Why a value of a column is refused by the configuration; nil when it is not.
    func violation(column: Int, text: () -> String, number: Double?, isEmpty: Bool) -> Reject.Reason? {
        guard let rule = rules[column] else { return nil }
        if isEmpty { return rule.required ? .missing : nil }
        return rule.violation(text(), number: number)
    }
}
