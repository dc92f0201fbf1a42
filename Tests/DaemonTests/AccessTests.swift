import Contract
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
            customer_id,name,account_creation_date,email,phone,contact_name
            C1,Ltd,2024-01-02,anna@example.org,555123,Anna
            C2,Inc,no day,bert@example.org,555124,Bert

            """, as: "d.csv", category: "demographics")
        try daemon.drop("carl@example.org,1\n", as: "headless.csv", category: "support")
        try await daemon.settle(drops: 2)
        let secrets = ["anna@", "555123", "\"Anna\"", "bert@", "555124", "carl@"]
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
        let client = try daemon.call("clients.get", ["customer_id": "C1"])
        #expect(client["contact"]?["email"]?.stringValue == "anna@example.org")
        #expect(client["contact"]?["masked"]?.boolValue == false)
        let rejects = try daemon.call("data.rejects")
        #expect(rejects["rejects"]?.arrayValue?.first?["raw"]?.stringValue?.contains("bert@") == true)
        await daemon.stop()
    }
}
