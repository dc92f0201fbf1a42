import GRDB
import Records
import Store
import Testing

/// The figures of the ledger that are kept in memory are those of its rows.
struct LedgerCountsTests {
    private static let day = Day(rawValue: 20_000)
    private static let instant = Instant(rawValue: 1_700_000_000_000)

    private static func entries(_ ids: ClosedRange<Int64>, refusal: String? = nil) -> [ClaimedEntry] {
        ids.map {
            ClaimedEntry(
                id: $0, category: .support, file: "f\($0)", claimed: "c\($0)", sourceType: nil, bytes: 1,
                refusal: refusal)
        }
    }

    private static func expectCounted(_ store: SilverStore, _ step: String) throws {
        let rows = try DatabaseQueue(path: store.path).read { database in
            try Row.fetchAll(database, sql: "SELECT state, count(*) AS n FROM drops GROUP BY state")
        }
        var counts = SilverStore.LedgerCounts()
        for row in rows { counts[try #require(LedgerEntry.State(rawValue: row["state"]))] = row["n"] }
        for state in LedgerEntry.State.allCases {
            #expect(store.ledgerCounts[state] == counts[state], "\(step) \(state)")
        }
        #expect(store.ledgerCounts.total == counts.total, "\(step)")
    }

    @Test("They follow every change, and a start finds them again")
    func follow() throws {
        let folder = try ScratchDirectory()
        let path = "\(folder.path)/aura.db"
        do {
            let store = try SilverStore(path: path)
            #expect(store.ledgerCounts.total == 0)
            try store.enter(LedgerCountsTests.entries(1...20), receivedAt: Self.instant, clockDay: Self.day)
            try Self.expectCounted(store, "entered")
            // Twice changes nothing.
            try store.enter(LedgerCountsTests.entries(15...22), receivedAt: Self.instant, clockDay: Self.day)
            try Self.expectCounted(store, "entered again")
            #expect(store.ledgerCounts.pending == 22)
            try store.enter(
                LedgerCountsTests.entries(30...31, refusal: "no file"), receivedAt: Self.instant, clockDay: Self.day)
            try store.setState(.loading, of: [1, 2, 3, 3, 4711])
            try Self.expectCounted(store, "loading")
            try store.refuse(1, sha256: nil, reason: "broken", at: Self.instant)
            try store.markDuplicate(2, of: 3, sha256: "x", rows: 1, at: Self.instant)
            try store.forget(5)
            try store.forget(1)
            try Self.expectCounted(store, "ended")
            #expect(store.ledgerCounts.refused == 3 && store.ledgerCounts.duplicates == 1)
            #expect(store.ledgerCounts.pending == 19)
        }
        let store = try SilverStore(path: path)
        try Self.expectCounted(store, "opened again")
        #expect(store.ledgerCounts.total == 23)
    }

    @Test("The latest drops come first, as many as are wanted")
    func drops() throws {
        let folder = try ScratchDirectory()
        let store = try SilverStore(path: "\(folder.path)/aura.db")
        try store.enter(LedgerCountsTests.entries(1...20), receivedAt: Self.instant, clockDay: Self.day)
        try store.refuse(7, sha256: nil, reason: "broken", at: Self.instant)
        #expect(try store.drops().prefix(3).map(\.id) == [20, 19, 18])
        #expect(try store.drops(state: .refused).map(\.id) == [7])
        var seen: [Int64] = []
        try store.forEachDrop { entry in
            seen.append(entry.id)
            return seen.count < 5
        }
        #expect(seen == [20, 19, 18, 17, 16])
        #expect(try store.rejectedTotal() == 0)
        #expect(try store.dropsWithRejects(limit: 10).isEmpty)
    }
}
