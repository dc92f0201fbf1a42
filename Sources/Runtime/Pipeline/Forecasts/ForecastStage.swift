import Locks
import Outlook
import Records
import Snapshots
import Synchronization

/// Keeps forecasts of every generation that is served, in the background: on one thread that runs only when nobody else
/// wants the processor, so that neither loads nor answers wait for it.
///
/// While a pass is running, newer generations wait and the newest of them comes next: with drops coming all the time a
/// pass still ends.
final class ForecastStage: Sendable {
    /// What came of a pass.
    struct Outcome: Sendable {
        var book: ForecastBook
        var summary: ForecastSummary
        /// Why the models could not be kept; nil when they were.
        var fileProblem: String?
    }

    private struct Request: Sendable {
        var snapshot: Snapshot
        var settings: ForecastSettings
        var isDayRunning: Bool
    }

    private struct State {
        var waiting: Request?
        var isThreadRunning = false
        var onBegin: (@Sendable () -> Void)?
        var onEnd: (@Sendable (Outcome?) -> Void)?
        var isStopped = false
    }

    /// What only the stage's thread touches.
    private struct Kept: Sendable {
        /// Empty while the file has it all.
        var base: [ForecastKey: PackedBaseForecast] = [:]
        var isRead = false
        /// What the file does not have yet.
        var isDirty = false
        var writtenAt = -Double.infinity
    }

    private let state = Guarded(State())
    private let kept = Guarded(Kept())
    private let file: ForecastFile
    private let now: @Sendable () -> Instant
    private let isStopping = Atomic<Bool>(false)

    /// The file is not written more often, seconds.
    private static let writeInterval = 60.0

    init(folder: String, now: @escaping @Sendable () -> Instant) {
        file = ForecastFile(folder: folder)
        self.now = now
    }

    /// - Parameters:
    ///   - onBegin: called on the stage's thread before a pass.
    ///   - onEnd: called on it after the pass; nil stands for one that was cut short.
    func listen(onBegin: @escaping @Sendable () -> Void, onEnd: @escaping @Sendable (Outcome?) -> Void) {
        state.withLock { state in
            state.onBegin = onBegin
            state.onEnd = onEnd
        }
    }

    /// Asks for the forecasts of a generation; an earlier one that waits is not made any more.
    func request(_ snapshot: Snapshot, _ settings: ForecastSettings, isDayRunning: Bool) {
        let starts = state.withLock { state -> Bool in
            guard !state.isStopped else { return false }
            state.waiting = Request(snapshot: snapshot, settings: settings, isDayRunning: isDayRunning)
            if state.isThreadRunning { return false }
            state.isThreadRunning = true
            return true
        }
        if starts { startThread() }
    }

    /// No pass begins any more, the one that runs ends soon, and nothing is written after the return.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        state.withLock { state in
            state.isStopped = true
            state.waiting = nil
            state.onBegin = nil
            state.onEnd = nil
        }
        // Whoever holds it is writing the file.
        kept.withLock { _ in }
    }

    // MARK: The thread

    private func startThread() {
        if IdleThread.start("aura.forecast", { self.runUntilNothingWaits() }) { return }
        let onEnd = state.withLock { state in
            state.isThreadRunning = false
            state.waiting = nil
            return state.onEnd
        }
        onEnd?(nil)
    }

    private func runUntilNothingWaits() {
        while true {
            let next = state.withLock { state -> Request? in
                defer { state.waiting = nil }
                if state.waiting == nil { state.isThreadRunning = false }
                return state.waiting
            }
            guard let next else { return }
            state.withLock { $0.onBegin }?()
            let outcome = run(next)
            state.withLock { $0.onEnd }?(outcome)
        }
    }

    private func run(_ request: Request) -> Outcome? {
        let startedAt = MonotonicClock.seconds()
        var problem: String?
        let known = kept.withLock { kept -> [ForecastKey: PackedBaseForecast] in
            if !kept.isRead {
                kept.isRead = true
                do {
                    kept.base = try file.read() ?? [:]
                } catch {
                    // The models are made again from the data.
                    problem = "\(file.path) cannot be used and is made anew: \(error)"
                }
            }
            return kept.base
        }
        let source = ForecastSource(request.snapshot, request.settings, isDayRunning: request.isDayRunning)
        var pass = ForecastPass(source, known: known) { self.isStopping.load(ordering: .relaxed) }
        guard let book = pass.run() else { return nil }
        let refitted = pass.refittedCount
        let base = pass.base
        let isChanged = refitted > 0 || base.count != known.count
        let failure = kept.withLock { kept -> String? in
            kept.base = base
            kept.isDirty = kept.isDirty || isChanged
            // What the file has is not held in memory from one pass to the next.
            defer { if !kept.isDirty { (kept.base, kept.isRead) = ([:], false) } }
            let now = MonotonicClock.seconds()
            guard kept.isDirty, now - kept.writtenAt >= ForecastStage.writeInterval,
                !isStopping.load(ordering: .relaxed)
            else { return nil }
            do {
                try file.write(base)
                kept.writtenAt = now
                kept.isDirty = false
                return nil
            } catch {
                return "the forecast models cannot be kept: \(error)"
            }
        }
        return Outcome(
            book: book,
            summary: ForecastSummary(
                asOf: book.asOf, snapshotID: book.snapshotID, seriesCount: book.keys.count,
                customerCount: customerCount(book), refittedCount: refitted,
                seconds: MonotonicClock.seconds() - startedAt, madeAt: now()),
            fileProblem: failure ?? problem)
    }

    private func customerCount(_ book: ForecastBook) -> Int {
        var ids = Set<String>()
        for key in book.keys {
            if case .customer(let id) = key.scope { ids.insert(id) }
        }
        return ids.count
    }
}
