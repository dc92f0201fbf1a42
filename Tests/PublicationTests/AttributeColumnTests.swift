import GRDB
import Testing
import Words

@testable import Store

/// How an attribute that the first schema did not have comes into a database that is there.
@Suite struct AttributeColumnTests {
    @Test func whatFilesHaveBroughtMovesToTheColumn() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue)
        try queue.write { database in
            try database.execute(sql: "DROP VIEW demographics")
            for column in ["owner", "age", "contract_end_day"] {
                for table in ["client", "client_history"] {
                    try database.execute(sql: "ALTER TABLE \(table) DROP COLUMN \(column)")
                }
            }
            try database.execute(sql: "CREATE VIEW demographics AS SELECT customer_id FROM client")
            let rows: [(String, String?)] = [
                ("a", #"{"owner":"Anna \"W\"","x":"y"}"#), ("b", #"{"owner":"Bob"}"#), ("c", nil),
                ("d", #"{"age":"old","contract_end_date":"2026-02-03"}"#),
                ("e", #"{"age":"40","contract_end_date":"soon"}"#), ("f", #"{"age":"131"}"#),
            ]
            for (index, (id, attributes)) in rows.enumerated() {
                try database.execute(
                    sql: "INSERT INTO client (idx, customer_id, known, attributes) VALUES (?, ?, 1, ?)",
                    arguments: [index, id, attributes])
            }
            try database.execute(
                sql: "INSERT INTO client_history (idx, replaced_by_drop, attributes) VALUES (0, 1, ?)",
                arguments: [#"{"owner":"Olaf"}"#])
            for attribute in [.owner, .age, .contractEndDay] as [ClientAttribute] {
                try Schema.add(attribute, database)
            }
            let tables = ["client", "client_history"].map { RowDigests.Table($0) }
            #expect(try RowDigests.differences(tables, database) == [])
            let clients = try Row.fetchAll(database, sql: "SELECT * FROM demographics ORDER BY customer_id")
            #expect(clients.map { $0["owner"] as String? } == ["Anna \"W\"", "Bob", nil, nil, nil, nil])
            #expect(clients.map { $0["age"] as Int? } == [nil, nil, nil, nil, 40, nil])
            #expect(clients.map { $0["contract_end_date"] as String? } == [nil, nil, nil, "2026-02-03", nil, nil])
            #expect(clients.map { $0["attributes"] as String? } == [#"{"x":"y"}"#, nil, nil, nil, nil, nil])
            #expect(try String.fetchAll(database, sql: "SELECT owner FROM client_history") == ["Olaf"])
        }
    }
}
