import Contract
import Foundation
import Glibc
import Records
import Settings
import SocketClient
import Store
import Testing
import Words

@testable import Daemon

/// Every method, as every role, asked by peers, by the gateway for somebody, and by somebody who says to be the gateway: over
/// the socket, where the kernel says who is there.
@Suite(.serialized, .enabled(if: ForeignClient.isAvailable, "root, setpriv and python3 are needed"))
struct WhoAsksTests {
    /// Those who have left too.
    private static let everybody = JSONValue.array(ClientStatus.allCases.map { .string($0.name) })

    private static let gateway: UInt32 = 40_100
    /// Each role has a user of its own.
    private static let users = Dictionary(
        uniqueKeysWithValues: Role.allCases.enumerated().map { ($1, UInt32(40_101 + $0)) })

    private static let anna: UInt32 = 40_201
    private static let annaToo: UInt32 = 40_202
    private static let bert: UInt32 = 40_203
    private static let carl: UInt32 = 40_204

    private static func yaml(_ owners: [String] = ["Anna Weber", "Bert Klein"]) -> String {
        var text = RunningDaemon.withoutForecasts + "gateway: { user: \(gateway) }\nroles:\n"
        for role in Role.allCases {
            var uids = [users[role] ?? 0]
            if role == .admin { uids.append(gateway) }
            if role == .accountManager { uids += [anna, annaToo, bert, carl] }
            text += "  \(role.rawValue): [\(uids.map { "uid:\($0)" }.joined(separator: ", "))]\n"
        }
        text += "  ingest: [uid:\(anna), uid:\(annaToo), uid:\(bert)]\n"
        return text + """
            people:
              - { uid: \(anna), person: anna, owner: [\(owners[0])], team: emea }
              - { uid: \(annaToo), person: anna }
              - { uid: \(bert), person: bert, owner: [\(owners[1])] }
              - { person: dora, owner: [\(owners[0])] }

            """
    }

    private static func daemon(_ owners: [String] = ["Anna Weber", "Bert Klein"]) throws -> RunningDaemon {
        let daemon = try RunningDaemon(yaml: yaml(owners))
        for path in [daemon.root, daemon.socket] { chmod(path, 0o777) }
        return daemon
    }

    private static func ask(
        _ daemon: RunningDaemon, as uid: UInt32, _ method: String, _ params: JSONObject = [:]
    ) throws -> JSONValue {
        try #require(try ForeignClient(uid: uid, socket: daemon.socket).ask([(method, params)]).first)
    }

    private static func kind(_ answer: JSONValue) -> String? { answer["error"]?["data"]?["kind"]?.stringValue }

    private static func behalf(_ person: String, _ role: Role, _ params: JSONObject = [:]) -> JSONObject {
        var params = params
        params["behalf"] = .object(["person": .string(person), "role": .string(role.rawValue)])
        return params
    }

    @Test("What a role allows is allowed, and nothing else, for every method and whoever asks")
    func everyMethodAndRole() async throws {
        let daemon = try Self.daemon()
        // Nothing is done by these: who may ask is told that there is no such parameter.
        func questions(_ change: (JSONObject) -> JSONObject) -> [(method: String, params: JSONObject)] {
            Endpoint.all.map { ($0.name, change(["no such parameter": 1])) }
        }
        func expect(_ answers: [JSONValue], _ permissions: Set<Permission>, _ who: String) {
            #expect(answers.count == Endpoint.all.count, "\(who)")
            for (endpoint, answer) in zip(Endpoint.all, answers) {
                let expected = permissions.contains(endpoint.permission) ? "invalid_params" : "forbidden"
                #expect(Self.kind(answer) == expected, "\(endpoint.name) by \(who): \(answer)")
            }
        }
        for role in Role.allCases {
            let user = try #require(Self.users[role])
            let own = ForeignClient(uid: user, socket: daemon.socket)
            expect(try own.ask(questions { $0 }), role.permissions, "\(role) itself")
            let gateway = ForeignClient(uid: Self.gateway, socket: daemon.socket)
            expect(
                try gateway.ask(questions { Self.behalf("somebody", role, $0) }), role.permissions, "\(role) by gateway"
            )
            // Anna may what account managers may, whatever the gateway says.
            expect(
                try gateway.ask(questions { Self.behalf("anna", role, $0) }),
                role.permissions.intersection(Role.accountManager.permissions.union([.ingest])), "anna as \(role)")
            // Whoever is not the gateway may not even narrow what is asked by it.
            expect(
                try own.ask(questions { Self.behalf("somebody", role, $0) }), [], "\(role) as if it were the gateway")
            let told = try Self.ask(daemon, as: user, "system.whoami")["result"]
            #expect(told?["role"]?.stringValue == role.rawValue && told?["person"]?.stringValue == String(user))
            #expect(
                Set(told?["permissions"]?.arrayValue?.compactMap(\.stringValue) ?? [])
                    == Set(role.permissions.map(\.rawValue)))
        }
        await daemon.stop(removing: false)
        // All of it that was denied is on record, of the one who asked.
        let denied = try SilverStore(path: "\(daemon.root)/state/aura.db").audit(limit: 100_000)
            .filter { $0.outcome == "denied" }
        for role in Role.allCases {
            let lines = denied.filter { $0.uid == Self.users[role] }
            let forbidden = Endpoint.all.count { !role.permissions.contains($0.permission) }
            #expect(lines.reduce(0) { $0 + $1.requests } == forbidden + Endpoint.all.count, "\(role)")
            #expect(lines.allSatisfy { $0.person == "uid:\($0.uid)" && !$0.isOnBehalf }, "\(role)")
        }
        let ofGateway = denied.filter { $0.uid == Self.gateway }
        #expect(Set(ofGateway.map(\.person)) == ["somebody", "anna"] && ofGateway.allSatisfy(\.isOnBehalf))
        daemon.remove()
    }

    @Test("Who asks is told, and a reload counts on connections that are there")
    func whoami() async throws {
        let daemon = try Self.daemon()
        let anna = try #require(try Self.ask(daemon, as: Self.annaToo, "system.whoami")["result"])
        #expect(Endpoint.systemWhoami.resultShape.differences(from: anna).isEmpty)
        #expect(anna["person"] == "anna" && anna["team"] == "emea" && anna["owner"] == .array(["Anna Weber"]))
        #expect(anna["uid"]?.integerValue == Int64(Self.annaToo) && anna["on_behalf_of"] == .null)
        let web = try Self.ask(daemon, as: Self.gateway, "system.whoami", Self.behalf("anna", .viewer))["result"]
        #expect(web?["person"] == "anna" && web?["on_behalf_of"] == "anna" && web?["role"] == "viewer")
        #expect(web?["permissions"] == .array(["read"]) && web?["uid"]?.integerValue == Int64(Self.gateway))
        let client = try RequestClient(path: daemon.socket)
        func me() throws -> JSONValue { try JSONReader().read(client.call("system.whoami")) }
        #expect(try me()["person"] == "root" && me()["owner"] == .array([]))
        await daemon.reload { $0.people = .init([.init(uid: 0, person: "chefin", owner: ["Me", "I"], team: "all")]) }
        #expect(try me()["person"] == "chefin" && me()["owner"] == .array(["Me", "I"]) && me()["team"] == "all")
        // The gateway is another one from now on, and the former is nobody.
        await daemon.reload { $0.gateway = .user("root") }
        let params = Self.behalf("gast", .analyst)
        #expect(try JSONReader().read(client.call("system.whoami", params: params))["role"] == "analyst")
        #expect(Self.kind(try Self.ask(daemon, as: Self.gateway, "system.whoami", params)) == "forbidden")
        client.close()
        await daemon.stop()
    }

    // MARK: Mine

    /// What a method needs to be asked at all.
    private static func needs(_ endpoint: Endpoint) -> JSONObject {
        var needed = JSONObject()
        for parameter in endpoint.parameters where parameter.isRequired {
            if case .choice(let words, _) = parameter.kind { needed[parameter.name] = words.first.map { .string($0) } }
        }
        return needed
    }

    @Test("Mine is what the one who asks owns, for every method with filters, from the first answer on")
    func mine() async throws {
        var files = try SampleFiles.make(clients: 60, days: 120, seed: 33)
        let head = try #require(files["demographics"]?.split(separator: "\n").first).split(separator: ",")
        let column = try #require(head.firstIndex(of: "owner"))
        let owners = Dictionary(
            grouping: (files["demographics"] ?? "").split(separator: "\n").dropFirst().map {
                String($0.split(separator: ",", omittingEmptySubsequences: false)[column])
            }, by: { $0 }
        ).filter { !$0.key.isEmpty && !$0.key.contains("\"") }.sorted {
            ($0.value.count, $0.key) > ($1.value.count, $1.key)
        }
        .map(\.key)
        try #require(owners.count >= 2)
        let daemon = try Self.daemon(owners)
        // Somebody who is really called so.
        let row = head.map {
            switch $0 {
            case "customer_id": "MINE1"
            case "owner": "me"
            case "account_creation_date": "2024-03-01"
            default: ""
            }
        }.joined(separator: ",")
        files["demographics", default: ""] += "\(row)\n"
        for (category, text) in files { try daemon.drop(text, as: "\(category).csv", category: category) }
        try await daemon.settle(drops: files.count)
        let methods = Endpoint.all.filter(\.takesFilters)
        #expect(methods.count >= 6)
        let clients = [Self.anna, Self.annaToo, Self.bert].map { ForeignClient(uid: $0, socket: daemon.socket) }
        let gateway = ForeignClient(uid: Self.gateway, socket: daemon.socket)
        for endpoint in methods {
            var mine = Self.needs(endpoint)
            let all = try Self.ask(daemon, as: Self.anna, endpoint.name, mine)["result"]
            mine["owner"] = "me"
            func named(_ owner: String) throws -> JSONValue? {
                var params = mine
                params["owner"] = .string(owner)
                return try Self.ask(daemon, as: Self.carl, endpoint.name, params)["result"]
            }
            // Twice, and in turns: what is kept for one is for nobody else.
            for _ in 0..<2 {
                let answers = try clients.map { try $0.ask([(endpoint.name, mine)])[0]["result"] }
                #expect(answers[0] != nil && answers[0] == answers[1], "\(endpoint.name)")
                #expect(answers[0] != answers[2] && answers[0] != all, "\(endpoint.name) knows no owner")
                #expect(try answers[0] == named(owners[0]) && answers[2] == named(owners[1]), "\(endpoint.name)")
                let asked = try gateway.ask(
                    ["anna", "bert", "dora"].map {
                        (endpoint.name, Self.behalf($0, .accountManager, mine))
                    })
                #expect(
                    asked.map { $0["result"] } == [answers[0], answers[2], answers[0]],
                    "\(endpoint.name) by the gateway")
            }
            // Nobody's clients are not no clients.
            for (who, answer) in [
                ("carl", try Self.ask(daemon, as: Self.carl, endpoint.name, mine)),
                ("gast", try Self.ask(daemon, as: Self.gateway, endpoint.name, Self.behalf("gast", .viewer, mine))),
            ] {
                #expect(Self.kind(answer) == "invalid_params", "\(endpoint.name): \(answer)")
                #expect(answer["error"]?["data"]?["hint"]?.stringValue?.contains("people: [{") == true, "\(who)")
            }
        }
        let literal = try Self.ask(
            daemon, as: Self.anna, "clients.list", ["where": "owner==me", "status": Self.everybody])["result"]
        #expect(literal?["clients"]?.arrayValue?.map { $0["customer_id"] } == ["MINE1"])

        // A page of somebody else's.
        func page(_ uid: UInt32, _ params: JSONObject) throws -> JSONValue {
            var params = params
            params["limit"] = 1
            return try Self.ask(daemon, as: uid, "clients.list", params)
        }
        let first = try page(Self.anna, ["owner": "me"])
        let cursor = try #require(first["result"]?["next_cursor"])
        #expect(Self.kind(try page(Self.bert, ["owner": "me", "cursor": cursor])) == "conflict")
        #expect(Self.kind(try page(Self.bert, ["cursor": cursor])) == "conflict")
        let second = try page(Self.annaToo, ["owner": "me", "cursor": cursor])["result"]
        #expect(second?["clients"] != first["result"]?["clients"] && second?["total"] == first["result"]?["total"])
        #expect(try page(Self.carl, ["owner": .string(owners[0]), "cursor": cursor])["result"] == second)
        // What was mine is not, when it has gone to another.
        await daemon.reload {
            $0.people = .init([.init(uid: Self.anna, person: "anna", owner: [owners[1]])])
        }
        #expect(Self.kind(try page(Self.anna, ["owner": "me", "cursor": cursor])) == "conflict")
        await daemon.stop()
    }

    @Test("Contact data stays hidden for a role that the gateway narrows to, and owners where they are contact data")
    func contacts() async throws {
        let daemon = try Self.daemon()
        try daemon.drop(
            """
            customer_id,name,account_creation_date,email,billing_email,owner
            C1,Ltd,2024-01-02,anna@example.org,dora@example.org,Anna Weber

            """, as: "d.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        func contact(_ role: Role) throws -> String {
            let client = try Self.ask(
                daemon, as: Self.gateway, "clients.get", Self.behalf("gast", role, ["customer_id": "C1"]))
            let list = try Self.ask(
                daemon, as: Self.gateway, "clients.list",
                Self.behalf("gast", role, ["where": "billing_email==dora@example.org"]))
            return "\(client["result"]?["contact"]?["masked"]?.boolValue == true) \(Self.kind(list) ?? "shown") "
                + "\(String(describing: client).contains("@example.org"))"
        }
        for role in Role.allCases {
            #expect(
                try contact(role)
                    == (role.permissions.contains(.contact) ? "false shown true" : "true forbidden false"), "\(role)")
        }
        let mine: JSONObject = ["owner": "Anna Weber"]
        await daemon.reload { $0.contactColumns = .init($0.contactColumns.words + ["owner"]) }
        for _ in 0..<2 {
            for role in Role.allCases {
                let answer = try Self.ask(daemon, as: Self.gateway, "kpis.get", Self.behalf("gast", role, mine))
                #expect(Self.kind(answer) == (role.permissions.contains(.contact) ? nil : "forbidden"), "\(role)")
            }
        }
        await daemon.stop()
    }
}
