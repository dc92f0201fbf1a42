import GRDB
public import Records

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

    init?(_ row: Row) {
        guard let category = Category(rawValue: row["category"]), let state = State(rawValue: row["state"]) else {
            return nil
        }
        id = row["id"]
        self.category = category
        file = row["file"]
        claimed = row["claimed"]
        sourceType = row["source_type"]
        bytes = row["bytes"]
        sha256 = row["sha256"]
        fileExtension = row["extension"]
        self.state = state
        rows = row["rows"]
        accepted = row["accepted"]
        rejected = row["rejected"]
        duplicates = row["duplicates"]
        collisions = row["collisions"]
        updated = row["updated"]
        warnings = row["warnings"]
        orphans = row["orphans"]
        receivedAt = Instant(rawValue: row["received_at"])
        loadedAt = (row["loaded_at"] as Int64?).map(Instant.init(rawValue:))
        clockDay = Day(rawValue: row["clock_day"])
        reason = row["reason"]
        duplicateOf = row["duplicate_of"]
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

    public init(
        id: Int64, category: Category, file: String, claimed: String, sourceType: String?, bytes: Int64,
        refusal: String? = nil
    ) {
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
        try pool.write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT INTO drops
                        (id, category, file, claimed, source_type, bytes, state, received_at, clock_day, reason, loaded_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                    """)
            for drop in drops {
                let state = drop.refusal == nil ? LedgerEntry.State.queued : .refused
                try statement.execute(arguments: [
                    drop.id, drop.category.rawValue, drop.file, drop.claimed, drop.sourceType, drop.bytes,
                    state.rawValue, receivedAt.rawValue, clockDay.rawValue, drop.refusal,
                    drop.refusal == nil ? nil : receivedAt.rawValue,
                ])
            }
        }
    }

    public func setState(_ state: LedgerEntry.State, of drops: [Int64]) throws {
        try pool.write { database in
            for id in drops {
                try database.execute(
                    sql: "UPDATE drops SET state = ? WHERE id = ?", arguments: [state.rawValue, id])
            }
        }
    }

    /// Drops whose load came to nothing wait again.
    public func queueAgain(_ drops: [Int64]) throws {
        try pool.write { database in
            for id in drops {
                try database.execute(
                    sql: "UPDATE drops SET state = 'queued' WHERE id = ? AND state = 'loading'", arguments: [id])
            }
        }
    }

    /// A drop that changed before it was read has another size than it was entered with.
    public func setBytes(_ bytes: Int64, of id: Int64) throws {
        try pool.write {
            try $0.execute(sql: "UPDATE drops SET bytes = ? WHERE id = ?", arguments: [bytes, id])
        }
    }

    /// Removes a drop that was put back before anything came of it.
    public func forget(_ id: Int64) throws {
        try pool.write {
            try $0.execute(sql: "DELETE FROM drops WHERE id = ? AND state IN ('queued', 'loading')", arguments: [id])
        }
    }

    public func refuse(_ id: Int64, sha256: String?, reason: String, at instant: Instant) throws {
        try pool.write {
            try $0.execute(
                sql: "UPDATE drops SET state = 'refused', sha256 = ?, reason = ?, loaded_at = ? WHERE id = ?",
                arguments: [sha256, reason, instant.rawValue, id])
        }
    }

    public func markDuplicate(_ id: Int64, of original: Int64, sha256: String, rows: Int?, at instant: Instant) throws {
        try pool.write {
            try $0.execute(
                sql: """
                    UPDATE drops SET state = 'duplicate', sha256 = ?, reason = ?, duplicate_of = ?, loaded_at = ? WHERE id = ?
                    """,
                arguments: [sha256, "the same content was loaded as drop \(original)", original, instant.rawValue, id])
        }
    }

    /// The loaded drop of a category with this content.
    public func loadedDrop(sha256: String, category: Category) throws -> Int64? {
        try pool.read {
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
        try pool.read {
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

    public func drops(state: LedgerEntry.State? = nil, limit: Int = .max) throws -> [LedgerEntry] {
        try pool.read { database in
            let filter = state == nil ? "" : "WHERE state = :state"
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM drops \(filter) ORDER BY id DESC LIMIT :limit",
                arguments: ["state": state?.rawValue, "limit": limit])
            return rows.compactMap(LedgerEntry.init)
        }
    }

    /// Drops in a state, or all of them.
    public func dropCount(state: LedgerEntry.State?) throws -> Int {
        try pool.read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM drops WHERE :state IS NULL OR state = :state",
                arguments: ["state": state?.rawValue]) ?? 0
        }
    }

    public func drop(_ id: Int64) throws -> LedgerEntry? {
        try pool.read { try Row.fetchOne($0, sql: "SELECT * FROM drops WHERE id = ?", arguments: [id]) }
            .flatMap(LedgerEntry.init)
    }

    /// Drops to load, in the order of their arrival.
    public func waitingDrops() throws -> [LedgerEntry] {
        try pool.read {
            try Row.fetchAll($0, sql: "SELECT * FROM drops WHERE state IN ('queued', 'loading') ORDER BY id")
        }.compactMap(LedgerEntry.init)
    }

    /// All drops that were ever loaded, in the order in which that happened first, for a rebuild: whatever became of them
    /// in another one, finished or cut short.
    public func loadedDrops() throws -> [LedgerEntry] {
        try pool.read {
            try Row.fetchAll($0, sql: "SELECT * FROM drops WHERE load_order IS NOT NULL ORDER BY load_order")
        }.compactMap(LedgerEntry.init)
    }

    public struct LedgerCounts: Sendable, Equatable {
        public var pending = 0
        public var refused = 0
        public var loaded = 0
        public var duplicates = 0

        public init() {}
    }

    public func ledgerCounts() throws -> LedgerCounts {
        try pool.read { database in
            var counts = LedgerCounts()
            for row in try Row.fetchAll(database, sql: "SELECT state, count(*) AS n FROM drops GROUP BY state") {
                let n: Int = row["n"]
                switch LedgerEntry.State(rawValue: row["state"]) {
                case .queued, .loading: counts.pending += n
                case .refused: counts.refused += n
                case .loaded: counts.loaded += n
                case .duplicate: counts.duplicates += n
                case nil: break
                }
            }
            return counts
        }
    }

    /// The highest drop number so far.
    public func lastDropID() throws -> Int64 {
        try pool.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM drops") ?? 0 }
    }

    /// Rejected rows by column and reason, over all loaded drops or one.
    public func rejectCounts(
        drop: Int64? = nil
    ) throws -> [(category: Category, column: String, code: String, rows: Int)] {
        try pool.read { database in
            let filter = drop == nil ? "" : "WHERE drop_id = :drop"
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT category, column_name, code, sum(reject_counts.rows) AS n FROM reject_counts
                    JOIN drops ON drops.id = drop_id \(filter) GROUP BY 1, 2, 3 ORDER BY 1, n DESC, 2, 3
                    """, arguments: ["drop": drop]
            ).compactMap { row in
                Category(rawValue: row["category"]).map { ($0, row["column_name"], row["code"], row["n"]) }
            }
        }
    }
}
