import Contract
import Dispatch
import SocketClient
import Testing

@testable import Daemon

/// A daemon that listens and has not read yet what is stored.
struct StartingTests {
    @Test("The status is answered at once, other questions when the daemon is ready")
    func questionsWait() async throws {
        let daemon = try RunningDaemon(begin: { try $0.listen() })
        let early = try daemon.call("system.status")
        #expect(early["ready"]?.boolValue == false)
        #expect(early["inbox"]?["loaded"]?.isNull == true)
        let socket = daemon.socket
        async let waiting: Result<[UInt8], any Error> = withCheckedContinuation { continuation in
            // The call waits; the threads of tasks may not.
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result {
                        let client = try RequestClient(path: socket)
                        defer { client.close() }
                        return try client.call("data.drops", timeout: .seconds(60))
                    })
            }
        }
        try await Task.sleep(for: .milliseconds(300))
        #expect(try daemon.call("system.status")["ready"]?.boolValue == false)
        try daemon.daemon.takeUp()
        let answer = try JSONReader().read(try await waiting.get())
        #expect(answer["drops"]?.arrayValue?.isEmpty == true)
        let late = try daemon.call("system.status")
        #expect(late["ready"]?.boolValue == true)
        #expect(late["inbox"]?["loaded"]?.integerValue == 0)
        await daemon.stop()
    }

    @Test("Whoever has waited for long enough hears why, and what to do")
    func patienceEnds() async throws {
        let daemon = try RunningDaemon(yaml: "limits: { request_seconds: 3 }\n", begin: { try $0.listen() })
        do {
            _ = try daemon.call("kpis.get")
            Issue.record("answered")
        } catch let error as ClientError {
            #expect("\(error)".contains("still reading what is stored"), "\(error)")
        }
        await daemon.stop()
    }

    @Test("A start that comes to nothing lets nobody wait")
    func failedStart() {
        let readiness = Readiness()
        #expect(!readiness.wait(atMost: .milliseconds(1)))
        readiness.decide(succeeded: false)
        #expect(!readiness.wait(atMost: .seconds(3600)))
        readiness.decide(succeeded: true)
        #expect(!readiness.isReady)
        let other = Readiness()
        other.decide(succeeded: true)
        other.decide(succeeded: false)
        #expect(other.isReady && other.wait(atMost: .zero))
    }
}
