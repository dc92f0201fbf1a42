/// The health of every client on one day. Never changes once made, so that one generation after the other can hold it.
public final class HealthDay: Sendable {
    public let day: Day
    /// `YYYY-MM-DD`, because every answer about a client names it.
    public let text: String
    /// By dense client index; clients that came to be known later have no place here.
    public let points: [HealthPoint]
    /// Clients of that day.
    public let clientCount: Int
    /// A hash over day and points, in the order of the client index.
    public let digest: UInt64

    public init(day: Day, points: [HealthPoint]) {
        self.day = day
        text = day.description
        self.points = points
        var digest = UInt64(bitPattern: Int64(day.rawValue)) &+ 0x9E37_79B9_7F4A_7C15
        clientCount = points.reduce(0) { $1.isAbsent ? $0 : $0 + 1 }
        for point in points { digest = (digest ^ UInt64(point.rawValue)) &* 0x9FB2_1C65_1E98_DF25 &+ digest >> 29 }
        self.digest = digest
    }

    /// The point of a client, ``HealthPoint/absent`` where he has none.
    public subscript(client: Int) -> HealthPoint { client < points.count ? points[client] : .absent }
}

/// The days on which the health of all clients is kept.
public enum HealthGrid {
    /// More than a year of Sundays serves nobody at the price of its memory.
    public static let weeksMax = 104

    /// The last Sundays before a day, ascending. The day itself is none of them: it is not over yet, or it is what the
    /// tables of the day show.
    public static func days(before asOf: Day, weeks: Int) -> [Day] {
        // Monday is 1: from a Monday it is one day back to the Sunday, from a Sunday seven.
        let latest = asOf.advanced(by: -asOf.weekday)
        return (0..<max(0, weeks)).reversed().map { latest.advanced(by: -7 * $0) }
    }
}
