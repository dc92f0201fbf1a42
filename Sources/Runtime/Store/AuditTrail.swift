import GRDB
public import Records

/// One line of the audit trail: who asked for what, and what became of it. Never what was said.
public struct AuditEntry: Sendable, Equatable {
    public var at: Instant
    /// The peer as told by the kernel.
    public var uid: UInt32
    public var gid: UInt32
    public var pid: Int32
    /// Whom it was for: the name of a person, or `uid:N`; nil in lines from before it was noted.
    public var person: String?
    /// Whether the peer, the gateway, asked for that person.
    public var isOnBehalf: Bool
    /// The role the request was answered under; nil where the peer has none.
    public var role: String?
    public var method: String
    /// `answered`, `refused`, `denied`, `timed_out` or `failed`.
    public var outcome: String
    /// The drop that was handed in.
    public var dropID: Int64?
    /// How many like requests the line stands for: a peer that is denied again and again cannot fill the disk.
    public var requests: Int

    public init(
        at: Instant, uid: UInt32, gid: UInt32, pid: Int32, person: String?, isOnBehalf: Bool = false, role: String?,
        method: String, outcome: String,
        dropID: Int64? = nil, requests: Int = 1
    ) {
        self.at = at
        self.uid = uid
        self.gid = gid
        self.pid = pid
        self.person = person
        self.isOnBehalf = isOnBehalf
        self.role = role
        self.method = method
        self.outcome = outcome
        self.dropID = dropID
        self.requests = requests
    }
}

/// The table that entries are only ever added to: the database itself refuses to change or remove one.
enum AuditSchema {
    static let sql = """
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at_ms INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL, pid INTEGER NOT NULL,
            role TEXT, method TEXT NOT NULL, outcome TEXT NOT NULL, drop_id INTEGER, requests INTEGER NOT NULL
        );
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;
        CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;
        CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END;
        CREATE VIEW audit_trail AS
            SELECT id, strftime('%Y-%m-%dT%H:%M:%SZ', at_ms / 1000, 'unixepoch') AS at, uid, gid, pid, role, method,
                outcome, drop_id, requests
            FROM audit;
        """

    /// Whom it was for, beside which user has asked.
    static let persons = """
        ALTER TABLE audit ADD COLUMN person TEXT;
        ALTER TABLE audit ADD COLUMN on_behalf INTEGER NOT NULL DEFAULT 0;
        DROP VIEW audit_trail;
        CREATE VIEW audit_trail AS
            SELECT id, strftime('%Y-%m-%dT%H:%M:%SZ', at_ms / 1000, 'unixepoch') AS at, uid, gid, pid, role, method,
                outcome, drop_id, requests, person, on_behalf
            FROM audit;
        """
}

extension SilverStore {
    /// Adds to the audit trail, all or nothing; on the disk when it returns.
    public func appendAudit(_ entries: [AuditEntry]) throws {
        guard !entries.isEmpty else { return }
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT INTO audit
                        (at_ms, uid, gid, pid, role, method, outcome, drop_id, requests, person, on_behalf)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for entry in entries {
                try statement.execute(arguments: [
                    entry.at.rawValue, entry.uid, entry.gid, entry.pid, entry.role, entry.method, entry.outcome,
                    entry.dropID, entry.requests, entry.person, entry.isOnBehalf,
                ])
            }
        }
    }

    /// The latest entries of the audit trail, the oldest of them first.
    public func audit(limit: Int) throws -> [AuditEntry] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM audit ORDER BY id DESC LIMIT ?", arguments: [limit])
                .reversed().map { row in
                    let row = StoredRow(row, "table audit")
                    return AuditEntry(
                        at: try row.instant("at_ms"), uid: try row.value("uid"), gid: try row.value("gid"),
                        pid: try row.value("pid"), person: try row.optional("person"),
                        isOnBehalf: try row.value("on_behalf"), role: try row.optional("role"),
                        method: try row.value("method"),
                        outcome: try row.value("outcome"), dropID: try row.optional("drop_id"),
                        requests: try row.value("requests"))
                }
        }
    }

    /// The result code of SQLite behind an error of this module; nil where it comes from elsewhere. Unlike the error's
    /// text it may be logged.
    public static func resultCode(of error: any Error) -> Int32? {
        (error as? StoreError)?.code ?? (error as? DatabaseError)?.extendedResultCode.rawValue
    }
}
