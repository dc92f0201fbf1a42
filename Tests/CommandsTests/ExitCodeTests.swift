import Commands
import Contract
import Glibc
import Synchronization
import Testing

/// How commands end.
@Suite struct ExitCodeTests {
    @Test(arguments: [
        (Problem.Code.parseError, Int32(70)), (.invalidRequest, 70), (.methodNotFound, 1), (.invalidParams, 64),
        (.internalError, 70), (.notFound, 1), (.notReady, 75), (.forbidden, 77), (.timeout, 75), (.conflict, 1),
        (.tooLarge, 1), (.unavailable, 1), (.overloaded, 75),
    ])
    func everyProblemHasItsCode(_ code: Problem.Code, _ expected: Int32) async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            [
                "kpis.get": { (_) throws(Problem) in throw Problem(code, "something is \"odd\"", hint: "do this next") }
            ], in: scratch)
        let run = try CommandRun(["kpis"], socket: daemon.socketPath)
        #expect(run.status == expected)
        #expect(run.output.isEmpty)
        #expect(run.errors == "aurac: something is \"odd\" (\(code.kind))\nhint: do this next\n")
        await daemon.stop()
    }

    @Test func everyProblemCodeIsTested() {
        #expect(Problem.Code.allCases.count == 13)
    }

    @Test func noSocket() throws {
        let scratch = try Scratch()
        let run = try CommandRun(["status", "--socket", scratch.path("none.sock")])
        #expect(run.status == 69)
        #expect(
            run.errors.hasPrefix(
                "aurac: cannot reach the daemon: no socket at \"\(scratch.path("none.sock"))\"\nhint: "))
        #expect(run.output.isEmpty)
    }

    @Test func nobodyListens() throws {
        let scratch = try Scratch()
        let path = scratch.path("dead.sock")
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        try bind(descriptor, to: path)
        let run = try CommandRun(["status"], socket: path)
        #expect(run.status == 69)
        #expect(run.errors.contains("nobody listens"))
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may enter everywhere"))
    func forbiddenFolder() throws {
        let scratch = try Scratch()
        let folder = scratch.path("closed")
        mkdir(folder, 0)
        defer { chmod(folder, 0o700) }
        let run = try CommandRun(["status"], socket: folder + "/aurad.sock")
        #expect(run.status == 77)
        #expect(run.errors.contains("permission denied on directory"))
    }

    @Test func pathTooLong() throws {
        let run = try CommandRun(["status"], socket: "/" + String(repeating: "x", count: 300))
        #expect(run.status == 64)
    }

    @Test func silentDaemonTimesOut() async throws {
        let scratch = try Scratch()
        let gate = Mutex(false)
        let daemon = try FakeDaemon(
            [
                "system.status": { _ in
                    while !gate.withLock({ $0 }) { usleep(5_000) }
                    return Array("{}".utf8)
                }
            ], in: scratch)
        let run = try CommandRun(["status", "--timeout", "0.2"], socket: daemon.socketPath)
        gate.withLock { $0 = true }
        #expect(run.status == 75)
        #expect(run.errors.contains("timed out waiting for the answer of system.status"))
        #expect(run.errors.contains("--timeout"))
        await daemon.stop()
    }

    @Test func notTheProtocol() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["system.status": { _ in Array("{\"a\":".utf8) }], in: scratch)
        let run = try CommandRun(["status"], socket: daemon.socketPath)
        #expect(run.status == 70)
        #expect(run.errors.contains("not JSON"))
        await daemon.stop()
    }

    @Test(arguments: [
        ["nonsense"], ["status", "extra"], ["status", "--nope"], ["kpis", "--by", "year"],
        ["kpis", "--as-of", "2026-02-30"],
        ["kpis", "--from", "yesterday"], ["clients", "--limit", "0"], ["clients", "--limit", "many"],
        ["clients", "--risk", "extreme"], ["clients", "--all", "-o", "json"], ["clients", "--all", "--cursor", "x"],
        ["client"], ["drops", "show"], ["drops", "cancel"], ["ingest", "file"], ["ingest", "--category", "support"],
        ["ingest", "-", "-", "--category", "support"], ["export"], ["export", "secrets"],
        ["export", "customer_metrics", "--format", "sqlite"], ["status", "-o", "xml"], ["status", "--timeout", "0"],
        ["status", "--timeout", "-1"], ["status", "--timeout", "nan"], ["status", "--socket", ""],
        ["metrics", "-o", "csv"],
        ["help", "nonsense"], ["sample", "--clients", "-1", "x"], ["sample", "--mess", "0.9", "x"],
        ["sample", "--last-day", "1999-01-01", "x"], ["sample"], ["--nope"],
    ])
    func mistakesOnTheCommandLine(_ arguments: [String]) throws {
        let run = try CommandRun(arguments, socket: "/nonexistent/aurad.sock")
        #expect(run.status == 64, "\(arguments)")
        #expect(run.output.isEmpty, "\(arguments)")
        #expect(!run.errors.isEmpty, "\(arguments)")
    }

    @Test(arguments: [
        ("clints", "clients or client"), ("kpi", "kpis"), ("coh", "cohorts"), ("STATUS", nil), ("nonsense", nil),
        ("", nil),
    ])
    func aWordThatIsNoCommand(_ word: String, _ meant: String?) throws {
        let run = try CommandRun([word, "--limit", "3"])
        #expect(run.status == 64)
        let question = meant.map { "did you mean \($0)? " } ?? ""
        #expect(run.errors == "aurac: no command \"\(word)\"\nhint: \(question)\"aurac help\" lists the commands\n")
    }

    @Test(arguments: [
        ["drops", "show", "seven"], ["drops", "cancel", "-x"], ["drops", "cancel", "x"], ["rejects", "--drop", "x"],
        ["drops", "show", "1.5"],
    ])
    func aDeliverysIdIsANumber(_ arguments: [String]) throws {
        let run = try CommandRun(arguments, socket: "/nonexistent/aurad.sock")
        #expect(run.status == 64)
        #expect(run.errors.contains("aurac drops"))
    }

    @Test(arguments: [
        [], ["--help"], ["-h"], ["help"], ["status", "--help"], ["drops", "--help"], ["drops", "show", "-h"],
        ["help", "drops", "show"], ["help", "export"], ["help", "exit-codes"], ["--version"],
        ["--generate-completion-script", "bash"],
    ])
    func helpGoesToTheOutput(_ arguments: [String]) throws {
        let run = try CommandRun(arguments)
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(!run.output.isEmpty)
    }

    /// Every command explains every option and shows examples.
    @Test(arguments: [
        "status", "ingest", "drops list", "drops show", "drops cancel", "rejects", "remarks", "refresh", "kpis",
        "clients",
        "client", "rules list",
        "rules test", "cohorts", "heatmap", "mrr", "forecast show", "forecast backtest", "export", "verify", "metrics",
        "sample", "help",
    ])
    func helpIsComplete(_ command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let run = try CommandRun(words + ["--help"], .init(columns: 80))
        let lines = run.output.split(separator: "\n").map(String.init)
        // The usage is one line of its own, which a reader copies.
        #expect(lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE: ") }, "\(lines.filter { $0.count > 80 })")
        #expect(run.output.contains("OVERVIEW: "))
        #expect(
            run.output.split(separator: "\n").count {
                $0.hasPrefix("  aurac ") || $0.contains("| aurac ") || $0.contains("aurac status")
            } >= 2)
        // An option without explanation is a line that ends after its name, with no indented line below.
        for (index, line) in lines.enumerated() where line.hasPrefix("  -") {
            let isExplained =
                line.dropFirst(2).contains("  ")
                || (index + 1 < lines.count && lines[index + 1].hasPrefix("          "))
            #expect(isExplained, "\(command): \(line)")
        }
    }

    @Test func theRootListsEveryCommand() throws {
        let root = try CommandRun(["--help"], .init(columns: 80))
        for command in [
            "status", "ingest", "drops", "rejects", "remarks", "refresh", "kpis", "clients", "client", "rules",
            "cohorts",
            "heatmap",
            "mrr", "forecast", "export", "verify", "metrics", "sample", "help",
        ] {
            #expect(root.output.contains("\n  \(command) "), "\(command)")
        }
    }

    @Test func exitCodesOfTheTopicAreThoseThatOccur() throws {
        let run = try CommandRun(["help", "exit-codes"])
        let codes = run.output.split(separator: "\n").compactMap { line in
            line.split(separator: " ").first.flatMap { Int($0) }
        }
        #expect(codes == [0, 1, 64, 65, 66, 69, 70, 73, 75, 77])
    }

    /// A reader that has seen enough is no failure.
    @Test func brokenPipe() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        signal(SIGPIPE, SIG_IGN)
        for arguments in [
            ["status"], ["clients", "--all", "-o", "ndjson"], ["export", "customer_metrics"], ["--help"],
        ] {
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            close(ends[0])
            let errors = open("/dev/null", O_WRONLY)
            let console = Console(
                environment: ["AURA_SOCKET": daemon.socketPath], input: STDIN_FILENO,
                output: .init(descriptor: ends[1], isTerminal: false),
                errors: .init(descriptor: errors, isTerminal: false),
                clock: { SampleAnswers.now }, pause: { _ in })
            #expect(AuracProgram.run(arguments: arguments, console: console) == 0, "\(arguments)")
            close(ends[1])
            close(errors)
        }
        await daemon.stop()
    }

    @Test func fullDisk() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let console = Console(
            environment: ["AURA_SOCKET": daemon.socketPath], input: STDIN_FILENO,
            output: .init(descriptor: full, isTerminal: false), errors: .init(descriptor: full, isTerminal: false),
            clock: { SampleAnswers.now }, pause: { _ in })
        #expect(AuracProgram.run(arguments: ["status"], console: console) == 73)
        await daemon.stop()
    }

    private func bind(_ descriptor: Int32, to path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
        }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw SampleError("could not bind \(path)") }
    }
}
