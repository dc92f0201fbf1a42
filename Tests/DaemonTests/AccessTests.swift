import Contract
import SocketClient
import Store
import Testing
import Words

@testable import Daemon

/// Who sees what.
struct AccessTests {
    @Test("Contact data is for those who talk to clients, and administrators")
    func contactsByRole() {
        let seers = Role.allCases.filter { Access(own: [$0]).showsContact }
        #expect(seers == [.accountManager, .customerSuccess, .retentionSpecialist, .admin])
    }

    @Test("A role that is asked for only ever takes away", arguments: Role.allCases, Role.allCases)
    func narrowing(own: Role, asked: Role) {
        let whole = Access(own: [own], named: [.ingest])
        let narrowed = Access(own: [own], named: [.ingest], asked: asked)
        #expect(narrowed.permissions.isSubset(of: whole.permissions))
        #expect(narrowed.permissions.isSubset(of: asked.permissions))
        #expect(narrowed.permissions == whole.permissions.intersection(asked.permissions))
        // Not even in name.
        #expect(!narrowed.role.permissions.subtracting([.read]).isStrictSuperset(of: own.permissions))
    }

    @Test("Several roles allow what any of them does")
    func severalRoles() {
        let both = Access(own: [.analyst, .accountManager])
        #expect(both.role == .accountManager && both.permissions == [.read, .contact, .export])
        #expect(Access(own: []).role == .viewer && Access(own: []).permissions.isEmpty)
    }

    @Test("Whoever hands data in is shown its rows")
    func rawRows() {
        #expect(!Access(own: [.viewer]).showsRawRows)
        #expect(Access(own: [.viewer], named: [.ingest]).showsRawRows)
        #expect(!Access(own: [.viewer], named: [.ingest], asked: .viewer).showsRawRows)
    }

    @Test("A role that cannot be read is refused, not passed over")
    func unreadableRoles() async throws {
        let daemon = try RunningDaemon()
        let wrong: [JSONValue] = [
            "viewer", 5, .array([]), true, .object(["user_role": 5]), .object(["user_role": .array(["viewer"])]),
            .object(["user_role": .object([:])]), .object(["user_role": false]), .object(["user_role": "nobody"]),
        ]
        for context in wrong {
            #expect("\(context)") {
                try daemon.call("data.drops", ["context": context])
            } throws: { error in
                if case .problem(let problem)? = error as? ClientError { problem.code == .invalidParams } else { false }
            }
        }
        for context in [.null, .object([:]), .object(["user_role": .null]), .object(["other": 1])] as [JSONValue] {
            _ = try daemon.call("data.drops", ["context": context])
        }
        await daemon.stop()
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
        // Whoever guesses a file of one row could prove it by its hash.
        func hashes(_ context: JSONObject) throws -> [JSONValue] {
            try (daemon.call("data.drops", context)["drops"]?.arrayValue ?? []).compactMap { $0["sha256"] }
        }
        #expect(try hashes(["context": .object(["user_role": "viewer"])]) == [.null, .null])
        #expect(try hashes([:]).first { $0.stringValue?.count == 64 } != nil)
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
