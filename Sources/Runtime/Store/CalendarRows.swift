import GRDBSQLite
import Records

/// Writes and reads the rows of table `calendar`: promotions, holidays and other known days.
enum CalendarRows {
    static let schema = """
        CREATE TABLE calendar (
            row INTEGER PRIMARY KEY, day INTEGER NOT NULL, name TEXT NOT NULL, segment TEXT,
            lower_window INTEGER NOT NULL, upper_window INTEGER NOT NULL
        );
        CREATE VIEW events AS
            SELECT date(day * 86400, 'unixepoch') AS date, name, segment, lower_window, upper_window FROM calendar;
        """

    /// Shows which days have been called off; their windows are kept as ``CalendarTable/cancelledWindows``.
    static let cancelledSchema = """
        DROP VIEW events;
        CREATE VIEW events AS
            SELECT date(day * 86400, 'unixepoch') AS date, name, segment,
                iif(lower_window > upper_window, 0, lower_window) AS lower_window,
                iif(lower_window > upper_window, 0, upper_window) AS upper_window,
                lower_window > upper_window AS cancelled
            FROM calendar;
        """

    static func write(_ calendar: CalendarTable, rows: [Int], _ connection: OpaquePointer) throws {
        guard !rows.isEmpty else { return }
        let statement = try BulkStatement(
            connection,
            "INSERT OR REPLACE INTO calendar (row, day, name, segment, lower_window, upper_window) VALUES (?, ?, ?, ?, ?, ?)"
        )
        for row in rows {
            statement.bind(1, row)
            statement.bind(2, Int(calendar.day[row]))
            statement.bind(3, calendar.name[row] ?? "")
            if let segment = calendar.segment[row] { statement.bind(4, segment) } else { statement.bindNull(4) }
            statement.bind(5, Int(calendar.lowerWindow[row]))
            statement.bind(6, Int(calendar.upperWindow[row]))
            try statement.run("write a known day")
        }
    }

    static func readAll(_ connection: OpaquePointer) throws -> CalendarTable {
        var calendar = CalendarTable()
        let select = try BulkStatement(
            connection, "SELECT day, name, segment, lower_window, upper_window FROM calendar ORDER BY row")
        while try select.next("read the known days") {
            calendar.append(
                day: try select.day(0, "table calendar"), name: select.text(1),
                segment: select.isNull(2) ? "" : select.text(2),
                lowerWindow: try select.number(3, in: -366...366, "table calendar"),
                upperWindow: try select.number(4, in: -366...366, "table calendar"))
        }
        return calendar
    }
}
