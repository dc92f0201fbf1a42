import Contract
import Glibc
import Logging
import NIOConcurrencyHelpers
import SocketServer
import Synchronization

/// A handler with a method for every behaviour the server has to cope with.
final class TestHandler: RequestHandler {
    let methods = [
        "echo", "echo.worker", "peer", "sleep", "stubborn", "big", "fail", "gate", "subscribe", "push", "vandal",
        "count", "busy", "thread", "shared",
    ]

    private struct State {
        var subscribers: [Connection] = []
        var closed = 0
        var isOpen = false
        var calls = 0
        /// Requests for "sleep" and "shared" that are being worked on.
        var atWork = 0
        var asker: UInt64?
        var mayUseKept = false
    }

    private let state = NIOLockedValueBox(State())

    var closedConnections: Int { state.withLockedValue { $0.closed } }
    var calls: Int { state.withLockedValue { $0.calls } }
    var subscribers: [Connection] { state.withLockedValue { $0.subscribers } }

    var atWork: Int { state.withLockedValue { $0.atWork } }

    /// Whom the connections that come from now on are counted to.
    func countTo(_ asker: UInt64) { state.withLockedValue { $0.asker = asker } }

    /// Whether the connections that come from now on may have kept places.
    func letUseKept(_ mayUseKept: Bool) { state.withLockedValue { $0.mayUseKept = mayUseKept } }

    func asker(of peer: Peer) -> Asker { Asker(state.withLockedValue { $0.asker } ?? UInt64(peer.uid)) }

    func asker(of request: Request, from connection: Connection) -> Asker {
        request.params["for"]?.stringValue.map { Asker($0) } ?? connection.asker
    }

    func mayUseKeptConnections(_ peer: Peer) -> Bool { state.withLockedValue { $0.mayUseKept } }

    /// Lets every `gate` request go on.
    func openGate() { state.withLockedValue { $0.isOpen = true } }

    func lane(for request: Request, from peer: Peer, isSmall: Bool) -> Lane {
        switch request.method {
        case "echo", "peer", "fail", "subscribe", "push", "vandal", "count", "busy", "thread": .immediate
        case "shared": .single(sharing: request.params["work"]?.stringValue ?? "")
        default: .worker
        }
    }

    func timeLimit(for request: Request) -> Duration? {
        request.params["limit_ms"]?.integerValue.map { .milliseconds($0) }
    }

    func connectionClosed(_ connection: Connection) {
        state.withLockedValue { state in
            state.closed += 1
            state.subscribers.removeAll { $0.id == connection.id }
        }
    }

    func answer(
        _ request: Request, from connection: Connection, deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        state.withLockedValue { $0.calls += 1 }
        switch request.method {
        case "peer":
            let peer = connection.peer
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("uid", integer: Int(peer.uid))
                writer.member("gid", integer: Int(peer.gid))
                writer.member("pid", integer: Int(peer.pid))
                writer.key("groups")
                writer.array { writer in for group in peer.groups { writer.integer(Int(group)) } }
                writer.endObject()
            }
        case "sleep":
            // Well behaved: looks at its deadline.
            state.withLockedValue { $0.atWork += 1 }
            defer { state.withLockedValue { $0.atWork -= 1 } }
            let end = ContinuousClock.now + .milliseconds(request.params["ms"]?.integerValue ?? 0)
            while ContinuousClock.now < end {
                try deadline.check()
                usleep(1_000)
            }
            echo(request, into: &result)
        case "stubborn":
            usleep(UInt32(request.params["ms"]?.integerValue ?? 0) * 1_000)
            echo(request, into: &result)
        case "big":
            let count = Int(request.params["bytes"]?.integerValue ?? 0)
            result.append(0x22)
            result.append(contentsOf: [UInt8](repeating: 0x78, count: max(0, count - 2)))
            result.append(0x22)
        case "fail":
            throw Problem(.notFound, "no such thing", hint: "look elsewhere", data: ["thing": "x"])
        case "gate":
            while !state.withLockedValue({ $0.isOpen }) { usleep(1_000) }
            echo(request, into: &result)
        case "subscribe":
            connection.holdOpen(true)
            state.withLockedValue { $0.subscribers.append(connection) }
        case "push":
            var outcomes: [Connection.NotifyOutcome] = []
            let count = Int(request.params["count"]?.integerValue ?? 1)
            let filler = String(repeating: "n", count: Int(request.params["bytes"]?.integerValue ?? 0))
            for connection in state.withLockedValue({ $0.subscribers }) {
                for number in 0..<count {
                    let params = Array("{\"number\":\(number),\"filler\":\"\(filler)\"}".utf8)
                    outcomes.append(connection.notify("alert", params: params))
                }
            }
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("queued", integer: outcomes.count { $0 == .queued })
                writer.member("dropped", integer: outcomes.count { $0 == .dropped })
                writer.member("closed", integer: outcomes.count { $0 == .closed })
                writer.endObject()
            }
        case "vandal":
            result = []
        case "busy":
            usleep(2_000)
            echo(request, into: &result)
        case "thread":
            let number = pthread_self()
            JSONWriter.append(to: &result) { writer in writer.string("\(number)") }
        case "shared":
            // Works for as long as anybody waits for it.
            state.withLockedValue { $0.atWork += 1 }
            defer { state.withLockedValue { $0.atWork -= 1 } }
            while deadline.isWanted, !state.withLockedValue({ $0.isOpen }) { usleep(500) }
            try deadline.check()
            echo(request, into: &result)
        case "count":
            JSONWriter.append(to: &result) { writer in writer.integer(state.withLockedValue { $0.calls }) }
        default:
            echo(request, into: &result)
        }
    }

    private func echo(_ request: Request, into result: inout [UInt8]) {
        JSONWriter.append(to: &result) { writer in writer.object(request.params) }
    }
}

/// A server on a socket of its own.
struct TestServer {
    let path: String
    let handler: TestHandler
    let server: RequestServer

    private static let counter = Atomic<Int>(0)

    static func freshPath() -> String {
        "/tmp/aura-test-\(getpid())-\(counter.add(1, ordering: .relaxed).newValue).sock"
    }

    init(_ adjust: (inout ServerSettings) -> Void = { _ in }) throws {
        try self.init(at: .path(Self.freshPath()), adjust)
    }

    init(at address: ListenAddress, path: String? = nil, _ adjust: (inout ServerSettings) -> Void = { _ in }) throws {
        var settings = ServerSettings()
        settings.workerThreads = 4
        // All of them are one user's.
        settings.connectionsPerUserMax = 200
        adjust(&settings)
        if case .path(let own, _, _) = address { self.path = own } else { self.path = path ?? "" }
        handler = TestHandler()
        var logger = Logger(label: "test")
        logger.logLevel = .error
        server = try RequestServer(listeningOn: address, settings: settings, handler: handler, logger: logger)
    }

    /// Runs a test's body on a thread that may block, and shuts the server down after it, whatever came.
    static func with(
        _ adjust: (inout ServerSettings) -> Void = { _ in }, _ body: @escaping @Sendable (TestServer) throws -> Void
    ) async throws {
        let server = try TestServer(adjust)
        let result = await BlockingThreads.run { try body(server) }
        server.handler.openGate()
        await server.server.shutdown(drain: .seconds(5))
        try result.get()
    }
}

/// Threads for code that blocks: the cooperative threads of the tests are too few to lend.
enum BlockingThreads {
    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let job = Unmanaged.passRetained(Job(body)).toOpaque()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, job)
        pthread_detach(thread)
    }

    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async -> Result<Value, any Error> {
        await withCheckedContinuation { continuation in
            start { continuation.resume(returning: Result { try body() }) }
        }
    }

    /// Runs `count` bodies at once and returns the first error.
    static func all(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                group.addTask { try await run { try body(index) }.get() }
            }
            try await group.waitForAll()
        }
    }
}

/// Waits for what another thread is to bring about; false when it does not within thirty seconds: machines are busy.
func eventually(_ condition: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
        if condition() { return true }
        usleep(500)
    }
    return condition()
}
