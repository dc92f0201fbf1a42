import Contract
import Foundation
import GRDB
import Glibc
import Store
import Testing

/// What the daemon finds when the last one did not end well, and what it does with drops that do not end well.
@Suite(.serialized)
struct RecoveryTests {
    /// Starts a daemon on a sample company, with everything loaded.
    private func loadedDaemon() async throws -> RunningDaemon {
        let files = try SampleFiles.make(clients: 30, days: 120, seed: 5)
        let daemon = try RunningDaemon()
        for category in SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try await daemon.settle(drops: 5)
        return daemon
    }

    @Test("A drop of many blocks that is refused by its first line is refused, and the next one is loaded")
    func largeDropIsRefused() async throws {
        let daemon = try RunningDaemon()
        let line = String(repeating: "x", count: 99) + "\n"
        try daemon.drop(
            "no,such,columns\n" + String(repeating: line, count: 40_000), as: "large.csv", category: "transactions")
        try daemon.drop(
            "customer_id,account_creation_date\nC1,2024-01-01\n", as: "clients.csv", category: "demographics")
        try await daemon.settle(drops: 2)
        let drops = try daemon.call("data.drops")["drops"]?.arrayValue ?? []
        let states = Dictionary(
            uniqueKeysWithValues: drops.map { ($0["file"]?.stringValue ?? "", $0["state"]?.stringValue ?? "") })
        #expect(states == ["large.csv": "refused", "clients.csv": "loaded"])
        await daemon.stop()
    }

    @Test("A compressed drop that is cut off is refused, and nothing that it mentioned is left")
    func damagedDropIsForgotten() async throws {
        let daemon = try RunningDaemon()
        let scratch = try ScratchDirectory()
        // Some blocks of rows come out of it before its end is missed.
        let rows = (0..<200_000).map { "E\($0),only-here-\($0),login,2024-01-02T03:04:05Z\n" }.joined()
        try scratch.write("event_id,customer_id,event_type,timestamp\n" + rows, to: "events.csv")
        let inbox = "\(daemon.root)/state/inbox/engagement"
        let command =
            "gzip -c events.csv | head -c 300000 > '\(inbox)/.e.part' && mv '\(inbox)/.e.part' '\(inbox)/e.csv.gz'"
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(filePath: scratch.path)
        try process.run()
        process.waitUntilExit()
        try await daemon.settle(drops: 1)
        let refused = try #require(try daemon.call("data.drops")["drops"]?.arrayValue?.first)
        #expect(refused["state"]?.stringValue == "refused")
        try daemon.drop(
            "event_id,customer_id,event_type,timestamp\nE1,C9,login,2024-01-02T03:04:05Z\n", as: "e.csv",
            category: "engagement")
        try daemon.drop(
            #"[{"ticket": 1, "customer_id": "C8", "created_at": "2024-01-01"}]"#, as: "t.json", category: "support")
        try daemon.drop(
            "customer_id,account_creation_date\nC1,2024-01-01\n", as: "clients.csv", category: "demographics")
        try await daemon.settle(drops: 4)
        let drops = try daemon.call("data.drops")["drops"]?.arrayValue ?? []
        let loaded = try #require(drops.first { $0["file"]?.stringValue == "e.csv" })
        #expect(loaded["state"]?.stringValue == "loaded" && loaded["accepted"]?.integerValue == 1)
        let json = try #require(drops.first { $0["file"]?.stringValue == "t.json" })
        #expect(json["state"]?.stringValue == "refused")
        #expect(json["reason"]?.stringValue?.contains("ticket_id (nearest: ticket)") == true)
        #expect(try daemon.call("clients.list")["total"]?.integerValue == 1)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        let path = "\(daemon.root)/state/aura.db"
        await daemon.stop(removing: false)
        let database = try DatabaseQueue(path: path)
        let clients = try await database.read {
            try String.fetchAll($0, sql: "SELECT customer_id FROM client ORDER BY customer_id")
        }
        #expect(clients == ["C1", "C9"])
        daemon.remove()
    }

    @Test("Blocks of a load that was cut short are gone before the next load takes their numbers")
    func leftOverBlocksAreSwept() async throws {
        let daemon = try await loadedDaemon()
        let path = "\(daemon.root)/state/aura.db"
        try await daemon.restart {
            let database = try DatabaseQueue(path: path)
            try database.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO segment_block (segment_id, part, number, data)
                            SELECT max(id) + 1, 2, 0, zeroblob(1 << 20) FROM segment;
                        INSERT INTO key_block (id, data) SELECT max(first_block + blocks), zeroblob(16288) FROM key_run
                        """)
            }
        }
        let event = "E-last,C-last,login,2024-05-06T07:08:09Z\n"
        try daemon.drop(
            "event_id,customer_id,event_type,timestamp\n" + event, as: "last.csv", category: "engagement")
        try daemon.drop(
            "customer_id,account_creation_date\nC-last,2024-01-01\n", as: "last.csv", category: "demographics")
        try await daemon.settle(drops: 7)
        let exported = try daemon.exportEverything()
        // The same event in another file: known.
        try daemon.drop(
            "event_id,customer_id,event_type,timestamp\n" + event + event, as: "again.csv", category: "engagement")
        try await daemon.settle(drops: 8)
        let drops = try daemon.call("data.drops")["drops"]?.arrayValue ?? []
        #expect(drops.first { $0["file"]?.stringValue == "again.csv" }?["duplicates"]?.integerValue == 2)
        #expect(try daemon.exportEverything() == exported)
        // What was stored is what is served: read anew, the same.
        try await daemon.restart {
            let database = try DatabaseQueue(path: path)
            let leftOver = try database.read { database in
                try Int.fetchOne(
                    database,
                    sql: """
                        SELECT (SELECT count(*) FROM segment_block WHERE segment_id NOT IN (SELECT id FROM segment))
                            + (SELECT count(*) FROM key_block WHERE NOT EXISTS (
                                SELECT 1 FROM key_run
                                WHERE key_block.id >= first_block AND key_block.id < first_block + blocks))
                        """)
            }
            #expect(leftOver == 0)
        }
        #expect(try daemon.exportEverything() == exported)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }

    @Test("A rebuild that was cut short has changed nothing, and what it has left is gone after the next start")
    func rebuildCutShort() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let successor = "\(daemon.root)/state/aura.db.next"
        try await daemon.restart {
            // What SIGKILL leaves in the middle: a ledger whose drops have not been loaded again.
            let store = try SilverStore(path: "\(daemon.root)/state/aura.db")
            _ = try store.makeSuccessor(.ledger)
            #expect(access(successor, F_OK) == 0)
        }
        #expect(access(successor, F_OK) != 0)
        #expect(access("\(successor)-wal", F_OK) != 0)
        #expect(try daemon.exportEverything() == exported)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }

    @Test("What an upload left that was cut off by a crash is gone after the next start; other files stay")
    func uploadLeftovers() async throws {
        let daemon = try await loadedDaemon()
        let inbox = "\(daemon.root)/state/inbox/support"
        try await daemon.restart {
            close(open("\(inbox)/.aura-upload-17-half.csv", O_WRONLY | O_CREAT, 0o600))
            close(open("\(daemon.root)/state/uploads/.aura-upload-18-half.csv", O_WRONLY | O_CREAT, 0o600))
            close(open("\(inbox)/.other.part", O_WRONLY | O_CREAT, 0o600))
            mkdir("\(inbox)/.aura-upload-folder", 0o700)
        }
        #expect(access("\(inbox)/.aura-upload-17-half.csv", F_OK) != 0)
        #expect(access("\(daemon.root)/state/uploads/.aura-upload-18-half.csv", F_OK) != 0)
        #expect(access("\(inbox)/.other.part", F_OK) == 0)
        #expect(access("\(inbox)/.aura-upload-folder", F_OK) == 0)
        await daemon.stop()
    }
}
