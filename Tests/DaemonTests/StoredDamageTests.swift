import Contract
import Foundation
import GRDB
import Pipeline
import Store
import Testing

/// Content that was changed in `aura.db` behind SQLite's back: its pages hang together, and what stands in them is not
/// what was written.
@Suite(.serialized)
struct StoredDamageTests {
    private func loadedDaemon() async throws -> RunningDaemon {
        let files = try SampleFiles.make(clients: 20, days: 90, seed: 3)
        let daemon = try RunningDaemon()
        for (number, category) in SampleFiles.categories.enumerated() {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
            try await daemon.settle(drops: number + 1)
        }
        try daemon.drop("date,name\n2024-02-03,Sale\n", as: "days.csv", category: "events")
        // A client who changes, one whom nobody knows, and a row that is rejected.
        let rows = (files["demographics"] ?? "").split(separator: "\n").map { $0.split(separator: ",") }
        let id = try #require(rows.first?.firstIndex(of: "customer_id"))
        try daemon.drop(
            "customer_id,account_creation_date,region\n\(rows[1][id]),2020-01-01,ELSEWHERE\n", as: "changed.csv",
            category: "demographics")
        try daemon.drop(
            "survey_id,customer_id,response_date,nps_score\nS-x,C-nobody,2024-02-03,9\nS-y,C-nobody,never,11\n",
            as: "more.csv", category: "surveys")
        try await daemon.settle(drops: 8)
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

    /// Changes of every table that figures, rebuilds or lists of rejected rows rest on: all are found while the daemon runs
    /// and by a start, but for known keys, of which a start reads none.
    private static let changes: [(table: String, sql: String)] = [
        ("client", "UPDATE client SET region = 'ELSEWHERE' WHERE idx = 3"),
        ("client", "UPDATE client SET creation_day = creation_day + 1 WHERE idx = 0"),
        ("client", "UPDATE client SET attributes = '{\"seats\":\"9\"}' WHERE idx = 1"),
        ("client", "UPDATE client SET idx = 900 WHERE idx = 4"),
        ("client", "UPDATE client SET creation_day = 1 << 40 WHERE idx = 0"),
        (
            "ticket",
            "UPDATE ticket SET satisfaction = satisfaction % 5 + 1 WHERE row = (SELECT min(row) FROM ticket WHERE satisfaction > 0)"
        ),
        ("ticket", "UPDATE ticket SET client = 100000 WHERE row = 0"),
        ("ticket", "UPDATE ticket SET created_ms = 1 << 60 WHERE row = 0"),
        ("survey", "UPDATE survey SET score = 10 - score + 1 WHERE row = 0"),
        ("survey", "UPDATE survey SET client = 100000 WHERE row = 0"),
        ("calendar", "UPDATE calendar SET name = 'Other' WHERE row = 0"),
        ("segment_block", "UPDATE segment_block SET data = zeroblob(length(data)) WHERE part = 2"),
        ("segment_block", "UPDATE segment_block SET data = substr(data, 1, length(data) - 8) WHERE part = 2"),
        ("key_block", "UPDATE key_block SET data = zeroblob(length(data))"),
        ("event_kind", "DELETE FROM event_kind WHERE idx > 0"),
        ("orphan", "INSERT INTO orphan VALUES (70000, 1, 1)"),
        // Nothing is taken for what it may not be: no number cut to its lower bits, no text read as 0, no word passed over.
        ("orphan", "INSERT INTO orphan VALUES (0, 1, -1)"),
        ("ticket", "UPDATE ticket SET client = client + (1 << 32) WHERE row = 0"),
        ("ticket", "UPDATE ticket SET satisfaction = 256 + 3 WHERE row = 0"),
        ("ticket", "UPDATE ticket SET created_ms = 'soon' WHERE row = 0"),
        ("survey", "UPDATE survey SET score = 256 + 3 WHERE row = 0"),
        ("survey", "UPDATE survey SET day = 'x' WHERE row = 0"),
        ("client", "UPDATE client SET age = 'old' WHERE idx = 1"),
        ("client", "UPDATE client SET known = 7 WHERE idx = 1"),
        ("client", "UPDATE client SET attributes = '{\"seats\":' WHERE idx = 1"),
        ("calendar", "UPDATE calendar SET lower_window = 'early' WHERE row = 0"),
        ("meta", "UPDATE meta SET value = 'soon' WHERE key = 'last_day'"),
        ("meta", "DELETE FROM meta WHERE key = 'first_event_day'"),
        ("drops", "PRAGMA ignore_check_constraints = ON; UPDATE drops SET state = 'laoded' WHERE id = 2"),
        ("drops", "PRAGMA ignore_check_constraints = ON; UPDATE drops SET category = 'engagment' WHERE id = 2"),
        ("drops", "UPDATE drops SET bytes = 'many' WHERE id = 1"),
        ("drops", "UPDATE drops SET clock_day = 1 << 40 WHERE id = 1"),
        // What could have been written, and was not.
        ("drops", "UPDATE drops SET rejected = rejected + 1 WHERE id = 1"),
        ("event_kind", "UPDATE event_kind SET type = 'logim' WHERE idx = 0"),
        ("event_kind", "UPDATE event_kind SET idx = 900 WHERE idx = (SELECT max(idx) FROM event_kind)"),
        ("transaction_kind", "UPDATE transaction_kind SET currency = 'UTD' WHERE idx = 0"),
        ("client_history", "UPDATE client_history SET region = 'ELSEWHERE' WHERE rowid = 1"),
        ("client_history", "DELETE FROM client_history WHERE rowid = 1"),
        ("reject_counts", "UPDATE reject_counts SET rows = rows + 1"),
        ("reject_counts", "UPDATE reject_counts SET code = code || 'x'"),
        ("orphan", "UPDATE orphan SET rows = rows + 1"),
        ("segment", "UPDATE segment SET category = 'engagemend' WHERE id = (SELECT min(id) FROM segment)"),
        ("key_run", "UPDATE key_run SET rows = rows + 1"),
        ("key_run", "UPDATE key_run SET fences = zeroblob(length(fences)) WHERE id = 1"),
        ("meta", "UPDATE meta SET value = value - 1 WHERE key = 'last_day'"),
        ("meta", "UPDATE meta SET value = value + 1 WHERE key = 'first_event_day'"),
        ("ticket", "DELETE FROM ticket WHERE row = (SELECT max(row) FROM ticket)"),
        ("client", "UPDATE client SET customer_id = customer_id || 'x' WHERE idx = 2"),
        ("row_digest", "UPDATE row_digest SET sum = sum + 1 WHERE name = 'survey'"),
        ("row_digest", "DELETE FROM row_digest WHERE name = 'calendar'"),
        // A key block and its neighbour in each other's place.
        ("key_block", "UPDATE key_block SET id = id + 1000 WHERE id = (SELECT max(id) FROM key_block)"),
    ]

    /// What is told of a change where it is not its own table.
    private static let named = [
        "UPDATE row_digest SET sum = sum + 1 WHERE name = 'survey'": "survey",
        "DELETE FROM row_digest WHERE name = 'calendar'": "calendar",
    ]

    @Test("Every change of stored content is found, and a rebuild takes it back", arguments: changes.indices)
    func found(index: Int) async throws {
        let change = Self.changes[index]
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        try await self.change(daemon, change.sql)
        let verification = try daemon.call("system.verify", ["whole": false])
        let checks = "\(verification["checks"] ?? .null)"
        #expect(verification["ok"]?.boolValue == false)
        #expect(checks.contains(Self.named[change.sql] ?? change.table) && checks.contains("--rebuild"), "\(checks)")
        if change.table != "key_block" {
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
        #expect(try problems(daemon).contains { $0.contains("ledger and journal agree on all 8 loads") })
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

    @Test("A database of before there were digests of rows gets them at its first start, and keeps them")
    func upgrade() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        try await self.restart(
            daemon,
            after: "DROP TABLE row_digest; DELETE FROM grdb_migrations WHERE identifier = '10 digests of rows'")
        #expect(try daemon.exportEverything() == exported)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        try daemon.drop(
            "survey_id,customer_id,response_date,nps_score\nS-z,C-nobody,2024-02-04,7\n", as: "z.csv",
            category: "surveys")
        try await daemon.settle(drops: 9)
        try await daemon.restart()
        var text = ""
        do { try await self.restart(daemon, after: "UPDATE survey SET score = 10 - score WHERE score <> 5") } catch {
            text = "\(error)"
        }
        #expect(text.contains("table survey") && text.contains("--rebuild"), "\(text)")
        daemon.remove()
    }

    @Test("A damaged list of migrations is not taken for a newer version, and a rebuild goes by the originals")
    func migrations() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        for damaged in ["'8 digests of blobks'", "x'38'"] {
            var text = ""
            do {
                try await self.restart(
                    daemon,
                    after: "UPDATE grdb_migrations SET identifier = \(damaged) WHERE identifier LIKE '8 %'")
            } catch { text = "\(error)" }
            #expect(text.contains("is damaged") && text.contains("grdb_migrations"), "\(text)")
            #expect(text.contains("--rebuild") && !text.contains("newer"), "\(text)")
            try await daemon.restart(rebuild: true)
            #expect(try daemon.exportEverything() == exported)
        }
        // More rows than were written, as a page with another head has.
        var text = ""
        do {
            try await self.restart(
                daemon,
                after: """
                    INSERT INTO grdb_migrations SELECT 'x' || id || char(1) FROM drops
                    """)
        } catch { text = "\(error)" }
        #expect(text.contains("is damaged") && !text.contains("newer"), "\(text)")
        try await daemon.restart(rebuild: true)
        // One that a newer version has written stays so when a name of it is damaged.
        text = ""
        do {
            try await self.restart(
                daemon,
                after: """
                    UPDATE grdb_migrations SET identifier = '8 digests of blobks' WHERE identifier LIKE '8 %';
                    INSERT INTO grdb_migrations VALUES ('99 of the future')
                    """)
        } catch { text = "\(error)" }
        #expect(text.contains("newer version"), "\(text)")
        daemon.remove()
    }

    @Test("What cannot be loaded into a damaged database says what to do, and is not tried without end")
    func loadIntoDamage() async throws {
        let daemon = try await loadedDaemon()
        try await self.change(daemon, "UPDATE key_block SET data = zeroblob(length(data))")
        let header = "event_id,customer_id,event_type,timestamp\n"
        try daemon.drop(
            header + "E-new,C-new,login,2024-02-03T04:05:06Z\n", as: "new.csv", category: "engagement")
        try await RunningDaemon.waitUntil("the status says so") {
            try problems(daemon).contains { $0.contains("is damaged") && $0.contains("--rebuild") }
        }
        let text = try problems(daemon).joined()
        #expect(!text.contains("SELECT") && !text.contains("INSERT") && text.count < 1000, "\(text)")
        // What comes meanwhile waits where it is.
        try daemon.drop(
            header + "E-more,C-new,login,2024-02-03T04:05:06Z\n", as: "more.csv", category: "engagement")
        try await Task.sleep(for: .seconds(2))
        let path = "\(daemon.root)/state/inbox/engagement/more.csv"
        #expect(FileManager.default.fileExists(atPath: path))
        try await daemon.restart(rebuild: true)
        try await daemon.settle(drops: 10)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }

    @Test("Of many findings the first and their number are told, in whole words")
    func findings() {
        let pages = (1...60).map { "Tree 5 page \($0): btreeInitPage() returns error code 11" }
        let list = ["*** in database main ***\n" + pages.joined(separator: "\n"), "row 7 missing from index i"]
        #expect(Findings.short(list) == "Tree 5 page 1: btreeInitPage() returns error code 11; and 60 more")
        #expect(Findings.short(["one"]) == "one")
        let long = Findings.short([String(repeating: "word ", count: 200)])
        #expect(long.count <= 302 && long.hasSuffix("word …"))
    }
}
