internal import NIOConcurrencyHelpers
internal import NIOCore

/// The way from other threads to the I/O threads, closed before those end: a job that outlives its server is not to
/// schedule anything on a loop that is gone.
final class LoopGate: Sendable {
    private let isOpen = NIOLockedValueBox(true)

    /// Runs the body on the loop, or drops it when the loops are ending.
    func execute(on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        isOpen.withLockedValue { isOpen in
            if isOpen { eventLoop.execute(body) }
        }
    }

    /// Nothing passes any more once this returns.
    func close() { isOpen.withLockedValue { $0 = false } }
}
