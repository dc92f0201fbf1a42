import Contract
import Glibc
import SocketClient
import SocketServer
import Testing

// One after the other: each has connections and threads enough of its own.
@Suite(.serialized) struct HostileClientTests {
    static let broken: [([UInt8], Problem.Code)] = [
        ([0, 0, 0, 0], .invalidRequest), ([0xFF, 0xFF, 0xFF, 0xFF], .tooLarge), ([1, 0, 0, 1], .tooLarge),
        (RawSocket.frame("{"), .parseError), (RawSocket.frame("\u{0}"), .parseError),
        (RawSocket.frame(String(repeating: "[", count: 1_000)), .parseError),
        ([0, 0, 0, 1, 0xFF], .parseError),
        // Large enough for a worker to parse it.
        (RawSocket.frame(String(repeating: " ", count: 100_000) + "]"), .parseError),
    ]

    @Test(arguments: broken.indices)
    func aBrokenFrameGetsOneErrorAndTheConnectionEnds(_ index: Int) async throws {
        try await TestServer.with { server in
            let (bytes, code) = Self.broken[index]
            let bystander = try RequestClient(path: server.path)
            let socket = try RawSocket(server.path)
            // Answers that are due come first; what follows the broken frame is not looked at.
            socket.send(RawSocket.request(1, "sleep", "{\"ms\":10}") + bytes + RawSocket.request(2, "echo"))
            #expect(try socket.nextResponse()?.id == .integer(1))
            let response = try #require(try socket.nextResponse())
            #expect(response.id == .null)
            guard case .problem(let problem) = response.outcome else {
                Issue.record("not a problem")
                return
            }
            #expect(problem.code == code)
            #expect(try socket.nextBody() == nil)
            #expect(try bystander.call("echo") == Array("{}".utf8))
        }
    }

    @Test func requestsThatAreNoneAreAnsweredAndTheConnectionGoesOn() async throws {
        try await TestServer.with { server in
            let socket = try RawSocket(server.path)
            socket.send(
                RawSocket.frame("[]")
                    + RawSocket.frame("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"echo\",\"params\":[]}"))
            #expect(try socket.nextProblem()?.code == .invalidRequest)
            let second = try #require(try socket.nextResponse())
            #expect(second.id == .integer(3))
            socket.send(RawSocket.request(4, "echo"))
            #expect(try socket.nextResponse()?.id == .integer(4))
        }
    }

    @Test func aHalfSentFrameTimesOutAndTricklingDoesNotHelp() async throws {
        try await TestServer.with({ $0.frameTimeout = .milliseconds(200) }) { server in
            for prefix in [[0], [0, 0, 1], RawSocket.request(1, "echo").dropLast()] as [[UInt8]] {
                let socket = try RawSocket(server.path)
                socket.send(prefix)
                #expect(try socket.nextProblem()?.code == .timeout)
                #expect(socket.isClosedByServer())
            }
            let trickling = try RawSocket(server.path)
            trickling.send([0, 1, 0, 0])
            var closed = false
            for _ in 0..<1_000 where !closed {
                closed = !trickling.send([0x20])
                usleep(10_000)
            }
            #expect(closed)
            #expect(eventually { server.server.statistics.connectionsTimedOut == 4 })
        }
    }

    @Test func idleConnectionsAreClosedUnlessTheySubscribe() async throws {
        try await TestServer.with({ $0.idleTimeout = .milliseconds(300) }) { server in
            let idle = try RawSocket(server.path)
            let subscriber = try RequestClient(path: server.path)
            _ = try subscriber.call("subscribe")
            let busy = try RequestClient(path: server.path)
            // Longer than the limit, and in work all the time.
            #expect(try busy.call("sleep", params: ["ms": 600]).isEmpty == false)
            #expect(idle.isClosedByServer())
            #expect(try subscriber.call("echo") == Array("{}".utf8))
        }
    }

    @Test func aSlowReaderIsHeldBackAndThenClosed() async throws {
        try await TestServer.with({
            $0.writeTimeout = .milliseconds(500)
            $0.unflushedBytesMax = 64 << 10
        }) { server in
            let socket = try RawSocket(server.path)
            let request = RawSocket.request(1, "echo", "{\"t\":\"\(String(repeating: "a", count: 1_000))\"}")
            // Sends for as long as anything goes: the server has to stop reading, and then to give up.
            var sent = 0
            let bystander = try RequestClient(path: server.path)
            let closed = eventually {
                let rest = Array(request[(sent % request.count)...])
                sent += socket.sendNow(rest)
                return server.server.statistics.connectionsTimedOut == 1
            }
            #expect(closed)
            #expect(sent < 8 << 20)
            #expect(try bystander.call("echo") == Array("{}".utf8))
        }
    }

    @Test func aSlowReaderThatReadsAfterAllGetsEveryAnswerInOrder() async throws {
        try await TestServer.with({ $0.unflushedBytesMax = 32 << 10 }) { server in
            let socket = try RawSocket(server.path)
            let filler = String(repeating: "b", count: 5_000)
            let count = 2_000
            BlockingThreads.start { [descriptor = dup(socket.descriptor)] in
                for number in 0..<count {
                    let bytes = RawSocket.request(
                        number, number % 7 == 0 ? "echo.worker" : "echo", "{\"t\":\"\(filler)\"}")
                    var offset = 0
                    while offset < bytes.count {
                        let written = bytes[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                        guard written > 0 else { return }
                        offset += written
                    }
                }
                close(descriptor)
            }
            usleep(300_000)
            for number in 0..<count {
                let response = try #require(try socket.nextResponse())
                #expect(response.id == .integer(Int64(number)))
            }
        }
    }

    @Test func ceilingsOfConnectionsHold() async throws {
        try await TestServer.with({ $0.connectionsMax = 5 }) { server in
            var clients: [RequestClient] = []
            for _ in 0..<5 {
                let client = try RequestClient(path: server.path)
                _ = try client.call("echo")
                clients.append(client)
            }
            let refused = try RawSocket(server.path)
            #expect(try refused.nextProblem()?.code == .overloaded)
            #expect(refused.isClosedByServer())
            let told = try RequestClient(path: server.path)
            guard case .problem(let problem)? = #expect(throws: ClientError.self, performing: { try told.call("echo") })
            else { return }
            #expect(problem.code == .overloaded)
            clients.removeLast().close()
            #expect(eventually { server.server.statistics.connectionsOpen == 4 })
            #expect(try RequestClient(path: server.path).call("echo") == Array("{}".utf8))
            #expect(server.server.statistics.connectionsRefused == 2)
        }
        try await TestServer.with({ $0.connectionsPerUserMax = 1 }) { server in
            let client = try RequestClient(path: server.path)
            _ = try client.call("echo")
            #expect(try RawSocket(server.path).nextProblem()?.message.contains("you have your") == true)
        }
    }

    @Test func aServerThatAsksItselfTakesNobodysPlace() async throws {
        try await TestServer.with({
            $0.connectionsMax = 1
            $0.connectionsPerUserMax = 1
            $0.ownProcessIsFree = true
        }) { server in
            let clients = try (0..<3).map { _ in try RequestClient(path: server.path) }
            for client in clients { #expect(try client.call("echo") == Array("{}".utf8)) }
            #expect(server.server.statistics.connectionsOpen == 0)
            #expect(server.server.statistics.connectionsRefused == 0)
        }
    }

    @Test func halfSentLargeFramesHoldNoMoreThanTheBudget() async throws {
        try await TestServer.with({ $0.heldBytesMax = 4 << 20 }) { server in
            let chunk = [UInt8](repeating: 0x20, count: 1 << 20)
            var sockets: [RawSocket] = []
            for _ in 0..<8 {
                let socket = try RawSocket(server.path)
                // Sixteen megabytes announced, at most one sent.
                socket.send([0x01, 0, 0, 0])
                socket.send(chunk)
                sockets.append(socket)
            }
            #expect(server.server.statistics.heldBytes <= 4 << 20)
            let refused = try sockets.filter { try $0.nextProblem(seconds: 0.2)?.code == .overloaded }
            #expect(!refused.isEmpty)
            #expect(try RequestClient(path: server.path).call("echo") == Array("{}".utf8))
            sockets = []
            #expect(eventually { server.server.statistics.heldBytes == 0 })
        }
    }

    @Test func deadlinesAreKeptEvenWhenTheHandlerDoesNotLook() async throws {
        try await TestServer.with({ $0.requestTimeout = .milliseconds(100) }) { server in
            let client = try RequestClient(path: server.path)
            for method in ["sleep", "stubborn"] {
                guard
                    case .problem(let problem)? = #expect(
                        throws: ClientError.self,
                        performing: {
                            try client.call(method, params: ["ms": 700])
                        })
                else { return }
                #expect(problem.code == .timeout)
            }
            // The stubborn job is still at it: immediate requests go on, a second job waits, here for too long.
            #expect(try client.call("echo") == Array("{}".utf8))
            guard
                case .problem(let busy)? = #expect(
                    throws: ClientError.self,
                    performing: {
                        try client.call("echo.worker")
                    })
            else { return }
            #expect(busy.code == .timeout)
            // With time enough it is carried out once the late job has ended.
            #expect(try client.call("echo.worker", params: ["limit_ms": 20_000]) == Array("{\"limit_ms\":20000}".utf8))
            // The handler may allow more than the default.
            #expect(try client.call("sleep", params: ["ms": 200, "limit_ms": 5_000]).isEmpty == false)
        }
    }

    @Test func aFullQueueOfWorkersIsOverloadedAndRecovers() async throws {
        try await TestServer.with({
            $0.workerThreads = 1
            $0.workerQueueMax = 2
        }) { server in
            var waiting: [RequestClient] = []
            for _ in 0..<3 {
                let client = try RequestClient(path: server.path)
                try client.send("gate")
                waiting.append(client)
                // One by one, so that it is known which of them is refused.
                let expected = waiting.count
                #expect(
                    eventually { server.handler.calls >= 1 && server.server.statistics.connectionsOpen == expected })
                _ = try RequestClient(path: server.path).call("echo")
            }
            usleep(50_000)
            let client = try RequestClient(path: server.path)
            guard
                case .problem(let problem)? = #expect(
                    throws: ClientError.self,
                    performing: {
                        try client.call("echo.worker")
                    })
            else { return }
            #expect(problem.code == .overloaded)
            #expect(try client.call("echo") == Array("{}".utf8))
            server.handler.openGate()
            for client in waiting { #expect(try client.receiveResponse().outcome == .result(Array("{}".utf8))) }
            #expect(eventually { (try? client.call("echo.worker")) != nil })
        }
    }

    @Test(arguments: [ServerSettings.SlowConsumerPolicy.close, .drop])
    func slowConsumersOfNotificationsAreClosedOrLoseSome(policy: ServerSettings.SlowConsumerPolicy) async throws {
        try await TestServer.with({
            $0.slowConsumerPolicy = policy
            $0.notificationBytesMax = 100_000
        }) { server in
            let slow = try RawSocket(server.path)
            slow.send(RawSocket.request(1, "subscribe"))
            #expect(try slow.nextResponse()?.id == .integer(1))
            let client = try RequestClient(path: server.path)
            var queued: Int64 = 0
            var lost: Int64 = 0
            for _ in 0..<200 {
                let outcome = try JSONReader().read(try client.call("push", params: ["count": 10, "bytes": 2_000]))
                queued += outcome["queued"]?.integerValue ?? 0
                lost += (outcome[policy == .close ? "closed" : "dropped"]?.integerValue ?? 0)
            }
            #expect(lost > 0)
            // The allowance plus what the kernel takes.
            #expect(queued * 2_000 < 4 << 20)
            if policy == .close {
                #expect(slow.isClosedByServer())
                #expect(eventually { server.handler.subscribers.isEmpty })
            } else {
                #expect(try slow.nextBody() != nil)
                #expect(server.handler.subscribers.first.map { $0.droppedNotifications > 0 } == true)
            }
        }
    }

    @Test func clientsThatVanishDuringTheirRequestsLeaveNothingBehind() async throws {
        try await TestServer.with { server in
            for number in 0..<100 {
                let socket = try RawSocket(server.path)
                socket.send(RawSocket.request(1, ["echo", "echo.worker", "big"][number % 3], "{\"bytes\":300000}"))
            }
            // All of them accepted first: some were gone before that.
            #expect(eventually { server.handler.closedConnections == 100 })
            #expect(eventually { server.server.statistics.connectionsOpen == 0 })
            #expect(eventually { server.server.statistics.heldBytes == 0 })
        }
    }

    @Test func mutatedStreamsNeverStopTheServer() async throws {
        try await TestServer.with { server in
            var generator = SeededGenerator(seed: 9)
            let bystander = try RequestClient(path: server.path)
            let stream = (0..<6).flatMap {
                RawSocket.request($0, $0 % 2 == 0 ? "echo" : "echo.worker", "{\"a\":[1,{\"b\":2}]}")
            }
            for round in 0..<1_500 {
                var bytes = stream
                for _ in 0..<Int.random(in: 1..<4, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                        in: 0...255, using: &generator)
                }
                let socket = try RawSocket(server.path)
                let split = Int.random(in: 0..<bytes.count, using: &generator)
                if socket.send(Array(bytes[..<split])), round % 3 > 0 { socket.send(Array(bytes[split...])) }
                if round % 100 == 0 { #expect(try bystander.call("echo") == Array("{}".utf8)) }
            }
            #expect(eventually { server.server.statistics.connectionsOpen == 1 })
            #expect(eventually { server.server.statistics.heldBytes == 0 })
            #expect(try bystander.call("echo") == Array("{}".utf8))
        }
    }
}
