import CAura
import Contract
import Glibc
import SocketClient
import SocketServer
import Testing

@Suite struct ListeningTests {
    private func mode(_ path: String) -> (isSocket: Bool, mode: UInt32)? {
        var device: UInt64 = 0
        var inode: UInt64 = 0
        var isSocket: Int32 = 0
        var mode: UInt32 = 0
        guard aura_file_identity(path, &device, &inode, &isSocket, &mode) == 0 else { return nil }
        return (isSocket == 1, mode)
    }

    @Test func theSocketHasItsModeAndIsRemovedAtTheEnd() async throws {
        for wanted in [0o600, 0o660, 0o666] as [UInt32] {
            let path = TestServer.freshPath()
            let server = try TestServer(at: .path(path, mode: wanted))
            #expect(mode(path)?.isSocket == true)
            #expect(mode(path)?.mode == wanted)
            await server.server.shutdown(drain: .zero)
            #expect(mode(path) == nil)
        }
    }

    @Test func aStaleSocketIsReplacedAndALiveOneIsNot() async throws {
        let path = TestServer.freshPath()
        // A daemon that died: bound, never removed.
        let stale = aura_unix_socket(0)
        try #require(aura_unix_bind(stale, path) == 0)
        close(stale)
        #expect(throws: ClientError.refused(path: path)) { try RequestClient(path: path) }
        let server = try TestServer(at: .path(path))
        #expect(throws: ServerError.inUse(path: path)) { try TestServer(at: .path(path)) }
        let answer = await BlockingThreads.run { try RequestClient(path: path).call("echo") }
        #expect(try answer.get() == Array("{}".utf8), "the live server goes on")
        await server.server.shutdown(drain: .zero)
    }

    @Test func whatIsNoSocketIsLeftAlone() throws {
        let path = TestServer.freshPath()
        let file = creat(path, 0o644)
        close(file)
        defer { unlink(path) }
        #expect(throws: ServerError.notASocket(path: path)) { try TestServer(at: .path(path)) }
        #expect(mode(path)?.isSocket == false)
    }

    @Test func onlyItsOwnSocketIsRemoved() async throws {
        let path = TestServer.freshPath()
        let server = try TestServer(at: .path(path))
        // Somebody replaced it.
        unlink(path)
        let other = aura_unix_socket(0)
        try #require(aura_unix_bind(other, path) == 0)
        defer {
            close(other)
            unlink(path)
        }
        await server.server.shutdown(drain: .zero)
        #expect(mode(path)?.isSocket == true)
    }

    @Test func errorsSayWhatIsWrong() throws {
        let long = "/tmp/" + String(repeating: "x", count: 200)
        let cases: [(ListenAddress, String)] = [
            (.path(long), "too long"), (.path("/nonexistent-directory/a.sock"), "No such file"),
            (.path(TestServer.freshPath(), group: "no-such-group-here"), "no group"),
            (.inherited(descriptor: 0), "not a listening"),
            (.path(""), "too long"),
        ]
        for (address, needle) in cases {
            let error = #expect(throws: ServerError.self) { try TestServer(at: address) }
            #expect(error?.description.contains(needle) == true, "\(error?.description ?? "")")
        }
        var settings = ServerSettings()
        settings.workerThreads = 0
        #expect(throws: ServerError.invalidSettings("workerThreads is 0, not at least 1")) {
            try TestServer { $0 = settings }
        }
    }

    @Test func anInheritedSocketIsServedAndLeftInPlace() async throws {
        let path = TestServer.freshPath()
        let listening = aura_unix_socket(0)
        try #require(aura_unix_bind(listening, path) == 0)
        defer { unlink(path) }
        #expect(throws: ServerError.notListening(descriptor: listening)) {
            try TestServer(at: .inherited(descriptor: listening))
        }
        try #require(listen(listening, 16) == 0)
        // Connected before the server runs: that is what activation is for.
        let early = try RawSocket(path)
        early.send(RawSocket.request(1, "echo"))
        let server = try TestServer(at: .inherited(descriptor: listening), path: path)
        let response = await BlockingThreads.run { [early = UncheckedBox(early)] in try early.value.nextResponse() }
        #expect(try response.get()?.id == .integer(1))
        await server.server.shutdown(drain: .zero)
        #expect(mode(path)?.isSocket == true)
    }

    /// Hands a socket that is used by one thread at a time to another.
    private struct UncheckedBox<Value>: @unchecked Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    @Test func clientErrorsSayWhatToCheck() throws {
        let missing = TestServer.freshPath()
        #expect(throws: ClientError.socketMissing(path: missing)) { try RequestClient(path: missing) }
        #expect(throws: ClientError.self) { try RequestClient(path: "/tmp/" + String(repeating: "x", count: 200)) }
        #expect(ClientError.permissionDenied(path: "/a/b", at: "/a").description.contains("directory \"/a\""))
        #expect(ClientError.permissionDenied(path: "/a/b", at: "/a/b").description.contains("socket \"/a/b\""))
    }

    @Test func shutdownFinishesWhatWasReceived() async throws {
        let server = try TestServer()
        let path = server.path
        let socket = try RawSocket(path)
        let idle = try RawSocket(path)
        socket.send(RawSocket.request(1, "sleep", "{\"ms\":300}") + RawSocket.request(2, "echo"))
        while server.handler.calls == 0 { try await Task.sleep(for: .milliseconds(1)) }
        await server.server.shutdown(drain: .seconds(10))
        let boxes = UncheckedBox((socket, idle))
        try await BlockingThreads.run {
            let (socket, idle) = boxes.value
            let ids = [try socket.nextResponse()?.id, try socket.nextResponse()?.id]
            #expect(ids == [.integer(1), .integer(2)])
            #expect(socket.isClosedByServer())
            #expect(idle.isClosedByServer())
            #expect(throws: ClientError.socketMissing(path: path)) { try RequestClient(path: path) }
        }.get()
        #expect(server.handler.closedConnections == 2)
    }

    @Test func shutdownDoesNotWaitForEver() async throws {
        let server = try TestServer()
        let socket = try RawSocket(server.path)
        socket.send(RawSocket.request(1, "gate"))
        while server.handler.calls == 0 { try await Task.sleep(for: .milliseconds(1)) }
        await server.server.shutdown(drain: .milliseconds(50))
        #expect(server.server.statistics.connectionsOpen == 0)
        server.handler.openGate()
    }
}
