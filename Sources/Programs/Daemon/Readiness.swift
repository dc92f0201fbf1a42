import Dispatch
import Locks

/// Whether the daemon has read what is stored. Questions that come before wait for it: the first call of a daemon that
/// the service manager starts on demand is answered, not refused.
final class Readiness: Sendable {
    private let ready = Guarded(false)
    /// Entered until it is decided whether the start succeeds.
    private let start = DispatchGroup()
    private let isDecided = Guarded(false)
    private let refused = Guarded<String?>(nil)

    init() { start.enter() }

    var isReady: Bool { ready.withLock { $0 } }

    /// Why the daemon does not begin to work; nil while it may.
    var refusal: String? { refused.withLock { $0 } }

    /// The daemon does not begin to work: whoever waits hears why.
    func refuse(_ reason: String) {
        refused.withLock { $0 = reason }
        decide(succeeded: false)
    }

    /// - Parameter succeeded: false when the start came to nothing: nobody is to wait any longer.
    func decide(succeeded: Bool) {
        let isFirst = isDecided.withLock { decided in
            defer { decided = true }
            return !decided
        }
        guard isFirst else { return }
        ready.withLock { $0 = succeeded }
        start.leave()
    }

    /// Waits on the caller's thread.
    /// - Returns: whether the daemon is ready now.
    func wait(atMost duration: Duration) -> Bool {
        let parts = duration.components
        let nanoseconds = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
        _ = start.wait(timeout: .now() + .nanoseconds(Int(clamping: nanoseconds)))
        return isReady
    }
}
