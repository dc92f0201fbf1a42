import Locks
import Outlook
import Records
import Snapshots

/// Keeps forecasts of every generation that is served, in the background, so that neither loads nor answers wait for it.
final class ForecastWorker: StageWorker {
    /// What came of a pass.
    struct Outcome: Sendable {
        var book: ForecastBook
        var summary: ForecastSummary
        /// Why the models could not be kept; nil when they were.
        var fileProblem: FileProblem?
        /// What was wrong with the file that was found; nil when nothing was. It is written anew.
        var damage: FileProblem?
    }

    /// What is wrong with the file of models: for people, and for the log.
    struct FileProblem: Sendable {
        var text: String
        var code: FailureCode

        init(_ what: String, _ error: any Error) {
            text = "\(what): \(error)"
            code = FailureCode(of: error)
            // What is no failure of the kernel is a content that cannot be read.
            if code == .word(.other) { code = .word(.damaged) }
        }
    }

    private struct Request: Sendable {
        var snapshot: Snapshot
        var settings: ForecastSettings
        var isDayRunning: Bool
    }

    /// What only the worker's thread touches.
    private struct Kept: Sendable {
        /// Empty while the file has it all.
        var base: [ForecastKey: PackedBaseForecast] = [:]
        var isRead = false
        /// What the file does not have yet.
        var isDirty = false
        var writtenAt = -Double.infinity
    }

    private let worker = LatestRequestWorker<Request, Outcome?>(threadName: "aura.forecast")
    private let kept = Guarded(Kept())
    private let file: ForecastFile
    private let now: @Sendable () -> Instant

    /// The file is not written more often, seconds.
    private static let writeInterval = 60.0

    init(folder: String, now: @escaping @Sendable () -> Instant) {
        file = ForecastFile(folder: folder)
        self.now = now
    }

    /// - Parameter onEnd: called on the worker's thread after a pass; nil stands for one that was cut short.
    func listen(onEnd: @escaping @Sendable (Outcome?) -> Void) { worker.listen(onEnd: onEnd) }

    /// Asks for the forecasts of a generation; an earlier one that waits is not made any more.
    func request(_ snapshot: Snapshot, _ settings: ForecastSettings, isDayRunning: Bool) {
        worker.request(
            Request(snapshot: snapshot, settings: settings, isDayRunning: isDayRunning), unstarted: nil
        ) { self.run($0) }
    }

    /// No pass begins any more, and the one that runs ends soon. What the file does not have yet is written to it; after
    /// the return nothing is.
    func stop() {
        worker.stop()
        // Whoever holds it is writing the file.
        kept.withLock { kept in
            guard kept.isDirty else { return }
            kept.isDirty = false
            // Should there be no room for them, the next start makes them from the data.
            try? file.write(kept.base)
        }
    }

    // MARK: A pass, on the worker's thread

    private func run(_ request: Request) -> Outcome? {
        let startedAt = MonotonicClock.seconds()
        var damage: FileProblem?
        // What was known before is let go before the file is written: there are tens of megabytes of either.
        guard let made = make(request, &damage) else { return nil }
        let problem = keep(made)
        return Outcome(
            book: made.book,
            summary: ForecastSummary(
                asOf: made.book.asOf, snapshotID: made.book.snapshotID, seriesCount: made.book.keys.count,
                customerCount: customerCount(made.book), refittedCount: made.refittedCount,
                seconds: MonotonicClock.seconds() - startedAt, madeAt: now()),
            fileProblem: problem, damage: damage)
    }

    private struct Made {
        var book: ForecastBook
        var base: [ForecastKey: PackedBaseForecast]
        var refittedCount: Int
        /// Whether the file has anything else.
        var isChanged: Bool
    }

    /// - Returns: nil when it was cut short.
    private func make(_ request: Request, _ damage: inout FileProblem?) -> Made? {
        let known = kept.withLock { kept -> [ForecastKey: PackedBaseForecast] in
            if !kept.isRead {
                kept.isRead = true
                do {
                    kept.base = try file.read() ?? [:]
                } catch {
                    // The models are made again from the data.
                    damage = FileProblem("\(file.path) was damaged and is made anew from the data", error)
                }
            }
            return kept.base
        }
        let source = ForecastSource(request.snapshot, request.settings, isDayRunning: request.isDayRunning)
        var pass = ForecastPass(source, known: known) { self.worker.isStopped }
        guard let book = pass.run() else { return nil }
        let refitted = pass.refittedCount
        return Made(
            book: book, base: pass.base, refittedCount: refitted,
            isChanged: refitted > 0 || pass.base.count != known.count)
    }

    /// - Returns: why the models could not be kept; nil when they were, or are later.
    private func keep(_ made: Made) -> FileProblem? {
        kept.withLock { kept -> FileProblem? in
            kept.base = made.base
            kept.isDirty = kept.isDirty || made.isChanged
            // What the file has is not held in memory from one pass to the next.
            defer { if !kept.isDirty { (kept.base, kept.isRead) = ([:], false) } }
            let now = MonotonicClock.seconds()
            guard kept.isDirty, now - kept.writtenAt >= ForecastWorker.writeInterval,
                !worker.isStopped
            else { return nil }
            do {
                try file.write(kept.base)
                kept.writtenAt = now
                kept.isDirty = false
                return nil
            } catch {
                return FileProblem("the forecast models cannot be kept", error)
            }
        }
    }

    private func customerCount(_ book: ForecastBook) -> Int {
        var ids = Set<String>()
        for key in book.keys {
            if case .customer(let id) = key.scope { ids.insert(id) }
        }
        return ids.count
    }
}
