import Features
import Gold
import Records
import RiverTesting
import Silver
import Standings
import Testing

@Suite struct OutcomeTests {
    static let day = Day(2024, 6, 15)

    private func outcomes(
        _ kind: ChurnKind, _ silver: SilverTables, settings: GoldSettings = .example
    ) -> [String: Bool] {
        let gold = GoldRefinery.refine(silver, asOf: Self.day, settings: settings)
        let lifecycle = StandingsRefinery.standings(silver, asOf: Self.day.advanced(by: 60), settings: settings)
            .lifecycle
        let outcomes = ChurnOutcomes.observe(kind, silver: silver, gold: gold, lifecycle: lifecycle, horizonDays: 30)
        var result: [String: Bool] = [:]
        for (row, position) in outcomes.positions.enumerated() {
            result[silver.clients.id[Int(gold.clients[Int(position)])] ?? ""] = outcomes.churned[row]
        }
        return result
    }

    /// Clients who were active on the day before, with a churn date so many days after the day.
    @Test func churnDatesCountInsideTheWindowOnly() throws {
        let ages = [-5, 0, 1, 30, 31]
        var company = Company()
        for age in ages {
            company.clients.append(.init(id: "c\(age)", created: Day(2023, 1, 1)))
            let at = Instant(day: Self.day.advanced(by: -1)).rawValue
            company.events.append(.init(id: "e\(age)", client: "c\(age)", type: "view", at: at))
        }
        var silver = try company.river().tables
        for client in 0..<silver.clients.count {
            let age = Int(silver.clients.id[client]?.dropFirst() ?? "") ?? 0
            silver.clients.churnDay[client] = Self.day.advanced(by: age).rawValue
        }
        // Who left on the day or before is not at risk any more.
        #expect(outcomes(.explicit, silver) == ["c1": true, "c30": true, "c31": false])
    }

    /// By the signs that count for each, and not who came back within the window.
    @Test func leavingCountsByWhateverSign() throws {
        var company = Company()
        var settings = GoldSettings.example
        settings.lifecycle = LifecycleSettings(leftAfterDays: 20)
        func add(_ id: String, _ ages: [Int]) {
            company.clients.append(.init(id: id, created: Day(2023, 1, 1)))
            for age in ages {
                let at = Instant(day: Self.day.advanced(by: -age)).rawValue
                company.events.append(.init(id: "e\(company.events.count)", client: id, type: "view", at: at))
            }
        }
        let steady = Array(stride(from: 60, through: -60, by: -6))
        add("steady", steady)
        add("silent", steady.filter { $0 >= 0 })
        add("late", steady.filter { $0 >= -12 })
        // Gone for 24 days, back on the window's 27th.
        add("back", steady.filter { $0 >= 0 || $0 <= -24 })
        add("gone", steady.filter { $0 >= 24 })
        let silver = try company.river().tables
        #expect(
            outcomes(.left, silver, settings: settings)
                == ["steady": false, "silent": true, "late": false, "back": false])
    }

    @Test func silenceCountsToTheLastDayOfTheWindow() throws {
        var company = Company()
        func add(_ id: String, _ ages: [Int]) {
            company.clients.append(.init(id: id, created: Day(2023, 1, 1)))
            for age in ages {
                let at = Instant(day: Self.day.advanced(by: -age)).rawValue
                company.events.append(
                    .init(id: "e\(company.events.count)", client: id, type: "view", at: at))
            }
        }
        add("silent", [10])
        add("first", [10, -1])
        add("last", [10, -30])
        add("late", [10, -31])
        add("old", [90])
        add("border", [89])
        let silver = try company.river().tables
        #expect(
            outcomes(.inactivity, silver)
                == ["silent": true, "first": false, "last": false, "late": true, "border": true])
    }

    /// What counts as activity is configuration, and refunds are none.
    @Test func activityIsAsConfigured() throws {
        var company = Company()
        company.clients = [.init(id: "c", created: Day(2023, 1, 1))]
        let before = Self.day.advanced(by: -1)
        company.events = [.init(id: "e", client: "c", type: "view", at: Instant(day: before).rawValue)]
        company.transactions = [
            .init(id: "t1", client: "c", amount: 5_000_000, currency: "USD", day: before),
            .init(id: "t2", client: "c", amount: -5_000_000, currency: "USD", day: Self.day.advanced(by: 4)),
        ]
        var settings = GoldSettings.example
        for activity in ActivityDefinition.allCases {
            settings.activity = activity
            #expect(outcomes(.inactivity, try company.river().tables, settings: settings) == ["c": true])
        }
        company.transactions.append(
            .init(id: "t3", client: "c", amount: 1, currency: "USD", day: Self.day.advanced(by: 5)))
        settings.activity = .engagement
        #expect(outcomes(.inactivity, try company.river().tables, settings: settings) == ["c": true])
        settings.activity = .any
        #expect(outcomes(.inactivity, try company.river().tables, settings: settings) == ["c": false])
    }

    @Test func pastAttributesComeBack() throws {
        var company = Company()
        company.clients = [
            .init(id: "c", created: Day(2023, 1, 1), type: "cancelled"),
            .init(id: "d", created: Day(2023, 1, 1), type: "pro"),
        ]
        let silver = try company.river().tables
        var first = ClientPast.Entry(client: 0, replacedOn: Day(2024, 3, 1))
        first.subscriptionType = "basic"
        var second = ClientPast.Entry(client: 0, replacedOn: Day(2024, 6, 20))
        second.subscriptionType = "pro"
        let past = ClientPast([first, second])
        func plan(_ day: Day) -> String? {
            FeaturePicture(silver.rewound(to: day, by: past), asOf: Self.day).level("c", .plan)
        }
        #expect(plan(Day(2024, 2, 29)) == "basic")
        #expect(plan(Day(2024, 3, 1)) == "pro")
        #expect(plan(Self.day) == "pro")
        #expect(plan(Day(2024, 6, 20)) == "cancelled")
        #expect(FeaturePicture(silver.rewound(to: Self.day, by: past), asOf: Self.day).level("d", .plan) == "pro")
    }
}
