import GRDB
public import Records

extension LedgerEntry {
    static func duplicateReason(of original: Int64) -> String { "the same content was loaded as drop \(original)" }

    static func restoredReason(of original: Int64) -> String {
        "\(duplicateReason(of: original)), whose damaged or missing original it has replaced"
    }

    /// Whether a duplicate took the place of the original it repeats.
    public var hasRestoredOriginal: Bool {
        duplicateOf.map { reason == LedgerEntry.restoredReason(of: $0) } ?? false
    }
}

/// One entry of the ledger of drops.
public struct LedgerEntry: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case queued
        case loading
        case loaded
        case refused
        case duplicate
    }

    public var id: Int64
    public var category: Category
    /// The name it was dropped under.
    public var file: String
    /// Its name among the claimed files.
    public var claimed: String
    public var sourceType: String?
    public var bytes: Int64
    public var sha256: String?
    public var fileExtension: String?
    public var state: State
    public var rows: Int?
    public var accepted: Int?
    public var rejected: Int?
    public var duplicates: Int?
    public var collisions: Int?
    public var updated: Int?
    public var warnings: Int?
    public var orphans: Int?
    public var receivedAt: Instant
    public var loadedAt: Instant?
    /// The day of the wall clock when it arrived: decides what lies in the future, now and in a rebuild.
    public var clockDay: Day
    public var reason: String?
    public var duplicateOf: Int64?
    /// Who delivered it: the name of a person, or `uid:N`; nil for drops from before it was noted, and where a crash has
    /// left no trace of it.
    public var deliveredBy: String?

    init(_ row: Row) throws {
        let number: Int64 = try StoredRow(row, "table drops").value("id")
        let stored = StoredRow(row, "drop \(number) in table drops")
        id = number
        category = try stored.word("category")
        file = try stored.value("file")
        claimed = try stored.value("claimed")
        sourceType = try stored.optional("source_type")
        bytes = try stored.value("bytes")
        sha256 = try stored.optional("sha256")
        fileExtension = try stored.optional("extension")
        state = try stored.word("state")
        rows = try stored.optional("rows")
        accepted = try stored.optional("accepted")
        rejected = try stored.optional("rejected")
        duplicates = try stored.optional("duplicates")
        collisions = try stored.optional("collisions")
        updated = try stored.optional("updated")
        warnings = try stored.optional("warnings")
        orphans = try stored.optional("orphans")
        receivedAt = try stored.instant("received_at")
        loadedAt = (try stored.optional("loaded_at") as Int64?).map(Instant.init(rawValue:))
        clockDay = try stored.day("clock_day")
        reason = try stored.optional("reason")
        duplicateOf = try stored.optional("duplicate_of")
        deliveredBy = try stored.optional("delivered_by")
    }
}

/// A drop that was claimed and is to be entered.
public struct ClaimedEntry: Sendable {
    public var id: Int64
    public var category: Category
    public var file: String
    public var claimed: String
    public var sourceType: String?
    public var bytes: Int64
    /// Why it was refused as it was claimed; nil when it is to be loaded.
    public var refusal: String?
    /// When it was delivered; nil for the time at which it is entered.
    public var receivedAt: Instant?
    /// Who delivered it; nil where that is not known.
    public var deliveredBy: String?

    public init(
        id: Int64, category: Category, file: String, claimed: String, sourceType: String?, bytes: Int64,
        refusal: String? = nil, receivedAt: Instant? = nil, deliveredBy: String? = nil
    ) {
        self.deliveredBy = deliveredBy
        self.receivedAt = receivedAt
        self.id = id
        self.category = category
        self.file = file
        self.claimed = claimed
        self.sourceType = sourceType
        self.bytes = bytes
        self.refusal = refusal
    }
}

extension SilverStore {
    /// Enters claimed drops as queued, or refused where that is said. Entering one twice changes nothing.
    public func enter(_ drops: [ClaimedEntry], receivedAt: Instant, clockDay: Day) throws {
        guard !drops.isEmpty else { return }
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT INTO drops
                        (id, category, file, claimed, source_type, bytes, state, received_at, clock_day, reason, loaded_at,
                        delivered_by)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                    """)
            for drop in drops {
                let state = drop.refusal == nil ? LedgerEntry.State.queued : .refused
                // No file was delivered later than now, whatever a clock that was put back has noted.
                let delivered = min(drop.receivedAt ?? receivedAt, receivedAt)
                try statement.execute(arguments: [
                    drop.id, drop.category.rawValue, drop.file, drop.claimed, drop.sourceType, drop.bytes,
                    state.rawValue, delivered.rawValue, clockDay.rawValue, drop.refusal,
                    drop.refusal == nil ? nil : receivedAt.rawValue, drop.deliveredBy,
                ])
            }
        }
    }

    public func setState(_ state: LedgerEntry.State, of drops: [Int64]) throws {
        try write { database in
            for id in drops {
                try database.execute(
                    sql: "UPDATE drops SET state = ? WHERE id = ?", arguments: [state.rawValue, id])
            }
        }
    }

    /// Drops whose load came to nothing wait again.
    public func queueAgain(_ drops: [Int64]) throws {
        try write { database in
            for id in drops {
                try database.execute(
                    sql: "UPDATE drops SET state = 'queued' WHERE id = ? AND state = 'loading'", arguments: [id])
            }
        }
    }

    /// A drop that changed before it was read has another size than it was entered with.
    public func setBytes(_ bytes: Int64, of id: Int64) throws {
        try write {
            try $0.execute(sql: "UPDATE drops SET bytes = ? WHERE id = ?", arguments: [bytes, id])
        }
    }

    /// Removes a drop that was put back before anything came of it.
    public func forget(_ id: Int64) throws {
        try write {
            try $0.execute(sql: "DELETE FROM drops WHERE id = ? AND state IN ('queued', 'loading')", arguments: [id])
        }
    }

    public func refuse(_ id: Int64, sha256: String?, reason: String, at instant: Instant) throws {
        try write {
            try $0.execute(
                sql: "UPDATE drops SET state = 'refused', sha256 = ?, reason = ?, loaded_at = ? WHERE id = ?",
                arguments: [sha256, reason, instant.rawValue, id])
        }
    }

    public func markDuplicate(_ id: Int64, of original: Int64, sha256: String, rows: Int?, at instant: Instant) throws {
        try write {
            try $0.execute(
                sql: """
                    UPDATE drops SET state = 'duplicate', sha256 = ?, reason = ?, duplicate_of = ?, loaded_at = ? WHERE id = ?
                    """,
                arguments: [sha256, LedgerEntry.duplicateReason(of: original), original, instant.rawValue, id])
        }
    }

    /// Notes of a duplicate that it took the place of the original, which was damaged or missing.
    public func noteRestored(_ id: Int64, of original: Int64) throws {
        try write {
            try $0.execute(
                sql: "UPDATE drops SET reason = ? WHERE id = ? AND state = 'duplicate'",
                arguments: [LedgerEntry.restoredReason(of: original), id])
        }
    }

    /// The loaded drop of a category with this content.
    public func loadedDrop(sha256: String, category: Category) throws -> Int64? {
        try read {
            try Int64.fetchOne(
                $0,
                // Named, because by the order of numbers every drop that was ever loaded would be looked at.
                sql: """
                    SELECT id FROM drops INDEXED BY drops_by_content
                    WHERE sha256 = ? AND category = ? AND state = 'loaded' ORDER BY id LIMIT 1
                    """,
                arguments: [sha256, category.rawValue])
        }
    }

    /// Whether a loaded drop of the category has this many bytes: only then can the content be the same.
    public func hasLoadedDrop(bytes: Int64, category: Category) throws -> Bool {
        try read {
            try Bool.fetchOne(
                $0,
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM drops INDEXED BY drops_by_size
                        WHERE bytes = ? AND category = ? AND state = 'loaded')
                    """,
                arguments: [bytes, category.rawValue]) ?? false
        }
    }

    public func drops(state: LedgerEntry.State? = nil) throws -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        try forEachDrop(state: state) { entry in
            entries.append(entry)
            return true
        }
        return entries
    }

    /// Goes through drops, the latest first, for as long as `body` gives true.
    /// - Parameter before: only those with a smaller number.
    public func forEachDrop(
        state: LedgerEntry.State? = nil, before: Int64 = .max, _ body: (LedgerEntry) throws -> Bool
    ) throws {
        try read { database in
            var arguments: StatementArguments = ["before": before]
            if let state { arguments += ["state": state.rawValue] }
            let filter = state == nil ? "" : "AND state = :state"
            let rows = try Row.fetchCursor(
                database, sql: "SELECT * FROM drops WHERE id < :before \(filter) ORDER BY id DESC", arguments: arguments
            )
            while let row = try rows.next() {
                if try !body(try LedgerEntry(row)) { return }
            }
        }
    }

    /// The latest loaded drops of which rows were rejected.
    /// - Parameter last: only those with this number or a smaller one.
    public func dropsWithRejects(upTo last: Int64 = .max, limit: Int) throws -> [(id: Int64, file: String)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, file FROM drops WHERE state = 'loaded' AND rejected > 0 AND id <= ? ORDER BY id DESC LIMIT ?
                    """, arguments: [last, limit]
            ).map { row in
                let row = StoredRow(row, "table drops")
                return (try row.value("id"), try row.value("file"))
            }
        }
    }

    /// Rejected rows of all loaded drops.
    public func rejectedTotal() throws -> Int {
        try read {
            try Int.fetchOne($0, sql: "SELECT coalesce(sum(rejected), 0) FROM drops WHERE state = 'loaded'") ?? 0
        }
    }

    public func drop(_ id: Int64) throws -> LedgerEntry? {
        try read { try Row.fetchOne($0, sql: "SELECT * FROM drops WHERE id = ?", arguments: [id]) }
            .map(LedgerEntry.init)
    }

    /// Drops to load, in the order of their arrival.
    public func waitingDrops() throws -> [LedgerEntry] {
        try read {
            try Row.fetchAll($0, sql: "SELECT * FROM drops WHERE state IN ('queued', 'loading') ORDER BY id")
        }.map(LedgerEntry.init)
    }

    /// All drops that were ever loaded, in the order in which that happened first, for a rebuild: whatever became of them
    /// in another one, finished or cut short.
    public func loadedDrops() throws -> [LedgerEntry] {
        try read {
            try Row.fetchAll($0, sql: "SELECT * FROM drops WHERE load_order IS NOT NULL ORDER BY load_order")
        }.map(LedgerEntry.init)
    }

    /// What the journal of loads has to know of a loaded drop; nil when it is none.
    static func loadRecord(_ drop: Int64, _ database: Database) throws -> LoadRecord? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM drops WHERE id = ? AND load_order IS NOT NULL", arguments: [drop]
        ).map(LoadRecord.init)
    }

    /// All loads, in their order.
    public func loadRecords() throws -> [LoadRecord] {
        try read {
            try Row.fetchAll($0, sql: "SELECT * FROM drops WHERE load_order IS NOT NULL ORDER BY load_order")
        }.map(LoadRecord.init)
    }

    /// The last of them.
    public func lastLoad() throws -> (drop: Int64, at: Instant)? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM drops WHERE load_order IS NOT NULL ORDER BY load_order DESC LIMIT 1"
            ).map(LoadRecord.init).map { ($0.drop, $0.loadedAt) }
        }
    }

    /// Enters drops that the journal of loads knows and the ledger does not: as waiting, for they are still to be loaded.
    public func enter(_ records: [LoadRecord]) throws {
        try write { database in
            for record in records { try SilverStore.enter(record, state: .queued, database) }
        }
    }

    static func enter(_ record: LoadRecord, state: LedgerEntry.State, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO drops
                    (id, category, file, claimed, source_type, bytes, sha256, extension, state, received_at, clock_day,
                    loaded_at, load_order, delivered_by)
                VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                """,
            arguments: [
                record.drop, record.category.rawValue, record.file, record.sourceType, record.bytes, record.sha256,
                record.ending, state.rawValue, record.receivedAt.rawValue, record.clockDay.rawValue,
                state == .loaded ? record.loadedAt.rawValue : nil, state == .loaded ? record.order : nil,
                record.deliveredBy,
            ])
    }

    /// Looks at every drop of the ledger: what cannot be read would be missing of everything that goes by it.
    static func checkLedger(_ database: Database) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM drops")
        while let row = try rows.next() { _ = try LedgerEntry(row) }
    }

    /// The highest drop number so far.
    public func lastDropID() throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM drops") ?? 0 }
    }

    /// Rejected rows by column and reason, over all loaded drops or one.
    public func rejectCounts(
        drop: Int64? = nil
    ) throws -> [(category: Category, column: String, code: String, rows: Int)] {
        try read { database in
            let filter = drop == nil ? "" : "WHERE drop_id = :drop"
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT category, column_name, code, sum(reject_counts.rows) AS n FROM reject_counts
                    JOIN drops ON drops.id = drop_id \(filter) GROUP BY 1, 2, 3 ORDER BY 1, n DESC, 2, 3
                    """, arguments: ["drop": drop]
            ).map { row in
                let row = StoredRow(row, "table reject_counts")
                return (
                    try row.word("category"), try row.value("column_name"), try row.value("code"), try row.value("n")
                )
            }
        }
    }
}

extension LoadRecord {
    /// From the ledger's row of a loaded drop.
    fileprivate init(_ row: Row) throws {
        let entry = try LedgerEntry(row)
        let stored = StoredRow(row, "drop \(entry.id) in table drops")
        let order: Int64 = try stored.value("load_order")
        let sha256: String = try stored.value("sha256")
        self.init(
            drop: entry.id, order: order, category: entry.category, sourceType: entry.sourceType, file: entry.file,
            bytes: entry.bytes, sha256: sha256, ending: entry.fileExtension ?? "data", receivedAt: entry.receivedAt,
            loadedAt: entry.loadedAt ?? entry.receivedAt, clockDay: entry.clockDay, deliveredBy: entry.deliveredBy)
    }
}
