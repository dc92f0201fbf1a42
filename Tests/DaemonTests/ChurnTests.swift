import Contract
import SocketClient
import Testing

/// The churn model on the whole daemon: trained, served, kept, handed on and rolled back.
@Suite(.serialized)
struct ChurnTests {
    /// Few past days and few trees: without optimisation, and under the sanitizers, a training of the usual size takes long.
    private static let yaml = """
        as_of: data
        forecasts: { keep: false }
        schedule: { train_hours: 0 }
        churn: { horizon_days: 60, population_days: 60, snapshots: 5, trees: 20 }

        """

    private func loaded(clients: Int, days: Int, reversed: Bool = false) async throws -> RunningDaemon {
        let files = try SampleFiles.make(clients: clients, days: days, seed: 11)
        let daemon = try RunningDaemon(yaml: Self.yaml)
        for category in reversed ? SampleFiles.categories.reversed() : SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
            if reversed { try await Task.sleep(for: .milliseconds(100)) }
        }
        try await daemon.settle(drops: 5)
        return daemon
    }

    @Test("Too little data is said in words, and the rules rank")
    func tooLittle() async throws {
        let daemon = try await loaded(clients: 40, days: 120)
        let trained = try daemon.call("churn.train", ["wait": true], timeout: .seconds(900))
        #expect(trained["outcome"]?.stringValue == "refused")
        #expect(trained["statement"]?.stringValue?.contains("rules") == true)
        #expect(trained["in_force"]?.isNull == true)
        let model = try daemon.call("churn.model")
        #expect(model["state"]?.stringValue == "rules" && model["model"]?.isNull == true)
        let list = try daemon.call("clients.list", ["limit": 1])
        #expect(list["sort"]?.stringValue == "value_at_risk")
        let first = try #require(list["clients"]?.arrayValue?.first)
        #expect(first["churn_probability"]?.isNull == true)
        let id = first["customer_id"] ?? .null
        #expect(try daemon.call("clients.get", ["customer_id": id])["churn"]?.isNull == true)
        #expect(throws: ClientError.self) { try daemon.call("churn.importance") }
        #expect(try daemon.call("churn.train", ["cancel": true])["state"]?.stringValue == "idle")
        // The feature table is there all the same.
        #expect(try daemon.export("ai_model_features").contains("events_28d"))
        await daemon.stop()
    }

    @Test("A trained model ranks, explains, survives a restart, and can be handed on and rolled back")
    func trained() async throws {
        let daemon = try await loaded(clients: 600, days: 330)
        let trained = try daemon.call("churn.train", ["wait": true], timeout: .seconds(900))
        #expect(trained["outcome"]?.stringValue == "taken", "\(trained)")
        let version = try #require(trained["in_force"]?.stringValue)
        try expectServed(daemon, version)
        try expectReport(daemon, version)
        let exported = try daemon.exportEverything()
        #expect(try daemon.call("churn.use", ["rules": true])["state"]?.stringValue == "rules")
        let byRules = try daemon.exportEverything()
        #expect(exported != byRules)
        #expect(try daemon.call("churn.use", ["version": .string(version)])["version"]?.stringValue == version)
        #expect(try daemon.exportEverything() == exported)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)

        try await daemon.restart()
        #expect(try daemon.call("churn.model")["version"]?.stringValue == version)
        #expect(try daemon.exportEverything() == exported)

        let file = try daemon.call("churn.export")
        #expect(file["version"]?.stringValue == version)
        #expect(try daemon.call("churn.use", ["rules": true])["state"]?.stringValue == "rules")
        #expect(try daemon.exportEverything() == byRules)
        #expect(try daemon.call("churn.use", ["version": .string(version)])["version"]?.stringValue == version)
        #expect(try daemon.exportEverything() == exported)

        // Another daemon with the same drops in another order trains the same bytes, and takes the file.
        let other = try await loaded(clients: 600, days: 330, reversed: true)
        let imported = try other.call("churn.import", ["content_base64": file["content_base64"] ?? .null])
        #expect(imported["version"]?.stringValue == version)
        #expect(try other.call("churn.model")["state"]?.stringValue == "rules")
        #expect(
            try other.call("churn.train", ["wait": true], timeout: .seconds(900))["in_force"]?.stringValue == version)
        #expect(try other.call("churn.export")["content_base64"] == file["content_base64"])
        #expect(try other.exportEverything() == exported)
        await other.stop()
        await daemon.stop()
    }

    private func expectServed(_ daemon: RunningDaemon, _ version: String) throws {
        let list = try daemon.call("clients.list", ["limit": 10_000])
        #expect(list["sort"]?.stringValue == "value_at_risk")
        let atStake = (list["clients"]?.arrayValue ?? []).compactMap { $0["value_at_risk"]?.doubleValue }
        #expect(atStake.count > 100 && atStake == atStake.sorted(by: >))
        let clients =
            try daemon.call("clients.list", ["limit": 10_000, "sort": "churn_probability"])["clients"]?.arrayValue ?? []
        let known = clients.compactMap { $0["churn_probability"]?.doubleValue }
        #expect(known.count > 100 && known.allSatisfy { (0...1).contains($0) })
        #expect(known == known.sorted(by: >))
        // Those whom the model does not know come last.
        #expect(clients.prefix(known.count).allSatisfy { $0["churn_probability"]?.doubleValue != nil })
        for client in clients {
            let isKnown = client["churn_probability"]?.doubleValue != nil
            #expect(client["risk_basis"]?.stringValue == (isKnown ? "model" : "rules"))
            #expect(client["risk_score"] == client[isKnown ? "churn_probability" : "rule_score"])
            let level = try #require(client["risk_level"]?.stringValue)
            #expect(level == "low" || client["reasons"]?.arrayValue?.isEmpty == false, "\(client)")
        }
        let first = try daemon.call("clients.get", ["customer_id": clients[0]["customer_id"] ?? .null])
        let churn = try #require(first["churn"])
        #expect(churn["probability"]?.doubleValue == known[0] && churn["percentile"]?.doubleValue == 1)
        #expect(churn["horizon_days"]?.integerValue == 60 && churn["model"]?.stringValue == version)
        #expect(churn["label"]?.stringValue == "left" && churn["base_rate"]?.doubleValue ?? 0 > 0)
        let reasons = churn["contributions"]?.arrayValue ?? []
        #expect(!reasons.isEmpty && reasons.allSatisfy { $0["text"]?.stringValue?.contains("associated with") == true })
        #expect(!reasons.contains { $0["text"]?.stringValue?.contains("because") == true })
        #expect(first["risk"]?["score"]?.doubleValue != nil)
        if clients.count > known.count {
            let id = clients[clients.count - 1]["customer_id"] ?? .null
            let last = try daemon.call("clients.get", ["customer_id": id])
            #expect(last["churn"]?["probability"]?.isNull == true)
            #expect(last["churn"]?["statement"]?.stringValue?.contains("not scored") == true)
        }
        // A model knows nothing of days before it was trained.
        let past = try daemon.call("clients.list", ["limit": 1, "as_of": "2024-08-01"])
        #expect(past["clients"]?.arrayValue?.first?["risk_basis"]?.stringValue == "rules")
    }

    private func expectReport(_ daemon: RunningDaemon, _ version: String) throws {
        let model = try daemon.call("churn.model")
        #expect(model["state"]?.stringValue == "model" && model["version"]?.stringValue == version)
        let validation = model["model"]?["validation"]
        #expect(validation?["chosen"]?["auc"]?["value"]?.doubleValue ?? 0 > 0.5)
        #expect(validation?["rules"]?["auc"]?["value"]?.doubleValue != nil)
        #expect(validation?["last_seen"]?["auc"]?["value"]?.doubleValue != nil)
        let record = try #require(model["record"])
        #expect(record["windows"]?.arrayValue?.count == 5 && record["horizon_days"]?.integerValue == 60)
        #expect(try daemon.call("risk.rules")["record"] == record)
        for command in [["churn", "model"], ["rules"], ["clients"], ["clients", "--sort", "risk"]] {
            let shown = try daemon.aurac(command)
            #expect(shown.status == 0 && !shown.text.isEmpty, "\(command): \(shown.errors)")
        }
        #expect(validation?["chosen"]?["lift"]?.arrayValue?.count == 10)
        #expect(validation?["chosen"]?["calibration"]?.arrayValue?.count == 10)
        #expect(model["versions"]?.arrayValue?.compactMap(\.stringValue) == [version])
        #expect(model["drift"]?["inputs"]?.arrayValue?.isEmpty == false)
        #expect(model["last"]?["outcome"]?.stringValue == "taken")
        let importance = try daemon.call("churn.importance")
        #expect(importance["features"]?.arrayValue?.count == model["model"]?["features"]?.integerValue.map { Int($0) })
        let status = try daemon.call("system.status")
        #expect(status["models"]?["churn"]?["version"]?.stringValue == version)
    }
}
