import Contract
import Foundation
import GRDB
import SocketClient
import Testing

/// The past of the clients' health, as it is asked for over the socket and read from `gold.db`.
@Suite struct HistoryTests {
    private static let yaml = "as_of: data\nforecasts: { keep: false }\nhistory: { quiet_seconds: 0 }\n"
    /// Nothing is made unless somebody asks for it.
    private static let idleYAML = "as_of: data\nforecasts: { keep: false }\nhistory: { quiet_seconds: 3600 }\n"

    private static func files() throws -> [String: String] {
        try SampleFiles.make(clients: 30, days: 150, seed: 8)
    }

    private static func load(_ files: [String: String], into daemon: RunningDaemon) async throws {
        for category in SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try await daemon.settle(drops: files.count)
    }

    /// Waits until all days of what is served are made.
    private static func waitForHistory(_ daemon: RunningDaemon) async throws -> JSONValue {
        for _ in 0..<1200 {
            let status = try daemon.call("system.status")
            if let history = status["history"], history["days"] == history["wanted"] { return history }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RunningDaemon.Trouble(description: "no past was made: \(try daemon.call("system.status"))")
    }

    /// Rows of an exported table, by their column names.
    private static func rows(
        _ daemon: RunningDaemon, _ table: String, asOf: String? = nil
    ) throws -> [[String: String]] {
        var params: JSONObject = ["table": .string(table)]
        params["as_of"] = asOf.map { .string($0) }
        let text = try daemon.call("export.table", params)["data"]?.stringValue ?? ""
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let names = lines.first ?? []
        return lines.dropFirst().map { Dictionary(zip(names, $0), uniquingKeysWith: { first, _ in first }) }
    }

    private static func key(_ row: [String: String]) -> String {
        "\(row["customer_id"] ?? "") \(row["day"] ?? "") \(row["health_score"] ?? "") \(row["health_level"] ?? "")"
    }

    /// The health of every client as an answer as of the day gives it, in the form of the history.
    private static func asOf(_ daemon: RunningDaemon, _ day: String) throws -> Set<String> {
        Set(
            try rows(daemon, "customer_health_scores", asOf: day).map { row in
                let score = (row["health_score"]).flatMap(Double.init).map { ($0 * 1e6).rounded() / 1e6 }
                let text = score.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" } ?? ""
                return "\(row["customer_id"] ?? "") \(day) \(text) \(row["health_level"] ?? "")"
            })
    }

    @Test func pointsAreTheAnswersOfTheirDays() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(Self.files(), into: daemon)
        let history = try await Self.waitForHistory(daemon)
        #expect(history["wanted"]?.integerValue == 26)
        let status = try daemon.call("system.status")
        let rows = try Self.rows(daemon, "customer_health_history")
        #expect(history["points"]?.integerValue == Int64(rows.count))
        #expect(rows.allSatisfy { $0["as_of"] == status["as_of"]?.stringValue })
        #expect(rows.allSatisfy { $0["snapshot"] == status["snapshot"]?.stringValue })

        // All clients of several days.
        let days = Array(Set(rows.compactMap { $0["day"] })).sorted()
        #expect(days.count > 20)
        for day in [days[0], days[7], days[days.count - 2], days[days.count - 1]] {
            let kept = Set(rows.filter { $0["day"] == day }.map(Self.key))
            #expect(try kept == Self.asOf(daemon, day), "\(day)")
        }

        // Several clients, whole: the trend is the rows, and the day of the answer comes last.
        let day = days[days.count - 5]
        let ids = rows.filter { $0["day"] == day }.compactMap { $0["customer_id"] }
        for id in [ids[0], ids[5], ids[ids.count - 1]] {
            let question: JSONObject = ["customer_id": .string(id)]
            let client = try daemon.call("clients.get", question)
            let trend = client["health"]?["trend"]?.arrayValue ?? []
            let own = rows.filter { $0["customer_id"] == id }.sorted { ($0["day"] ?? "") < ($1["day"] ?? "") }
            #expect(trend.dropLast().map { $0["day"]?.stringValue } == own.map { $0["day"] })
            #expect(
                trend.dropLast().map { $0["score"]?.doubleValue } == own.map { $0["health_score"].flatMap(Double.init) }
            )
            #expect(trend.last?["day"] == client["as_of"])
            let score = try #require(client["health"]?["score"]?.doubleValue)
            #expect(abs((trend.last?["score"]?.doubleValue ?? .nan) - score) <= 0.5e-6 + 1e-12)

            // Another day shows its past and itself.
            var past = question
            past["as_of"] = .string(day)
            let then = try daemon.call("clients.get", past)["health"]?["trend"]?.arrayValue ?? []
            #expect(then == trend.filter { ($0["day"]?.stringValue ?? "") <= day })

            // Changes are differences of the trend.
            for change in client["health"]?["changes"]?.arrayValue ?? [] {
                guard let since = change["since"]?.stringValue else {
                    // He was no client then.
                    #expect(change["change"]?.isNull == true && (change["days"]?.integerValue ?? 0) > 28)
                    continue
                }
                let before = try #require(trend.first { $0["day"]?.stringValue == since }?["score"]?.doubleValue)
                let expected = (trend.last?["score"]?.doubleValue ?? .nan) - before
                #expect(abs((change["change"]?.doubleValue ?? .nan) - expected) < 1e-9)
            }
        }

        // The published view is the exported table.
        let exported = rows.map(Self.key).sorted()
        for _ in 0..<400 where try Self.published(daemon) != exported { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try Self.published(daemon) == exported)

        let checks = try daemon.call("system.verify")["checks"]?.arrayValue ?? []
        let check = checks.first { $0["name"]?.stringValue == "gold.history" }
        #expect(check?["ok"]?.boolValue == true)
        #expect(check?["detail"]?.stringValue?.hasPrefix("0 ") == false)
        #expect(checks.allSatisfy { $0["ok"]?.boolValue == true })
        await daemon.stop()
    }

    /// The past of a generation is made and its publication is put off: there is nothing to do until gold is published.
    @Test func nobodyWaitsForWhatNobodyHasAskedFor() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml + "schedule: { publish_minutes: 600 }\n")
        try await Self.load(Self.files(), into: daemon)
        _ = try await Self.waitForHistory(daemon)
        func state() throws -> String? {
            let stages = try daemon.call("system.status")["stages"]?.arrayValue ?? []
            return stages.first { $0["name"]?.stringValue == "history" }?["state"]?.stringValue
        }
        func isBehind() throws -> Bool? { try daemon.call("system.status")["gold_db"]?["behind"]?.boolValue }
        func ofGeneration() throws -> String? { try daemon.call("system.status")["snapshot"]?.stringValue }
        try await RunningDaemon.waitUntil("the first gold is published") { try isBehind() == false }
        let first = try ofGeneration()
        try daemon.drop(
            "customer_id,account_creation_date\nlater,2024-01-01\n", as: "later.csv", category: "demographics")
        try await RunningDaemon.waitUntil("another generation is served") { try ofGeneration() != first }
        _ = try await Self.waitForHistory(daemon)
        try await RunningDaemon.waitUntil("the stage has come to rest") { try state() == "idle" }
        #expect(try isBehind() == true)
        // It is told when there is something to do again.
        _ = try daemon.call("system.refresh", ["wait": .bool(true)])
        #expect(try isBehind() == false)
        let rows = try Self.rows(daemon, "customer_health_history").map(Self.key).sorted()
        try await RunningDaemon.waitUntil("the past is published") { try Self.published(daemon) == rows }
        await daemon.stop()
    }

    private static func published(_ daemon: RunningDaemon) throws -> [String] {
        let path = "\(daemon.root)/state/gold.db"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        // The first publication locks the file for a moment.
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: path, configuration: configuration).read { database in
            guard try database.viewExists("customer_health_history") else { return [] }
            return try Row.fetchAll(database, sql: "SELECT * FROM customer_health_history").map { row in
                let score: Double? = row["health_score"]
                let text = score.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" } ?? ""
                let level: String? = row["health_level"]
                return "\(row["customer_id"] as String) \(row["day"] as String) \(text) \(level ?? "")"
            }
            .sorted()
        }
    }

    /// Data that comes late, in another order, a restart and a rebuild: the same bytes as from all at once.
    @Test func theSameDataGivesTheSameBytes() async throws {
        let files = try Self.files()
        let lines = try #require(files["engagement"]).split(separator: "\n").map(String.init)
        let held = lines.dropFirst(200).prefix(40)
        var first = files
        first["engagement"] = (lines.prefix(200) + lines.dropFirst(240)).joined(separator: "\n") + "\n"
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(first, into: daemon)
        _ = try await Self.waitForHistory(daemon)
        let before = try Self.rows(daemon, "customer_health_history")

        // An event of a middle day: earlier days stay as they were, each later one is that of its day.
        let days = Array(Set(before.compactMap { $0["day"] })).sorted()
        let middle = days[days.count - 9]
        let id = try #require(before.first { $0["day"] == middle }?["customer_id"])
        let header = "event_id,customer_id,event_type,timestamp\n"
        let late = (0..<30).map { "late\($0),\(id),view,\(middle)T0\($0 % 10):00:00Z\n" }.joined()
        try daemon.drop(header + late, as: "late.csv", category: "engagement")
        try await daemon.settle(drops: files.count + 1)
        _ = try await Self.waitForHistory(daemon)
        let after = try Self.rows(daemon, "customer_health_history")
        #expect(
            before.filter { $0["day"] ?? "" < middle }.map(Self.key)
                == after.filter { $0["day"] ?? "" < middle }.map(Self.key))
        for day in days {
            let own = after.filter { $0["day"] == day }.map(Self.key)
            if day >= middle, day <= days[days.count - 6] {
                #expect(own != before.filter { $0["day"] == day }.map(Self.key), "\(day)")
            }
            #expect(try Set(own) == Self.asOf(daemon, day))
        }

        // The rest.
        try daemon.drop(
            ([lines[0]] + held).joined(separator: "\n") + "\n", as: "rest.csv", category: "engagement")
        try await daemon.settle(drops: files.count + 2)
        _ = try await Self.waitForHistory(daemon)
        let exported = try daemon.export("customer_health_history")

        try await daemon.restart()
        _ = try await Self.waitForHistory(daemon)
        #expect(try daemon.export("customer_health_history") == exported)
        try await daemon.restart(rebuild: true)
        _ = try await Self.waitForHistory(daemon)
        #expect(try daemon.export("customer_health_history") == exported)
        let rows = try Self.rows(daemon, "customer_health_history").map(Self.key).sorted()
        for _ in 0..<400 where try Self.published(daemon) != rows { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try Self.published(daemon) == rows)

        // Another daemon, in another order, asked before anything was made.
        let other = try RunningDaemon(yaml: Self.idleYAML)
        try other.drop(header + late, as: "late.csv", category: "engagement")
        try await other.settle(drops: 1)
        for category in SampleFiles.categories.reversed() {
            try other.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try await other.settle(drops: files.count + 1)
        #expect(try other.call("system.status")["history"]?["days"]?.integerValue == 0)
        #expect(try other.export("customer_health_history") == exported)
        #expect(try other.call("system.status")["history"]?["days"]?.integerValue == 26)
        await other.stop()
        await daemon.stop()
    }

    @Test func noPastIsKept() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(Self.files(), into: daemon)
        _ = try await Self.waitForHistory(daemon)
        for _ in 0..<400 where try Self.published(daemon).isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try !Self.published(daemon).isEmpty)
        let without = try RunningDaemon(
            yaml: "as_of: data\nforecasts: { keep: false }\nhistory: { weeks: 0 }\n")
        try await Self.load(Self.files(), into: without)
        #expect(try without.call("system.status")["history"]?.isNull == true)
        #expect(throws: ClientError.self) { try without.export("customer_health_history") }
        let id = try #require(
            try without.call("clients.list", ["limit": 1])["clients"]?.arrayValue?.first?["customer_id"])
        let health = try without.call("clients.get", ["customer_id": id])["health"]
        #expect(health?["trend"]?.arrayValue?.count == 1)
        #expect(health?["changes"]?.arrayValue?.allSatisfy { $0["change"]?.isNull == true } == true)
        await without.stop()
        await daemon.stop()
    }
}
