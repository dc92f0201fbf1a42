import Contract
import Foundation
import Settings
import Testing

/// What an operator has put in force stays until he takes it back: no training passes over it, no restart forgets it.
@Suite(.serialized)
struct ChurnChoiceTests {
    private static let yaml = """
        as_of: data
        forecasts: { keep: false }
        schedule: { train_hours: 0 }
        churn: { label: inactivity, horizon_days: 30, population_days: 60, snapshots: 3, trees: 5 }

        """

    private func loaded() async throws -> RunningDaemon {
        let files = try SampleFiles.make(clients: 300, days: 240, seed: 11)
        let daemon = try RunningDaemon(yaml: Self.yaml)
        for category in SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try await daemon.settle(drops: 5)
        return daemon
    }

    private func train(_ daemon: RunningDaemon) throws -> JSONValue {
        try daemon.call("churn.train", ["wait": true], timeout: .seconds(900))
    }

    @Test("A training does not replace what an operator has chosen, until that is taken back")
    func choiceIsKept() async throws {
        let daemon = try await loaded()
        let version = try #require(try train(daemon)["in_force"]?.stringValue)
        #expect(try daemon.call("churn.model")["choice"]?.stringValue == "automatic")

        // The rules, by hand.
        #expect(try daemon.call("churn.use", ["rules": true])["choice"]?.stringValue == "operator")
        for _ in 0..<2 {
            let trained = try train(daemon)
            #expect(trained["in_force"]?.isNull == true && trained["outcome"]?.stringValue == "kept", "\(trained)")
            #expect(trained["statement"]?.stringValue?.hasPrefix("kept back: an operator chose the rules") == true)
            #expect(try daemon.call("churn.model")["challenge"]?["taken"]?.boolValue == false)
            // Also after a restart.
            try await daemon.restart()
            let summary = try daemon.call("system.status")["models"]?["churn"]
            #expect(summary?["state"]?.stringValue == "rules" && summary?["choice"]?.stringValue == "operator")
        }

        // A version, by hand: the one that is trained anew, by other settings, does not replace it.
        _ = try daemon.call("churn.use", ["version": .string(version)])
        await daemon.reload { $0.churn.horizonDays = 40 }
        let kept = try train(daemon)
        #expect(kept["in_force"]?.stringValue == version && kept["outcome"]?.stringValue == "kept", "\(kept)")
        #expect(kept["statement"]?.stringValue?.contains("an operator chose \(version)") == true)

        // Taken back, it stays until the next training, which decides again.
        let released = try daemon.call("churn.use", ["automatic": true])
        #expect(released["version"]?.stringValue == version && released["choice"]?.stringValue == "automatic")
        #expect(try daemon.call("churn.model")["last"]?["outcome"]?.stringValue == "released")
        let taken = try train(daemon)
        #expect(taken["outcome"]?.stringValue == "taken" && taken["in_force"]?.stringValue != version, "\(taken)")
        await daemon.stop()
    }

    @Test("A damaged model is named in the status and in the log, and the choice of it is not forgotten")
    func damagedModel() async throws {
        let log = CapturedLog()
        let files = try SampleFiles.make(clients: 300, days: 240, seed: 11)
        let daemon = try RunningDaemon(yaml: Self.yaml, logger: log.logger())
        for category in SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try await daemon.settle(drops: 5)
        let version = try #require(try train(daemon)["in_force"]?.stringValue)
        _ = try daemon.call("churn.use", ["version": .string(version)])
        let path = "\(daemon.root)/state/models/churn/\(version).model"
        try await daemon.restart {
            let bytes = try Data(contentsOf: URL(filePath: path))
            try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))
        }
        let status = try daemon.call("system.status")
        let problems = status["problems"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(problems.contains { $0.contains("\(version).model") && $0.contains("damaged") }, "\(problems)")
        let summary = status["models"]?["churn"]
        #expect(summary?["state"]?.stringValue == "rules" && summary?["choice"]?.stringValue == "operator")
        #expect(summary?["problem"]?.stringValue?.contains("\(version).model") == true)
        #expect(log.text.contains("version \(version) cannot be used: damaged"), "\(log.text)")
        // Another choice ends it.
        _ = try daemon.call("churn.use", ["rules": true])
        let after = try daemon.call("system.status")
        #expect(after["problems"]?.arrayValue?.isEmpty == true)
        #expect(after["models"]?["churn"]?["problem"]?.isNull == true)
        await daemon.stop()
    }
}
