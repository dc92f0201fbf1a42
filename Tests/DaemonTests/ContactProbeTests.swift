import Contract
import Foundation
import Testing

/// Nobody who is not shown contact data learns from any answer whether a guess at it is right.
@Suite(.serialized) struct ContactProbeTests {
    /// Columns of demographics that hold contact data, each with what one client has there.
    private static let columns = [
        ("email", "anna@example.org"), ("phone", "555123"), ("contact_name", "Anna"),
        ("billing_email", "dora@example.org"), ("fax_2", "777999"), ("hotline", "888111"),
    ]
    private static let wrongGuess = "nobody@example.net"

    private static let roles: [(uid: UInt32, line: String, seesContact: Bool)] = [
        (40_001, "viewer", false), (40_002, "analyst", false), (40_003, "account_manager", true),
        (40_004, "retention_specialist", true), (40_005, "admin", true), (40_006, "ingest", false),
        (40_007, "", false), (40_008, "export", false),
    ]

    private static let yaml =
        RunningDaemon.withoutForecasts + "contact_columns: [mail, phone, contact, fax, hotline]\nroles:\n"
        + roles.filter { !$0.line.isEmpty }.map { "  \($0.line): [uid:\($0.uid)]\n" }.joined()

    /// What a method needs to be asked at all.
    private static func needs(_ endpoint: Endpoint) -> JSONObject {
        var needed = JSONObject()
        for parameter in endpoint.parameters where parameter.isRequired {
            switch parameter.kind {
            case .choice(let words, _): needed[parameter.name] = words.first.map { .string($0) }
            case .customer: needed[parameter.name] = .string("C1")
            case .integer: needed[parameter.name] = .integer(1)
            default: needed[parameter.name] = .string("x")
            }
        }
        return needed
    }

    /// Every question in which a guess at a column can stand, and some in which it should not: a parameter that a method
    /// takes one day is looked at too.
    private static func probes(_ column: String, _ guess: String) -> [(method: String, params: JSONObject)] {
        let places: [(String, JSONValue)] = [
            ("where", .string("\(column)==\(guess)")), ("where", .string(" \(column) == \(guess)")),
            ("where", .array([.string("mrr>=0"), .string("\(column)==\(guess)")])),
            ("where", .string("\(column)!=\(guess)")), ("where", .string("\(column.uppercased())==\(guess)")),
            ("search", .string(guess)), ("sort", .string(column)), ("sort", .string("\(column):asc")),
            ("group_by", .string(column)), ("by", .string(column)), ("segment", .string(guess)),
            ("owner", .string(guess)), (column, .string(guess)), ("customer_id", .string(guess)),
            ("cursor", .string("\(guess)~0")), ("filter", .string("\(column)==\(guess)")),
        ]
        // These wait, or change what the others are asked about.
        let methods = Endpoint.all.filter { !["system.refresh", "system.verify"].contains($0.name) }
        return methods.flatMap { method in
            places.map { name, value in
                var params = needs(method)
                params[name] = value
                return (method.name, params)
            }
        }
    }

    /// An answer without what the asker has said himself.
    private static func normalised(_ answer: JSONValue, _ guess: String) -> String {
        String(decoding: JSONWriter.bytes(of: answer), as: UTF8.self).replacingOccurrences(of: guess, with: "GUESS")
    }

    private static func daemon() async throws -> RunningDaemon {
        let daemon = try RunningDaemon(yaml: yaml)
        try daemon.drop(
            """
            customer_id,name,account_creation_date,email,phone,contact_name,billing_email,fax_2,hotline,plan
            C1,Ltd,2024-01-02,anna@example.org,555123,Anna,dora@example.org,777999,888111,gold
            C2,Inc,2024-01-02,bert@example.org,555124,Bert,,,,
            C3,Rejected,no day,carl@example.org,555125,Carl,,,,

            """, as: "d.csv", category: "demographics")
        try daemon.drop(
            "event_id,customer_id,event_type,timestamp\n"
                + (1...28).map { "E\($0),C\(1 + $0 % 2),login,2024-03-\($0 < 10 ? "0" : "")\($0)\n" }.joined(),
            as: "e.csv", category: "engagement")
        try daemon.drop("carl@example.org,1\n", as: "headless.csv", category: "support")
        try await daemon.settle(drops: 3)
        return daemon
    }

    private static func expectNoDifference(
        _ who: String, _ ask: ([(method: String, params: JSONObject)]) throws -> [JSONValue]
    ) throws {
        for (column, truth) in columns {
            let right = try ask(probes(column, truth))
            let wrong = try ask(probes(column, wrongGuess))
            let questions = probes(column, "GUESS")
            #expect(right.count == questions.count && wrong.count == questions.count, "\(who)")
            for ((question, right), wrong) in zip(zip(questions, right), wrong) {
                let (right, wrong) = (normalised(right, truth), normalised(wrong, wrongGuess))
                #expect(right == wrong, "\(who) learns \(column) by \(question)")
                for (_, secret) in columns where secret != "Anna" {
                    #expect(!right.contains(secret), "\(who) is shown \(secret) by \(question)")
                }
                #expect(!right.contains("carl@") && !right.contains("555125"), "\(who): \(question)")
            }
        }
    }

    @Test("A peer of any role", .enabled(if: ForeignClient.isAvailable, "root, setpriv and python3 are needed"))
    func byRole() async throws {
        let daemon = try await ContactProbeTests.daemon()
        for path in [daemon.root, daemon.socket] { chmod(path, 0o777) }
        for role in ContactProbeTests.roles {
            let client = ForeignClient(uid: role.uid, socket: daemon.socket)
            if role.seesContact {
                // The probes can tell a right guess from a wrong one, where they may.
                let answers = try client.ask([
                    ("clients.list", ["where": "billing_email==dora@example.org"]),
                    ("clients.list", ["where": .string("billing_email==\(ContactProbeTests.wrongGuess)")]),
                    ("forecast.get", ["metric": "engagement", "where": "billing_email==dora@example.org"]),
                    (
                        "forecast.get",
                        [
                            "metric": "engagement", "where": .string("billing_email==\(ContactProbeTests.wrongGuess)"),
                        ]
                    ),
                ])
                #expect(answers[0]["result"]?["total"]?.integerValue == 1, "\(role.line)")
                #expect(answers[1]["result"]?["total"]?.integerValue == 0, "\(role.line)")
                #expect(answers[3]["error"]?["data"]?["kind"]?.stringValue == "not_found", "\(role.line)")
                #expect(answers[2] != answers[3])
            } else {
                try ContactProbeTests.expectNoDifference("\(role.uid) \(role.line)") { try client.ask($0) }
            }
        }
        await daemon.stop()
    }

    @Test("A role that is narrowed to", arguments: ["viewer", "analyst"])
    func narrowed(role: String) async throws {
        let daemon = try await ContactProbeTests.daemon()
        try ContactProbeTests.expectNoDifference(role) { questions in
            questions.map { method, params in
                var params = params
                params["context"] = .object(["user_role": .string(role)])
                do {
                    return try daemon.call(method, params)
                } catch {
                    return .string("\(error)")
                }
            }
        }
        await daemon.stop()
    }
}
