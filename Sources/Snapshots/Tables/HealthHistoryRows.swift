import Records

/// Rows of `customer_health_history`: one per past day and client of that day, day by day in the order of the ids.
struct HealthHistoryRows {
    /// A client on a day.
    struct Row {
        var day: Day
        var client: Int
        var point: HealthPoint
        fileprivate var id: String
    }

    static let columns: [RowColumn<Row>] = [
        .text("customer_id") { $0.id },
        .day("day") { $0.day },
        .real("health_score") { $0.point.score },
        .text("health_level") { $0.point.level?.name },
    ]

    private let ids: TextColumn
    /// All clients in the order of their ids.
    private let clients: [UInt32]
    private let days: [HealthDay]

    init(_ snapshot: Snapshot) {
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
                    rows.append(
                        Row(
                            day: day.day, client: Int(client), point: points[Int(client)], id: ids[Int(client)] ?? ""))
                }
                at += 1
            }
        }
        return rows
    }
}
