public import Records

/// What the statuses of all clients are worked out by.
public struct LifecycleTerms: Sendable, Equatable {
    public var asOf: Int32
    public var settings: LifecycleSettings
    /// Whether the company says who has left (``LifecycleSurvey/isReported``).
    public var isReported: Bool
    /// For clients without a rhythm of their own (``LifecycleSurvey/usualSilenceDays``).
    public var usualSilenceDays: Int32
    /// The day on which the clock of silence stands: `asOf`, or earlier while activity is missing from the data.
    public var silenceClock: Int32
    /// The day on which the clock of those who have not begun stands: earlier while anything is missing that would show a
    /// beginning.
    public var startClock: Int32

    public init(
        asOf: Int32, settings: LifecycleSettings = LifecycleSettings(), survey: LifecycleSurvey,
        silenceClock: Int32? = nil, startClock: Int32? = nil
    ) {
        self.asOf = asOf
        self.settings = settings
        isReported = survey.isReported
        usualSilenceDays = survey.usualSilenceDays
        self.silenceClock = min(asOf, silenceClock ?? asOf)
        self.startClock = min(asOf, startClock ?? asOf)
    }
}

/// What a client holds that a ledger of revenue keeps, the stronger of the two.
public enum HeldBy: UInt8, Sendable, BitwiseCopyable {
    case nothing
    /// A subscription has begun.
    case subscription
    /// A payment was made that covers a time, where payments recur.
    case payment
}

/// One client, as his status is worked out from him.
public struct LifecycleClient: Sendable, Equatable, BitwiseCopyable {
    /// The day his account was created.
    public var created: Int32
    /// The day on which the company says that he left; ``ActivityShape/noDay`` where it does not.
    public var reportedOn: Int32
    public var shape: ActivityShape
    public var held: HeldBy
    /// The first day of his first subscription; ``ActivityShape/noDay`` without one.
    public var firstSubscriptionDay: Int32

    public init(
        created: Int32, reportedOn: Int32 = ActivityShape.noDay, shape: ActivityShape = ActivityShape(),
        held: HeldBy = .nothing, firstSubscriptionDay: Int32 = ActivityShape.noDay
    ) {
        self.created = created
        self.reportedOn = reportedOn
        self.shape = shape
        self.held = held
        self.firstSubscriptionDay = firstSubscriptionDay
    }
}
