import Contract
import SocketClient
import Store
import Testing

/// What the daemon does by itself about the churn model: the first training, a look at a completed window, and the answer to
/// what that shows.
@Suite(.serialized)
struct ChurnDriftTests {
    private static let yaml = """
        as_of: data
        forecasts: { keep: false }
        history: { weeks: 0 }
        schedule: { train_hours: 24, train_quiet_seconds: 1 }
        churn: { label: inactivity, horizon_days: 14, population_days: 60, snapshots: 5, trees: 20 }
        lifecycle: { signs: [] }

        """
    /// The sample ends on day 20,000, 2024-10-04; the model is trained twenty days before.
    private static let cut = "2024-09-14"
    private static let end = "2024-10-04"

    private static let dayOfCategory = [
        "demographics": "account_creation_date", "transactions": "transaction_date", "engagement": "timestamp",
    ]

    /// The rows of a file up to the cut, and those after it; those without a proper day are left out.
    private static func divided(_ text: String, day: String) -> (before: String, after: String) {
        let lines = text.split(separator: "\n").map(String.init)
        let header = lines.first ?? ""
        let column = header.split(separator: ",").firstIndex { $0 == day } ?? 0
        var parts = ([header], [header])
        for line in lines.dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == header.split(separator: ",").count else { continue }
            let day = fields[column].prefix(10)
            guard day.hasPrefix("20"), day.split(separator: "-").map(\.utf8.count) == [4, 2, 2] else { continue }
            if day <= cut { parts.0.append(line) } else { parts.1.append(line) }
        }
        return (parts.0.joined(separator: "\n") + "\n", parts.1.joined(separator: "\n") + "\n")
    }

    /// Two of three clients fall silent after the cut, whatever was known of them.
    private static func silenced(_ text: String) -> String {
        text.split(separator: "\n").enumerated().filter { index, line in
            let client = line.split(separator: ",", omittingEmptySubsequences: false).dropFirst().first ?? ""
            return index == 0 || (client.utf8.last ?? 0) % 3 == 0
        }.map { String($0.element) }.joined(separator: "\n") + "\n"
    }

    /// What the churn model is like once a training on the data of a day has ended with a model.
    private func decision(_ daemon: RunningDaemon, on day: String) async throws -> JSONValue {
        for _ in 0..<9000 {
            let model = try daemon.call("churn.model")
            let last = model["last"]
            let isDone = model["training"]?["running_since"]?.isNull ?? true
            let isOfDay = last?["data_day"]?.stringValue == day
            let hasModel = ["taken", "kept"].contains(last?["outcome"]?.stringValue ?? "")
            if isDone, isOfDay, hasModel { return model }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw RunningDaemon.Trouble(description: "no decision on \(day): \(try daemon.call("churn.model"))")
    }

    @Test("A window that the model fails in calls for a challenger, which stays out unless it is better")
    func drift() async throws {
        let files = try SampleFiles.make(clients: 300, days: 260, seed: 13)
        let daemon = try RunningDaemon(yaml: Self.yaml)
        var later: [(category: String, text: String)] = []
        for (category, day) in Self.dayOfCategory.sorted(by: { $0.key < $1.key }) {
            let (before, after) = Self.divided(files[category] ?? "", day: day)
            try daemon.drop(before, as: "\(category)-1.csv", category: category)
            if category != "demographics" { later.append((category, Self.silenced(after))) }
        }
        // Nobody asks for it: data at rest is enough. A training that begins before all files are read may be refused; it
        // is tried again by itself.
        let first = try await decision(daemon, on: Self.cut)
        #expect(first["last"]?["outcome"]?.stringValue == "taken", "\(first["last"] ?? .null)")
        let version = try #require(first["version"]?.stringValue)
        #expect(first["drift"]?["windows"]?.arrayValue?.isEmpty == true)

        for (category, text) in later { try daemon.drop(text, as: "\(category)-2.csv", category: category) }
        let second = try await decision(daemon, on: Self.end)
        let notes = try ModelShelf(folder: "\(daemon.root)/state/models/churn").journal().filter {
            $0.outcome != "refused"
        }
        #expect(notes.map(\.outcome) == ["taken", "drifted", "kept"], "\(notes)")
        #expect(notes[1].statement.contains("calls for a challenger"))
        // Less than a month of further data: only the drift can have started this training.
        let window = try #require(second["drift"]?["windows"]?.arrayValue?.last)
        #expect(window["advice"]?.stringValue == "retrain", "\(window)")
        #expect(window["observed_over_expected"]?.doubleValue ?? 0 > 1.25)
        // A recipe that could not know the future either is no better.
        #expect(second["last"]?["statement"]?.stringValue?.contains("\(version) stays") == true)
        #expect(second["version"]?.stringValue == version && second["state"]?.stringValue == "model")
        #expect(second["versions"]?.arrayValue?.count == 2)
        await daemon.stop()
    }
}
