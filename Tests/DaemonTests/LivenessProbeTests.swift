import Logging
import Synchronization
import Telemetry
@testable import SocketServer
import Testing

@testable import Daemon

/// What the watchdog takes for a sign of life.
@Suite(.serialized) struct LivenessProbeTests {
    private final class Clock: Sendable {
        let microseconds = Atomic<UInt64>(1_000_000)
        let looks = Atomic<Int>(0)
    }

    /// Whether the server counts as silent after a minute in which it has not answered the probe.
    /// - Parameter answered: what it has sent to others.
    private func isSilent(_ daemon: RunningDaemon, answered: UInt64, socketPath: String) async throws -> Bool {
        let clock = Clock()
        let monitor = LivenessMonitor {
            MonotonicTime(microseconds: clock.microseconds.load(ordering: .relaxed))
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let probe = LivenessProbe(
            pipeline: daemon.daemon.services.pipeline,
            telemetry: DaemonTelemetry(logger: logger, metrics: MetricsRegistry(), liveness: monitor),
            socketPath: socketPath, clients: { 0 },
            statistics: {
                clock.looks.add(1, ordering: .relaxed)
                var statistics = ServerStatistics()
                statistics.bytesSent = answered
                return statistics
            })
        clock.microseconds.add(60_000_000, ordering: .relaxed)
        probe.start()
        // The first look is for overload, the second comes after the question.
        for _ in 0..<3_000 where clock.looks.load(ordering: .relaxed) < 2 {
            try await Task.sleep(for: .milliseconds(10))
        }
        // The turn that looked is over once another block of its queue has run.
        try await Task.sleep(for: .milliseconds(200))
        let isSilent = monitor.overdue().contains { $0.name == "server" }
        probe.stop()
        return isSilent
    }

    @Test("A server that answers the probe lives, and so does one that is busy answering others")
    func busyIsNotHung() async throws {
        let daemon = try RunningDaemon()
        let nowhere = "\(daemon.root)/nowhere.sock"
        #expect(try await !isSilent(daemon, answered: 0, socketPath: daemon.socket))
        #expect(try await !isSilent(daemon, answered: 100, socketPath: nowhere))
        #expect(try await isSilent(daemon, answered: 0, socketPath: nowhere))
        await daemon.stop()
    }
}
