import Contract
import Foundation
import GRDB
import Store
import Testing

/// Content that was changed in `aura.db` behind SQLite's back: its pages hang together, and what stands in them is not
/// what was written.
@Suite(.serialized)
struct StoredDamageTests {
    private func loadedDaemon() async throws -> RunningDaemon {
        let files = try SampleFiles.make(clients: 20, days: 90, seed: 3)
        let daemon = try RunningDaemon()
        for category in SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try daemon.drop("date,name\n2024-02-03,Sale\n", as: "days.csv", category: "events")
        try await daemon.settle(drops: 6)
        return daemon
    }

    /// One change for each table; what is stored in rows is found while the daemon runs, packed blocks also by a start.
    private static let changes: [(table: String, sql: String, isSeenByAStart: Bool)] = [
        ("client", "UPDATE client SET region = 'ELSEWHERE' WHERE idx = 3", false),
        ("client", "UPDATE client SET creation_day = creation_day + 1 WHERE idx = 0", false),
        ("client", "UPDATE client SET attributes = '{\"seats\":\"9\"}' WHERE idx = 1", false),
        ("client", "UPDATE client SET idx = 900 WHERE idx = 4", true),
        ("client", "UPDATE client SET creation_day = 1 << 40 WHERE idx = 0", true),
        (
            "ticket",
            "UPDATE ticket SET satisfaction = satisfaction % 5 + 1 WHERE row = (SELECT min(row) FROM ticket WHERE satisfaction > 0)",
            false
        ),
        ("ticket", "UPDATE ticket SET client = 100000 WHERE row = 0", true),
        ("ticket", "UPDATE ticket SET created_ms = 1 << 60 WHERE row = 0", true),
        ("survey", "UPDATE survey SET score = 10 - score + 1 WHERE row = 0", false),
        ("survey", "UPDATE survey SET client = 100000 WHERE row = 0", true),
        ("calendar", "UPDATE calendar SET name = 'Other' WHERE row = 0", false),
        ("segment_block", "UPDATE segment_block SET data = zeroblob(length(data)) WHERE part = 2", true),
        ("segment_block", "UPDATE segment_block SET data = substr(data, 1, length(data) - 8) WHERE part = 2", true),
        ("key_block", "UPDATE key_block SET data = zeroblob(length(data))", false),
        ("event_kind", "DELETE FROM event_kind WHERE idx > 0", true),
        ("orphan", "INSERT INTO orphan VALUES (70000, 1, 1)", true),
    ]

    @Test("Every change of stored content is found, and a rebuild takes it back", arguments: 0..<16)
    func found(index: Int) async throws {
        let change = Self.changes[index]
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        do {
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(path: "\(daemon.root)/state/aura.db", configuration: configuration)
            try await queue.write { try $0.execute(sql: change.sql) }
            try queue.close()
        }
        if !change.isSeenByAStart || change.table.hasSuffix("_block") {
            let verification = try daemon.call("system.verify", ["whole": false])
            let checks = "\(verification["checks"] ?? .null)"
            #expect(verification["ok"]?.boolValue == false)
            #expect(checks.contains(change.table) && checks.contains("--rebuild"), "\(checks)")
        }
        if change.isSeenByAStart {
            var text = ""
            do { try await daemon.restart() } catch { text = "\(error)" }
            #expect(text.contains("aura.db") && text.contains("--rebuild"), "\(text)")
        }
        try await daemon.restart(rebuild: true)
        #expect(try daemon.exportEverything() == exported)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }
}
