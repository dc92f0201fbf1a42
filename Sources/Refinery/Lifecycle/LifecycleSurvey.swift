/// What the status of every client depends on beside his own records: counted over all clients who are there on the as-of
/// day, in any order and in parts.
public struct LifecycleSurvey: Sendable, Equatable {
    /// Clients with two active days or more.
    public private(set) var clientsWithGaps = 0
    /// Of these, whose longest gap stays below each of the steps.
    private var below = [Int](repeating: 0, count: Silence.steps.count)
    /// Clients who are said to have left, on the as-of day or before.
    public private(set) var reportedClients = 0
    /// Clients who are said to have left before they came: that is a mistake, and not believed.
    public private(set) var impossibleReports = 0
    private let asOf: Int32

    public init(asOf: Int32) { self.asOf = asOf }

    /// - Parameters:
    ///   - reportedOn: ``ActivityShape/noDay`` where nobody says that he has left.
    public mutating func add(created: Int32, reportedOn: Int32, _ shape: ActivityShape) {
        count(created: created, reportedOn: reportedOn, shape, by: 1)
    }

    /// Takes out a client whose records are not these any more.
    public mutating func remove(created: Int32, reportedOn: Int32, _ shape: ActivityShape) {
        count(created: created, reportedOn: reportedOn, shape, by: -1)
    }

    public mutating func merge(_ other: LifecycleSurvey) {
        clientsWithGaps += other.clientsWithGaps
        for index in below.indices { below[index] += other.below[index] }
        reportedClients += other.reportedClients
        impossibleReports += other.impossibleReports
    }

    private mutating func count(created: Int32, reportedOn: Int32, _ shape: ActivityShape, by step: Int) {
        guard created <= asOf else { return }
        if reportedOn != ActivityShape.noDay {
            if reportedOn < created {
                impossibleReports += step
            } else if reportedOn <= asOf {
                reportedClients += step
            }
        }
        guard shape.days >= 2 else { return }
        clientsWithGaps += step
        for (index, days) in Silence.steps.enumerated() where Int(shape.longestGap) < days { below[index] += step }
    }

    /// Days of silence after which a client has left who has no rhythm of his own: the smallest step that the longest gap of
    /// nine in ten clients stays below.
    public var usualSilenceDays: Int32 {
        guard clientsWithGaps > 0 else { return Int32(Silence.shortest) }
        for (index, days) in Silence.steps.enumerated() where 10 * below[index] >= 9 * clientsWithGaps {
            return Int32(days)
        }
        return Int32(Silence.longest)
    }

    /// Whether the company says who has left: then it says it of everybody, and whom it says nothing of has not left.
    public var isReported: Bool { reportedClients > 0 }
}
