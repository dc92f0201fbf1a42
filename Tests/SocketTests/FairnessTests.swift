import Contract
import Glibc
import SocketClient
@testable import SocketServer
import Testing

/// One who asks a lot does not keep the others waiting.
@Suite(.serialized) struct FairnessTests {
    @Test("A connection that sends without end has its turn like any other")
    func turnsOfConnections() async throws {
        try await TestServer.with { server in
            let flood = try RawSocket(server.path)
            let client = try RequestClient(path: server.path)
            // Reads grow with what comes: afterwards one takes as much as it ever does.
            for _ in 0..<10 {
                flood.send((0..<1_000).flatMap { RawSocket.request($0, "echo") })
                for number in 0..<1_000 { #expect(try flood.nextResponse()?.id == .integer(Int64(number))) }
            }
            // They come in one or two reads, and would take two seconds in a row.
            let before = server.handler.calls
            flood.send((0..<1_000).flatMap { RawSocket.request($0, "busy") })
            #expect(eventually { server.handler.calls > before + 1 })
            _ = try client.call("echo")
            #expect(server.handler.calls < before + 200)
            for number in 0..<1_000 { #expect(try flood.nextResponse()?.id == .integer(Int64(number))) }
        }
    }

    @Test("Slow requests of one asker leave a thread to others")
    func aThreadIsLeft() async throws {
        try await TestServer.with({ $0.workerThreads = 2 }) { server in
            server.handler.countTo(1)
            let slow = try (0..<10).map { _ in try RequestClient(path: server.path) }
            for client in slow { try client.send("gate") }
            #expect(eventually { server.handler.calls == 2 })
            server.handler.countTo(2)
            let other = try RequestClient(path: server.path)
            for _ in 0..<5 { #expect(try other.call("echo.worker") == Array("{}".utf8)) }
            #expect(server.handler.calls == 7)
            server.handler.openGate()
            for client in slow { #expect(try client.receiveResponse().outcome == .result(Array("{}".utf8))) }
        }
    }

    @Test("One asker cannot take every place to wait")
    func placesToWait() async throws {
        try await TestServer.with({
            $0.workerThreads = 1
            $0.workerQueuePerAskerMax = 2
        }) { server in
            server.handler.countTo(1)
            let first = try RequestClient(path: server.path)
            try first.send("gate")
            #expect(eventually { server.handler.calls == 1 })
            var waiting = [first]
            for _ in 0..<2 {
                waiting.append(try RequestClient(path: server.path))
                try waiting.last?.send("gate")
                _ = try RequestClient(path: server.path).call("echo")
            }
            usleep(50_000)
            guard
                case .problem(let problem)? = #expect(
                    throws: ClientError.self, performing: { try RequestClient(path: server.path).call("echo.worker") })
            else { return }
            #expect(problem.code == .overloaded)
            #expect(problem.message.contains("of yours"))
            server.handler.countTo(2)
            #expect(try RequestClient(path: server.path).call("echo.worker") == Array("{}".utf8))
            server.handler.openGate()
            for client in waiting { #expect(try client.receiveResponse().outcome == .result(Array("{}".utf8))) }
        }
    }

    @Test("A peer that asks for many is counted to each of them, and many peers of one to that one")
    func placesByPerson() async throws {
        try await TestServer.with({
            $0.workerThreads = 1
            $0.workerQueuePerAskerMax = 1
        }) { server in
            func asked(_ method: String, for name: String) throws -> RequestClient {
                let client = try RequestClient(path: server.path)
                try client.send(method, params: ["for": .string(name)])
                return client
            }
            let first = try asked("gate", for: "anna")
            #expect(eventually { server.handler.calls == 1 })
            let second = try asked("gate", for: "anna")
            usleep(50_000)
            // Other connections, which are counted to others themselves.
            server.handler.countTo(2)
            let third = try asked("echo.worker", for: "anna")
            guard case .problem(let problem) = try third.receiveResponse().outcome else {
                Issue.record("a third place of the same person")
                return
            }
            #expect(problem.code == .overloaded && problem.message.contains("of yours"))
            // The same peer, and even the same connection, for somebody else.
            try third.send("echo.worker", params: ["for": "bert"])
            #expect(try third.receiveResponse().outcome == .result(Array("{\"for\":\"bert\"}".utf8)))
            server.handler.openGate()
            for client in [first, second] {
                #expect(try client.receiveResponse().outcome == .result(Array("{\"for\":\"anna\"}".utf8)))
            }
        }
    }

    @Test("Connections are counted by person")
    func connectionsByPerson() throws {
        var settings = ServerSettings()
        settings.connectionsPerUserMax = 2
        let registry = ConnectionRegistry(RunningLimits(settings))
        guard case .admitted(let first) = registry.admit(Asker("anna"), mayUseKept: false),
            case .admitted = registry.admit(Asker("anna"), mayUseKept: false)
        else {
            Issue.record("not let in")
            return
        }
        #expect(registry.admit(Asker("anna"), mayUseKept: false) == .userFull)
        // A number is nobody's name.
        #expect(registry.admit(Asker("7"), mayUseKept: false) != .userFull)
        for _ in 0..<2 { #expect(registry.admit(Asker(7), mayUseKept: false) != .userFull) }
        registry.remove(id: first)
        #expect(registry.admit(Asker("anna"), mayUseKept: false) != .userFull)
    }

    @Test("A large request is answered by a worker, whatever its method")
    func largeRequests() async throws {
        try await TestServer.with { server in
            let client = try RequestClient(path: server.path)
            let here = try client.call("thread")
            #expect(try client.call("thread") == here)
            let there = try client.call("thread", params: ["text": .string(String(repeating: "x", count: 4_096))])
            #expect(there != here)
            #expect(try client.call("thread") == here)
        }
    }

    @Test("Work ends when its connection closes")
    func closedConnections() async throws {
        try await TestServer.with({ $0.requestTimeout = .seconds(3_600) }) { server in
            for _ in 0..<3 {
                do {
                    let client = try RequestClient(path: server.path)
                    try client.send("sleep", params: ["ms": 3_600_000])
                    #expect(eventually { server.handler.atWork == 1 })
                    client.close()
                }
                #expect(eventually { server.handler.atWork == 0 })
            }
        }
    }

    @Test("What several wait for is worked on until the last of them has gone")
    func sharedWork() async throws {
        try await TestServer.with({ $0.requestTimeout = .seconds(3_600) }) { server in
            let first = try RequestClient(path: server.path)
            try first.send("shared", params: ["work": "monday"])
            #expect(eventually { server.handler.atWork == 1 })
            let second = try RequestClient(path: server.path)
            try second.send("shared", params: ["work": "monday"])
            let other = try RequestClient(path: server.path)
            try other.send("shared", params: ["work": "sunday"])
            // They are in the queue once a later request of the same thread is answered.
            _ = try RequestClient(path: server.path).call("echo")
            usleep(20_000)
            let calls = server.handler.calls
            first.close()
            usleep(200_000)
            // The first is still at it, for the second.
            #expect(server.handler.calls == calls)
            #expect(server.handler.atWork == 1)
            second.close()
            // Nobody wants monday any more: sunday comes.
            #expect(eventually { server.handler.calls > calls })
            // The workers were free all the time.
            #expect(try RequestClient(path: server.path).call("echo.worker") == Array("{}".utf8))
            server.handler.openGate()
            #expect(try other.receiveResponse().outcome == .result(Array("{\"work\":\"sunday\"}".utf8)))
        }
    }

    @Test("Kept connections are for those who may use them")
    func keptConnections() async throws {
        try await TestServer.with({
            $0.connectionsMax = 4
            $0.connectionsKept = 2
        }) { server in
            var clients: [RequestClient] = []
            func admit() throws {
                let client = try RequestClient(path: server.path)
                _ = try client.call("echo")
                clients.append(client)
            }
            func isRefused() throws -> Bool {
                let socket = try RawSocket(server.path)
                return try socket.nextProblem()?.code == .overloaded
            }
            try admit()
            try admit()
            #expect(try isRefused())
            server.handler.letUseKept(true)
            try admit()
            try admit()
            #expect(try isRefused())
            server.handler.letUseKept(false)
            // A place that was kept and falls free stays kept.
            clients.removeLast().close()
            #expect(eventually { server.server.statistics.connectionsOpen == 3 })
            #expect(try isRefused())
            clients.removeFirst().close()
            #expect(eventually { server.server.statistics.connectionsOpen == 2 })
            try admit()
        }
    }
}
