import GRDB
import Records
import Silver
import Testing

@testable import Store

/// How terms of payments are kept, and how a database without them gets their columns.
@Suite struct PaymentTermsColumnTests {
    private static let terms = [
        PaymentTerms(), PaymentTerms(isRecurring: false), PaymentTerms(isRecurring: true, start: -5, days: 30),
        PaymentTerms(isRecurring: false, start: 0, days: 365),
    ].compactMap { $0 }

    @Test func termsComeBackAsTheyWere() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue)
        try queue.write { database in
            let connection = try #require(database.sqliteConnection)
            for (index, terms) in Self.terms.enumerated() {
                let insert = try BulkStatement(
                    connection, "INSERT INTO transaction_kind VALUES (?, 'USD', 'card', ?, ?, ?)")
                insert.bind(1, index)
                SilverStore.bind(terms, firstIndex: 2, insert)
                try insert.run("write a kind")
            }
            #expect(try SilverStore.transactionKinds(connection).map(\.terms) == Self.terms)
            for damage in ["is_recurring = 2", "period_days = 0", "period_days = 99999", "period_start = 'x'"] {
                try database.execute(sql: "UPDATE transaction_kind SET \(damage) WHERE idx = 2")
                #expect(throws: StoreError.self) { try SilverStore.transactionKinds(connection) }
                try database.execute(
                    sql:
                        "UPDATE transaction_kind SET is_recurring = NULL, period_start = -5, period_days = 30 WHERE idx = 2"
                )
            }
        }
    }

    /// The digests of rows that were there hold, and what is not opened can be read without the columns.
    @Test func databasesWithoutTermsGetThem() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue, upTo: "10 digests of rows")
        try queue.write { database in
            try database.execute(sql: "INSERT INTO transaction_kind VALUES (0, 'USD', 'card'), (1, 'EUR', '')")
            try RowDigests.makeAnew([RowDigests.Table("transaction_kind")], in: database)
            let connection = try #require(database.sqliteConnection)
            #expect(try SilverStore.transactionKinds(connection).map(\.currency) == ["USD", "EUR"])
        }
        try Schema.migrator.migrate(queue)
        try queue.read { database in
            let connection = try #require(database.sqliteConnection)
            #expect(try SilverStore.transactionKinds(connection).map(\.terms) == [PaymentTerms(), PaymentTerms()])
            #expect(try RowDigests.differences([RowDigests.Table("transaction_kind")], database) == [])
        }
    }

    @Test func revisionsComeBackAsTheyWere() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue)
        try queue.write { database in
            let connection = try #require(database.sqliteConnection)
            // As on the connection of the store.
            try database.execute(sql: "PRAGMA recursive_triggers = ON")
            try RowDigests.keep(database)
            let keys = [UInt64.max, 0, 1 << 63].map { KeyEntry(prefix: $0, suffix: .max, content: 0) }
            #expect(try TransactionRevisions.find(keys, connection) == [nil, nil, nil])
            for revision in [1, UInt32(Int32.max)] {
                let revised = keys.dropLast().enumerated().map { index, key in
                    RevisedKey(
                        entry: KeyEntry(prefix: key.prefix, suffix: key.suffix, content: .max - UInt32(index)),
                        revision: revision)
                }
                try TransactionRevisions.write(revised, connection)
                #expect(try TransactionRevisions.find(keys, connection) == revised + [nil])
            }
            #expect(try RowDigests.differences([TransactionRevisions.table], database) == [])
            try database.execute(sql: "DROP TRIGGER digest_changed_transaction_revision")
            try database.execute(sql: "UPDATE transaction_revision SET revision = 0 WHERE prefix = 0")
            #expect(try RowDigests.differences([TransactionRevisions.table], database) == ["transaction_revision"])
            #expect(throws: StoreError.self) { try TransactionRevisions.find(keys, connection) }
        }
    }
}
