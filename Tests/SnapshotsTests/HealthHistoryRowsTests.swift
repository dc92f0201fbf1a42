import Records
import RiverTesting
import Snapshots
import Testing

/// The published past of the clients' health, whole and page by page.
@Suite struct HealthHistoryRowsTests {
    private static let asOf = Day(2024, 3, 31)
    private static let days = HealthGrid.days(before: asOf, weeks: 3)

    private func example() throws -> Snapshot {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,account_creation_date\nc,2023-01-01\na,2023-01-01\nb,2024-03-12\nlater,2024-03-30\n")
        let snapshot = snapshot(river)
        let history = HealthHistory(grid: Self.days)
        snapshot.keep(HealthHistoryBook(history, settings: HealthSettings()))
        return snapshot
    }

    /// By dense index: c, a and b; nobody knew the last one yet.
    private func fill(_ snapshot: Snapshot) {
        let b = HealthPoint(score: 12.3456789, level: nil)
        for (index, day) in Self.days.enumerated().reversed() {
            let c = HealthPoint(score: Double(index), level: .healthy)
            let points = [c, HealthPoint(score: .nan, level: nil)] + (index == 0 ? [.absent] : [b])
            snapshot.healthHistoryBook?.insert(HealthDay(day: day, points: points))
        }
    }

    private func rows(_ snapshot: Snapshot, _ range: Range<Int>) -> [String] {
        var result: [String] = []
        PublishedTable.customerHealthHistory.forEachBatch(snapshot, rows: range) { batch in
            for row in 0..<batch.rowCount {
                let cells = (0..<batch.columnCount).map { column in
                    switch batch.cells[row * batch.columnCount + column] {
                    case .null: "-"
                    case .text(let start, let count):
                        String(decoding: batch.bytes[Int(start)..<Int(start + count)], as: UTF8.self)
                    case .integer(let value): "\(value)"
                    case .real(let value): "\(value)"
                    case .money(let micro): Money(rawValue: micro).description
                    case .day(let day): Day(rawValue: day).description
                    }
                }
                result.append(cells.joined(separator: " "))
            }
        }
        return result
    }

    @Test func aRowForEveryDayAndClientOfThatDay() throws {
        let snapshot = try example()
        let table = PublishedTable.customerHealthHistory
        #expect(
            table.columns.map(\.name) == ["customer_id", "day", "health_score", "health_level", "as_of", "snapshot"])
        #expect(table.rowCount(snapshot) == 0)
        fill(snapshot)
        #expect(snapshot.healthHistory?.isComplete == true)
        #expect(table.rowCount(snapshot) == 8)
        let origin = "2024-03-31 \(snapshot.id)"
        let expected = [
            "a 2024-03-10 - -", "c 2024-03-10 0.0 healthy", "a 2024-03-17 - -", "b 2024-03-17 12.345679 -",
            "c 2024-03-17 1.0 healthy", "a 2024-03-24 - -", "b 2024-03-24 12.345679 -", "c 2024-03-24 2.0 healthy",
        ].map { "\($0) \(origin)" }
        #expect(rows(snapshot, 0..<Int.max) == expected)
        for start in 0...9 {
            for end in start...10 {
                #expect(rows(snapshot, start..<end) == Array(expected[min(start, 8)..<min(end, 8)]))
            }
        }
    }

    /// What is kept beside the generation in force lets go of days that hold no more.
    @Test func generationsThatWereReplacedLetGo() throws {
        let box = SnapshotBox()
        let (old, new) = (try example(), try example())
        for snapshot in [old, new] {
            fill(snapshot)
            box.publish(snapshot, at: 0)
        }
        box.clearKeptHistories()
        #expect(old.healthHistory?.days.isEmpty == true)
        #expect(new.healthHistory?.isComplete == true)
        // Another day of the same data shares the past.
        let past = try example()
        past.keep(try #require(new.healthHistoryBook))
        box.keep(past, at: 0)
        box.clearKeptHistories()
        #expect(past.healthHistory?.isComplete == true)
    }
}
