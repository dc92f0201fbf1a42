import Records

/// Rows of `customer_health_history`: one per past day and client of that day, day by day in the order of the ids.
struct HealthHistoryRows {
    typealias Column = PublishedTable.Column

    static let columns: [Column] = [
        Column("customer_id", .text), Column("day", .day), Column("health_score", .real),
        Column("health_level", .text),
    ]

    /// A client on a day.
    struct Row {
        var day: Day
        var client: Int
        var point: HealthPoint
    }

    private let ids: TextColumn
    /// All clients in the order of their ids.
    private let clients: [UInt32]
    private let days: [HealthDay]
    private let levelTexts: [CellBatch.Cell]

    /// - Parameter batch: the one that the rows will be written to.
    init(_ snapshot: Snapshot, _ batch: inout CellBatch) {
        levelTexts = batch.pin(HealthScores.Level.allCases.map(\.name))
        ids = snapshot.silver.clients.id
        clients = snapshot.lookup.byID
        days = HealthHistoryRows.days(snapshot)
    }

    private static func days(_ snapshot: Snapshot) -> [HealthDay] {
        Array(snapshot.healthHistory?.days(before: snapshot.asOf) ?? [])
    }

    static func count(_ snapshot: Snapshot) -> Int { days(snapshot).reduce(0) { $0 + $1.clientCount } }

    /// Some rows. What lies before them is passed over day by day.
    func rows(_ range: Range<Int>) -> [Row] {
        var rows: [Row] = []
        var at = 0
        for day in days {
            if at + day.clientCount <= range.lowerBound {
                at += day.clientCount
                continue
            }
            let points = day.points
            for client in clients where Int(client) < points.count && !points[Int(client)].isAbsent {
                if at >= range.upperBound { return rows }
                if at >= range.lowerBound {
                    rows.append(Row(day: day.day, client: Int(client), point: points[Int(client)]))
                }
                at += 1
            }
        }
        return rows
    }

    func write(_ row: Row, _ sink: inout CellBatch) {
        ids.withBytes(at: row.client) { sink.text($0) }
        sink.day(row.day.rawValue)
        sink.optionalReal(row.point.score)
        if let level = row.point.level { sink.cell(levelTexts[Int(level.rawValue)]) } else { sink.null() }
    }
}
