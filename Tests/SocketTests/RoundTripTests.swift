import Contract
import Glibc
import SocketClient
import SocketServer
import Testing

@Suite struct RoundTripTests {
    @Test func callsAreAnsweredOnBothLanes() async throws {
        try await TestServer.with { server in
            let client = try RequestClient(path: server.path)
            for method in ["echo", "echo.worker"] {
                let result = try client.call(method, params: ["text": "é\u{2028}\"", "n": 1])
                #expect(try JSONReader().read(result) == ["text": "é\u{2028}\"", "n": 1])
            }
            let error = #expect(throws: ClientError.self) { try client.call("fail") }
            let expected = Problem(.notFound, "no such thing", hint: "look elsewhere", data: ["thing": "x"])
            #expect(error == .problem(expected))
            guard
                case .problem(let unknown)? = #expect(throws: ClientError.self, performing: { try client.call("nope") })
            else { return }
            #expect(unknown.code == .methodNotFound)
            guard
                case .problem(let vandal)? = #expect(
                    throws: ClientError.self, performing: { try client.call("vandal") })
            else { return }
            #expect(vandal.code == .internalError)
            #expect(try client.call("subscribe") == Array("null".utf8))
        }
    }

    @Test func largeRequestsAndAnswersPass() async throws {
        let frameBytesMax = 1 << 20
        try await TestServer.with({ $0.frameBytesMax = frameBytesMax }) { server in
            let client = try RequestClient(path: server.path, frameBytesMax: frameBytesMax)
            for bytes in [1, 60_000, 70_000, 1_000_000] {
                let text = String(repeating: "y", count: bytes)
                for method in ["echo", "echo.worker"] {
                    let result = try client.call(method, params: ["text": .string(text)])
                    #expect(result.count == bytes + 11)
                }
                #expect(try client.call("big", params: ["bytes": .integer(Int64(bytes + 2))]).count == bytes + 2)
            }
            // Beyond the ceiling.
            guard
                case .problem(let problem)? = #expect(
                    throws: ClientError.self,
                    performing: {
                        try client.call("big", params: ["bytes": .integer(1 << 20)])
                    })
            else { return }
            #expect(problem.code == .tooLarge)
            #expect(throws: ClientError.self) {
                try client.call("echo", params: ["text": .string(String(repeating: "z", count: 1 << 20))])
            }
            #expect(try client.call("echo") == Array("{}".utf8), "the connection goes on")
            #expect(eventually { server.server.statistics.heldBytes == 0 })
        }
    }

    @Test func pipelinedRequestsOfMixedLanesAreAnsweredInOrder() async throws {
        try await TestServer.with { server in
            let client = try RequestClient(path: server.path)
            var generator = SeededGenerator(seed: 8)
            var sent: [RequestID] = []
            for number in 0..<500 {
                let method = ["echo", "echo.worker", "sleep", "fail", "nope"][Int.random(in: 0..<5, using: &generator)]
                sent.append(try client.send(method, params: ["n": .integer(Int64(number)), "ms": 0]))
            }
            for (number, id) in sent.enumerated() {
                let response = try client.receiveResponse()
                #expect(response.id == id)
                if case .result(let result) = response.outcome {
                    #expect(try JSONReader().read(result)["n"] == .integer(Int64(number)))
                }
            }
        }
    }

    @Test func fiftyClientsAtOnceGetTheirOwnAnswers() async throws {
        let server = try TestServer { $0.eventLoopThreads = 2 }
        let path = server.path
        try await BlockingThreads.all(50) { index in
            let client = try RequestClient(path: path)
            for number in 0..<100 {
                let params: JSONObject = ["client": .integer(Int64(index)), "n": .integer(Int64(number))]
                let result = try client.call(number % 5 == 0 ? "echo.worker" : "echo", params: params)
                #expect(try JSONReader().read(result) == .object(params))
            }
        }
        let statistics = server.server.statistics
        #expect(statistics.connectionsAccepted == 50)
        #expect(statistics.requestsByMethod["echo"] == 4_000)
        #expect(statistics.requestsByMethod["echo.worker"] == 1_000)
        #expect(statistics.latency.count == 5_000)
        #expect(statistics.problemsByCode.isEmpty)
        #expect(eventually { server.server.statistics.connectionsOpen == 0 })
        #expect(server.handler.closedConnections == 50)
        await server.server.shutdown(drain: .seconds(5))
    }

    @Test func notificationsFromClientsAreCarriedOutAndNotAnswered() async throws {
        try await TestServer.with { server in
            let socket = try RawSocket(server.path)
            let notification = "{\"jsonrpc\":\"2.0\",\"method\":\"METHOD\"}"
            for method in ["echo", "echo.worker", "fail", "nope"] {
                socket.send(RawSocket.frame(notification.replacing("METHOD", with: method)))
            }
            socket.send(RawSocket.request(1, "count"))
            let response = try #require(try socket.nextResponse())
            #expect(response == Response(id: .integer(1), outcome: .result(Array("4".utf8))))
        }
    }

    @Test func thePeerIsReadFromTheKernel() async throws {
        try await TestServer.with { server in
            let client = try RequestClient(path: server.path)
            let peer = try JSONReader().read(try client.call("peer"))
            #expect(peer["uid"] == .integer(Int64(getuid())))
            #expect(peer["gid"] == .integer(Int64(getgid())))
            #expect(peer["pid"] == .integer(Int64(getpid())))
            var groups = [gid_t](repeating: 0, count: 1_024)
            let count = getgroups(Int32(groups.count), &groups)
            let own = groups.prefix(Int(count)).map { JSONValue.integer(Int64($0)) }
            #expect(
                Set(peer["groups"]?.arrayValue?.compactMap(\.integerValue) ?? []) == Set(own.compactMap(\.integerValue))
            )
        }
    }

    @Test func aClientThatStopsSendingStillGetsItsAnswers() async throws {
        try await TestServer.with { server in
            let socket = try RawSocket(server.path)
            socket.send(RawSocket.request(1, "sleep", "{\"ms\":50}") + RawSocket.request(2, "echo") + [0, 0])
            socket.finishSending()
            #expect(try socket.nextResponse()?.id == .integer(1))
            #expect(try socket.nextResponse()?.id == .integer(2))
            #expect(socket.isClosedByServer())
        }
    }

    @Test func notificationsReachSubscribersInOrder() async throws {
        try await TestServer.with { server in
            let subscriber = try RequestClient(path: server.path)
            _ = try subscriber.call("subscribe")
            let other = try RequestClient(path: server.path)
            let outcome = try JSONReader().read(try other.call("push", params: ["count": 100]))
            #expect(outcome["queued"] == 100)
            for number in 0..<100 {
                let notification = try #require(try subscriber.nextNotification(timeout: .seconds(10)))
                #expect(notification.method == "alert")
                #expect(try JSONReader().read(notification.params)["number"] == .integer(Int64(number)))
            }
            #expect(try subscriber.nextNotification(timeout: .milliseconds(20)) == nil)
            #expect(try subscriber.call("echo") == Array("{}".utf8))
            #expect(server.server.statistics.notificationsSent == 100)
        }
    }

    @Test func lateAnswersAreDroppedByTheClient() async throws {
        try await TestServer.with { server in
            let client = try RequestClient(path: server.path)
            let error = #expect(throws: ClientError.self) {
                try client.call("sleep", params: ["ms": 200], timeout: .milliseconds(20))
            }
            #expect(error == .timeout(waitingFor: "the answer of sleep"))
            #expect(try client.call("echo", params: ["a": 1]) == Array("{\"a\":1}".utf8))
        }
    }
}
