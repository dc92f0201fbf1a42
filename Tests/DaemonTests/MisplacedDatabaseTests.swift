import Contract
import Daemon
import Foundation
import Glibc
import Testing

/// `aura.db` or its log is removed or exchanged while the daemon has it open: SQLite goes on writing to what nobody will
/// read again.
@Suite(.serialized)
struct MisplacedDatabaseTests {
    private static let row = "customer_id,account_creation_date\nC-late,2024-01-01\n"

    private func loadedDaemon() async throws -> RunningDaemon {
        let files = try SampleFiles.make(clients: 10, days: 60, seed: 5)
        let daemon = try RunningDaemon()
        for (number, category) in SampleFiles.categories.enumerated() {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
            try await daemon.settle(drops: number + 1)
        }
        return daemon
    }

    private func problems(_ daemon: RunningDaemon) throws -> String {
        "\(try daemon.call("system.status")["problems"] ?? .null)"
    }

    private func clients(_ daemon: RunningDaemon) throws -> Int {
        try daemon.export("customer_metrics").split(separator: "\n").count
    }

    @Test("What would be lost is not loaded, and all is well once the file is back", arguments: ["", "-wal"])
    func movedAway(ending: String) async throws {
        let daemon = try await loadedDaemon()
        let before = try clients(daemon)
        let path = "\(daemon.root)/state/aura.db\(ending)"
        #expect(rename(path, "\(daemon.root)/away") == 0)
        try await RunningDaemon.waitUntil("the status says so") {
            try problems(daemon).contains("was removed, or another file was put in its place")
        }
        #expect(try problems(daemon).contains(ending == "" ? "--rebuild" : "start it again"))
        let verification = try daemon.call("system.verify", ["whole": false])
        #expect(verification["ok"]?.boolValue == false)
        #expect("\(verification["checks"] ?? .null)".contains("was removed, or another file"))
        try daemon.drop(Self.row, as: "late.csv", category: "demographics")
        // Somebody who sends a file is told.
        #expect(throws: (any Error).self) {
            try daemon.call(
                "data.ingest",
                [
                    "category": "demographics", "content": .string(Self.row),
                ])
        }
        try await Task.sleep(for: .seconds(1))
        #expect(try clients(daemon) == before)
        #expect(access("\(daemon.root)/state/inbox/demographics/late.csv", F_OK) == 0)
        #expect(rename("\(daemon.root)/away", path) == 0)
        try await daemon.settle(drops: 6)
        #expect(try clients(daemon) == before + 1)
        // What the verification has said is taken back by another one, for which nobody has to ask.
        try await RunningDaemon.waitUntil("nothing is wrong") { try !problems(daemon).contains("was removed") }
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }

    @Test("Gone for good, a rebuild brings everything back, with what waited", arguments: [false, true])
    func gone(isExchanged: Bool) async throws {
        let daemon = try await loadedDaemon()
        let before = try clients(daemon)
        let path = "\(daemon.root)/state/aura.db"
        if isExchanged {
            try Data("not it".utf8).write(to: URL(filePath: "\(daemon.root)/other"))
            #expect(rename("\(daemon.root)/other", path) == 0)
        } else {
            unlink(path)
        }
        try await RunningDaemon.waitUntil("the status says so") { try problems(daemon).contains("--rebuild") }
        try daemon.drop(Self.row, as: "late.csv", category: "demographics")
        try await Task.sleep(for: .seconds(1))
        var text = ""
        do { try await daemon.restart() } catch { text = "\(error)" }
        #expect(text.contains("--rebuild"), "\(text)")
        try await daemon.restart(rebuild: true)
        try await daemon.settle(drops: 6)
        #expect(try clients(daemon) == before + 1)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }

    @Test("What was missing is not called damaged in the log, and what was damaged is")
    func missingOrDamaged() async throws {
        let log = CapturedLog()
        let daemon = try RunningDaemon(logger: log.logger())
        try daemon.drop(Self.row, as: "first.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        _ = try daemon.call("system.refresh", ["wait": true])
        unlink("\(daemon.root)/state/gold.db")
        try await RunningDaemon.waitUntil("gold is published anew") { log.text.contains("gold.db was missing") }
        let journal = "\(daemon.root)/state/bronze/journal.ndjson"
        try await daemon.restart { unlink(journal) }
        #expect(log.text.contains("journal.ndjson was missing") && !log.text.contains("damaged"), "\(log.text)")
        try await daemon.restart { try Data("{}\n".utf8).write(to: URL(filePath: journal)) }
        #expect(log.text.contains("journal.ndjson was damaged"))
        await daemon.stop()
    }
}
