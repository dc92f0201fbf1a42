import GRDB
import GRDBSQLite
public import Records

extension SilverStore {
    /// What clients were before later drops changed them, in the order of the changes.
    public func readPast() throws -> ClientPast {
        try read { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            let select = try BulkStatement(
                connection,
                """
                SELECT h.idx, d.clock_day, h.subscription_type, h.segment, h.region, h.tier, h.product, h.industry,
                    h.location, h.contract_end_day
                FROM client_history AS h JOIN drops AS d ON d.id = h.replaced_by_drop ORDER BY h.rowid
                """)
            var entries: [ClientPast.Entry] = []
            func text(_ column: Int32) -> String? { select.isNull(column) ? nil : select.text(column) }
            while try select.next("read the history of the clients") {
                var entry = ClientPast.Entry(
                    client: try select.number(0, "table client_history"),
                    replacedOn: Day(rawValue: try select.day(1, "table drops")))
                entry.subscriptionType = text(2)
                entry.segment = text(3)
                entry.region = text(4)
                entry.tier = text(5)
                entry.product = text(6)
                entry.industry = text(7)
                entry.location = text(8)
                if !select.isNull(9) { entry.contractEndDay = try select.day(9, "table client_history") }
                entries.append(entry)
            }
            return ClientPast(entries)
        }
    }
}
