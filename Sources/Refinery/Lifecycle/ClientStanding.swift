public import Records
public import Words

/// What is known of a client's coming and going on the as-of day.
public struct ClientStanding: Sendable, Equatable, BitwiseCopyable {
    /// The day his account was created.
    public var created: Int32
    /// From when on he has been what he is: the day he left or returned; for a current client the day he became one.
    public var since: Int32
    /// The day from which on he is a customer, absences apart; ``Absence/open`` where there is none.
    public var customerFrom: Int32
    /// The last day on which he was active or paid; ``ActivityShape/noDay`` where he never was.
    public var lastActiveOn: Int32
    /// The one day on which he was active after he is said to have left, which contradicts it without undoing it;
    /// ``ActivityShape/noDay`` without.
    public var conflictOn: Int32
    /// Days of silence after which he leaves.
    public var silenceDays: Int32
    public var status: ClientStatus
    /// By what he has left, or had before he returned; nil where he never had.
    public var basis: LeavingBasis?
    /// Created after the as-of day: he has no status, and is in no figure.
    public var isAhead: Bool
    /// He is said to have left before he came: not believed.
    public var isReportImpossible: Bool

    /// The day on which he has left; nil for who is there.
    public var leftOn: Int32? { !isAhead && status == .left ? since : nil }
}

/// What there is to say of somebody who has left.
public struct Leaving: Sendable, Equatable {
    public var leftOn: Day
    public var basis: LeavingBasis
    /// Days from the creation of his account to the day he left.
    public var tenureDays: Int
    /// Days since then.
    public var daysAgo: Int
    /// Nil where he never was active.
    public var lastActiveOn: Day?
    /// How often he had left before.
    public var timesBefore: Int

    public init(
        leftOn: Day, basis: LeavingBasis, tenureDays: Int, daysAgo: Int, lastActiveOn: Day?, timesBefore: Int
    ) {
        self.leftOn = leftOn
        self.basis = basis
        self.tenureDays = tenureDays
        self.daysAgo = daysAgo
        self.lastActiveOn = lastActiveOn
        self.timesBefore = timesBefore
    }
}
