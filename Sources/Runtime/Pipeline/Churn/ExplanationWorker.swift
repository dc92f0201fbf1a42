import Dispatch
import Locks
import Snapshots

/// Works out the explanations of all clients ahead, on one thread that runs only when nobody else wants the processor.
/// What an increment changes is explained when it is asked for; a whole pass follows a new day or a new model.
final class ExplanationWorker: StageWorker {
    private struct State {
        var isRunning = false
        var isStopped = false
        /// Seconds the last pass took, and when it ended.
        var lastSeconds = 0.0
        var endedAt = -Double.infinity
        var waiting: [DispatchSemaphore] = []
    }

    private let box: SnapshotBox
    private let state = Guarded(State())

    /// Below this share of explanations at hand a pass is worth it.
    private static let shareMin = 0.5
    /// Passes take no more than this part of the time of one processor.
    private static let pauseFactor = 50.0

    init(box: SnapshotBox) { self.box = box }

    /// Starts a pass where one is worth it and the last one is long enough ago.
    func startIfWorthwhile(at seconds: Double) {
        guard let share = box.current?.preparedExplanations, share < ExplanationWorker.shareMin else { return }
        let mayStart = state.withLock { state in
            !state.isRunning && !state.isStopped
                && seconds >= state.endedAt + ExplanationWorker.pauseFactor * state.lastSeconds
        }
        guard mayStart else { return }
        state.withLock { $0.isRunning = true }
        if !IdleThread.start("aura.explain", { self.run() }) { end(seconds: 0) }
    }

    private func run() {
        let startedAt = MonotonicClock.seconds()
        // The generation in force is looked up anew each time: it has what was worked out for the one before.
        while !state.withLock({ $0.isStopped }), box.current?.prepareNextExplanations() ?? false {}
        end(seconds: MonotonicClock.seconds() - startedAt)
    }

    private func end(seconds: Double) {
        let waiting = state.withLock { state in
            state.isRunning = false
            state.lastSeconds = seconds
            state.endedAt = MonotonicClock.seconds()
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.signal() }
    }

    func stop() { state.withLock { $0.isStopped = true } }

    /// Waits for the pass that runs, which ends within milliseconds of a stop.
    func waitForEnd() {
        let waiter = DispatchSemaphore(value: 0)
        let isRunning = state.withLock { state in
            if state.isRunning { state.waiting.append(waiter) }
            return state.isRunning
        }
        if isRunning { _ = waiter.wait(timeout: .now() + .seconds(5)) }
    }
}
