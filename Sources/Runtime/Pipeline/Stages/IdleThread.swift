import CAura

/// Work on a thread that runs only when nobody else wants the processor. One of its own and not one of Dispatch's: how
/// it is scheduled is a property of the thread.
enum IdleThread {
    /// What a thread was started for.
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// - Parameters:
    ///   - name: at most 15 bytes, what tools show of the thread.
    ///   - body: called once on the new thread, which ends with it.
    /// - Returns: false when the system has no thread to give; nothing is called then.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let context = Unmanaged.passRetained(Work(body))
        let result = aura_start_idle_thread(
            name,
            { context in
                guard let context else { return }
                // The thread owns one reference, taken when it was made.
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
            }, context.toOpaque())
        if result != 0 { context.release() }
        return result == 0
    }
}
