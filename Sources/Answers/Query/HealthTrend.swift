import Contract
import Records
import Snapshots

/// The past of a client's health, as `clients.get` tells it: the kept days, and the day of the answer.
struct HealthTrend {
    /// One day of it; millionths of a point, nil where the score is unknown.
    private struct Point {
        var day: Day
        var text: String
        var millionths: Int?
    }

    private let points: [Point]

    /// How far back changes look, days.
    private static let changeDays = [30, 90]
    /// A kept day stands for one that lies so many days later at most.
    private static let reachDays = 6

    init(_ snapshot: Snapshot, _ position: Int) {
        let client = Int(snapshot.gold.clients[position])
        var points: [Point] = []
        for day in snapshot.healthHistory?.days(before: snapshot.asOf) ?? [] where !day[client].isAbsent {
            points.append(Point(day: day.day, text: day.text, millionths: day[client].millionths))
        }
        let now = HealthPoint(score: snapshot.assessments.health.score[position], level: nil)
        points.append(Point(day: snapshot.asOf, text: snapshot.asOf.description, millionths: now.millionths))
        self.points = points
    }

    func write(to writer: inout JSONWriter) {
        writer.key("trend")
        writer.beginArray()
        for point in points {
            writer.beginObject()
            writer.member("day", text: point.text)
            HealthTrend.member("score", point.millionths, &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.key("changes")
        writer.beginArray()
        for days in HealthTrend.changeDays {
            let then = point(daysBack: days)
            writer.beginObject()
            writer.member("days", integer: days)
            writer.member("since", text: then?.text)
            HealthTrend.member("change", change(since: then), &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    /// The latest point that lies so far back at least, and not much farther.
    private func point(daysBack: Int) -> Point? {
        guard let now = points.last else { return nil }
        return points.last {
            (daysBack...daysBack + HealthTrend.reachDays).contains($0.day.days(to: now.day)) && $0.millionths != nil
        }
    }

    private func change(since then: Point?) -> Int? {
        guard let now = points.last?.millionths, let then = then?.millionths else { return nil }
        return now - then
    }

    /// Millionths print like money does: exactly, with up to six decimals.
    private static func member(_ name: StaticString, _ millionths: Int?, _ writer: inout JSONWriter) {
        writer.member(name, microUnits: millionths.map { Int64($0) })
    }
}
