import Testing

/// What people see, at three widths, without a terminal, and in ASCII.
@Suite struct ScreenTests {
    private static let commands: [(name: String, arguments: [String])] = [
        ("status", ["status"]),
        ("whoami", ["whoami"]),
        ("kpis", ["kpis", "--group-by", "region"]),
        ("kpis-compare", ["kpis", "--compare", "year", "--segment", "enterprise", "--segment", "mid-market"]),
        ("clients", ["clients", "--limit", "5"]),
        ("client", ["client", "C1000051", "--timeline", "6"]),
        ("cohorts", ["cohorts"]),
        ("cohorts-revenue", ["cohorts", "--measure", "revenue", "--by", "first_activity"]),
        ("heatmap", ["heatmap"]),
        ("mrr", ["mrr", "--from", "2026-01-01"]),
        ("forecast", ["forecast", "--metric", "revenue", "--horizon", "90", "--components"]),
        ("forecast-backtest", ["forecast", "backtest", "--metric", "revenue"]),
        ("rules", ["rules"]),
        ("rules-test", ["rules", "test", "C1000051"]),
        ("drops", ["drops"]),
        ("drops-show", ["drops", "show", "17"]),
        ("rejects", ["rejects"]),
        ("remarks", ["remarks", "17"]),
        ("verify", ["verify"]),
        ("metrics", ["metrics"]),
        ("refresh", ["refresh", "--wait"]),
        ("exit-codes", ["help", "exit-codes"]),
        ("help-formats", ["help", "formats"]),
        ("help-metrics", ["help", "metrics"]),
        ("help-stores", ["help", "stores"]),
    ]

    @Test func screensFitEveryWidth() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        for command in Self.commands {
            for columns in [60, 80, 120] {
                let run = try CommandRun(command.arguments, socket: daemon.socketPath, .init(columns: columns))
                #expect(run.status == (command.name == "verify" ? 1 : 0), "\(command.name): \(run.errors)")
                if command.name != "metrics" {
                    for line in run.output.split(separator: "\n") {
                        // Every character of these screens takes one column.
                        #expect(line.count <= columns, "\(command.name) at \(columns): \(line)")
                    }
                }
                Screens.expect(run.output, "\(command.name)-\(columns)")
            }
            // Narrower than anybody would have it: no crash, no line that wraps by itself.
            let narrow = try CommandRun(command.arguments, socket: daemon.socketPath, .init(columns: 20))
            #expect(
                command.name == "metrics" || narrow.output.split(separator: "\n").allSatisfy { $0.count <= 20 },
                "\(command.name) at 20")
        }
        await daemon.stop()
    }

    @Test func pipesGetNeitherColourNorWidth() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        for command in Self.commands where command.name != "drops-show" && command.name != "rejects" {
            let run = try CommandRun(
                command.arguments, socket: daemon.socketPath,
                .init(environment: ["TERM": "xterm-256color", "COLUMNS": "40", "LANG": "C"]))
            #expect(!run.outputBytes.contains(0x1B), "\(command.name)")
            #expect(run.outputBytes.allSatisfy { $0 < 0x80 }, "\(command.name) in the C locale")
        }
        await daemon.stop()
    }

    @Test func coloursFollowTheTerminalAndTheWish() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        func hasColour(_ environment: [String: String], _ arguments: [String] = []) throws -> Bool {
            try CommandRun(
                ["clients"] + arguments, socket: daemon.socketPath, .init(columns: 80, environment: environment)
            ).outputBytes.contains(0x1B)
        }
        #expect(try hasColour(["TERM": "xterm-256color", "LANG": "C.UTF-8"]))
        #expect(try hasColour(["TERM": "xterm", "LANG": "C.UTF-8"]))
        #expect(try !hasColour(["TERM": "xterm", "NO_COLOR": "1"]))
        #expect(try !hasColour(["TERM": "dumb"]))
        #expect(try !hasColour(["TERM": "xterm"], ["--no-color"]))
        await daemon.stop()
    }

    @Test func hostileTextNeverReachesTheTerminal() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        let run = try CommandRun(["rejects"], socket: daemon.socketPath, .init(columns: 120))
        #expect(!run.outputBytes.contains(0x1B))
        #expect(run.output.contains("␛[31mred"))
        await daemon.stop()
    }

    @Test func statusBeforeTheFirstData() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            ["system.status": { _ in Array(SampleAnswers.emptyStatus.utf8) }], in: scratch)
        let run = try CommandRun(["status"], socket: daemon.socketPath, .init(columns: 80))
        #expect(run.status == 0)
        #expect(run.output.contains("ready, no data yet"))
        Screens.expect(run.output, "status-empty-80")
        await daemon.stop()
    }

    /// Answers of a later or an earlier daemon: what is missing is unknown, and nothing crashes.
    @Test(arguments: [
        "{}", "[]", "null", "{\"clients\":7,\"stages\":{},\"months\":null,\"cohorts\":[{}],\"rules\":[1]}",
    ])
    func oddAnswersAreShownAsUnknown(_ answer: String) async throws {
        let scratch = try Scratch()
        var answers: [String: FakeDaemon.Answer] = [:]
        for name in try SampleAnswers.all().keys { answers[name] = { _ in Array(answer.utf8) } }
        let daemon = try FakeDaemon(answers, in: scratch, answersAreReal: false)
        for command in Self.commands {
            for format in ["table", "ndjson", "csv"] where !(command.name == "metrics" && format != "table") {
                if command.arguments.first == "help" { continue }
                let run = try CommandRun(
                    command.arguments + ["-o", format], socket: daemon.socketPath, .init(columns: 80))
                #expect([0, 1].contains(run.status), "\(command.name) \(format): \(run.errors)")
            }
        }
        await daemon.stop()
    }
}
