import Contract
import GRDB
import Glibc
import Logging
import Records
import SocketServer
import Store
import Telemetry
import Testing

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
        for _ in 0..<5_000 { audit.denied(.kpisGet, peer, role: nil) }
        audit.denied(.clientsGet, peer, role: .viewer)
        audit.close()
        let entries = try store.audit(limit: 10_000)
        #expect(entries.count == AuditLog.denialsPerMinute + 2)
        #expect(entries.reduce(0) { $0 + $1.requests } == 5_001)
        #expect(log.text.split(separator: "\n").count == AuditLog.denialsPerMinute + 1)
        #expect(metrics.prometheusText().contains("\naura_denials_total 5001\n"))
    }
}
