import GRDB

/// The tables of `aura.db`, and how older files become today's. Migrations are never changed once they were released;
/// a new one is added.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 ledger and silver") { database in
            try database.execute(sql: ledger)
            try database.execute(sql: silver)
            try database.execute(sql: views)
        }
        migrator.registerMigration("2 order of loads") { database in try database.execute(sql: loadOrder) }
        migrator.registerMigration("3 audit trail") { try $0.execute(sql: AuditSchema.sql) }
        migrator.registerMigration("4 known days") { try $0.execute(sql: CalendarRows.schema) }
        migrator.registerMigration("5 days called off") { try $0.execute(sql: CalendarRows.cancelledSchema) }
        migrator.registerMigration("6 finding drops by size") { try $0.execute(sql: dropIndexes) }
        migrator.registerMigration("7 looks at originals") { try $0.execute(sql: OriginalLooks.schema) }
        migrator.registerMigration("8 digests of blocks") { try $0.execute(sql: BlockDigest.schema) }
        migrator.registerMigration("9 who asked and who delivered") { database in
            try database.execute(sql: AuditSchema.persons)
            try database.execute(sql: deliverers)
        }
        // What stands there by now is taken for what was written. A later migration that changes rows makes their digests
        // anew, as those of attributes do.
        migrator.registerMigration("10 digests of rows") { database in
            try database.execute(sql: RowDigests.schema)
            try RowDigests.makeAnew(RowDigests.present(in: database), in: database)
        }
        migrator.registerMigration("11 terms of payments") { try $0.execute(sql: SilverStore.paymentTermsSchema) }
        migrator.registerMigration("12 revisions of transactions") { database in
            try database.execute(sql: TransactionRevisions.schema)
            try RowDigests.makeAnew([TransactionRevisions.table], in: database)
        }
        registerAttributes(&migrator)
        return migrator
    }

    /// Whether a migration of any version can have this name.
    static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /\d+ [a-z ]+|attribute [a-z0-9_]+/) != nil
    }

    /// In which order drops were loaded: a number, because the wall clock may be set back.
    private static let loadOrder = """
        ALTER TABLE drops ADD COLUMN load_order INTEGER;
        UPDATE drops SET load_order = numbered.number FROM (
            SELECT id, row_number() OVER (ORDER BY loaded_at, id) AS number FROM drops WHERE state = 'loaded'
        ) AS numbered WHERE numbered.id = drops.id;
        CREATE UNIQUE INDEX drops_by_load_order ON drops (load_order) WHERE load_order IS NOT NULL;
        """

    /// Who delivered a drop: a person, or `uid:N`; null for drops from before it was noted.
    private static let deliverers = "ALTER TABLE drops ADD COLUMN delivered_by TEXT;"

    /// Whether a drop of the same size was loaded is asked for every drop, and how many there are in every state for every
    /// status.
    private static let dropIndexes = """
        CREATE INDEX drops_by_size ON drops (bytes, category) WHERE state = 'loaded';
        CREATE INDEX drops_by_any_state ON drops (state, id);
        """

    private static let ledger = """
        CREATE TABLE drops (
            id INTEGER PRIMARY KEY,
            category TEXT NOT NULL,
            file TEXT NOT NULL,
            claimed TEXT NOT NULL,
            source_type TEXT,
            bytes INTEGER NOT NULL,
            sha256 TEXT,
            extension TEXT,
            state TEXT NOT NULL CHECK (state IN ('queued', 'loading', 'loaded', 'refused', 'duplicate')),
            rows INTEGER, accepted INTEGER, rejected INTEGER, duplicates INTEGER, collisions INTEGER,
            updated INTEGER, warnings INTEGER, orphans INTEGER,
            received_at INTEGER NOT NULL,
            loaded_at INTEGER,
            clock_day INTEGER NOT NULL,
            reason TEXT,
            duplicate_of INTEGER
        );
        CREATE INDEX drops_by_content ON drops (sha256) WHERE sha256 IS NOT NULL;
        CREATE INDEX drops_by_state ON drops (state) WHERE state IN ('queued', 'loading');
        CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE reject_counts (
            drop_id INTEGER NOT NULL, column_name TEXT NOT NULL, code TEXT NOT NULL, rows INTEGER NOT NULL,
            PRIMARY KEY (drop_id, column_name, code)
        ) WITHOUT ROWID;
        """

    private static let silver = """
        CREATE TABLE client (
            idx INTEGER PRIMARY KEY,
            customer_id TEXT NOT NULL,
            known INTEGER NOT NULL,
            name TEXT, age INTEGER, gender TEXT, location TEXT, subscription_type TEXT,
            creation_day INTEGER,
            segment TEXT, region TEXT, tier TEXT, product TEXT, industry TEXT, owner TEXT,
            contract_end_day INTEGER, currency TEXT, email TEXT, phone TEXT, contact_name TEXT, churn_day INTEGER,
            attributes TEXT
        );
        CREATE TABLE client_history (
            idx INTEGER NOT NULL,
            replaced_by_drop INTEGER NOT NULL,
            name TEXT, age INTEGER, gender TEXT, location TEXT, subscription_type TEXT,
            creation_day INTEGER,
            segment TEXT, region TEXT, tier TEXT, product TEXT, industry TEXT, owner TEXT,
            contract_end_day INTEGER, currency TEXT, email TEXT, phone TEXT, contact_name TEXT, churn_day INTEGER,
            attributes TEXT
        );
        CREATE TABLE event_kind (idx INTEGER PRIMARY KEY, type TEXT NOT NULL, device TEXT NOT NULL, feature TEXT NOT NULL);
        CREATE TABLE transaction_kind (idx INTEGER PRIMARY KEY, currency TEXT NOT NULL, method TEXT NOT NULL);
        CREATE TABLE segment (id INTEGER PRIMARY KEY, category TEXT NOT NULL, rows INTEGER NOT NULL, clients INTEGER NOT NULL);
        CREATE TABLE segment_block (
            segment_id INTEGER NOT NULL, part INTEGER NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL
        );
        CREATE INDEX segment_blocks ON segment_block (segment_id, part, number);
        CREATE TABLE key_run (
            id INTEGER PRIMARY KEY, category TEXT NOT NULL, rows INTEGER NOT NULL,
            first_block INTEGER NOT NULL, blocks INTEGER NOT NULL, fences BLOB NOT NULL
        );
        CREATE TABLE key_block (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE ticket (
            row INTEGER PRIMARY KEY, ticket_id TEXT NOT NULL, client INTEGER NOT NULL,
            created_ms INTEGER NOT NULL, resolved_ms INTEGER, satisfaction INTEGER, issue_type TEXT
        );
        CREATE TABLE survey (
            row INTEGER PRIMARY KEY, survey_id TEXT NOT NULL, client INTEGER NOT NULL,
            day INTEGER NOT NULL, score INTEGER NOT NULL, comments TEXT
        );
        CREATE TABLE orphan (client INTEGER NOT NULL, drop_id INTEGER NOT NULL, rows INTEGER NOT NULL);
        CREATE INDEX orphans_by_client ON orphan (client);
        """

    /// The low-volume entities as a person would write them.
    private static let views = """
        CREATE VIEW demographics AS
            SELECT customer_id, name, age, gender, location, subscription_type,
                date(creation_day * 86400, 'unixepoch') AS account_creation_date, segment, region, tier, product, industry,
                owner, date(contract_end_day * 86400, 'unixepoch') AS contract_end_date, currency, email, phone,
                contact_name, date(churn_day * 86400, 'unixepoch') AS churn_date, attributes
            FROM client WHERE known;
        CREATE VIEW support AS
            SELECT ticket_id, customer_id, issue_type,
                strftime('%Y-%m-%dT%H:%M:%SZ', created_ms / 1000, 'unixepoch') AS created_at,
                strftime('%Y-%m-%dT%H:%M:%SZ', resolved_ms / 1000, 'unixepoch') AS resolved_at, satisfaction AS satisfaction_score
            FROM ticket JOIN client ON client.idx = ticket.client;
        CREATE VIEW surveys AS
            SELECT survey_id, customer_id, date(day * 86400, 'unixepoch') AS response_date, score AS nps_score, comments
            FROM survey JOIN client ON client.idx = survey.client;
        """
}
