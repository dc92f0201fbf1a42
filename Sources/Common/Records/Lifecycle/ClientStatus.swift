/// Where a client stands on a day. Before his account was created he has no status.
public enum ClientStatus: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case current
    /// Had left, and came back.
    case returned
    /// Nothing paid, subscribed to or done yet, and not long a client.
    case notStarted
    case left

    /// Whether he counts as a customer: those who never started are nobody's customers yet.
    @inlinable
    public var isCustomer: Bool { self == .current || self == .returned }

    /// As it is written outside.
    public var name: String {
        switch self {
        case .current: "current"
        case .returned: "returned"
        case .notStarted: "not_started"
        case .left: "left"
        }
    }
}

/// What tells that a client has left, the strongest first.
public enum LeavingSign: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// The company says so.
    case reported
    /// None of his subscriptions holds any more.
    case subscription
    /// What he has paid for is over.
    case payment
    /// He has not been active for too long.
    case silence

    /// As it is written outside.
    public var name: String { LeavingBasis(self).name }
}

/// By what a client has left.
public enum LeavingBasis: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case reported
    case subscription
    case payment
    case silence
    /// He has never begun; no churn.
    case neverStarted

    @inlinable
    public init(_ sign: LeavingSign) {
        switch sign {
        case .reported: self = .reported
        case .subscription: self = .subscription
        case .payment: self = .payment
        case .silence: self = .silence
        }
    }

    /// As it is written outside.
    public var name: String {
        switch self {
        case .reported: "reported"
        case .subscription: "subscription"
        case .payment: "payment"
        case .silence: "silence"
        case .neverStarted: "never_started"
        }
    }
}

/// A time for which a client was gone: [`leftOn`, `returnedOn`).
public struct Absence: Sendable, Equatable, BitwiseCopyable {
    /// Stands for the day of return of who has not returned.
    public static let open = Int32.max

    public var leftOn: Int32
    public var returnedOn: Int32
    public var basis: LeavingBasis

    @inlinable
    public init(leftOn: Int32, returnedOn: Int32 = Absence.open, basis: LeavingBasis) {
        self.leftOn = leftOn
        self.returnedOn = returnedOn
        self.basis = basis
    }

    @inlinable
    public var isOpen: Bool { returnedOn == Absence.open }

    @inlinable
    public func contains(_ day: Int32) -> Bool { leftOn <= day && day < returnedOn }
}
