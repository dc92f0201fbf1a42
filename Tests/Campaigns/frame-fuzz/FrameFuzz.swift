import ArgumentParser
import CAura
import Contract
import Glibc
import Logging
import SocketClient
import SocketServer
import Synchronization

/// A campaign against a real server: mutated and half-sent frames from several connections at once, a crowd of idle
/// connections, and a well-behaved client that has to be served all the while.
///
/// Reports what was sent, what other clients noticed and what the server held on to; exits 1 when anything was wrong. A
/// crash of the server is a crash of the campaign. With `--socket` it is pointed at a running daemon instead.
@main
struct FrameFuzz: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frame-fuzz",
        abstract: "Mutated and half-sent frames against a server, with idle connections and a bystander."
    )

    @Option(help: "Frames to send, mutated ones and sound ones before them.")
    var frames = 1_000_000

    @Option(help: "Idle connections held open meanwhile.")
    var idle = 1_000

    @Option(help: "Attacking threads.")
    var attackers = 4

    @Option(help: "Seed of the mutations.")
    var seed: UInt64 = 1

    @Option(help: "A running daemon's socket instead of a server in this process.")
    var socket: String?

    @Option(help: "A method that answers at once, for the bystander and the sound frames.")
    var method = "system.status"

    func run() async throws {
        raiseDescriptorLimit()
        var server: RequestServer?
        let path = socket ?? "/tmp/aura-fuzz-\(getpid()).sock"
        if socket == nil {
            var settings = ServerSettings()
            settings.connectionsMax = idle + 100
            settings.connectionsPerUserMax = idle + 100
            settings.frameTimeout = .seconds(2)
            var logger = Logger(label: "frame-fuzz")
            logger.logLevel = .error
            server = try RequestServer(
                listeningOn: .path(path, mode: 0o600), settings: settings, handler: FuzzHandler(method: method),
                logger: logger)
        }
        let before = residentKilobytes()
        let crowd = try connectIdle(path: path)
        let progress = Progress()
        let (attackers, method, seed) = (attackers, method, seed)
        let perAttacker = frames / max(1, attackers)
        let start = ContinuousClock.now
        let bystander = startThread { Self.stand(by: path, method: method, progress: progress) }
        let threads = (0..<attackers).map { index in
            startThread {
                var attacker = Attacker(path: path, method: method, seed: seed &+ UInt64(index), progress: progress)
                attacker.run(frames: perAttacker)
            }
        }
        for thread in threads { pthread_join(thread, nil) }
        progress.stop()
        pthread_join(bystander, nil)
        let elapsed = (ContinuousClock.now - start) / .seconds(1)

        var faults: [String] = []
        let dead = crowd.count { !isOpen($0) }
        for descriptor in crowd { close(descriptor) }
        if dead > 0 { faults.append("\(dead) idle connections were closed") }
        let totals = progress.totals
        if totals.bystanderFailures > 0 {
            faults.append("the bystander was let down \(totals.bystanderFailures) times")
        }
        if totals.bystanderCalls == 0 { faults.append("the bystander was never served") }
        if totals.connectFailures > 0 { faults.append("\(totals.connectFailures) connections were refused") }
        print("frames            \(totals.frames) in \(Int(elapsed)) s, on \(totals.connections) connections")
        print("bystander         \(totals.bystanderCalls) calls, slowest \(totals.bystanderSlowest / 1_000) µs")
        print("idle connections  \(crowd.count), \(dead) closed")
        if let server {
            try await Task.sleep(for: .seconds(1))
            let statistics = server.statistics
            print(
                "server            \(statistics.requests) requests, \(statistics.problemsByCode.values.reduce(0, +)) problems"
            )
            print("left behind       \(statistics.connectionsOpen) connections, \(statistics.heldBytes) bytes held")
            print("resident memory   \(before) kB before, \(residentKilobytes()) kB after")
            if statistics.connectionsOpen > 0 { faults.append("connections were left behind") }
            if statistics.heldBytes != 0 { faults.append("memory is still accounted for") }
            await server.shutdown(drain: .seconds(2))
        }
        for fault in faults { print("FAULT             \(fault)") }
        if !faults.isEmpty { throw ExitCode.failure }
        print("no fault")
    }

    private func connectIdle(path: String) throws -> [Int32] {
        try (0..<idle).map { _ in
            let descriptor = aura_unix_socket(0)
            guard descriptor >= 0, aura_unix_connect(descriptor, path) == 0 else {
                throw ValidationError("could not open \(idle) idle connections; raise the limit of descriptors")
            }
            return descriptor
        }
    }

    /// Open and silent: nothing to receive, not even the end.
    private func isOpen(_ descriptor: Int32) -> Bool {
        var byte: UInt8 = 0
        return aura_receive(descriptor, &byte, 1) == -Int64(EAGAIN)
    }

    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The second number of /proc/self/statm, in pages.
    private func residentKilobytes() -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        let fields = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(getpagesize()) / 1_024
    }

    /// Calls again and again and notes every answer that did not come.
    private static func stand(by path: String, method: String, progress: Progress) {
        do {
            let client = try RequestClient(path: path)
            while !progress.isStopped {
                let start = ContinuousClock.now
                do throws(ClientError) {
                    _ = try client.call(method, timeout: .seconds(10))
                    progress.bystanderServed(nanoseconds: Int((ContinuousClock.now - start) / .nanoseconds(1)))
                } catch {
                    progress.bystanderFailed()
                    return
                }
                usleep(500)
            }
        } catch {
            progress.bystanderFailed()
        }
    }
}

/// Answers one method on both lanes.
private struct FuzzHandler: RequestHandler {
    let methods: [String]

    init(method: String) { methods = [method, "slow"] }

    func lane(for request: Request, from peer: Peer, isSmall: Bool) -> Lane {
        request.method == "slow" ? .worker : .immediate
    }

    func answer(
        _ request: Request, from connection: Connection, deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        JSONWriter.append(to: &result) { writer in writer.object(request.params) }
    }
}

/// Runs a body on a thread of its own.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let job = Unmanaged.passRetained(Job(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { argument in
            if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, job)
    return thread
}
