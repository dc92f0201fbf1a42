public import Records

/// The accepted data in memory with the look-ups that loading needs. Owned by whoever loads, one thread at a time.
public final class SilverState {
    /// What readers get; a value that later loads do not change.
    public internal(set) var tables: SilverTables
    let clientIndex: KeyIndex
    let ticketIndex: KeyIndex
    let surveyIndex: KeyIndex
    let calendarIndex: KeyIndex
    /// Rows of unknown clients, by client: they stop being orphans when the client arrives.
    var orphans: [UInt32: [OrphanCount]]
    private var turnover: Turnover?

    public struct OrphanCount: Sendable, Equatable {
        public var drop: Int64
        public var rows: Int

        public init(drop: Int64, rows: Int) {
            self.drop = drop
            self.rows = rows
        }
    }

    public init(tables: SilverTables = SilverTables(), orphans: [UInt32: [OrphanCount]] = [:]) {
        self.tables = tables
        self.tables.recordsRevision = 1
        self.orphans = orphans
        clientIndex = SilverState.index(of: tables.clients.id)
        ticketIndex = SilverState.index(of: tables.tickets.id)
        surveyIndex = SilverState.index(of: tables.surveys.id)
        calendarIndex = KeyIndex(minimumCapacity: tables.calendar.count)
        for row in 0..<tables.calendar.count {
            let key = tables.calendar.key(ofRow: row)
            _ = calendarIndex.insert(key, hash: KeyIndex.hash(of: key))
        }
    }

    private static func index(of column: TextColumn) -> KeyIndex {
        let index = KeyIndex(minimumCapacity: column.count)
        var padded: [UInt8] = []
        for row in 0..<column.count {
            let key = column.withBytes(at: row) { bytes in
                padded.removeAll(keepingCapacity: true)
                padded.append(contentsOf: bytes)
                padded.append(contentsOf: repeatElement(0, count: 16))
                return padded.withUnsafeBufferPointer { buffer in
                    buffer.baseAddress.map { RecordKey(paddedBytes: $0, count: bytes.count) }
                        ?? RecordKey(low: 0, high: 0)
                }
            }
            _ = index.insert(key, hash: KeyIndex.hash(of: key))
        }
        return index
    }

    /// The dense index of a client, or nil.
    public func client(withID id: String) -> Int? {
        let key = RecordKey(id)
        let row = clientIndex.find(key, hash: KeyIndex.hash(of: key))
        return row < 0 ? nil : row
    }

    /// What the amounts of all transactions come to, refunds counted as payments are.
    func turnover(_ rates: ExchangeRates) -> Double {
        var sums = turnover ?? Turnover(rates)
        defer { turnover = sums }
        return sums.sum(tables.transactions, rates: rates)
    }

    /// Makes a finished load part of the state. Called when it is stored for good.
    public func adopt(_ delta: SilverDelta) {
        tables = delta.tables
        if delta.changesRecords { tables.recordsRevision &+= 1 }
        orphans = delta.orphans
    }

    /// Forgets what a load that was not stored has added to the look-ups.
    public func rollBack() {
        clientIndex.truncate(to: tables.clients.count)
        ticketIndex.truncate(to: tables.tickets.count)
        surveyIndex.truncate(to: tables.surveys.count)
        calendarIndex.truncate(to: tables.calendar.count)
    }
}

/// The row counts of one drop: rows = accepted + rejected + duplicates.
public struct DropCounts: Sendable, Equatable {
    public var rows = 0
    public var accepted = 0
    public var rejected = 0
    public var duplicates = 0
    /// Duplicates whose content differs from the first row of their key.
    public var collisions = 0
    /// Accepted rows that changed a client, transaction, ticket or known day that was there.
    public var updated = 0
    /// Optional values that were invalid and are taken as unknown.
    public var warnings = 0
    /// Accepted rows whose client was unknown when they were loaded.
    public var orphans = 0

    public init() {}
}

/// What a finished load changes: the new tables, and which parts of them are new, for whoever stores them.
public struct SilverDelta {
    public let category: Category
    public let tables: SilverTables
    public let orphans: [UInt32: [SilverState.OrphanCount]]
    /// By drop, in the order of loading.
    public let counts: [(drop: Int64, counts: DropCounts)]
    public let newClients: Range<Int>
    /// Clients that were there before and have other attributes now; what they were before is in `replacedClients`.
    public let changedClients: [Int]
    public let newEventKinds: Range<Int>
    public let newTransactionKinds: Range<Int>
    public let newTickets: Range<Int>
    public let changedTickets: [Int]
    public let newSurveys: Range<Int>
    public let newCalendarRows: Range<Int>
    public let changedCalendarRows: [Int]
    /// The keys that were not known before; none where the tables themselves tell which rows are there.
    public let keys: SortedKeys
    public let eventSegment: EventSegment?
    public let transactionSegment: TransactionSegment?
    /// Segments that stand in the place of others, from which later revisions have taken transactions, and the numbers of
    /// those that are gone.
    public let rewrittenTransactions: [TransactionSegment]
    public let removedTransactions: [Int64]
    /// Keys whose row in force was brought by this load with a revision above 0.
    public let revisedKeys: [RevisedKey]
    /// Orphan rows of this load, and those of earlier drops whose client has arrived with it.
    public let newOrphans: [(client: UInt32, count: SilverState.OrphanCount)]
    public let joinedOrphans: [(client: UInt32, count: SilverState.OrphanCount)]
    /// By drop; those of which nothing was noticed are left out.
    public let remarks: [Int64: DropRemarks]

    /// Whether clients, tickets or surveys are new or different.
    var changesRecords: Bool {
        !newClients.isEmpty || !changedClients.isEmpty || !newTickets.isEmpty || !changedTickets.isEmpty
            || !newSurveys.isEmpty
    }
}
