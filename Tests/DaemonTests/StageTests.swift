import Foundation
import Inbox
import Logging
import Records
import Schedule
import Settings
import Snapshots
import Store
import Testing

@testable import Daemon
@testable import Pipeline

extension Stage {
    fileprivate static let count = Stage("count")
}

/// A stage that nobody but this file knows of: it counts its ticks, what was served and what it was told, and has a thread
/// of its own to end.
private final class CountStage: PipelineStage {
    final class Worker: StageWorker {
        private let lock = NSLock()
        private nonisolated(unsafe) var stops = 0

        func stop() { lock.withLock { stops += 1 } }
        var isStopped: Bool { lock.withLock { stops > 0 } }
    }

    struct Broken: Error {}

    static let name = Stage.count
    unowned let core: PipelineCore
    let worker = Worker()
    var quiet: Quiet? = Quiet(seconds: 0)
    var ticks = 0
    var runs = 0
    var served: [String] = []
    var published: [String] = []
    var loads = 0
    var reloads = 0
    var isOpen = false
    var isClosed = false
    var breaks = false

    init(_ core: PipelineCore) { self.core = core }

    var workers: [any StageWorker] { [worker] }

    func open() throws { isOpen = true }
    func tend() { ticks += 1 }
    func willLoad() { loads += 1 }
    func settingsDidChange() { reloads += 1 }
    func didPublish(_ snapshot: Snapshot) { published.append(snapshot.id) }
    func close() { isClosed = true }

    func didServe(_ snapshot: Snapshot) {
        served.append(snapshot.id)
        ask()
    }

    func run() {
        step {
            if breaks { throw Broken() }
            runs += 1
            succeeded()
        }
    }
}

/// The shape of a stage: what a new one is given without a line anywhere else.
@Suite struct StageTests {
    private let scratch: ScratchDirectory
    private let settings: PipelineSettings
    private let pipeline: RiverPipeline

    init() throws {
        scratch = try ScratchDirectory()
        let root = scratch.path + "/state"
        var configuration = try Configuration.parse(
            yaml: RunningDaemon.withoutForecasts, path: "test.yaml", files: .system)
        configuration.stateDirectory = root
        let folders = try StateFolders(root: root)
        let quarantine = try Quarantine(folders: folders)
        let store = try SilverStore(path: "\(root)/aura.db")
        settings = PipelineSettings(configuration)
        pipeline = RiverPipeline(
            places: RiverPipeline.Places(
                folders: folders, claims: try Claims(folders: folders, quarantine: quarantine, firstSequence: 1),
                archive: try Archive(folders: folders), journal: LoadJournal(folders: folders), quarantine: quarantine,
                store: store, publisher: try GoldPublisher(path: "\(root)/gold.db"),
                openPublisher: { try GoldPublisher(path: "\(root)/gold.db") }, program: "test"),
            settings: settings, watcherSettings: InboxWatcher.Settings(settle: .zero), box: SnapshotBox(),
            stages: PipelineStages.all + [CountStage.self],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { WallClock.now() }, emit: { _ in })
    }

    private func deliver(_ client: String) throws {
        try scratch.write("", to: "state/inbox/demographics/.\(client)")
        try scratch.write(
            "customer_id,account_creation_date\n\(client),2024-01-01\n", to: "state/inbox/demographics/.\(client)")
        try FileManager.default.moveItem(
            atPath: "\(scratch.path)/state/inbox/demographics/.\(client)",
            toPath: "\(scratch.path)/state/inbox/demographics/\(client).csv")
    }

    private func look<R>(_ body: (CountStage) -> R) throws -> R {
        try pipeline.queue.sync { body($0[CountStage.self]) }
    }

    private var state: StageState {
        pipeline.status.clock.state(.count, at: MonotonicClock.seconds(), isOff: pipeline.isOff(.count))
    }

    @Test func aFurtherStageIsDrivenLikeTheOthers() async throws {
        #expect(pipeline.status.clock.stages == Stage.allCases + [.count])
        try pipeline.start(rebuild: false)
        #expect(try look(\.isOpen))
        // Nothing is served yet: nobody has asked it.
        #expect(state == .idle)
        try await RunningDaemon.waitUntil("it has ticked twice") { try look(\.ticks) >= 2 }
        #expect(try look(\.runs) == 0)

        // It is told of a load, of the generation and of its publication, and runs because it asked.
        try deliver("c1")
        try await RunningDaemon.waitUntil("it has run") { try look(\.runs) >= 1 }
        #expect(try look(\.loads) >= 1)
        let first = try #require(pipeline.box.current)
        #expect(try look(\.served).last == first.id)
        try pipeline.refreshAndWait()
        #expect(try look(\.published).last == first.id)
        try await RunningDaemon.waitUntil("it is at rest") { state == .idle }

        // It waits for the quiet that it wants.
        try pipeline.queue.sync { $0[CountStage.self].quiet = Quiet(seconds: 1e9) }
        let runs = try look(\.runs)
        let ticks = try look(\.ticks)
        try deliver("c2")
        try await RunningDaemon.waitUntil("another generation is served") { pipeline.box.current?.count == 2 }
        try await RunningDaemon.waitUntil("it has ticked again") { try look(\.ticks) >= ticks + 2 }
        #expect(state == .waiting)
        #expect(try look(\.runs) == runs)

        // What goes wrong is said under its name, and taken back.
        try pipeline.queue.sync {
            $0[CountStage.self].quiet = nil
            $0[CountStage.self].breaks = true
        }
        try await RunningDaemon.waitUntil("it has failed") { state == .failed }
        #expect(pipeline.status.problems.contains { $0.code == "count_failed" })
        await withCheckedContinuation { continuation in
            pipeline.reload(settings, watcherSettings: InboxWatcher.Settings(settle: .zero)) { continuation.resume() }
        }
        #expect(try look(\.reloads) == 1)
        try pipeline.queue.sync { $0[CountStage.self].breaks = false }
        try await RunningDaemon.waitUntil("it has run again") { try look(\.runs) > runs }
        #expect(!pipeline.status.problems.contains { $0.code == "count_failed" })

        #expect(await pipeline.stop())
        #expect(try look(\.isClosed))
        #expect(try look(\.worker.isStopped))
    }

    /// Every name once, and each stage is found by its type.
    @Test func theListOfStages() throws {
        #expect(Set(Stage.allCases).count == PipelineStages.all.count)
        #expect(
            Stage.allCases.map(\.rawValue) == [
                "intake", "refresh", "publish", "archive", "verify", "forecast", "history", "train",
            ])
        for stage in Stage.allCases { #expect(Stage(rawValue: stage.rawValue) == stage) }
        #expect(Stage(rawValue: "count") == nil)
    }
}
