import Contract
import Foundation
import Records
import SocketClient
import Store
import Testing
import Words

@testable import Daemon

/// Whole tables are for those who may take them, and whoever does is on record.
@Suite(.serialized) struct ExportTests {
    private static let demographics =
        "customer_id,name,account_creation_date\n"
        + (0..<9).map { "C\($0),Name \($0),2024-01-02\n" }.joined()

    @Test("Every role but viewer may, and whoever is named")
    func roles() {
        let may = Role.allCases.filter { Access(own: [$0]).may(.export) }
        #expect(may == [.accountManager, .customerSuccess, .retentionSpecialist, .analyst, .admin])
        #expect(Access(own: [.viewer], named: [.export]).may(.export))
        // A role that is asked for takes it away.
        #expect(!Access(own: [.viewer], named: [.export], asked: .viewer).may(.export))
        #expect(!Access(own: [.admin], asked: .viewer).may(.export))
    }

    @Test("An export has one line in the audit trail, whatever its pages, and a denied one has its own")
    func audited() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop(ExportTests.demographics, as: "d.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        let first = try daemon.call("export.table", ["table": "customer_metrics"])
        let snapshot = try #require(first["snapshot"]?.stringValue)
        func page(_ table: String, _ offset: Int) throws {
            _ = try daemon.call("export.table", ["table": .string(table), "cursor": .string("\(snapshot)~\(offset)")])
        }
        // Pages of a table whose first is on record; then one whose first nobody has asked for, and more of that.
        try page("customer_metrics", 3)
        try page("customer_metrics", 6)
        try page("customer_health_scores", 3)
        try page("customer_health_scores", 6)
        // A cursor to the first page is the first page.
        try page("customer_health_scores", 0)
        #expect(throws: ClientError.self) {
            try daemon.call(
                "export.table", ["table": "customer_metrics", "context": .object(["user_role": "viewer"])])
        }
        await daemon.stop(removing: false)
        let entries = try SilverStore(path: "\(daemon.root)/state/aura.db").audit(limit: 100)
        #expect(entries.map(\.method) == Array(repeating: "export.table", count: 4))
        #expect(entries.map(\.outcome) == ["answered", "answered", "answered", "denied"])
        daemon.remove()
    }

    @Test("The kernel's word decides", .enabled(if: ForeignClient.isAvailable, "root, setpriv and python3 are needed"))
    func byUser() async throws {
        let daemon = try RunningDaemon(
            yaml: RunningDaemon.withoutForecasts + """
                roles:
                  viewer: [uid:40001, uid:40002]
                  analyst: [uid:40003]
                  export: [uid:40002, uid:40004]
                """)
        try daemon.drop(ExportTests.demographics, as: "d.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        for path in [daemon.root, daemon.socket] { chmod(path, 0o777) }
        let may: [UInt32: Bool] = [40_001: false, 40_002: true, 40_003: true, 40_004: true, 40_005: false]
        for (uid, isAllowed) in may {
            let answers = try ForeignClient(uid: uid, socket: daemon.socket).ask([
                ("export.table", ["table": "customer_metrics"]), ("clients.list", JSONObject()),
            ])
            #expect((answers[0]["result"] != nil) == isAllowed, "\(uid): \(answers[0])")
            if !isAllowed { #expect(answers[0]["error"]?["code"]?.integerValue == 3) }
            // A permission of one's own opens nothing else.
            #expect((answers[1]["result"] != nil) == (uid < 40_004), "\(uid)")
        }
        await daemon.stop()
    }
}
