import Glibc
import Synchronization

/// A thread of its own for a blocking client; its result is how long each call took, in nanoseconds.
final class ClientThread: Sendable {
    private let outcome = Mutex<Result<[UInt64], any Error>?>(nil)
    private let thread: Mutex<pthread_t>

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    init(_ body: @escaping @Sendable () throws -> [UInt64]) {
        thread = Mutex(pthread_t())
        let work = Work { [self] in
            let result = Result { try body() }
            outcome.withLock { $0 = result }
        }
        thread.withLock { thread in
            _ = pthread_create(
                &thread, nil,
                { argument in
                    if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                    return nil
                }, Unmanaged.passRetained(work).toOpaque())
        }
    }

    func join() throws -> [UInt64] {
        pthread_join(thread.withLock { $0 }, nil)
        guard let result = outcome.withLock({ $0 }) else { return [] }
        return try result.get()
    }
}

/// The monotonic clock.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
