public import Glibc

/// A value that many threads may use at the same time, and that one may exchange for another while nobody uses it.
///
/// Unchecked, because the compiler cannot know that `value` is changed under the exclusive lock only and read under the
/// shared one; `use` and `replace` are the two places that do. A lock of the C library, because the thread sanitizer
/// knows those.
public final class Replaceable<Value: Sendable>: @unchecked Sendable {
    @usableFromInline let lock: UnsafeMutablePointer<pthread_rwlock_t>
    @usableFromInline var value: Value

    public init(_ value: Value) {
        self.value = value
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_rwlock_t())
        var attributes = pthread_rwlockattr_t()
        pthread_rwlockattr_init(&attributes)
        // Who wants to replace the value comes before those who would begin to use it, or would wait for ever.
        pthread_rwlockattr_setkind_np(&attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
        pthread_rwlock_init(lock, &attributes)
        pthread_rwlockattr_destroy(&attributes)
    }

    deinit {
        pthread_rwlock_destroy(lock)
        lock.deallocate()
    }

    /// Calls `body` with the value, which stays in place meanwhile. Not to be called again from inside `body`.
    @inlinable
    public func use<Result, Failure>(_ body: (Value) throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_rwlock_rdlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        return try body(value)
    }

    /// Waits until nobody uses the value and lets `body` exchange it; whoever would use it waits meanwhile.
    @inlinable
    public func replace<Result, Failure>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_rwlock_wrlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        return try body(&value)
    }
}
