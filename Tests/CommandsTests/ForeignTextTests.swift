import Answers
import Assessment
import Contract
import Gold
import HealthScore
import Records
import RiskRules
import RiverTesting
import Snapshots
import Testing

/// What foreign systems put into names, on its way to terminals and spreadsheets.
@Suite struct ForeignTextTests {
    private static let names = ["=1+2", "+1", "-2+3", "@x", "\t=1", "\r=1", "plain", "a,-b"]

    /// Clients with every name, and a number below 0.
    private static let clients: FakeDaemon.Answer = { _ in
        let rows = names.enumerated().map { index, name -> JSONValue in
            [
                "customer_id": .string("C\(index)"), "name": .string(name), "mrr": .double(-5.5),
                "change": .integer(-3), "=attribute": .string("-1"), "numbers": [.integer(-1), .integer(2)],
                "texts": [.string("-a"), .string("b")],
            ]
        }
        return JSONWriter.bytes(of: ["clients": .array(rows), "total": 8, "next_cursor": nil])
    }

    @Test(arguments: [["clients"], ["clients", "--all"]])
    func recordsAsCSVAreSafeForSpreadsheets(_ command: [String]) async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["clients.list": Self.clients], in: scratch)
        let guarded = try CommandRun(command + ["-o", "csv"], socket: daemon.socketPath)
        let rest = ",-5.5,-3,'-1,-1; 2,'-a; b\n"
        #expect(
            guarded.output == "customer_id,name,mrr,change,'=attribute,numbers,texts\n"
                + ["'=1+2", "'+1", "'-2+3", "'@x", "'\t=1", "\"'\r=1\"", "plain", "\"a,-b\""].enumerated()
                .map { "C\($0.offset),\($0.element)\(rest)" }.joined())
        let raw = try CommandRun(command + ["-o", "csv", "--raw"], socket: daemon.socketPath)
        #expect(
            raw.output == guarded.output.replacing(",'", with: ",").replacing("\"'", with: "\""))
        // Other formats are for programs.
        let lines = try CommandRun(command + ["-o", "ndjson"], socket: daemon.socketPath)
        #expect(lines.output.contains(#""name":"=1+2""#) && !lines.output.contains("'"))
        await daemon.stop()
    }

    private static func snapshot(_ river: River) -> Snapshot {
        let settings = GoldSettings.example
        let gold = GoldRefinery.refine(river.tables, asOf: Day(2026, 3, 31), settings: settings)
        let assessor = Assessor(health: HealthModel(), rules: RuleEngine(rules: RiskRule.defaults))
        let assessments = assessor.assess(gold, silver: river.tables)
        return Snapshot(
            generation: 1, silver: river.tables, gold: gold, assessments: assessments, settings: settings,
            previous: nil)
    }

    /// The daemon marks what stands in columns of text, and nothing else.
    @Test func exportsAreSafeForSpreadsheets() async throws {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,name,account_creation_date,segment\n=J0,=1+2,2026-01-01,@seg\nJ1,ok,2026-01-01,-5\n")
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,transaction_date\nt1,J1,-25,USD,2026-02-01\n")
        let snapshot = Self.snapshot(river)
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            [
                "export.table": { (object) throws(Problem) in
                    let parameters = try Parameters(object, of: .exportTable, hiding: nil)
                    var bytes: [UInt8] = []
                    try JSONWriter.append(to: &bytes) { (writer) throws(Problem) in
                        try ExportAnswer.write(ExportAnswer.Question(parameters), snapshot, to: &writer)
                    }
                    return bytes
                }
            ], in: scratch)
        func export(_ options: [String]) throws -> String {
            let run = try CommandRun(["export", "customer_metrics"] + options, socket: daemon.socketPath)
            #expect(run.status == 0, "\(run.errors)")
            return run.output
        }
        let raw = try export(["--raw"])
        let guarded = try export([])
        #expect(
            guarded.contains("\n'=J0,not_started,,,'=1+2,") && guarded.contains(",'@seg,") && guarded.contains(",'-5,"))
        #expect(guarded.contains(",-25,"))
        #expect(raw.contains("\n=J0,not_started,,,=1+2,") && raw.contains(",@seg,") && !raw.contains("'"))
        #expect(guarded.replacing("'", with: "") == raw)
        for format in ["json", "ndjson"] { #expect(!(try export(["--format", format]).contains("'"))) }
        let path = scratch.path("m.db")
        _ = try export([path, "--format", "sqlite"])
        #expect(
            try SQLiteLibrary.query(path, "SELECT name FROM customer_metrics WHERE customer_id = '=J0'") == ["=1+2"])
        await daemon.stop()
    }

    private static let evil = "\u{1B}]0;x\u{07}\u{9B}2J\u{202E}\u{7F}é"

    /// A terminal is shown signs, a pipe gets the bytes.
    @Test func terminalsAreNotCommanded() async throws {
        let scratch = try Scratch()
        let record: JSONValue = ["drop_id": 1, "file": .string(Self.evil), "state": "loaded", "line\u{1B}": "a\nb"]
        let daemon = try FakeDaemon(
            [
                "data.drops": { _ in JSONWriter.bytes(of: ["drops": [record], "total": 1]) },
                "clients.list": { _ in JSONWriter.bytes(of: ["clients": [record], "total": 1]) },
                "system.metrics": { _ in JSONWriter.bytes(of: ["text": .string("# \(Self.evil)\nx 1\n")]) },
                "data.ingest": { _ in JSONWriter.bytes(of: record) },
                "export.table": { parameters in
                    let text =
                        parameters["format"] == "csv"
                        ? "file\n\(Self.evil)\n"
                        : String(decoding: JSONWriter.bytes(of: record), as: UTF8.self) + "\n"
                    return JSONWriter.bytes(
                        of: ["rows": 1, "total": 1, "columns": [], "data": .string(text), "next_cursor": nil])
                },
            ], in: scratch)
        let file = try scratch.write("x", to: "x.csv")
        var commands = [
            ["metrics"], ["metrics", "-o", "json"], ["clients", "--all", "-o", "csv"],
            ["clients", "--all", "-o", "ndjson"],
        ]
        for format in ["csv", "ndjson", "json"] {
            commands += [
                ["drops", "-o", format], ["export", "customer_metrics", "-o", format],
                ["ingest", file, "--category", "support", "-o", format],
            ]
        }
        for command in commands {
            let terminal = try CommandRun(command, socket: daemon.socketPath, .init(columns: 100))
            #expect(terminal.status == 0, "\(command): \(terminal.errors)")
            let bad = terminal.output.unicodeScalars.filter {
                $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) || $0 == "\u{202E}"
            }
            #expect(bad.isEmpty, "\(command)")
            #expect(terminal.output.contains("é"))
            let pipe = try CommandRun(command, socket: daemon.socketPath)
            #expect(pipe.output.contains("\u{202E}\u{7F}é"), "\(command)")
            if command.contains("csv") || command == ["metrics"] { #expect(pipe.output.contains(Self.evil)) }
            guard command.contains("json") || command.contains("ndjson") else { continue }
            #expect(try JSONReader().read(terminal.outputBytes) == JSONReader().read(pipe.outputBytes), "\(command)")
        }
        await daemon.stop()
    }
}
