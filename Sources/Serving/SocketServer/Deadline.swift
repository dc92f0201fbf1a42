public import Contract
internal import NIOCore

/// The instant by which a request has to be answered, on the monotonic clock.
public struct Deadline: Sendable, Comparable {
    let instant: NIODeadline

    init(_ instant: NIODeadline) { self.instant = instant }

    /// A deadline that far from now.
    public static func after(_ duration: Duration) -> Deadline {
        Deadline(.now() + TimeAmount(duration))
    }

    public var hasPassed: Bool { instant <= .now() }

    /// Time left; zero when it has passed.
    public var remaining: Duration {
        let nanoseconds = (instant - .now()).nanoseconds
        return .nanoseconds(max(0, nanoseconds))
    }

    /// Throws `timeout` when it has passed: for a loop that may run long.
    public func check() throws(Problem) {
        if hasPassed { throw Self.problem }
    }

    static let problem = Problem(
        .timeout, "the request was not answered in time", hint: "ask for less, or try again later")

    public static func < (left: Deadline, right: Deadline) -> Bool { left.instant < right.instant }
}
