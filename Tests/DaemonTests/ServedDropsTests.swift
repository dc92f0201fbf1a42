import Contract
import Foundation
import Testing
import Words

/// `aurac ingest --wait` against a whole daemon: when it ends, every answer has the file.
@Suite(.serialized)
struct ServedDropsTests {
    private static let head = "customer_id,account_creation_date,segment,region\n"

    /// How many clients reading methods know of (key figures count those alone who have begun), and the generations that they were answered from.
    private static func clients(_ daemon: RunningDaemon) throws -> (counts: [Int64?], snapshots: Set<String>) {
        // Those who have left too.
        let list = try daemon.call(
            "clients.list", ["status": .array(ClientStatus.allCases.map { .string($0.name) })])
        let figures = try daemon.call("kpis.get")
        let table = try daemon.call("export.table", ["table": "customer_metrics"])
        let rules = try daemon.call("risk.rules")
        let status = try daemon.call("system.status")
        let drops = try daemon.call("data.drops")
        return (
            [
                list["total"]?.integerValue,
                table["total"]?.integerValue,
                status["counts"]?["customers"]?.integerValue,
            ], Set([list, figures, table, rules, status, drops].map { $0["snapshot"]?.stringValue ?? "none" })
        )
    }

    @Test("Forty times: what was waited for is in every answer")
    func neverStale() async throws {
        let daemon = try RunningDaemon()
        for number in 1...40 {
            let file = try daemon.place(
                Self.head + "c\(number),2025-01-\(String(format: "%02d", 1 + number % 28)),smb,EMEA\n",
                "clients-\(number).csv")
            let run = try daemon.aurac(["ingest", file, "--category", "demographics", "--wait"])
            try #require(run.status == 0, "\(run.errors)")
            let (counts, snapshots) = try Self.clients(daemon)
            #expect(counts == Array(repeating: Int64(number), count: counts.count), "after file \(number)")
            #expect(snapshots.count == 1)
            let drop = try daemon.call("data.drops", ["drop_id": .integer(Int64(number))])["drops"]?.arrayValue?.first
            #expect(drop?["served"]?.boolValue == true)
        }
        // What changes nothing, and what is refused, is final at once.
        let again = try daemon.aurac([
            "ingest", "\(daemon.root)/clients-7.csv", "--category", "demographics", "--wait", "-o", "ndjson",
        ])
        #expect(again.status == 0)
        #expect(try JSONReader().read(again.text)["served"]?.boolValue == true)
        let bad = try daemon.aurac([
            "ingest", try daemon.place("no,such,columns\n1,2,3\n", "bad.csv"), "--category", "demographics",
            "--wait", "-o", "ndjson",
        ])
        #expect(bad.status == 65)
        let refusal = try JSONReader().read(bad.text)
        #expect(refusal["served"] == JSONValue.null)
        await daemon.stop()
    }

    @Test("Several files at once and from several sides, a large one among them")
    func manyAtOnce() async throws {
        let daemon = try RunningDaemon()
        let files = try SampleFiles.make(clients: 300, days: 200, seed: 3)
        for (category, text) in files { _ = try daemon.place(text, "\(category).csv") }
        let large = try daemon.aurac(["ingest", "\(daemon.root)/engagement.csv", "--category", "engagement", "--wait"])
        #expect(large.status == 0, "\(large.errors)")
        let rows = try #require(
            try daemon.call("data.drops", ["drop_id": 1])["drops"]?.arrayValue?.first?["accepted"]?.integerValue)
        #expect(rows > 1_000)
        // Before there are clients there is no answer to ask but the status.
        #expect(try daemon.call("data.drops", ["drop_id": 1])["drops"]?.arrayValue?.first?["served"]?.boolValue == true)
        let clients = try daemon.aurac([
            "ingest", "\(daemon.root)/demographics.csv", "--category", "demographics", "--wait",
        ])
        #expect(clients.status == 0, "\(clients.errors)")
        let total = try #require(try Self.clients(daemon).counts[0])

        let results = await withTaskGroup(of: [Int32].self) { group in
            for side in 0..<4 {
                let names = (0..<3).map { "side-\(side)-\($0).csv" }
                let paths = names.enumerated().compactMap { index, name in
                    try? daemon.place(Self.head + "new-\(side)-\(index),2025-01-01,smb,EMEA\n", name)
                }
                group.addTask { [daemon = Borrowed(daemon)] in
                    // Each side asks for its own clients as soon as its command has ended.
                    guard
                        let run = try? daemon.value.aurac(
                            ["ingest"] + paths + ["--category", "demographics", "--wait"])
                    else { return [-1] }
                    let seen = (0..<3).map { index -> Int32 in
                        let answer = try? daemon.value.call(
                            "clients.get", ["customer_id": .string("new-\(side)-\(index)")])
                        return answer == nil ? 1 : 0
                    }
                    return [run.status] + seen
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(results == Array(repeating: 0, count: 16))
        #expect(try Self.clients(daemon).counts.allSatisfy { $0 == total + 12 })
        await daemon.stop()
    }

    /// Safe: the daemon's tests use it from several threads through its socket alone.
    private struct Borrowed: @unchecked Sendable {
        let value: RunningDaemon
        init(_ value: RunningDaemon) { self.value = value }
    }

    @Test("What was stored is served although its original cannot be put away")
    func aFailingStage() async throws {
        let daemon = try RunningDaemon()
        let first = try daemon.place(Self.head + "c1,2025-01-01,smb,EMEA\n", "first.csv")
        #expect(try daemon.aurac(["ingest", first, "--category", "demographics", "--wait"]).status == 0)
        let second = try daemon.place(Self.head + "c2,2025-01-01,smb,EMEA\n", "second.csv")
        // A folder in the place of the original: the file cannot be renamed to it.
        let originals = "\(daemon.root)/state/bronze"
        #expect(try FileManager.default.contentsOfDirectory(atPath: originals).contains("\(try Self.hash(first)).csv"))
        try FileManager.default.createDirectory(
            atPath: "\(originals)/\(try Self.hash(second)).csv/in the way", withIntermediateDirectories: true)
        let run = try daemon.aurac(["ingest", second, "--category", "demographics", "--wait"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try Self.clients(daemon).counts.allSatisfy { $0 == 2 })
        #expect(try daemon.call("system.status")["problems"]?.arrayValue?.isEmpty == false)
        await daemon.stop()
    }

    private static func hash(_ path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        process.arguments = [path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return String(text.prefix { $0 != " " })
    }
}
