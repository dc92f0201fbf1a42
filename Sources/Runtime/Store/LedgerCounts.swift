import GRDB
import Locks

extension SilverStore {
    /// How many drops there are in each state.
    public struct LedgerCounts: Sendable, Equatable {
        private var drops: [LedgerEntry.State: Int] = [:]

        public init() {}

        public subscript(state: LedgerEntry.State) -> Int {
            get { drops[state] ?? 0 }
            set { drops[state] = newValue }
        }

        /// Queued or being loaded.
        public var pending: Int { self[.queued] + self[.loading] }
        public var refused: Int { self[.refused] }
        public var loaded: Int { self[.loaded] }
        public var duplicates: Int { self[.duplicate] }
        public var total: Int { LedgerEntry.State.allCases.reduce(0) { $0 + self[$1] } }
    }

    /// As of the last commit; at hand without a look into the database.
    public var ledgerCounts: LedgerCounts { counter.counts.withLock { $0 } }
}

/// Knows how many drops of the ledger are in each state. The rows are counted once, when the database is opened; from
/// then on triggers of the one connection that writes keep the figures, in a table in memory that follows every
/// transaction and its end, and after each commit they are taken from there. A transaction that is not GRDB's own has to
/// call ``update(from:)`` after its commit.
final class LedgerCounter: TransactionObserver, Sendable {
    let counts = Guarded(SilverStore.LedgerCounts())

    /// Counts, and goes on counting.
    func begin(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    CREATE TEMP TABLE ledger_counts (state TEXT PRIMARY KEY, drops INTEGER NOT NULL) WITHOUT ROWID;
                    INSERT INTO temp.ledger_counts SELECT state, count(*) FROM main.drops GROUP BY state;
                    CREATE TEMP TRIGGER count_new_drop AFTER INSERT ON main.drops BEGIN
                        INSERT INTO ledger_counts VALUES (NEW.state, 1)
                            ON CONFLICT (state) DO UPDATE SET drops = drops + 1;
                    END;
                    CREATE TEMP TRIGGER count_gone_drop AFTER DELETE ON main.drops BEGIN
                        UPDATE ledger_counts SET drops = drops - 1 WHERE state = OLD.state;
                    END;
                    CREATE TEMP TRIGGER count_changed_drop AFTER UPDATE OF state ON main.drops
                        WHEN OLD.state <> NEW.state
                    BEGIN
                        UPDATE ledger_counts SET drops = drops - 1 WHERE state = OLD.state;
                        INSERT INTO ledger_counts VALUES (NEW.state, 1)
                            ON CONFLICT (state) DO UPDATE SET drops = drops + 1;
                    END;
                    """)
            update(from: database)
        }
        // The database lives as long as the pool, and keeps it.
        pool.add(transactionObserver: self, extent: .databaseLifetime)
    }

    func update(from database: Database) {
        guard let rows = try? Row.fetchAll(database, sql: "SELECT state, drops FROM temp.ledger_counts") else { return }
        var counts = SilverStore.LedgerCounts()
        for row in rows {
            if let state = LedgerEntry.State(rawValue: row["state"]) { counts[state] = row["drops"] }
        }
        self.counts.withLock { $0 = counts }
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }

    func databaseDidChange(with event: DatabaseEvent) {}

    func databaseDidCommit(_ database: Database) { update(from: database) }

    func databaseDidRollback(_ database: Database) {}
}
