public import Contract
internal import NIOCore

/// How long a request is waited for: until an instant on the monotonic clock, or until its connection closes.
public struct Deadline: Sendable {
    let instant: NIODeadline
    private let connection: Connection?
    /// Whether another request waits for what this one has worked out.
    private let isShared: (@Sendable () -> Bool)?

    init(
        _ instant: NIODeadline, connection: Connection? = nil, isShared: (@Sendable () -> Bool)? = nil
    ) {
        self.instant = instant
        self.connection = connection
        self.isShared = isShared
    }

    /// A deadline that far from now.
    public static func after(_ duration: Duration) -> Deadline {
        Deadline(.now() + TimeAmount(duration))
    }

    /// Whether nobody waits for the answer any more.
    public var hasPassed: Bool { instant <= .now() || connection?.isOpen == false }

    /// Whether somebody waits for the answer, or for what it needs: for a loop that may run long over something that
    /// several requests can use.
    public var isWanted: Bool { !hasPassed || isShared?() == true }

    /// Time left; zero when it has passed.
    public var remaining: Duration {
        if connection?.isOpen == false { return .zero }
        let nanoseconds = (instant - .now()).nanoseconds
        return .nanoseconds(max(0, nanoseconds))
    }

    /// Throws `timeout` when it has passed: for a loop that may run long.
    public func check() throws(Problem) {
        if hasPassed { throw Deadline.problem }
    }

    /// What a request is told that was not answered in time.
    public static let problem = Problem(
        .timeout, "the request was not answered in time", hint: "ask for less, or try again later")

    /// The same, for work that requests share.
    func shared(_ isShared: @escaping @Sendable () -> Bool) -> Deadline {
        Deadline(instant, connection: connection, isShared: isShared)
    }
}
