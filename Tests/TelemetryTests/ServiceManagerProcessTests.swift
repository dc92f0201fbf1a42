import Foundation
import Testing

@testable import Telemetry

/// The same with the system's library, in a process of its own that is supervised by the test.
struct ServiceManagerProcessTests {
    /// Receives datagrams on a socket of the file system, as the service manager does.
    private final class NotifySocket {
        let path: String
        private let folder: ScratchFolder
        private let descriptor: Int32

        init() throws {
            folder = try ScratchFolder()
            path = folder.url.appending(path: "notify").path
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            try #require(bound == 0)
        }

        deinit { close(descriptor) }

        /// Everything that has arrived.
        func messages() -> [String] {
            var result: [String] = []
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while case let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)), count >= 0 {
                result.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
            return result
        }
    }

    @Test func theServiceManagerHearsTheLifeOfTheService() throws {
        let socket = try NotifySocket()
        let probe = try Program.run(
            [Program.probe, "notify"], environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "30000000"])
        #expect(probe.status == 0)
        #expect(
            probe.output == """
                watchdog 30.0 seconds
                feed every 10.0 seconds
                ready sent
                feed fed(Telemetry.ServiceManager.Delivery.sent)

                """)
        let messages = socket.messages()
        #expect(messages.count == 7)
        #expect(messages.first == "READY=1\nSTATUS=3 clients")
        let reload = try #require(messages.dropFirst().first?.split(separator: "\n"))
        #expect(reload.first == "RELOADING=1" && reload.last == "STATUS=reloading")
        let stamp = try #require(reload.dropFirst().first)
        let microseconds = try #require(UInt64(stamp.dropFirst("MONOTONIC_USEC=".count)))
        let now = MonotonicTime.now().microseconds
        // The same clock as this process reads, and in microseconds.
        #expect(microseconds <= now && now - microseconds < 60_000_000)
        #expect(messages.contains("WATCHDOG=1") && messages.contains("EXTEND_TIMEOUT_USEC=5000000"))
        #expect(messages.contains { $0.wholeMatch(of: /MAINPID=[0-9]+/) != nil })
        #expect(messages.last == "STOPPING=1\nSTATUS=stopping")
    }

    @Test func nothingHappensWithoutAServiceManager() throws {
        let probe = try Program.run(
            [Program.probe, "notify"], environment: ["NOTIFY_SOCKET": "", "WATCHDOG_USEC": "", "WATCHDOG_PID": ""])
        #expect(
            probe.output == """
                watchdog none
                feed every none
                ready unsupervised
                feed fed(Telemetry.ServiceManager.Delivery.unsupervised)

                """)
    }

    @Test func aServiceManagerThatHasGoneIsNoReasonToEnd() throws {
        let probe = try Program.run([Program.probe, "notify"], environment: ["NOTIFY_SOCKET": "/nonexistent/notify"])
        #expect(probe.status == 0 && probe.output.contains("ready failed(ENOENT)"))
    }

    @Test func theWatchdogOfAnotherProcessIsNotOurs() throws {
        let probe = try Program.run(
            [Program.probe, "notify"], environment: ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"])
        #expect(probe.output.contains("watchdog none"))
    }

    @Test(
        .enabled(if: Program.exists("/usr/bin/systemd-socket-activate"), "systemd-socket-activate not found"))
    func socketsPassedOnAreFoundByName() throws {
        let folder = try ScratchFolder()
        let path = folder.url.appending(path: "aurad.sock").path
        // The activator starts the program when somebody connects.
        let script = """
            systemd-socket-activate -l "$1" -l "$1.2" --fdname=aurad:admin "$2" listen & activator=$!
            for attempt in $(seq 100); do [ -S "$1.2" ] && break; sleep 0.05; done
            python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])' "$1"
            wait $activator
            """
        let result = try Program.run(["sh", "-c", script, "sh", path, Program.probe])
        #expect(result.output == "3 aurad true\n4 admin true\n", "\(result.errors)")
    }

    @Test func withoutPassedSocketsThereAreNone() throws {
        #expect(try Program.run([Program.probe, "listen"], environment: ["LISTEN_FDS": ""]).output.isEmpty)
    }

    @Test func brokenListsAreAnErrorThatSaysWhatToDo() throws {
        let script = "LISTEN_PID=$$ LISTEN_FDS=many exec \"$1\" listen"
        let result = try Program.run(["sh", "-c", script, "sh", Program.probe])
        let expected = "error could not take the sockets passed by the service manager: EINVAL; check LISTEN_FDS"
        #expect(result.output.hasPrefix(expected))
        // What is passed without a name, and is not a socket, is not taken for one to serve on.
        let file = "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$1\" listen 3</dev/null"
        #expect(try Program.run(["sh", "-c", file, "sh", Program.probe]).output == "3 unknown false\n")
    }
}
