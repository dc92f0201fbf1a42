import GRDB
import GRDBSQLite
import Silver

/// Table `transaction_revision`: the keys of transactions whose row in force has a revision above 0, and what is known of
/// that row. The runs of keys know the content of the first row only.
enum TransactionRevisions {
    static let table = RowDigests.Table("transaction_revision", hasRowID: false)

    static let schema = """
        CREATE TABLE transaction_revision (
            prefix INTEGER NOT NULL, suffix INTEGER NOT NULL, content INTEGER NOT NULL, revision INTEGER NOT NULL,
            PRIMARY KEY (prefix, suffix)
        ) WITHOUT ROWID
        """

    static func write(_ keys: [RevisedKey], _ connection: OpaquePointer) throws {
        guard !keys.isEmpty else { return }
        let statement = try BulkStatement(
            connection,
            "INSERT OR REPLACE INTO transaction_revision (prefix, suffix, content, revision) VALUES (?, ?, ?, ?)")
        for key in keys {
            statement.bind(1, Int64(bitPattern: key.entry.prefix))
            statement.bind(2, Int(key.entry.suffix))
            statement.bind(3, Int(key.entry.content))
            statement.bind(4, Int(key.revision))
            try statement.run("write the revision of a transaction")
        }
    }

    /// - Returns: nil for each key whose row has none above 0.
    static func find(_ keys: [KeyEntry], _ connection: OpaquePointer) throws -> [RevisedKey?] {
        var found = [RevisedKey?](repeating: nil, count: keys.count)
        let any = try BulkStatement(connection, "SELECT 1 FROM transaction_revision LIMIT 1")
        guard try any.next("look for revisions of transactions") else { return found }
        let select = try BulkStatement(
            connection, "SELECT content, revision FROM transaction_revision WHERE prefix = ? AND suffix = ?")
        let what = "table transaction_revision"
        for (index, key) in keys.enumerated() {
            select.bind(1, Int64(bitPattern: key.prefix))
            select.bind(2, Int(key.suffix))
            if try select.next("look for the revision of a transaction") {
                found[index] = RevisedKey(
                    entry: KeyEntry(prefix: key.prefix, suffix: key.suffix, content: try select.number(0, what)),
                    revision: try select.number(1, in: 1...UInt32(Int32.max), what))
            }
            select.reset()
        }
        return found
    }
}
