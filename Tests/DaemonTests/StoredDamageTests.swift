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

    private func change(_ daemon: RunningDaemon, _ sql: String) async throws {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: "\(daemon.root)/state/aura.db", configuration: configuration)
        try await queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func restart(_ daemon: RunningDaemon, after sql: String) async throws {
        try await daemon.restart {
            let queue = try DatabaseQueue(path: "\(daemon.root)/state/aura.db")
            try queue.write { try $0.execute(sql: sql) }
            try queue.close()
        }
    }

    private func problems(_ daemon: RunningDaemon) throws -> [String] {
        try daemon.call("system.status")["problems"]?.arrayValue?.compactMap(\.stringValue) ?? []
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
        // Nothing is taken for what it may not be: no number cut to its lower bits, no text read as 0, no word passed over.
        ("orphan", "INSERT INTO orphan VALUES (0, 1, -1)", true),
        ("ticket", "UPDATE ticket SET client = client + (1 << 32) WHERE row = 0", true),
        ("ticket", "UPDATE ticket SET satisfaction = 256 + 3 WHERE row = 0", true),
        ("ticket", "UPDATE ticket SET created_ms = 'soon' WHERE row = 0", true),
        ("survey", "UPDATE survey SET score = 256 + 3 WHERE row = 0", true),
        ("survey", "UPDATE survey SET day = 'x' WHERE row = 0", true),
        ("client", "UPDATE client SET age = 'old' WHERE idx = 1", true),
        ("client", "UPDATE client SET known = 7 WHERE idx = 1", true),
        ("client", "UPDATE client SET attributes = '{\"seats\":' WHERE idx = 1", true),
        ("calendar", "UPDATE calendar SET lower_window = 'early' WHERE row = 0", true),
        ("meta", "UPDATE meta SET value = 'soon' WHERE key = 'last_day'", true),
        ("meta", "DELETE FROM meta WHERE key = 'first_event_day'", true),
        ("drops", "PRAGMA ignore_check_constraints = ON; UPDATE drops SET state = 'laoded' WHERE id = 2", true),
        ("drops", "PRAGMA ignore_check_constraints = ON; UPDATE drops SET category = 'engagment' WHERE id = 2", true),
        ("drops", "UPDATE drops SET bytes = 'many' WHERE id = 1", true),
        ("drops", "UPDATE drops SET clock_day = 1 << 40 WHERE id = 1", true),
    ]

    @Test("Every change of stored content is found, and a rebuild takes it back", arguments: changes.indices)
    func found(index: Int) async throws {
        let change = Self.changes[index]
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        try await self.change(daemon, change.sql)
        if !change.isSeenByAStart || change.table.hasSuffix("_block") || change.table == "drops" {
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

    @Test("A note that is not one is told, and made anew where what it stood for can be known")
    func notes() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        try await self.restart(daemon, after: "UPDATE meta SET value = 'yesterday' WHERE key = 'note:verified'")
        #expect(try problems(daemon).contains { $0.hasPrefix("when the last verification ended cannot be read") })
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        #expect(try problems(daemon) == [])

        try await self.restart(daemon, after: "UPDATE meta SET value = 'here' WHERE key = 'note:journal'")
        #expect(try problems(daemon).contains { $0.contains("ledger and journal agree on all 6 loads") })
        try await daemon.restart()
        #expect(try problems(daemon) == [])

        // Whether silver is whole cannot be known: it is made anew, by whoever is to decide it.
        var text = ""
        do {
            try await self.restart(daemon, after: "INSERT OR REPLACE INTO meta VALUES ('note:rebuild', 'half done')")
        } catch {
            text = "\(error)"
        }
        #expect(text.contains("note rebuild in table meta") && text.contains("--rebuild"), "\(text)")
        try await daemon.restart(rebuild: true)
        #expect(try daemon.exportEverything() == exported)
        await daemon.stop()
    }
}
