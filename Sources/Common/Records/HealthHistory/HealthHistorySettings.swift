/// How much of the past of the clients' health is kept, and when it is made.
public struct HealthHistorySettings: Sendable, Equatable {
    /// Sundays before the as-of day, 0…``HealthGrid/weeksMax``; 0 keeps nothing.
    public var weeks: Int
    /// How long data has to be at rest before the past is made of it, seconds.
    public var quietSeconds: Int

    public init(weeks: Int = 26, quietSeconds: Int = 20) {
        self.weeks = weeks
        self.quietSeconds = quietSeconds
    }
}
