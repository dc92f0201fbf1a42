/// Where a client stands on a day. Before his account was created he has no status.
public enum ClientStatus: String, Sendable, CaseIterable, BitwiseCopyable {
    case current
    /// Had left, and came back.
    case returned
    /// Nothing paid, subscribed to or done yet, and not long a client.
    case notStarted = "not_started"
    case left

    /// Whether he counts as a customer: those who never started are nobody's customers yet.
    @inlinable
    public var isCustomer: Bool { self == .current || self == .returned }

    /// As it is written outside.
    public var name: String { rawValue }

    /// Its place among all cases.
    public var place: UInt8 {
        switch self {
        case .current: 0
        case .returned: 1
        case .notStarted: 2
        case .left: 3
        }
    }
}

/// By what it is told that a client has left, the strongest first.
public enum LeavingBasis: String, Sendable, CaseIterable, BitwiseCopyable {
    /// The company says so.
    case reported
    /// None of his subscriptions holds any more.
    case subscription
    /// What he has paid for is over.
    case payment
    /// He was not active for too long.
    case silence
    /// He has never begun; no churn.
    case neverStarted = "never_started"

    /// As it is written outside.
    public var name: String { rawValue }

    /// Its place among all cases.
    public var place: UInt8 {
        switch self {
        case .reported: 0
        case .subscription: 1
        case .payment: 2
        case .silence: 3
        case .neverStarted: 4
        }
    }
}
