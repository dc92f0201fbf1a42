/// What the health score reads of a client's events: 28-day windows before the as-of day.
public struct HealthActivity: BitwiseCopyable, Sendable, Equatable {
    public var activeDays: Int32
    public var events: Int32
    public var previousEvents: Int32
    public var distinctFeatures: Int32
    /// ``ClientMetrics/unknown`` when there was none.
    public var daysSinceLastEvent: Int32

    public init(
        activeDays: Int32, events: Int32, previousEvents: Int32, distinctFeatures: Int32, daysSinceLastEvent: Int32
    ) {
        self.activeDays = activeDays
        self.events = events
        self.previousEvents = previousEvents
        self.distinctFeatures = distinctFeatures
        self.daysSinceLastEvent = daysSinceLastEvent
    }
}

/// All that the health score reads of one client, as of one day. Days and counts that are unknown are
/// ``ClientMetrics/unknown``, an unknown rating is NaN.
public struct HealthInput: BitwiseCopyable, Sendable {
    public var activity: HealthActivity
    /// By how much the recurring revenue has gone down from its highest of late, 0…1; NaN where there was none.
    public var mrrDecline: Double
    public var recentSatisfaction: Double
    public var tickets30Days: Int32
    public var openTicketsOlderThan7Days: Int32
    public var lastNPS: Int32
    public var daysSinceLastSurvey: Int32
    public var contractMonths: Int32
    public var daysToRenewal: Int32

    public init(
        activity: HealthActivity, mrrDecline: Double, recentSatisfaction: Double,
        tickets30Days: Int32, openTicketsOlderThan7Days: Int32, lastNPS: Int32, daysSinceLastSurvey: Int32,
        contractMonths: Int32, daysToRenewal: Int32
    ) {
        self.activity = activity
        self.mrrDecline = mrrDecline
        self.recentSatisfaction = recentSatisfaction
        self.tickets30Days = tickets30Days
        self.openTicketsOlderThan7Days = openTicketsOlderThan7Days
        self.lastNPS = lastNPS
        self.daysSinceLastSurvey = daysSinceLastSurvey
        self.contractMonths = contractMonths
        self.daysToRenewal = daysToRenewal
    }
}

/// The columns of full metrics that the health score reads, taken out of them once: what is taken out in a loop is counted
/// in and out at every client.
public struct HealthColumns: Sendable {
    private let activeDays, events, previousEvents, distinctFeatures, daysSinceLastEvent: [Int32]
    private let mrrDecline, recentSatisfaction: [Double]
    private let tickets30Days, openTicketsOlderThan7Days, lastNPS, daysSinceLastSurvey: [Int32]
    private let contractMonths, daysToRenewal: [Int32]

    public init(_ metrics: ClientMetrics) {
        activeDays = metrics.activeDaysLast28Days
        events = metrics.eventsLast28Days
        previousEvents = metrics.eventsPrevious28Days
        distinctFeatures = metrics.distinctFeaturesLast28Days
        daysSinceLastEvent = metrics.daysSinceLastEvent
        mrrDecline = metrics.mrrDecline
        recentSatisfaction = metrics.recentSatisfaction
        tickets30Days = metrics.tickets30Days
        openTicketsOlderThan7Days = metrics.openTicketsOlderThan7Days
        lastNPS = metrics.lastNPS
        daysSinceLastSurvey = metrics.daysSinceLastSurvey
        contractMonths = metrics.contractMonths
        daysToRenewal = metrics.daysToRenewal
    }

    public func activity(_ position: Int) -> HealthActivity {
        HealthActivity(
            activeDays: activeDays[position], events: events[position], previousEvents: previousEvents[position],
            distinctFeatures: distinctFeatures[position], daysSinceLastEvent: daysSinceLastEvent[position])
    }

    public func input(_ position: Int) -> HealthInput {
        HealthInput(
            activity: activity(position), mrrDecline: mrrDecline[position],
            recentSatisfaction: recentSatisfaction[position], tickets30Days: tickets30Days[position],
            openTicketsOlderThan7Days: openTicketsOlderThan7Days[position], lastNPS: lastNPS[position],
            daysSinceLastSurvey: daysSinceLastSurvey[position], contractMonths: contractMonths[position],
            daysToRenewal: daysToRenewal[position])
    }
}
