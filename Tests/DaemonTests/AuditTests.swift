import Contract
import GRDB
import Glibc
import Logging
import Records
import SocketServer
import Store
import Telemetry
import Testing
import Words

@testable import Daemon

/// What was denied and what was changed stays on record.
struct AuditTests {
    @Test("Changing and denied requests are on record, others are not")
    func audit() async throws {
        let daemon = try RunningDaemon()
        _ = try daemon.call("system.status")
        _ = try daemon.call("data.ingest", ["category": "support", "content": "ticket_id,customer_id\n"])
        try await daemon.settle(drops: 1)
        _ = try daemon.call("system.refresh", ["wait": true])
        _ = try? daemon.call("data.ingest", ["category": "nothing"])
        _ = try? daemon.call("system.verify", ["context": .object(["user_role": "analyst"])])
        let path = "\(daemon.root)/state/aura.db"
        await daemon.stop(removing: false)
        let entries = try SilverStore(path: path).audit(limit: 100)
        #expect(entries.map(\.method) == ["data.ingest", "system.refresh", "data.ingest", "system.verify"])
        #expect(entries.map(\.outcome) == ["answered", "answered", "refused", "denied"])
        #expect(entries.map(\.dropID) == [1, nil, nil, nil])
        #expect(entries.map(\.role) == ["admin", "admin", "admin", "analyst"])
        #expect(Set(entries.map(\.pid)) == [getpid()])
        let database = try DatabaseQueue(path: path)
        let statements = [
            "UPDATE audit SET uid = 1", "DELETE FROM audit",
            "INSERT OR REPLACE INTO audit VALUES (1, 0, 0, 0, 0, '', '', '', 0, 1)",
        ]
        for statement in statements {
            await #expect(throws: DatabaseError.self) { try await database.write { try $0.execute(sql: statement) } }
        }
        #expect(try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM audit_trail") } == 4)
        daemon.remove()
    }

    @Test("A peer that is denied without end fills neither log nor disk, and every denial is counted")
    func floods() throws {
        let folder = try ScratchDirectory()
        let store = try SilverStore(path: "\(folder.path)/aura.db")
        let log = CapturedLog()
        let metrics = MetricsRegistry()
        let audit = AuditLog(
            store: store, events: Telemetry.EventLog(logger: log.logger(), metrics: metrics),
            now: { Instant(rawValue: 1_700_000_000_000) })
        let peer = Peer(uid: 4711, gid: 4711, pid: 1, groups: [])
        let principal = Principal.of("uid:4711")
        for _ in 0..<5_000 { audit.denied(.kpisGet, peer, principal) }
        audit.denied(.clientsGet, peer, principal)
        // The next person of the same peer, which asks for many, is noted like anybody else.
        audit.denied(.kpisGet, peer, Principal.of("anna"))
        audit.close()
        let entries = try store.audit(limit: 10_000)
        #expect(entries.count == AuditLog.denialsPerMinute + 3)
        #expect(entries.reduce(0) { $0 + $1.requests } == 5_002)
        #expect(entries.count { $0.person == "anna" } == 1)
        #expect(log.text.split(separator: "\n").count == AuditLog.denialsPerMinute + 2)
        #expect(metrics.prometheusText().contains("\naura_denials_total 5002\n"))
    }

    @Test("A peer whose requests are refused without end fills neither log nor disk, and every one is counted")
    func refusals() throws {
        let folder = try ScratchDirectory()
        let store = try SilverStore(path: "\(folder.path)/aura.db")
        let log = CapturedLog()
        let metrics = MetricsRegistry()
        let audit = AuditLog(
            store: store, events: Telemetry.EventLog(logger: log.logger(), metrics: metrics),
            now: { Instant(rawValue: 1_700_000_000_000) })
        let peer = Peer(uid: 4711, gid: 4711, pid: 1, groups: [])
        func change(_ outcome: RequestOutcome, _ count: Int) {
            for drop in 0..<count {
                audit.changed(
                    .dataCancel, peer, Principal.of("uid:4711"), outcome: outcome, dropID: Int64(drop),
                    duration: .seconds(1))
            }
        }
        change(.refused, 3_000)
        change(.denied, 2_000)
        change(.answered, 30)
        audit.close()
        let entries = try store.audit(limit: 10_000)
        #expect(entries.count == 2 * (AuditLog.denialsPerMinute + 1) + 30)
        for (outcome, count) in [("refused", 3_000), ("denied", 2_000), ("answered", 30)] {
            #expect(entries.filter { $0.outcome == outcome }.reduce(0) { $0 + $1.requests } == count)
        }
        // A line that stands for many names no drop.
        #expect(entries.filter { $0.requests > 1 }.allSatisfy { $0.dropID == nil })
        #expect(log.text.split(separator: "\n").count == 2 * AuditLog.denialsPerMinute + 30)
    }
}

extension Principal {
    /// An administrator, where nothing but the name counts.
    static func of(_ key: String) -> Principal {
        Principal(key: key, person: key, access: Access(own: [.admin]), uid: 4711, hasRole: true)
    }
}
