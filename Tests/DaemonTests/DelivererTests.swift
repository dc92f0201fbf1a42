import Contract
import Foundation
import GRDB
import Glibc
import Logging
import Records
import Settings
import Store
import Synchronization
import Testing
import Words

@testable import Daemon

/// Who delivered a drop stays on record, and with an administrator is the only one to take it back.
@Suite(.serialized, .enabled(if: ForeignClient.isAvailable, "root, setpriv and python3 are needed"))
struct DelivererTests {
    private static let anna: UInt32 = 40_301
    private static let annaToo: UInt32 = 40_302
    private static let bert: UInt32 = 40_303
    private static let gateway: UInt32 = 40_304

    private static let yaml =
        RunningDaemon.withoutForecasts + """
            gateway: { user: \(gateway) }
            roles:
              account_manager: [uid:\(anna), uid:\(annaToo), uid:\(bert)]
              admin: [uid:\(gateway)]
              ingest: [uid:\(anna), uid:\(annaToo), uid:\(bert)]
            people:
              - { uid: \(anna), person: anna }
              - { uid: \(annaToo), person: anna }

            """

    private static func daemon() throws -> RunningDaemon {
        let daemon = try RunningDaemon(yaml: yaml)
        for path in [daemon.root, daemon.socket] { chmod(path, 0o777) }
        return daemon
    }

    private static func rows(_ id: String) -> String { "customer_id,account_creation_date\n\(id),2024-01-02\n" }

    private static func ask(
        _ daemon: RunningDaemon, as uid: UInt32, _ method: String, _ params: JSONObject
    ) throws -> JSONValue {
        // A restart makes the socket anew.
        chmod(daemon.socket, 0o777)
        return try #require(try ForeignClient(uid: uid, socket: daemon.socket).ask([(method, params)]).first)
    }

    private static func send(_ daemon: RunningDaemon, as uid: UInt32, _ id: String, behalf: JSONObject? = nil) throws {
        var params: JSONObject = ["category": "demographics", "content": .string(rows(id))]
        params["behalf"] = behalf.map { .object($0) }
        let answer = try ask(daemon, as: uid, "data.ingest", params)
        #expect(answer["result"]?["state"] == "queued", "\(answer)")
    }

    private static func deliverers(_ daemon: RunningDaemon) throws -> [String?] {
        (try daemon.call("data.drops")["drops"]?.arrayValue ?? []).reversed().map { $0["delivered_by"]?.stringValue }
    }

    /// What comes of taking back a drop that is loaded already: `conflict` for those who might have.
    private static func cancel(
        _ daemon: RunningDaemon, _ drop: Int64, as uid: UInt32, behalf: JSONObject? = nil
    ) throws -> String? {
        var params: JSONObject = ["drop_id": .integer(drop)]
        params["behalf"] = behalf.map { .object($0) }
        let answer = try ask(daemon, as: uid, "data.cancel", params)
        let error = answer["error"]?["data"]
        if error?["kind"] == "forbidden" { #expect(error?["hint"]?.stringValue?.isEmpty == false) }
        return error?["kind"]?.stringValue
    }

    private static let asAnna: JSONObject = [
        "person": "anna", "role": "account_manager", "permissions": .array(["ingest"]),
    ]
    private static let asDora: JSONObject = ["person": "dora", "role": "viewer", "permissions": .array(["ingest"])]
    private static let asAdmin: JSONObject = ["person": "dora", "role": "admin"]

    private static func expectOwnOnly(_ daemon: RunningDaemon) throws {
        // 1 anna by her first user, 2 bert, 3 anna by the gateway, 4 dora by the gateway, 5 a file of anna's second user.
        let may: [Int64: (anna: Bool, bert: Bool, dora: Bool)] = [
            1: (true, false, false), 2: (false, true, false), 3: (true, false, false), 4: (false, false, true),
            5: (true, false, false),
        ]
        for (drop, may) in may {
            func expect(_ kind: String?, _ isAllowed: Bool, _ who: String) {
                #expect(kind == (isAllowed ? "conflict" : "forbidden"), "\(who), drop \(drop)")
            }
            expect(try cancel(daemon, drop, as: anna), may.anna, "anna")
            expect(try cancel(daemon, drop, as: annaToo), may.anna, "anna's other user")
            expect(try cancel(daemon, drop, as: bert), may.bert, "bert")
            expect(try cancel(daemon, drop, as: gateway, behalf: asAnna), may.anna, "anna by the gateway")
            expect(try cancel(daemon, drop, as: gateway, behalf: asDora), may.dora, "dora by the gateway")
            expect(try cancel(daemon, drop, as: gateway, behalf: asAdmin), true, "an administrator by the gateway")
            expect(try cancel(daemon, drop, as: gateway), true, "the gateway, an administrator")
        }
    }

    @Test("Only who delivered it, or an administrator; after a rebuild, and one from the journal alone, too")
    func whoMayCancel() async throws {
        let daemon = try Self.daemon()
        try Self.send(daemon, as: Self.anna, "A")
        try Self.send(daemon, as: Self.bert, "B")
        try Self.send(daemon, as: Self.gateway, "C", behalf: Self.asAnna)
        try Self.send(daemon, as: Self.gateway, "D", behalf: Self.asDora)
        try await daemon.settle(drops: 4)
        let path = "\(daemon.root)/mine.csv"
        try Data(Self.rows("E").utf8).write(to: URL(filePath: path))
        chown(path, Self.annaToo, Self.annaToo)
        #expect(rename(path, "\(daemon.root)/state/inbox/demographics/mine.csv") == 0)
        try await daemon.settle(drops: 5)
        try daemon.drop(Self.rows("F"), as: "f.csv", category: "demographics")
        try await daemon.settle(drops: 6)
        let expected = ["anna", "uid:\(Self.bert)", "anna", "dora", "anna", "root"]
        #expect(try Self.deliverers(daemon) == expected)
        try Self.expectOwnOnly(daemon)
        try await daemon.restart(rebuild: true)
        #expect(try Self.deliverers(daemon) == expected)
        try await daemon.restart(rebuild: true) {
            for ending in ["", "-wal", "-shm"] { unlink("\(daemon.root)/state/aura.db\(ending)") }
        }
        #expect(try Self.deliverers(daemon) == expected)
        try Self.expectOwnOnly(daemon)
        // A user who has become a person by now.
        await daemon.reload { $0.people = .init($0.people.entries + [.init(uid: Self.bert, person: "bert")]) }
        #expect(try Self.deliverers(daemon)[1] == "bert" && Self.cancel(daemon, 2, as: Self.bert) == "conflict")
        await daemon.stop(removing: false)
        let trail = try SilverStore(path: "\(daemon.root)/state/aura.db").audit(limit: 1000)
        let denied = trail.filter { $0.method == "data.cancel" && $0.outcome == "denied" }
        #expect(Set(denied.map(\.person)) == ["anna", "uid:\(Self.bert)", "dora"])
        #expect(denied.allSatisfy { $0.isOnBehalf == ($0.uid == Self.gateway) })
        daemon.remove()
    }

    @Test("Somebody takes back what waits, and nobody else does")
    func whatWaits() async throws {
        // Nothing is loaded while the daemon has no room of time: the log holds the pipeline for a while.
        let daemon = try RunningDaemon(yaml: Self.yaml, logger: .init(label: "test") { _ in HoldingLog() })
        for path in [daemon.root, daemon.socket] { chmod(path, 0o777) }
        try daemon.drop(Self.rows("A"), as: "a.csv", category: "demographics")
        try await RunningDaemon.waitUntil("the pipeline is held") { HoldingLog.isHeld.load(ordering: .relaxed) }
        try Self.send(daemon, as: Self.anna, "B")
        #expect(try Self.cancel(daemon, 2, as: Self.bert) == "forbidden")
        // Loaded meanwhile or cancelled: it was hers to try.
        let answer = try Self.ask(daemon, as: Self.annaToo, "data.cancel", ["drop_id": 2])
        #expect(
            answer["result"]?["cancelled"] == true || answer["error"]?["data"]?["kind"] == "conflict", "\(answer)")
        await daemon.stop()
    }

    @Test("A ledger from before deliverers were noted: administrators alone take back, and nothing is lost")
    func olderLedger() async throws {
        let daemon = try Self.daemon()
        try Self.send(daemon, as: Self.anna, "A")
        try await daemon.settle(drops: 1)
        let path = "\(daemon.root)/state/aura.db"
        try await daemon.restart {
            try Self.makeOlder(path)
            // As the journal was then.
            let journal = "\(daemon.root)/state/bronze/journal.ndjson"
            #expect(try String(contentsOfFile: journal, encoding: .utf8).contains("\"delivered_by\":\"anna\""))
        }
        #expect(try Self.deliverers(daemon) == [nil])
        #expect(try Self.cancel(daemon, 1, as: Self.anna) == "forbidden")
        #expect(try Self.cancel(daemon, 1, as: Self.gateway) == "conflict")
        try Self.send(daemon, as: Self.anna, "B")
        try await daemon.settle(drops: 2)
        #expect(try Self.deliverers(daemon) == [nil, "anna"])
        await daemon.stop(removing: false)
        let trail = try SilverStore(path: path).audit(limit: 100)
        #expect(trail.first?.method == "data.ingest" && trail.first?.person == nil && trail.last?.person == "anna")
        daemon.remove()
    }

    /// Takes away what the last migration has added.
    private static func makeOlder(_ path: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { database in
            try database.execute(
                sql: """
                    DELETE FROM grdb_migrations
                        WHERE identifier IN ('9 who asked and who delivered', '10 digests of rows');
                    DROP TABLE row_digest;
                    ALTER TABLE drops DROP COLUMN delivered_by;
                    DROP VIEW audit_trail;
                    ALTER TABLE audit DROP COLUMN person;
                    ALTER TABLE audit DROP COLUMN on_behalf;
                    CREATE VIEW audit_trail AS SELECT id FROM audit;
                    """)
        }
        try database.close()
    }

    @Test("The audit trail of an older file is taken over, too")
    func olderTrail() throws {
        let folder = try ScratchDirectory()
        let old = try SilverStore(path: "\(folder.path)/old.db")
        let entry = AuditEntry(
            at: Instant(rawValue: 1), uid: 7, gid: 7, pid: 7, person: "anna", isOnBehalf: true, role: "viewer",
            method: "data.ingest", outcome: "answered")
        try old.appendAudit([entry])
        old.close()
        try Self.makeOlder("\(folder.path)/old.db")
        let new = try SilverStore(path: "\(folder.path)/new.db")
        try new.copyAudit(from: "\(folder.path)/old.db")
        var expected = entry
        (expected.person, expected.isOnBehalf) = (nil, false)
        #expect(try new.audit(limit: 10) == [expected])
    }
}
