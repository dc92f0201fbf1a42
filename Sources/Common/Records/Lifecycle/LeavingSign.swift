public import Words

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

extension LeavingBasis {
    @inlinable
    public init(_ sign: LeavingSign) {
        switch sign {
        case .reported: self = .reported
        case .subscription: self = .subscription
        case .payment: self = .payment
        case .silence: self = .silence
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
