import Contract
import Glibc
import Synchronization
import Testing

/// Answers that come page by page: all clients, exports.
@Suite struct PagingTests {
    /// A table of lines, three a page, whose generation is replaced before given pages.
    private final class Pages: Sendable {
        let lines: Int
        let rowsPerPage: Int
        let conflicts: Mutex<Set<Int>>
        let asked = Mutex(0)
        let generation = Mutex(1)

        /// - Parameter conflicts: the requests, counted from 1, that meet a new generation.
        init(lines: Int, rowsPerPage: Int = 3, conflicts: Set<Int> = []) {
            self.lines = lines
            self.rowsPerPage = rowsPerPage
            self.conflicts = Mutex(conflicts)
        }

        func page(_ parameters: JSONObject) throws(Problem) -> (range: Range<Int>, generation: Int, next: String?) {
            let number = asked.withLock { asked in
                asked += 1
                return asked
            }
            if conflicts.withLock({ $0.contains(number) }) {
                generation.withLock { $0 += 1 }
                throw Problem(.conflict, "the generation was replaced")
            }
            let generation = generation.withLock { $0 }
            let offset = parameters["cursor"]?.stringValue.flatMap { Int($0) } ?? 0
            let end = min(lines, offset + rowsPerPage)
            return (offset..<end, generation, end < lines ? String(end) : nil)
        }

        var export: FakeDaemon.Answer {
            { [self] (parameters) throws(Problem) in
                let (range, generation, next) = try page(parameters)
                let isCSV = parameters["format"] == "csv"
                var text = isCSV && range.lowerBound == 0 ? "id,generation\n" : ""
                for row in range {
                    text += isCSV ? "\(row),\(generation)\n" : "{\"id\":\(row),\"generation\":\(generation)}\n"
                }
                var answer: JSONObject = ["rows": .integer(Int64(range.count)), "total": .integer(Int64(lines))]
                answer["columns"] = .array([
                    ["name": "id", "type": "integer"], ["name": "generation", "type": "real"],
                ])
                answer["data"] = .string(text)
                answer["next_cursor"] = next.map { .string($0) } ?? .null
                return JSONWriter.bytes(of: .object(answer))
            }
        }

        var clients: FakeDaemon.Answer {
            { [self] (parameters) throws(Problem) in
                let (range, generation, next) = try page(parameters)
                let rows = range.map { row -> JSONValue in
                    ["customer_id": .string("C\(row)"), "generation": .integer(Int64(generation))]
                }
                var answer: JSONObject = ["total": .integer(Int64(lines))]
                answer["clients"] = .array(rows)
                answer["next_cursor"] = next.map { .string($0) } ?? .null
                return JSONWriter.bytes(of: .object(answer))
            }
        }
    }

    private func csv(_ rows: Int, _ generation: Int = 1) -> String {
        "id,generation\n" + (0..<rows).map { "\($0),\(generation)\n" }.joined()
    }

    @Test(arguments: [0, 1, 3, 4, 10])
    func exportFollowsTheCursor(_ rows: Int) async throws {
        let scratch = try Scratch()
        let pages = Pages(lines: rows)
        let daemon = try FakeDaemon(["export.table": pages.export], in: scratch)
        let run = try CommandRun(["export", "customer_metrics"], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == csv(rows))
        #expect(daemon.requests("export.table").count == max(1, (rows + 2) / 3))
        #expect(
            daemon.requests("export.table").first == [
                "table": "customer_metrics", "format": "csv", "guard_formulas": true,
            ])
        await daemon.stop()
    }

    @Test(arguments: [0, 1, 3, 7])
    func exportAsOneArray(_ rows: Int) async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["export.table": Pages(lines: rows).export], in: scratch)
        let run = try CommandRun(["export", "customer_metrics", "--format", "json"], socket: daemon.socketPath)
        let value = try JSONReader().read(run.outputBytes)
        #expect(value.arrayValue?.map { $0["id"]?.integerValue } == (0..<rows).map { Int64($0) })
        #expect(run.output.hasSuffix("]\n"))
        await daemon.stop()
    }

    @Test(arguments: [0, 1, 3, 700])
    func exportAsADatabase(_ rows: Int) async throws {
        let scratch = try Scratch()
        // The second page meets a new generation: the file begins again.
        let pages = Pages(lines: rows, conflicts: rows > 3 ? [2] : [])
        let daemon = try FakeDaemon(["export.table": pages.export], in: scratch)
        let path = scratch.path("metrics.db")
        let run = try CommandRun(
            ["export", "customer_metrics", path, "--format", "sqlite"], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try SQLiteLibrary.query(path, "PRAGMA integrity_check") == ["ok"])
        let generation = rows > 3 ? 2 : 1
        #expect(
            try SQLiteLibrary.query(path, "SELECT id, generation FROM customer_metrics ORDER BY rowid")
                == (0..<rows).map { "\($0)|\(generation).0" })
        await daemon.stop()
    }

    @Test func aDatabaseNeedsColumnsWithNames() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            [
                "export.table": { _ in
                    Array(#"{"rows":0,"total":0,"columns":[{"name":"a\", b","type":"text"}],"data":""}"#.utf8)
                }
            ], in: scratch)
        let run = try CommandRun(
            ["export", "customer_metrics", scratch.path("m.db"), "--format", "sqlite"], socket: daemon.socketPath)
        #expect(run.status == 70)
        #expect(!scratch.names().contains { $0.hasPrefix("m.db") })
        await daemon.stop()
    }

    @Test func exportToAFileReplacesItWhenComplete() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["export.table": Pages(lines: 7).export], in: scratch)
        let path = try scratch.write("old", to: "metrics.csv")
        let run = try CommandRun(
            ["export", "customer_metrics", path, "--as-of", "2026-03-31"], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.errors.hasSuffix("7 rows written to \(path)\n"))
        #expect(scratch.read("metrics.csv") == Array(csv(7).utf8))
        #expect(scratch.names() == ["aurad.sock", "metrics.csv"])
        #expect(daemon.requests("export.table").allSatisfy { $0["as_of"] == "2026-03-31" })
        await daemon.stop()
    }

    @Test func exportToAFileStartsOverOnce() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["export.table": Pages(lines: 7, conflicts: [3]).export], in: scratch)
        let run = try CommandRun(["export", "customer_metrics", scratch.path("m.csv")], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        #expect(scratch.read("m.csv") == Array(csv(7, 2).utf8))
        let cursors = daemon.requests("export.table").map { $0["cursor"]?.stringValue }
        #expect(cursors == [nil, "3", "6", nil, "3", "6"])
        await daemon.stop()
    }

    @Test func exportToAFileGivesUpAtTheSecondConflict() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["export.table": Pages(lines: 7, conflicts: [2, 4]).export], in: scratch)
        let path = try scratch.write("old", to: "m.csv")
        let run = try CommandRun(["export", "customer_metrics", path], socket: daemon.socketPath)
        #expect(run.status == 75)
        #expect(scratch.read("m.csv") == Array("old".utf8))
        #expect(scratch.names() == ["aurad.sock", "m.csv"])
        await daemon.stop()
    }

    /// What has not left the program can be taken back, what has cannot.
    @Test func exportToAPipe() async throws {
        let scratch = try Scratch()
        let small = try FakeDaemon(["export.table": Pages(lines: 7, conflicts: [2]).export], in: scratch)
        let restarted = try CommandRun(["export", "customer_metrics"], socket: small.socketPath)
        #expect(restarted.status == 0)
        #expect(restarted.output == csv(7, 2))
        await small.stop()

        let other = try Scratch()
        let pages = Pages(lines: 40_000, rowsPerPage: 15_000, conflicts: [3])
        let large = try FakeDaemon(["export.table": pages.export], in: other)
        let failed = try CommandRun(["export", "customer_metrics"], socket: large.socketPath)
        #expect(failed.status == 75)
        #expect(failed.errors.contains("not complete"))
        #expect(csv(40_000).hasPrefix(failed.output) && !failed.output.isEmpty)
        await large.stop()
    }

    @Test func exportIntoNowhere() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["export.table": Pages(lines: 1).export], in: scratch)
        let run = try CommandRun(["export", "customer_metrics", scratch.path("none/m.csv")], socket: daemon.socketPath)
        #expect(run.status == 73)
        #expect(run.errors.contains("none/m.csv"))
        await daemon.stop()
    }

    @Test func realTablesExportWhole() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        for table in [
            "customer_metrics", "customer_health_scores", "dashboard_kpis", "cohort_retention", "mrr_movements",
        ] {
            let rows =
                try CommandRun(["export", table], socket: daemon.socketPath).output.split(separator: "\n").count - 1
            let array = try JSONReader().read(
                CommandRun(["export", table, "-o", "json"], socket: daemon.socketPath).outputBytes)
            let lines = try CommandRun(["export", table, "--format", "ndjson", "-"], socket: daemon.socketPath).output
            #expect(rows > 0)
            #expect(array.arrayValue?.count == rows, "\(table)")
            #expect(lines.split(separator: "\n").count == rows, "\(table)")
        }
        await daemon.stop()
    }

    @Test func allClientsAreStreamed() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["clients.list": Pages(lines: 8).clients], in: scratch)
        let csv = try CommandRun(["clients", "--all", "-o", "csv", "--region", "NA"], socket: daemon.socketPath)
        #expect(csv.output == "customer_id,generation\n" + (0..<8).map { "C\($0),1\n" }.joined())
        #expect(
            daemon.requests("clients.list") == [
                ["region": ["NA"], "limit": 1000], ["region": ["NA"], "limit": 1000, "cursor": "3"],
                ["region": ["NA"], "limit": 1000, "cursor": "6"],
            ])
        let lines = try CommandRun(["clients", "--all", "-o", "ndjson"], socket: daemon.socketPath)
        #expect(lines.output.split(separator: "\n").count == 8)
        let table = try CommandRun(["clients", "--all"], socket: daemon.socketPath, .init(columns: 80))
        #expect(table.output.contains("8 of 8 clients"))
        #expect(!table.output.contains("next page"))
        await daemon.stop()
    }

    @Test func allClientsStartOverOnConflict() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["clients.list": Pages(lines: 8, conflicts: [3]).clients], in: scratch)
        let csv = try CommandRun(["clients", "--all", "-o", "csv"], socket: daemon.socketPath)
        #expect(csv.output == "customer_id,generation\n" + (0..<8).map { "C\($0),2\n" }.joined())
        await daemon.stop()
    }

    /// A page may end early, and the daemon takes no limit of any size: what was asked for comes all the same.
    @Test(arguments: [("rejects", "data.rejects", 10_000), ("drops", "data.drops", 100_000)])
    func limitsAreFilledFromSeveralPages(_ list: String, _ method: String, _ pageMax: Int) async throws {
        let scratch = try Scratch()
        let total = 60
        let daemon = try FakeDaemon(
            [
                method: { (parameters) throws(Problem) in
                    let limit = Int(parameters["limit"]?.integerValue ?? 0)
                    guard (1...pageMax).contains(limit) else { throw Problem(.invalidParams, "limit is \(limit)") }
                    let start = parameters["cursor"]?.stringValue.flatMap { Int($0) } ?? 0
                    // No page has more than 25.
                    let end = min(total, start + min(limit, 25))
                    let rows = (start..<end).map { row -> JSONValue in ["drop_id": .integer(Int64(row))] }
                    return JSONWriter.bytes(
                        of: .object([
                            list: .array(rows), "total": .integer(Int64(total)),
                            "next_cursor": end < total ? .string(String(end)) : .null,
                        ]))
                }
            ], in: scratch)
        for (limit, count) in [(10, 10), (25, 25), (40, 40), (60, 60), (250_000, 60)] {
            let lines = try CommandRun([list, "--limit", "\(limit)", "-o", "ndjson"], socket: daemon.socketPath)
            #expect(lines.status == 0, "\(lines.errors)")
            #expect(lines.output == (0..<count).map { "{\"drop_id\":\($0)}\n" }.joined())
            let whole = try JSONReader().read(
                CommandRun([list, "--limit", "\(limit)", "-o", "json"], socket: daemon.socketPath).outputBytes)
            #expect(whole[list]?.arrayValue?.count == count)
            #expect((whole["next_cursor"] == JSONValue.null) == (count == total))
        }
        await daemon.stop()
    }

    /// The page after a page, by the cursor that its last line names, is the rest of the list.
    @Test func pagesByHandGiveTheWholeList() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        let whole = try CommandRun(["clients", "--all", "-o", "csv"], socket: daemon.socketPath).output.split(
            separator: "\n")
        var cursor: String?
        var lines: [Substring] = []
        repeat {
            let arguments = ["clients", "--limit", "25"] + (cursor.map { ["--cursor", $0] } ?? [])
            let page = try CommandRun(arguments + ["-o", "csv"], socket: daemon.socketPath)
            lines += page.output.split(separator: "\n").dropFirst(lines.isEmpty ? 0 : 1)
            let text = try CommandRun(arguments, socket: daemon.socketPath).output
            cursor = text.split(separator: "'").count > 1 ? String(text.split(separator: "'")[1]) : nil
        } while cursor != nil && lines.count < 1_000
        #expect(lines == whole)
        // Some of the sixty clients have left.
        #expect((40...60).contains(lines.count))
        await daemon.stop()
    }
}
