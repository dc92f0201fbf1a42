import Contract
import Dispatch
import Glibc
import Pipeline
import Records
import Schedule
import SocketClient
import SocketServer
import Synchronization
import Telemetry

/// Finds out again and again whether the daemon works, from outside of its parts: asks the server a question over its
/// own socket, and looks whether the pipeline gets on. Tells the service manager what is going on, and feeds its
/// watchdog with what was found, never with the mere passing of time.
final class LivenessProbe: Sendable {
    /// What the pipeline has got to; as long as it changes, the pipeline works.
    private struct Mark: Equatable {
        var progress: LoadProgress?
        var runs: [StageClock.Run?]
    }

    private struct State {
        var client: RequestClient?
        var mark: Mark?
        var askedAt: MonotonicTime?
        var fedAt: MonotonicTime?
        /// What the server had sent when it was last looked at.
        var answered: UInt64 = 0
        var overload = OverloadWatch()
        var isStopped = false
    }

    /// The state, which only the probe's queue may touch.
    private final class Confined: @unchecked Sendable {
        // Safe: every use is inside a block on the probe's serial queue.
        var state = State()
    }

    /// A Dispatch source may be used from any thread; only its type does not say so.
    private final class TimerBox: @unchecked Sendable {
        let source: any DispatchSourceTimer

        init(_ source: any DispatchSourceTimer) { self.source = source }
    }

    private let pipeline: RiverPipeline
    private let telemetry: DaemonTelemetry
    private let socketPath: String
    private let clients: @Sendable () -> Int
    private let statistics: @Sendable () -> ServerStatistics?
    private let interval: Duration
    private let pipelineBeat: Heartbeat
    private let serverBeat: Heartbeat
    private let queue = DispatchQueue(label: "aura.liveness")
    private let confined = Confined()
    private let timer: TimerBox

    /// How long an idle pipeline may be silent: a checkpoint of a large log happens outside of any stage.
    private static let idleLimit: Duration = .seconds(120)
    /// How long a stage may go without a sign: deriving everything from many millions of rows gives none meanwhile.
    private static let stageLimit: Duration = .seconds(900)
    private static let serverLimit: Duration = .seconds(30)
    private static let answerLimit: Duration = .seconds(10)
    /// Between two questions where nobody watches.
    private static let unwatchedInterval: Duration = .seconds(10)

    /// - Parameters:
    ///   - socketPath: where the server listens.
    ///   - clients: how many clients are served, for the status.
    ///   - statistics: what the server has counted.
    init(
        pipeline: RiverPipeline, telemetry: DaemonTelemetry, socketPath: String, clients: @escaping @Sendable () -> Int,
        statistics: @escaping @Sendable () -> ServerStatistics?
    ) {
        self.pipeline = pipeline
        self.telemetry = telemetry
        self.socketPath = socketPath
        self.clients = clients
        self.statistics = statistics
        interval = ServiceManager.feedInterval() ?? LivenessProbe.unwatchedInterval
        pipelineBeat = telemetry.liveness.heartbeat("pipeline", limit: LivenessProbe.idleLimit)
        serverBeat = telemetry.liveness.heartbeat("server", limit: LivenessProbe.serverLimit)
        let source = DispatchSource.makeTimerSource(queue: queue)
        source.schedule(deadline: .now(), repeating: 1, leeway: .milliseconds(100))
        timer = TimerBox(source)
        source.setEventHandler { [weak self] in self?.turn() }
    }

    func start() { timer.source.resume() }

    /// Ends the probe; when it returns, its connection is closed.
    func stop() {
        timer.source.cancel()
        queue.sync {
            confined.state.isStopped = true
            confined.state.client?.close()
            confined.state.client = nil
        }
        pipelineBeat.retire()
        serverBeat.retire()
    }

    private func turn() {
        guard !confined.state.isStopped else { return }
        let status = pipeline.status
        telemetry.serviceManager.status(StatusWords.text(status, clients: clients()))
        lookAtPipeline(status)
        let now = MonotonicTime.now()
        lookForOverload(at: now)
        if confined.state.askedAt.map({ now.duration(since: $0) >= interval }) ?? true {
            confined.state.askedAt = now
            askServer()
        }
        // Not fed more often than needed: each feed asks for a report since the last one.
        if confined.state.fedAt.map({ now.duration(since: $0) >= interval }) ?? true {
            if case .fed = telemetry.serviceManager.feed() { confined.state.fedAt = now }
        } else {
            telemetry.serviceManager.flush()
        }
    }

    private func lookForOverload(at now: MonotonicTime) {
        guard let counted = statistics() else { return }
        let sample = OverloadWatch.Sample(
            turnedAway: counted.connectionsRefused + (counted.problemsByCode[.overloaded] ?? 0),
            connections: counted.connectionsOpen, requests: counted.requestsAtWork)
        switch confined.state.overload.look(sample, at: now) {
        case .began(let connections, let requests):
            telemetry.events.emit(OverloadBegan(connections: connections, queued: requests))
        case .ended(let turnedAway, let duration):
            telemetry.events.emit(OverloadEnded(refused: turnedAway, duration: duration))
        case nil: break
        }
    }

    private func lookAtPipeline(_ status: PipelineStatus) {
        let mark = Mark(progress: status.progress, runs: Stage.allCases.map { status.clock.lastRun($0) })
        let isBusy = status.progress != nil || Stage.allCases.contains { status.clock.isRunning($0) }
        defer { confined.state.mark = mark }
        if isBusy {
            if mark != confined.state.mark { pipelineBeat.beat(limit: LivenessProbe.stageLimit) }
        } else if pipeline.isAlive(within: 5) {
            pipelineBeat.beat(limit: LivenessProbe.idleLimit)
        }
    }

    /// Any answer shows that the server works, be it that it is overloaded, and be it somebody else's: a server that
    /// answers others and keeps the probe waiting is busy, and to end it would only make its clients come again.
    private func askServer() {
        defer {
            let answered = statistics()?.bytesSent ?? 0
            if answered > confined.state.answered { serverBeat.beat() }
            confined.state.answered = answered
        }
        do {
            let client = try confined.state.client ?? RequestClient(path: socketPath, timeout: .seconds(2))
            confined.state.client = client
            _ = try client.call("system.status", timeout: LivenessProbe.answerLimit)
            serverBeat.beat()
        } catch ClientError.problem {
            serverBeat.beat()
        } catch ClientError.closed {
            // Idle for too long; the next turn connects anew.
            confined.state.client = nil
            confined.state.askedAt = nil
        } catch {
            confined.state.client?.close()
            confined.state.client = nil
        }
    }
}

/// What `systemctl status` shows: figures and words of the code.
enum StatusWords {
    static func text(_ status: PipelineStatus, clients: Int) -> SafeText {
        if let progress = status.progress {
            let total = max(1, progress.bytesTotal)
            let done = min(max(0, progress.bytesDone), total)
            let share = Int(100 * Double(done) / Double(total))
            let category = SafeText(caseOf: progress.category)
            switch progress.phase {
            case .verify: return "comparing originals with the ledger: \(progress.rows) so far"
            case .read:
                return
                    "loading drop \(progress.dropID), \(category): \(done >> 20) of \(total >> 20) MiB (\(share)%), \(progress.rows) rows"
            case .deduplicate: return "loading drop \(progress.dropID), \(category): storing \(progress.rows) rows"
            case .refine: return "loading drop \(progress.dropID), \(category): deriving what is served"
            }
        }
        if let stage = Stage.allCases.first(where: { status.clock.isRunning($0) }) {
            return "serving \(clients) clients; stage \(SafeText(caseOf: stage)) runs"
        }
        if !status.problems.isEmpty {
            return "serving \(clients) clients; \(status.problems.count) problems, see aurac status"
        }
        return status.waitingInInbox > 0
            ? "serving \(clients) clients; \(status.waitingInInbox) files wait" : "serving \(clients) clients"
    }
}
