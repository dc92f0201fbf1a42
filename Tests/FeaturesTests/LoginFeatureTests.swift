import Features
import Gold
import Records
import RiverTesting
import Testing

/// What the churn model reads of logins is unknown where they were not measured.
@Suite struct LoginFeatureTests {
    private static let asOf = Day(2024, 6, 30)
    private static let features: [ClientFeature] = [
        .logins7, .logins28, .loginsPrevious28, .logins90, .daysSinceLastLogin,
    ]

    /// The features of client `a`, who has events, and `b`, who has none in the windows; nil where unknown.
    private func values(_ events: [(client: String, daysAgo: Int, type: String)]) throws -> [String: [Double?]] {
        var company = Company()
        company.clients = ["a", "b"].map { .init(id: $0, created: Day(2020, 1, 1)) }
        for (index, event) in events.enumerated() {
            company.events.append(
                .init(
                    id: "e\(index)", client: event.client, type: event.type,
                    at: Instant(day: Self.asOf.advanced(by: -event.daysAgo)).rawValue))
        }
        let silver = try company.river().tables
        let (gold, standings) = GoldRefinery.refineStanding(silver, asOf: Self.asOf, settings: .example)
        let made = FeatureRefinery(silver, gold: gold, standings: standings, settings: .example).features(
            of: 0..<gold.count)
        var result: [String: [Double?]] = [:]
        for position in 0..<gold.count {
            let id = silver.clients.id[Int(gold.clients[position])] ?? ""
            result[id] = Self.features.map { feature in
                let value = made.numbers[feature.rawValue * gold.count + position]
                return value.isNaN ? nil : value
            }
        }
        return result
    }

    @Test func logins() throws {
        let measured = try values([("a", 3, "login"), ("a", 30, "login"), ("a", 100, "view"), ("a", 99, "login")])
        #expect(measured == ["a": [1, 1, 1, 2, 3], "b": [0, 0, 0, 0, nil]])
    }

    @Test func withoutAnyLogin() throws {
        let values = try values([("a", 3, "view"), ("a", 30, "view")])
        #expect(values == ["a": [nil, nil, nil, nil, nil], "b": [nil, nil, nil, nil, nil]])
    }

    /// Logins that begin long after the other events: windows before that know nothing.
    @Test func loginsThatBeginLater() throws {
        let later = try values([("a", 3, "login"), ("a", 27, "login"), ("a", 200, "view")])
        #expect(later == ["a": [1, 2, nil, nil, 3], "b": [0, 0, nil, nil, nil]])
        let older = try values([("a", 3, "login"), ("a", 55, "login"), ("a", 200, "view")])
        #expect(older == ["a": [1, 1, 1, nil, 3], "b": [0, 0, 0, nil, nil]])
        // A few weeks after the first event are no later.
        let young = try values([("a", 3, "login"), ("a", 20, "view")])
        #expect(young == ["a": [1, 1, 0, 1, 3], "b": [0, 0, 0, 0, nil]])
    }
}
