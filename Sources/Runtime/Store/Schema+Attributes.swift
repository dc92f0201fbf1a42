import GRDB
import Words

/// A column of `aura.db` for every attribute that demographics got after the first version, made when the database is
/// opened: nobody writes a migration for one.
extension Schema {
    /// What migration 1 made columns for; it never changes.
    private static let firstAttributes: Set<ClientAttribute> = [
        .name, .age, .gender, .location, .subscriptionType, .creationDay, .segment, .region, .tier, .product, .industry,
        .owner, .contractEndDay, .currency, .email, .phone, .contactName, .churnDay,
    ]

    static func registerAttributes(_ migrator: inout DatabaseMigrator) {
        for attribute in ClientAttribute.allCases where !firstAttributes.contains(attribute) {
            migrator.registerMigration("attribute \(attribute.name)") { try add(attribute, $0) }
        }
    }

    /// Where files have brought such a column before, its values stood beyond the schema; they move.
    static func add(_ attribute: ClientAttribute, _ database: Database) throws {
        let column = attribute.storedName
        let member = "$.\"\(attribute.name)\""
        for table in ["client", "client_history"] {
            try database.execute(sql: "ALTER TABLE \(table) ADD COLUMN \(column) \(type(of: attribute))")
            try database.execute(
                sql: """
                    UPDATE \(table) SET \(column) = \(value(of: attribute, "json_extract(attributes, :member)")),
                        attributes = nullif(json_remove(attributes, :member), '{}')
                    WHERE json_extract(attributes, :member) IS NOT NULL
                    """, arguments: ["member": member])
        }
        if try RowDigests.isKept(database) {
            try RowDigests.makeAnew([RowDigests.Table("client"), RowDigests.Table("client_history")], in: database)
        }
        try database.execute(
            sql: "DROP VIEW demographics; \(demographicsView(try database.columns(in: "client").map(\.name)))")
    }

    private static func type(of attribute: ClientAttribute) -> String {
        switch attribute.form {
        case .word, .text: "TEXT"
        case .number, .day, .futureDay, .knownWhenOver: "INTEGER"
        }
    }

    /// What a text stands for; unknown where it cannot be read.
    private static func value(of attribute: ClientAttribute, _ text: String) -> String {
        switch attribute.form {
        case .word, .text: text
        case .number(let range):
            "CASE WHEN \(text) NOT GLOB '*[^0-9]*' AND CAST(\(text) AS INTEGER) BETWEEN \(range.lowerBound) AND"
                + " \(range.upperBound) THEN CAST(\(text) AS INTEGER) END"
        case .day, .futureDay, .knownWhenOver:
            "CASE WHEN \(text) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
                + " THEN CAST(julianday(\(text)) - 2440587.5 AS INTEGER) END"
        }
    }

    /// The clients as a person would write them.
    /// - Parameter columns: those that table `client` has.
    private static func demographicsView(_ columns: [String]) -> String {
        let attributes = ClientAttribute.allCases.filter { columns.contains($0.storedName) }.map { attribute in
            attribute.form.isDay
                ? "date(\(attribute.storedName) * 86400, 'unixepoch') AS \(attribute.name)"
                : attribute.storedName == attribute.name
                    ? attribute.name : "\(attribute.storedName) AS \(attribute.name)"
        }
        return "CREATE VIEW demographics AS SELECT customer_id, \(attributes.joined(separator: ", ")), attributes"
            + " FROM client WHERE known"
    }
}
