/// Weights and curves of the health score.
public struct HealthSettings: Sendable, Equatable {
    public var engagementWeight: Double = 35
    public var revenueWeight: Double = 20
    public var supportWeight: Double = 15
    public var sentimentWeight: Double = 15
    public var contractWeight: Double = 15
    /// Lower bounds of the bands.
    public var healthyFrom: Double = 80
    public var stableFrom: Double = 60
    public var watchFrom: Double = 40
    /// A measure below this caps the band at `watch`, however good the others are.
    public var guardBelow: Double = 20
    /// Points off per ticket of the last 30 days, and per ticket open for more than a week.
    public var pointsPerTicket: Double = 10
    public var pointsPerOldTicket: Double = 15
    /// Days after which an event's recency counts half, and a survey's distance from neutral.
    public var recencyHalfLifeDays: Double = 14
    public var sentimentHalfLifeDays: Double = 90

    public init() {}
}
