import Contract
import SocketClient
import Store
import Testing

@testable import Daemon

/// Who sees what.
struct AccessTests {
    @Test("Contact data is for those who talk to clients, and administrators")
    func contactsByRole() {
        let seers = Role.allCases.filter { Access(own: $0, asked: nil, mayIngest: false).showsContact }
        #expect(seers == [.accountManager, .retentionSpecialist, .admin])
    }

    @Test("A role that is asked for only ever takes away", arguments: Role.allCases, Role.allCases)
    func narrowing(own: Role, asked: Role) {
        let whole = Access(own: own, asked: nil, mayIngest: true)
        let narrowed = Access(own: own, asked: asked, mayIngest: true)
        #expect(narrowed.role <= whole.role && narrowed.role <= asked)
        #expect(whole.showsContact || !narrowed.showsContact)
        #expect(whole.showsRawRows || !narrowed.showsRawRows)
        #expect(Access(own: asked, asked: nil, mayIngest: false).showsContact || !narrowed.showsContact)
    }

    @Test("Whoever hands data in is shown its rows")
    func rawRows() {
        #expect(!Access(own: .viewer, asked: nil, mayIngest: false).showsRawRows)
        #expect(Access(own: .viewer, asked: nil, mayIngest: true).showsRawRows)
        #expect(!Access(own: .viewer, asked: .viewer, mayIngest: true).showsRawRows)
    }

    @Test("Contact data and raw rows are masked in the answers")
    func masksInAnswers() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop(
            """
            customer_id,name,account_creation_date,email,phone,contact_name,billing_email,plan
            C1,Ltd,2024-01-02,anna@example.org,555123,Anna,dora@example.org,gold
            C2,Inc,no day,bert@example.org,555124,Bert,,

            """, as: "d.csv", category: "demographics")
        try daemon.drop("carl@example.org,1\n", as: "headless.csv", category: "support")
        try await daemon.settle(drops: 2)
        let secrets = ["anna@", "555123", "\"Anna\"", "bert@", "555124", "carl@", "dora@"]
        for role in ["viewer", "analyst"] {
            let context: JSONObject = ["context": .object(["user_role": .string(role)])]
            var client = context
            client["customer_id"] = "C1"
            let answers = try ["clients.list", "kpis.get", "data.drops", "data.rejects"].map {
                try "\(daemon.call($0, context))"
            }
            let all = answers.joined() + (try "\(daemon.call("clients.get", client))")
            for secret in secrets { #expect(!all.contains(secret), "\(role) sees \(secret)") }
        }
        // A filter would tell what it holds; an answer kept for somebody who may ask is for nobody else.
        let mine: JSONObject = ["where": "billing_email==dora@example.org"]
        var theirs = mine
        theirs["context"] = .object(["user_role": "viewer"])
        for method in ["clients.list", "kpis.get", "cohorts.get", "mrr.movements", "engagement.heatmap"] {
            _ = try daemon.call(method, mine)
            #expect(throws: ClientError.self, "\(method)") { try daemon.call(method, theirs) }
        }
        #expect(try daemon.call("clients.list", mine)["total"]?.integerValue == 1)
        theirs["where"] = "plan==gold"
        #expect(try daemon.call("clients.list", theirs)["total"]?.integerValue == 1)
        let client = try daemon.call("clients.get", ["customer_id": "C1"])
        #expect(client["contact"]?["email"]?.stringValue == "anna@example.org")
        #expect(client["contact"]?["masked"]?.boolValue == false)
        let rejects = try daemon.call("data.rejects")
        #expect(rejects["rejects"]?.arrayValue?.first?["raw"]?.stringValue?.contains("bert@") == true)
        await daemon.stop(removing: false)
        // Questions that were denied are on record, though they change nothing.
        let denied = try SilverStore(path: "\(daemon.root)/state/aura.db").audit(limit: 100)
        #expect(denied.count == 5)
        #expect(denied.allSatisfy { $0.outcome == "denied" && $0.role == "viewer" })
        daemon.remove()
    }
}
