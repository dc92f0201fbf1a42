public import Glibc

/// A value behind a lock, with the interface of the standard library's `Mutex`.
///
/// It is a lock of the C library because the thread sanitizer knows those: on Linux it cannot see into `Mutex` and takes
/// every use for a race (a loop that counts up under a `Mutex` from four threads is reported).
///
/// Unchecked, because the compiler cannot know that `value` is touched under the lock only; `withLock` is the one place
/// that does, and what goes in and out is `sending`, so that no reference to it stays outside.
public final class Guarded<Value: ~Copyable>: @unchecked Sendable {
    @usableFromInline let lock: UnsafeMutablePointer<pthread_mutex_t>
    @usableFromInline var value: Value

    @inlinable
    public init(_ value: consuming sending Value) {
        self.value = value
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
    }

    @inlinable
    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Calls `body` while nobody else can. Not to be called again from inside `body`.
    @inlinable
    public func withLock<Result: ~Copyable, Failure>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value)
    }
}
