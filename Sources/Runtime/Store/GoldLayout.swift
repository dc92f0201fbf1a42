import GRDBSQLite
import Snapshots

/// How a published table lies in `gold.db`: its rows in a table of their own, and under the name that users know a view that
/// adds what is the same for all rows. So a row is written only when its own cells change.
struct GoldLayout {
    let table: PublishedTable

    init(_ table: PublishedTable) { self.table = table }

    /// What is published: all tables together, and each of them.
    private static let origins = [
        "published": "CREATE TABLE published (snapshot TEXT NOT NULL, as_of TEXT NOT NULL, assessed_by TEXT NOT NULL)",
        "published_tables": "CREATE TABLE published_tables (name TEXT PRIMARY KEY, as_of TEXT NOT NULL,"
            + " snapshot TEXT NOT NULL, digest INTEGER) WITHOUT ROWID",
    ]

    /// Empty where an older version has made them otherwise: then everything is published anew.
    static func createOrigins(_ connection: OpaquePointer) throws {
        for (name, wanted) in origins where try definition(of: name, connection)?.sql != wanted {
            try SQLiteConnection.execute(connection, "DROP TABLE IF EXISTS \(name); \(wanted)")
        }
    }

    var rows: String { "\(table.rawValue)_rows" }

    private var indexName: String { "\(table.rawValue)_by_customer" }

    private var definition: String {
        let columns = table.ownColumns.map { column in
            let type =
                switch column.type {
                case .text, .day: "TEXT"
                case .integer: "INTEGER"
                case .real, .money: "REAL"
                }
            return "\(column.name) \(type)"
        }
        return "CREATE TABLE \(rows) (\(columns.joined(separator: ", ")))"
    }

    private var indexDefinition: String { "CREATE UNIQUE INDEX \(indexName) ON \(rows) (customer_id)" }

    /// The one row of the table's origin is found first, so that whatever is asked of the view is asked of the rows.
    private var view: String {
        let own = table.ownColumns.map { "r.\($0.name) AS \($0.name)" }
        let origin = PublishedTable.originColumns.map { "p.\($0.name) AS \($0.name)" }
        return "CREATE VIEW \(table.rawValue) AS SELECT \((own + origin).joined(separator: ", "))"
            + " FROM published_tables p CROSS JOIN \(rows) r WHERE p.name = '\(table.rawValue)'"
    }

    /// A row: its cells in the order of the columns.
    var insertion: String {
        "INSERT INTO \(rows) VALUES (\(Array(repeating: "?", count: table.ownColumns.count).joined(separator: ", ")))"
    }

    /// The same for the row of a client that is there.
    var replacement: String {
        let cells = table.ownColumns.enumerated().dropFirst().map { "\($1.name) = ?\($0 + 1)" }
        return "UPDATE \(rows) SET \(cells.joined(separator: ", ")) WHERE customer_id = ?1"
    }

    /// Whether everything is as this version would make it.
    func isInForce(_ connection: OpaquePointer) throws -> Bool {
        var wanted = [rows: definition, table.rawValue: view]
        if table.isByClient { wanted[indexName] = indexDefinition }
        for (name, definition) in wanted where try GoldLayout.definition(of: name, connection)?.sql != definition {
            return false
        }
        return true
    }

    /// Makes an empty table and its view, in place of what is there: the columns of an older version may differ, and what
    /// is a view now was a table once.
    func create(_ connection: OpaquePointer) throws {
        for name in [table.rawValue, rows] {
            guard let kind = try GoldLayout.definition(of: name, connection)?.kind else { continue }
            try SQLiteConnection.execute(connection, "DROP \(kind == "view" ? "VIEW" : "TABLE") \(name)")
        }
        try SQLiteConnection.execute(connection, "\(definition); \(view)")
    }

    /// Once the rows are there.
    func index(_ connection: OpaquePointer) throws {
        if table.isByClient { try SQLiteConnection.execute(connection, indexDefinition) }
    }

    private static func definition(
        of name: String, _ connection: OpaquePointer
    ) throws -> (kind: String, sql: String)? {
        let statement = try BulkStatement(connection, "SELECT type, sql FROM sqlite_master WHERE name = ?")
        statement.bind(1, name)
        guard try statement.next("read how a table lies") else { return nil }
        return (statement.text(0), statement.text(1))
    }
}
