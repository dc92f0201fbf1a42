import Contract
import Foundation
import GRDB
import SampleCompany
import SocketClient
import Testing

/// Forecasts as they are asked for over the socket.
@Suite struct ForecastTests {
    private static let yaml = "as_of: data\nforecasts: { keep: true, clients: 100, quiet_seconds: 0 }\n"
    private static let metrics = ["engagement", "revenue", "active_customers", "tickets"]

    private static func files() throws -> [String: String] {
        try SampleFiles.make(clients: 12, days: 120, seed: 21)
    }

    /// Waits until the forecasts of what is served are kept.
    private static func waitForForecasts(_ daemon: RunningDaemon) async throws -> JSONValue {
        for _ in 0..<2400 {
            let status = try daemon.call("system.status")
            if let kept = status["models"]?["forecast"], kept["snapshot"] == status["snapshot"] { return kept }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RunningDaemon.Trouble(description: "no forecasts were made: \(try daemon.call("system.status"))")
    }

    private static func load(_ files: [String: String], into daemon: RunningDaemon) async throws {
        for (category, text) in files { try daemon.drop(text, as: "\(category).csv", category: category) }
        try await daemon.settle(drops: files.count)
    }

    private static func total(_ answer: JSONValue, _ days: String = "30") -> Double {
        answer["totals"]?[days]?["yhat"]?.doubleValue ?? .nan
    }

    @Test func forecastsAreKeptAddUpAndSurviveARestart() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(Self.files(), into: daemon)
        let kept = try await Self.waitForForecasts(daemon)
        #expect(kept["customers"]?.integerValue ?? 0 > 5)

        for metric in Self.metrics {
            let answer = try daemon.call("forecast.get", ["metric": .string(metric), "horizon": 90])
            #expect(answer["points"]?.arrayValue?.count == 90)
            #expect(answer["reconciled"]?.boolValue == true, "\(metric)")
            #expect(answer["model"]?["basis"]?.stringValue == "backtested")
            for point in answer["points"]?.arrayValue ?? [] {
                let yhat = try #require(point["yhat"]?.doubleValue)
                let lower = try #require(point["yhat_lower"]?.doubleValue)
                let upper = try #require(point["yhat_upper"]?.doubleValue)
                #expect(lower <= yhat && yhat <= upper, "\(metric) \(point)")
                // On some day more revenue may have gone back than came.
                #expect(lower >= 0 || metric == "revenue", "\(metric) \(point)")
            }
            #expect(answer["history"]?.arrayValue?.count == 90)
            #expect(answer["as_of"]?.stringValue == answer["history"]?.arrayValue?.last?["day"]?.stringValue)
        }

        // Segments and regions, the total, and all clients add up, horizon by horizon.
        let table = try daemon.export("forecasts").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let names = try #require(table.first)
        func sum(_ metric: String, _ level: String, _ days: String) throws -> Double {
            let column = try (
                metric: #require(names.firstIndex(of: "metric")), level: #require(names.firstIndex(of: "level")),
                days: #require(names.firstIndex(of: "horizon_days")), yhat: #require(names.firstIndex(of: "yhat"))
            )
            return table.dropFirst().filter {
                $0[column.metric] == metric && $0[column.level] == level && $0[column.days] == days
            }
            .reduce(0) { $0 + (Double($1[column.yhat]) ?? .nan) }
        }
        for metric in Self.metrics {
            for days in ["30", "60", "90"] {
                let whole = try sum(metric, "total", days)
                #expect(whole > 0)
                for level in ["segment", "region", "segment_region", "customer"] {
                    let parts = try sum(metric, level, days)
                    // New business is in no client's forecast.
                    if metric == "revenue", level == "customer" { continue }
                    #expect(abs(parts - whole) < 1e-6 * whole, "\(metric) \(level) \(days)")
                }
                let answer = try daemon.call("forecast.get", ["metric": .string(metric)])
                #expect(abs(Self.total(answer, days) - whole) < 1e-9 * whole)
            }
        }

        // One client: what is kept, and what is asked for.
        let id = try #require(
            try daemon.call("clients.list", ["limit": 1])["clients"]?.arrayValue?.first?["customer_id"]?.stringValue)
        let client = try daemon.call("clients.get", ["customer_id": .string(id)])["forecast"]
        #expect(client?["snapshot"] == kept["snapshot"])
        for metric in client?["metrics"]?.arrayValue ?? [] {
            let asked = try daemon.call(
                "forecast.get", ["metric": metric["metric"] ?? .null, "customer_id": .string(id)])
            #expect(asked["totals"] == metric["totals"])
            #expect(asked["model"] == metric["model"])
            #expect(asked["customers"]?.integerValue == 1)
        }
        #expect(client?["metrics"]?.arrayValue?.isEmpty == false)

        // The published table is the exported one.
        let rows = table.count - 1
        for _ in 0..<200 where try Self.publishedRows(daemon) != rows { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try Self.publishedRows(daemon) == rows)

        // The models are read again: nothing is fitted anew, and every byte is the same.
        let exported = try daemon.export("forecasts")
        let question: JSONObject = ["metric": "engagement", "horizon": 90, "components": true]
        let answered = try daemon.call("forecast.get", question)
        try await daemon.restart()
        let again = try await Self.waitForForecasts(daemon)
        #expect(again["refitted"]?.integerValue == 0)
        #expect(try daemon.export("forecasts") == exported)
        #expect(try daemon.call("forecast.get", question) == answered)
        await daemon.stop()
    }

    private static func publishedRows(_ daemon: RunningDaemon) throws -> Int {
        let path = "\(daemon.root)/state/gold.db"
        guard FileManager.default.fileExists(atPath: path) else { return -1 }
        let queue = try DatabaseQueue(path: path)
        return try queue.read { database in
            guard try database.viewExists("forecasts") else { return -1 }
            return try Int.fetchOne(database, sql: "SELECT count(*) FROM forecasts") ?? -1
        }
    }

    /// The file of models is not written after every pass: what it lacks is written when the daemon stops.
    @Test func whatWasFittedLastSurvivesARestart() async throws {
        let files = try Self.files()
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(files, into: daemon)
        _ = try await Self.waitForForecasts(daemon)
        let lines = try #require(files["engagement"]).split(separator: "\n").map(String.init)
        for round in 1...2 {
            let late = lines.dropFirst(1).prefix(3).map { "late-\(round)-" + $0 }
            try daemon.drop(
                ([lines[0]] + late).joined(separator: "\n") + "\n", as: "late\(round).csv", category: "engagement")
            try await daemon.settle(drops: files.count + round)
            let kept = try await Self.waitForForecasts(daemon)
            #expect(kept["refitted"]?.integerValue ?? 0 > 0)
        }
        let exported = try daemon.export("forecasts")
        try await daemon.restart()
        #expect(try await Self.waitForForecasts(daemon)["refitted"]?.integerValue == 0)
        #expect(try daemon.export("forecasts") == exported)
        await daemon.stop()
    }

    /// New data, events of a calendar, a rebuild from the originals, and models that are damaged or gone: the same data
    /// gives the same bytes.
    @Test func theSameDataGivesTheSameBytes() async throws {
        var files = try Self.files()
        files["events"] =
            "date,name,segment,lower_window,upper_window\n2024-08-20,Fair,,0,2\n2024-09-10,Fair,,0,2\n2024-10-12,Fair,,0,2\n"
        let daemon = try RunningDaemon(yaml: Self.yaml)
        var first = files
        // Part of the events come later: some series change, and are made again.
        let lines = try #require(files["engagement"]).split(separator: "\n").map(String.init)
        let late = lines.dropFirst(400).prefix(3)
        first["engagement"] = (lines.prefix(400) + lines.dropFirst(403)).joined(separator: "\n") + "\n"
        try await Self.load(first, into: daemon)
        _ = try await Self.waitForForecasts(daemon)
        try daemon.drop(([lines[0]] + late).joined(separator: "\n") + "\n", as: "more.csv", category: "engagement")
        try await daemon.settle(drops: files.count + 1)
        let kept = try await Self.waitForForecasts(daemon)
        let series = try #require(kept["series"]?.integerValue)
        let refitted = try #require(kept["refitted"]?.integerValue)
        #expect(refitted > 0 && refitted < series, "\(refitted) of \(series)")
        let exported = try daemon.export("forecasts")
        let snapshot = try daemon.call("system.status")["snapshot"]
        #expect(
            try daemon.call("data.drops", ["state": "loaded"])["drops"]?.arrayValue?.contains {
                $0["category"]?.stringValue == "events"
            } == true)

        try await daemon.restart(rebuild: true) {
            try "no model".write(
                toFile: "\(daemon.root)/state/models/forecasts.afba", atomically: true, encoding: .utf8)
        }
        _ = try await Self.waitForForecasts(daemon)
        #expect(try daemon.call("system.status")["snapshot"] == snapshot)
        #expect(try daemon.export("forecasts") == exported)
        #expect(
            try daemon.call("system.status")["problems"]?.arrayValue?.contains {
                $0.stringValue?.contains("forecasts.afba") == true
            } == true)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)

        // Another daemon that never saw it piece by piece.
        let other = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(files, into: other)
        _ = try await Self.waitForForecasts(other)
        #expect(try other.export("forecasts") == exported)
        await other.stop()
        await daemon.stop()
    }

    @Test func questionsAreAnsweredWithoutKeptForecasts() async throws {
        let daemon = try RunningDaemon()
        #expect(throws: ClientError.self) { try daemon.call("forecast.get", ["metric": "revenue"]) }
        try await Self.load(Self.files(), into: daemon)
        let total = try daemon.call("forecast.get", ["metric": "engagement", "history": 5])
        #expect(total["reconciled"]?.boolValue == true)
        #expect(total["history"]?.arrayValue?.count == 5)
        let clients = try #require(try daemon.call("clients.list", ["limit": 100])["clients"]?.arrayValue)
        let id = clients[0]["customer_id"] ?? .null
        let one = try daemon.call("forecast.get", ["metric": "tickets", "customer_id": id])
        #expect(one["reconciled"]?.boolValue == false)
        #expect(one["notes"]?.arrayValue?.isEmpty == false)
        let some = try daemon.call("forecast.get", ["metric": "engagement", "where": "engagement_score>=0.1"])
        #expect(some["reconciled"]?.boolValue == false)
        #expect(Self.total(some) > 0)
        // A filter that everybody passes is fitted on the same sum.
        let all = try daemon.call("forecast.get", ["metric": "engagement", "where": "tenure_days>=0", "history": 5])
        #expect(all["history"] == total["history"])
        #expect(all["customers"] == total["customers"])
        // What is known beside the data: made anew, and refused where the data knows better.
        let highest = try #require(
            try daemon.call("forecast.get", ["metric": "engagement", "history": 1096])["history"]?.arrayValue?
                .compactMap { $0["y"]?.doubleValue }.max())
        let levelling = try daemon.call(
            "forecast.get", ["metric": "engagement", "capacity": .double(highest), "leave_out": "outliers"])
        #expect(levelling["reconciled"]?.boolValue == false)
        #expect(levelling["capacity"]?.doubleValue == highest)
        #expect(levelling["leave_out"]?.stringValue == "outliers")
        for point in levelling["points"]?.arrayValue ?? [] {
            #expect((point["yhat_upper"]?.doubleValue ?? .infinity) <= highest * 1.0001)
        }
        #expect {
            try daemon.call("forecast.get", ["metric": "engagement", "capacity": .double(highest * 0.9)])
        } throws: { error in
            "\(error)".contains("capacity") && "\(error)".contains("seen on")
        }
        for absurd in [1e15, 1e300] {
            #expect {
                try daemon.call("forecast.get", ["metric": "engagement", "capacity": .double(absurd)])
            } throws: { error in
                if case ClientError.problem(let problem)? = error as? ClientError {
                    problem.code == .invalidParams && problem.message.contains("capacity")
                } else {
                    false
                }
            }
        }
        // Another day knows nothing later.
        let past = try daemon.call("forecast.get", ["metric": "engagement", "as_of": "2024-09-01"])
        #expect(past["points"]?.arrayValue?.first?["day"]?.stringValue == "2024-09-02")
        #expect(past["history"]?.arrayValue?.last?["day"]?.stringValue == "2024-09-01")
        #expect(try daemon.export("forecasts").split(separator: "\n").count == 1)
        #expect(try daemon.call("clients.get", ["customer_id": id])["forecast"]?.isNull == true)
        await daemon.stop()
    }

    @Test func tooLittleDataIsSaid() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try daemon.drop(
            "customer_id,account_creation_date,segment\nA,2024-01-01,x\nB,2024-01-01,y\n", as: "d.csv",
            category: "demographics")
        try await daemon.settle(drops: 1)
        do {
            _ = try daemon.call("forecast.get", ["metric": "engagement"])
            Issue.record("there is no data")
        } catch let error as ClientError {
            #expect("\(error)".contains("not_ready"))
            #expect("\(error)".contains("--category engagement"))
        }
        try daemon.drop(
            "event_id,customer_id,event_type,timestamp\n1,A,x,2024-03-01\n", as: "e.csv", category: "engagement")
        try await daemon.settle(drops: 2)
        #expect(throws: ClientError.self) { try daemon.call("forecast.get", ["metric": "engagement"]) }
        // Two points, duplicate days, a year's gap, all equal.
        for (number, text) in ["2,A,x,2024-03-02", "3,A,x,2024-03-02\n4,B,x,2024-03-02", "5,A,x,2025-03-09"]
            .enumerated()
        {
            try daemon.drop(
                "event_id,customer_id,event_type,timestamp\n\(text)\n", as: "e\(number).csv", category: "engagement")
            try await daemon.settle(drops: 3 + number)
            for params in [
                ["metric": "engagement"], ["metric": "engagement", "customer_id": "A"],
                ["metric": "active_customers", "segment": "y"],
            ] as [JSONObject] {
                let answer = try daemon.call("forecast.get", params)
                for point in answer["points"]?.arrayValue ?? [] {
                    #expect(point["yhat"]?.doubleValue?.isFinite == true)
                }
                #expect(answer["points"]?.arrayValue?.count == 30)
                // A year of zeros is a history; two days are not.
                #expect(number == 2 || answer["notes"]?.arrayValue?.isEmpty == false, "\(params)")
            }
        }
        await daemon.stop()
    }
}
