import Contract
import Foundation
import SocketClient
import Testing

/// The program itself, from outside: statuses, signals, what it tells the service manager, what others can see of it.
@Suite(.serialized)
struct AuradTests {
    /// One mistake each, with what has to be named: line, key, the value found, what is accepted.
    static let mistakes: [(file: String, line: Int, key: String, found: String, accepted: String)] = [
        ("aurad/activity_misspelt.yaml", 1, "activity", "\"transaction\"", "any, engagement or transactions"),
        ("aurad/boolean_is_yes.yaml", 2, "store.publish_gold", "\"yes\"", "true or false"),
        ("aurad/currency_unknown.yaml", 1, "base_currency", "\"EURO\"", "ISO 4217"),
        (
            "aurad/connections_per_user_too_many.yaml", 3, "limits.connections_per_user", "11",
            "at most connections (10)"
        ),
        ("aurad/earliest_day_does_not_exist.yaml", 1, "earliest_day", "2021-02-29", "YYYY-MM-DD"),
        ("aurad/log_level_misspelt.yaml", 1, "log_level", "\"warn\"", "trace, debug, info"),
        ("aurad/role_principal_without_kind.yaml", 2, "roles.viewer[0]", "\"root:x\"", "user:NAME, group:NAME"),
        ("aurad/socket_mode_symbolic.yaml", 1, "socket_mode", "\"rw-rw----\"", "octal"),
        ("aurad/unknown_nested_key.yaml", 2, "limits.conections", "\"conections\"", "did you mean \"connections\""),
        ("aurad/rules_file_missing.yaml", 2, "rules", "no-such-rules.yaml", "path of a readable file"),
    ]

    @Test("A broken configuration ends with 78 and names file, line, key, what was found and what is accepted")
    func brokenConfigurations() throws {
        #expect(Self.mistakes.count >= 10)
        for mistake in Self.mistakes {
            let file = "\(AuradProcess.packageRoot)/Tests/SettingsTests/Fixtures/\(mistake.file)"
            for arguments in [["--config", file, "--check-config"], ["--config", file]] {
                let aurad = try AuradProcess(arguments)
                #expect(aurad.status() == 78)
                let text = aurad.standardError
                #expect(text.hasPrefix("\(file):\(mistake.line):"), "\(text)")
                #expect(text.contains(": \(mistake.key)"), "\(text)")
                #expect(text.contains("found ") && text.contains(mistake.found), "\(text)")
                #expect(text.contains("expected ") && text.contains(mistake.accepted), "\(text)")
                #expect(aurad.standardOutput.isEmpty)
            }
        }
    }

    @Test("The shipped configuration is accepted, and what is in force is printed")
    func shippedConfiguration() throws {
        let file = "\(AuradProcess.packageRoot)/etc/aura/aurad.yaml"
        let aurad = try AuradProcess(["--config", file, "--check-config"])
        #expect(aurad.status() == 0)
        #expect(aurad.standardError.isEmpty)
        #expect(aurad.standardOutput.contains("base_currency: USD"))
    }

    @Test("A check looks at stored payments, and at the users of the machine")
    func checkOfStoredData() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop(
            "transaction_id,customer_id,amount,currency,transaction_date\nT1,C1,5,USD,2024-02-05\n", as: "payments.csv",
            category: "transactions")
        try await daemon.settle(drops: 1)
        let scratch = try ScratchDirectory()
        try scratch.write("people: [{ uid: 4242424, person: bo }]\n", to: "good.yaml")
        try scratch.write("base_currency: EUR\n", to: "bad.yaml")
        func check(_ name: String) throws -> AuradProcess {
            let aurad = try AuradProcess([
                "--config", "\(scratch.path)/\(name)", "--state-dir", "\(daemon.root)/state", "--check-config",
            ])
            _ = aurad.status()
            return aurad
        }
        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/state")
                .filter { $0.hasPrefix("aura.db") }.sorted()
        }
        // Beside a daemon that runs, and on what it has left.
        for isRunning in [true, false] {
            if !isRunning { await daemon.stop(removing: false) }
            let before = try files()
            let good = try check("good.yaml")
            #expect(good.process.terminationStatus == 0, "\(good.standardError)")
            #expect(good.standardOutput.contains("there is a rate for every currency"), "\(good.standardOutput)")
            #expect(good.standardOutput.contains("no such user on this machine: uid:4242424 (people: bo)"))
            let bad = try check("bad.yaml")
            #expect(bad.process.terminationStatus == 78)
            #expect(bad.standardError.contains("no exchange rate to EUR for USD (1 stored payment)"))
            #expect(try files() == before)
        }
        try "no database".write(toFile: "\(daemon.root)/state/aura.db", atomically: false, encoding: .utf8)
        let blind = try check("good.yaml")
        #expect(blind.process.terminationStatus == 0)
        #expect(blind.standardOutput.contains("! not looked at"), "\(blind.standardOutput)")
        daemon.remove()
    }

    @Test("It says when it is ready, reloads and stops, feeds the watchdog, and ends with 0 on SIGTERM")
    func serviceManager() throws {
        let scratch = try ScratchDirectory()
        let manager = try NotifySocket("\(scratch.path)/notify")
        try scratch.write("as_of: data\n", to: "aurad.yaml")
        let aurad = try AuradProcess(
            ["--config", "\(scratch.path)/aurad.yaml", "--state-dir", "\(scratch.path)/state"],
            environment: [
                "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "3000000", "RUNTIME_DIRECTORY": "\(scratch.path)",
            ])
        var messages = manager.receive { $0.contains { $0.hasPrefix("READY=1") } }
        #expect(messages.contains { $0.hasPrefix("READY=1\nSTATUS=serving 0 clients") }, "\(messages)")
        let pid = try AuradProcess.pid(of: "\(scratch.path)/state")
        #expect(manager.receive { $0.contains("WATCHDOG=1") }.contains("WATCHDOG=1"))
        let client = try RequestClient(path: "\(scratch.path)/aurad.sock")
        _ = try client.call("system.status")

        // A mistake leaves what is in force; the right thing is taken over. The connection stays all the while.
        try scratch.write("as_of: dat\n", to: "aurad.yaml")
        kill(pid, SIGHUP)
        messages = manager.receive { $0.contains { $0.contains("rejected") } }
        #expect(messages.contains { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
        #expect(messages.last { $0.hasPrefix("READY=1") }?.contains("rejected") == true)
        try scratch.write("as_of: data\nlog_level: debug\n", to: "aurad.yaml")
        let before = messages.count { $0.hasPrefix("READY=1") }
        kill(pid, SIGHUP)
        messages = manager.receive { $0.count { $0.hasPrefix("READY=1") } > before }
        _ = try client.call("system.status")
        client.close()

        #expect(try aurad.terminate("\(scratch.path)/state") == 0)
        messages = manager.receive { $0.contains { $0.hasPrefix("STOPPING=1") } }
        #expect(messages.contains { $0.hasPrefix("STOPPING=1") })
        let log = aurad.standardError
        for words in ["aurad.yaml line 1 rejected: not_accepted", "configuration reloaded", "stopped after"] {
            #expect(log.contains(words), "\(words): \(log)")
        }
        #expect(access("\(scratch.path)/aurad.sock", F_OK) != 0)
    }

    @Test("A stopped process is not fed for, a second daemon ends with 75, and nothing is readable by others")
    func manners() throws {
        let scratch = try ScratchDirectory()
        let manager = try NotifySocket("\(scratch.path)/notify")
        let state = "\(scratch.path)/state"
        let socket = "\(scratch.path)/aurad.sock"
        try scratch.write("socket_group: null\n", to: "aurad.yaml")
        let arguments = ["--config", "\(scratch.path)/aurad.yaml", "--state-dir", state]
        let aurad = try AuradProcess(
            arguments + ["--socket", socket], environment: ["NOTIFY_SOCKET": manager.path])
        _ = manager.receive { $0.contains { $0.hasPrefix("READY=1") } }
        let pid = try AuradProcess.pid(of: state)

        let second = try AuradProcess(arguments + ["--socket", "\(scratch.path)/other.sock"])
        #expect(second.status() == 75)
        #expect(second.standardError.contains("process \(pid)"), "\(second.standardError)")

        var status = stat()
        #expect(lstat(state, &status) == 0 && status.st_mode & 0o7777 == 0o750)
        for name in try FileManager.default.contentsOfDirectory(atPath: state) {
            #expect(lstat("\(state)/\(name)", &status) == 0)
            let mode = status.st_mode & 0o777
            #expect(name == "inbox" ? mode == 0o711 : mode & 0o077 == 0, "\(name): \(String(mode, radix: 8))")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(state)/inbox") {
            #expect(lstat("\(state)/inbox/\(name)", &status) == 0 && status.st_mode & 0o7777 == 0o3770)
        }
        let limits = try String(contentsOf: URL(filePath: "/proc/\(pid)/limits"), encoding: .utf8)
        #expect(limits.split(separator: "\n").contains { $0.hasPrefix("Max core file size        0 ") })
        // Not dumpable: what the kernel shows of the process belongs to root, whoever runs it.
        #expect(lstat("/proc/\(pid)/mem", &status) == 0 && status.st_uid == 0)
        let signals = try String(contentsOf: URL(filePath: "/proc/\(pid)/status"), encoding: .utf8)
        let ignored = try #require(signals.split(separator: "\n").first { $0.hasPrefix("SigIgn:") })
        let mask = try #require(UInt64(ignored.split(separator: "\t")[1], radix: 16))
        #expect(mask & (1 << (UInt64(SIGPIPE) - 1)) != 0)

        kill(pid, SIGKILL)
        _ = aurad.status()
        // The kernel has let go of the lock; the socket file of the dead daemon is in nobody's way.
        let third = try AuradProcess(
            arguments + ["--socket", socket], environment: ["NOTIFY_SOCKET": manager.path])
        let messages = manager.receive { $0.count { $0.hasPrefix("READY=1") } == 2 }
        #expect(messages.count { $0.hasPrefix("READY=1") } == 2)
        #expect(try third.terminate(state) == 0)
    }

    @Test(
        "A socket that was opened for it is served, and its file is left alone",
        .enabled(if: access("/usr/bin/systemd-socket-activate", X_OK) == 0, "systemd-socket-activate not found"))
    func socketActivation() throws {
        let scratch = try ScratchDirectory()
        let socket = "\(scratch.path)/passed.sock"
        try scratch.write("as_of: data\nsocket_mode: 0600\n", to: "aurad.yaml")
        let aurad = try AuradProcess(
            ["--config", "\(scratch.path)/aurad.yaml", "--state-dir", "\(scratch.path)/state"],
            // It starts the program in an environment of its own making.
            wrapper: ["systemd-socket-activate", "-l", socket, "--fdname=aurad.socket"]
                + ["ASAN_OPTIONS", "TSAN_OPTIONS"].filter { (name: String) in getenv(name) != nil }.map {
                    "--setenv=\($0)"
                })
        for _ in 0..<100 where access(socket, F_OK) != 0 { usleep(50_000) }
        // The first call starts the daemon and is answered.
        let client = try RequestClient(path: socket)
        let status = try JSONReader().read(try client.call("system.status", timeout: .seconds(30)))
        // The socket has the permissions that it was opened with, and the status says that the key changes nothing.
        let problems = status["problems"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(problems.contains { $0.contains("socket_mode") && $0.contains("aurad.socket") }, "\(problems)")
        client.close()
        #expect(access("\(scratch.path)/state/aura.db", F_OK) == 0)
        #expect(try aurad.terminate("\(scratch.path)/state") == 0)
        #expect(access(socket, F_OK) == 0)
    }
}
