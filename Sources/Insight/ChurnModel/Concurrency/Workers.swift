import Dispatch
import Synchronization

/// Runs independent pieces of work on a fixed number of threads.
///
/// Every piece owns its part of the result, so that what comes out does not depend on the number of threads.
struct Workers: Sendable {
    /// How many pieces may run at the same time, at least 1.
    let threadCount: Int
    /// Asked now and then; what is cancelled ends early with a result that nobody uses.
    let isCancelled: @Sendable () -> Bool

    init(threadCount: Int, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.threadCount = max(1, threadCount)
        self.isCancelled = isCancelled
    }

    /// Calls `body` once for every number in 0..<count and returns when all are done.
    func forEach(_ count: Int, _ body: (Int) -> Void) {
        guard threadCount > 1, count > 1 else {
            for piece in 0..<count { body(piece) }
            return
        }
        // Pieces are handed out one by one: a thread that the system delays simply takes fewer of them.
        let next = Atomic<Int>(0)
        withoutActuallyEscaping(body) { body in
            // Safe to share: all calls end before this function returns, and pieces touch no common state.
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: min(threadCount, count)) { _ in
                while true {
                    let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard piece < count else { return }
                    body(piece)
                }
            }
        }
    }

    /// The results of `body` for every number in 0..<count, in that order.
    func map<Result: Sendable>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
        guard threadCount > 1, count > 1 else { return (0..<count).map(body) }
        return [Result?](unsafeUninitializedCapacity: count) { buffer, initialized in
            // Each piece initialises exactly its own slot, so no two threads touch the same memory.
            nonisolated(unsafe) let slots = buffer
            forEach(count) { piece in
                slots.initializeElement(at: piece, to: body(piece))
            }
            initialized = count
        }
        .compactMap { $0 }
    }
}
