import GRDB
public import Records

/// When each original was last read whole and found to be what the ledger says, so that a share of them every day comes
/// round to all of them.
enum OriginalLooks {
    static let schema = """
        CREATE TABLE original_look (sha256 TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
        """
}

/// An original that the ledger needs, once however many drops were made of it.
public struct KeptOriginal: Sendable, Hashable {
    /// The first drop it was loaded as.
    public var drop: Int64
    public var sha256: String
    public var bytes: Int64
    /// Nil when it was never looked at.
    public var lookedAtMilliseconds: Int64?

    public init(drop: Int64, sha256: String, bytes: Int64, lookedAtMilliseconds: Int64? = nil) {
        self.drop = drop
        self.sha256 = sha256
        self.bytes = bytes
        self.lookedAtMilliseconds = lookedAtMilliseconds
    }
}

extension SilverStore {
    /// The originals of all loads, the one that was looked at longest ago first.
    public func keptOriginals() throws -> [KeptOriginal] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT min(drops.id) AS drop_id, drops.sha256 AS sha256, max(drops.bytes) AS bytes, at_ms
                    FROM drops LEFT JOIN original_look ON original_look.sha256 = drops.sha256
                    WHERE load_order IS NOT NULL AND drops.sha256 IS NOT NULL
                    GROUP BY drops.sha256 ORDER BY at_ms IS NOT NULL, at_ms, drop_id
                    """
            ).map {
                let row = StoredRow($0, "table drops or original_look")
                return KeptOriginal(
                    drop: try row.value("drop_id"), sha256: try row.value("sha256"), bytes: try row.value("bytes"),
                    lookedAtMilliseconds: try row.optional("at_ms"))
            }
        }
    }

    /// Notes which originals were found to be whole.
    public func noteLooks(at originals: [String], _ instant: Instant) throws {
        guard !originals.isEmpty else { return }
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT INTO original_look (sha256, at_ms) VALUES (?, ?)
                    ON CONFLICT (sha256) DO UPDATE SET at_ms = excluded.at_ms
                    """)
            for sha256 in originals { try statement.execute(arguments: [sha256, instant.rawValue]) }
        }
    }
}
