import Records
import Schedule
import Snapshots

/// A background stage of the pipeline. What it has been asked for and when it last ran is kept by the clock; everything
/// else is its own. All of it is called on the pipeline's queue.
///
/// A stage does one step of its work in ``run()``: on the queue, see ``step(_:)``, or on a thread of its own, of which
/// ``begin()`` and ``end(failed:)`` tell the clock; what such a thread has made comes back over the queue. Every method but
/// ``run()`` has a body that does nothing.
///
/// ```swift
/// extension Stage { static let count = Stage("count") }
///
/// final class CountStage: PipelineStage {
///     static let name = Stage.count
///     unowned let core: PipelineCore
///     private var clients = 0
///
///     init(_ core: PipelineCore) { self.core = core }
///     var quiet: Quiet? { Quiet(seconds: 10, patience: 300) }
///     func didServe(_ snapshot: Snapshot) { ask() }
///     func run() { step { clients = core.box.current?.count ?? 0 } }
/// }
/// ```
protocol PipelineStage: AnyObject, SendableMetatype {
    static var name: Stage { get }
    /// Seconds from the end of one run to the next; nil when it runs only when it is asked.
    static func interval(_ settings: PipelineSettings) -> Double?
    /// Whether the settings do without it.
    static func isOff(_ settings: PipelineSettings) -> Bool
    /// What it says before the words of an error; nil when those say it all.
    static var failureText: String? { get }
    /// Whether much memory is given up when a run ends.
    static var leavesMemory: Bool { get }

    init(_ core: PipelineCore)
    var core: PipelineCore { get }

    /// How much at rest data has to be before it runs; nil when it runs whatever comes.
    var quiet: Quiet? { get }
    /// Takes a step: it is due, and data is as quiet as it wants it. It is asked again and again until it begins a run or
    /// withdraws what it was asked for.
    func run()

    // What it may want to know of.

    /// The tables are read, nothing is served yet.
    func open() throws
    /// Other settings are in force; what is served is derived by them next.
    func settingsDidChange()
    /// A group of drops is going to be loaded.
    func willLoad()
    /// A generation is going to take the place of the one in force: the time to hand on to it what still holds.
    func willServe(_ snapshot: Snapshot)
    /// A generation is in force.
    func didServe(_ snapshot: Snapshot)
    /// A generation stands in `gold.db`.
    func didPublish(_ snapshot: Snapshot)
    /// Twice a second, after the stages that were due.
    func tend()

    /// What of it works on threads of its own.
    var workers: [any StageWorker] { get }
    /// The end; its workers were stopped before.
    func close()
}

/// What works for a stage on threads of its own.
protocol StageWorker: AnyObject, Sendable {
    /// Nothing begins any more, and what runs ends soon. Called on any thread, and more than once.
    func stop()
}

extension PipelineStage {
    static func interval(_ settings: PipelineSettings) -> Double? { nil }
    static func isOff(_ settings: PipelineSettings) -> Bool { false }
    static var failureText: String? { nil }
    static var leavesMemory: Bool { false }
    var quiet: Quiet? { nil }
    func open() throws {}
    func settingsDidChange() {}
    func willLoad() {}
    func willServe(_ snapshot: Snapshot) {}
    func didServe(_ snapshot: Snapshot) {}
    func didPublish(_ snapshot: Snapshot) {}
    func tend() {}
    var workers: [any StageWorker] { [] }
    func close() {}
}

// What every stage needs of the pipeline.
extension PipelineStage {
    var settings: PipelineSettings { core.settings }
    var places: RiverPipeline.Places { core.places }
    var board: StatusBoard { core.board }
    var box: SnapshotBox { core.box }
    var interrupt: LoadInterrupt { core.interrupt }
    var now: @Sendable () -> Instant { core.now }
    var emit: @Sendable (PipelineEvent) -> Void { core.emit }

    var isRunning: Bool { board.current.clock.isRunning(Self.name) }
    var lastRun: StageClock.Run? { board.current.clock.lastRun(Self.name) }

    /// Wants to run soon, but not before a time; an earlier wish stands.
    func ask(notBefore time: Double = MonotonicClock.seconds()) {
        board.update { $0.clock.request(Self.name, notBefore: time) }
    }

    /// Does not want to run any more.
    func withdraw() { board.update { $0.clock.withdraw(Self.name) } }

    func begin() { board.update { $0.clock.begin(Self.name, at: MonotonicClock.seconds()) } }

    func end(failed: Bool = false) {
        board.update { $0.clock.end(Self.name, at: MonotonicClock.seconds(), failed: failed) }
    }

    /// Runs and notes when, how long and whether it went well.
    func step(_ body: () throws -> Void) {
        begin()
        var failed = false
        do {
            try body()
        } catch {
            // What a stop cuts short has not failed: the next start does it.
            failed = !interrupt.isStopping
            if failed { fail(error) }
        }
        end(failed: failed)
    }

    /// Says what went wrong, until ``succeeded()``.
    func fail(_ error: any Error) { core.fail(Self.name.rawValue, error, saying: Self.failureText) }

    func succeeded() { board.clear("\(Self.name.rawValue)_failed") }
}
