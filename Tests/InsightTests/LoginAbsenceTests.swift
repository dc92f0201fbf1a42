import Gold
import Records
import RiskRules
import RiverTesting
import Silver
import Standings
import Testing
import Words

/// No absence is claimed that was not measured: what nobody was seen to do says nothing of anyone.
@Suite struct LoginAbsenceTests {
    private static let asOf = Day(2024, 6, 30)

    private var company = Company()

    private mutating func client(_ id: String, created: Day = Day(2020, 1, 1)) {
        company.clients.append(.init(id: id, created: created))
    }

    private mutating func event(_ client: String, _ day: Day, _ type: String = "view") {
        company.events.append(
            .init(id: "e\(company.events.count)", client: client, type: type, at: Instant(day: day).rawValue))
    }

    private struct Result {
        var days: [String: Int32]
        /// What rule `inactive_login` says of each client: true, false, or nil where it cannot be evaluated.
        var fires: [String: Bool?]
        var measured: MeasuredDays
        var measurement: LoginMeasurement
    }

    private func result(asOf: Day = asOf, settings: GoldSettings = .example) throws -> Result {
        let tables = try company.river().tables
        let history = ClientHistory.make(tables, asOf: asOf, settings: settings).history
        let gold = GoldRefinery.refine(
            tables, settings: settings, history: history,
            standings: StandingsRefinery.standings(tables, asOf: asOf, settings: settings))
        let risk = RuleEngine(rules: Array(RiskRule.defaults.prefix(1))).assess(gold.metrics, count: gold.count)
        let ids = gold.clients.map { tables.clients.id[Int($0)] ?? "" }
        return Result(
            days: Dictionary(uniqueKeysWithValues: zip(ids, gold.metrics.daysSinceLastLogin)),
            fires: Dictionary(
                uniqueKeysWithValues: ids.indices.map { (ids[$0], risk.unknown[$0] == 1 ? nil : risk.fired[$0] == 1) }),
            measured: gold.metrics.measured, measurement: LoginMeasurement(history, asOf: asOf))
    }

    @Test mutating func nobodyWasSeenToLogIn() throws {
        for index in 0..<30 {
            client("c\(index)")
            event("c\(index)", Self.asOf.advanced(by: -1))
        }
        let result = try result()
        #expect(result.measurement == .never)
        #expect(result.measured.logins == ClientMetrics.unknown)
        #expect(result.days.values.allSatisfy { $0 == ClientMetrics.unknown })
        #expect(result.fires.values.allSatisfy { $0 == nil })
        // The type that stands for a login is named: all is known.
        var settings = GoldSettings.example
        settings.loginEvents = ["view"]
        let named = try self.result(settings: settings)
        #expect(named.measurement == .measured)
        #expect(named.days.values.allSatisfy { $0 == 1 })
        #expect(named.fires.values.allSatisfy { $0 == false })
        // There are none, and that was said.
        settings.loginEvents = []
        #expect(try self.result(settings: settings).fires.values.allSatisfy { $0 == nil })
    }

    @Test mutating func withoutAnyEventNothingIsSaid() throws {
        client("c")
        let result = try result()
        #expect(result.measurement == .measured)
        #expect(result.measured == MeasuredDays(logins: .min, events: .min, payments: .min))
        #expect(result.fires == ["c": nil])
    }

    /// Logins begin later than the data: nobody was absent before that.
    @Test mutating func absenceBeginsWithTheFirstLoginOfAnyone() throws {
        let first = Self.asOf.advanced(by: -40)
        client("logs in")
        client("never")
        client("new", created: first.advanced(by: 20))
        event("never", Self.asOf.advanced(by: -300))
        event("logs in", Self.asOf.advanced(by: -300))
        event("logs in", first, "login")
        #expect(try result(asOf: first.advanced(by: -1)).fires == ["logs in": nil, "never": nil])
        for (days, fires) in [(0, false), (30, false), (31, true)] {
            let result = try result(asOf: first.advanced(by: days))
            #expect(result.measured.logins == Int32(days))
            #expect(result.days["logs in"] == Int32(days))
            #expect(result.days["never"] == ClientMetrics.unknown)
            #expect(result.fires["logs in"] == fires)
            #expect(result.fires["never"] == fires)
        }
        // Whoever came later has been absent since then.
        #expect(try result(asOf: first.advanced(by: 50)).fires["new"] == false)
        #expect(try result(asOf: first.advanced(by: 51)).fires["new"] == true)
    }

    /// A login or two among very many clients is another thing than the logins of all.
    @Test(arguments: [(200, 1, false), (200, 2, true), (99, 1, true), (101, 1, false)])
    mutating func aFewLoginsMeasureNothing(clients: Int, logins: Int, isMeasured: Bool) throws {
        for index in 0..<clients {
            client("c\(index)")
            event("c\(index)", Self.asOf.advanced(by: -50))
            if index < logins { event("c\(index)", Self.asOf.advanced(by: -45), "sso") }
        }
        // Without an event there is nothing a login could be missing among.
        for index in 0..<500 { client("quiet\(index)") }
        let result = try result()
        #expect(result.measurement == (isMeasured ? .measured : .hardlyAny(clients: logins, of: clients)))
        #expect(result.days["c0"] == (isMeasured ? 45 : ClientMetrics.unknown))
        #expect(result.fires["c\(clients - 1)"] == (isMeasured ? true : .some(nil)))
    }

    /// The type of logins has changed: from then on nobody is absent, however long ago the last one of the old type is.
    @Test mutating func loginsThatEndForAllAreNotMeasuredAnyMore() throws {
        let last = Self.asOf.advanced(by: -60)
        for index in 0..<20 {
            client("c\(index)")
            event("c\(index)", last, "login")
            for day in [10, 29, 45] { event("c\(index)", last.advanced(by: day), "sign_in") }
        }
        let before = try result(asOf: last.advanced(by: 29))
        #expect(before.measurement == .measured)
        #expect(before.days["c3"] == 29)
        let after = try result(asOf: last.advanced(by: 30))
        #expect(after.measurement == .ended(lastDay: last, clients: 20))
        #expect(after.days["c3"] == ClientMetrics.unknown)
        #expect(try result().fires.values.allSatisfy { $0 == nil })
        // Clients who are not seen at all are absent, and so are a few who are.
        #expect(try result(asOf: last.advanced(by: 90)).days["c3"] == 90)
        company.clients.removeLast()
        company.events.removeAll { $0.client == "c19" }
        #expect(try result().fires.values.allSatisfy { $0 == true })
    }

    /// The same for all that is counted in days since the last time.
    @Test mutating func otherAbsencesAreMeasuredToo() throws {
        func fires(_ metric: ClientMetric) throws -> Bool? {
            let tables = try company.river().tables
            let gold = GoldRefinery.refine(tables, asOf: Self.asOf, settings: .example)
            let rule = RiskRule(
                name: "r", category: .engagement,
                conditions: [
                    .init(metric: metric.name, otherwise: "tenure_days", comparison: .greater, threshold: 30)
                ], weightMicro: 1, text: "")
            let risk = RuleEngine(rules: [rule]).assess(gold.metrics, count: gold.count)
            return risk.unknown[0] == 1 ? nil : risk.fired[0] == 1
        }
        client("c")
        client("other")
        #expect(try fires(.daysSinceLastEvent) == nil)
        #expect(try fires(.daysSinceLastTransaction) == nil)
        event("other", Self.asOf.advanced(by: -30))
        company.transactions = [
            .init(id: "t", client: "other", amount: 1, currency: "USD", day: Self.asOf.advanced(by: -30))
        ]
        #expect(try fires(.daysSinceLastEvent) == false)
        #expect(try fires(.daysSinceLastTransaction) == false)
        event("other", Self.asOf.advanced(by: -31))
        company.transactions[0].day = Self.asOf.advanced(by: -31)
        #expect(try fires(.daysSinceLastEvent) == true)
        #expect(try fires(.daysSinceLastTransaction) == true)
        // A metric of another kind is as far back as it is known.
        #expect(
            RiskRule.Condition(metric: "last_nps", otherwise: "tenure_days", comparison: .less, threshold: 1)
                .otherwiseValues(quietMetrics(1))?[0] == 0)
    }

    /// What is carried from one state to the next is what comes out of nothing but the data.
    @Test mutating func carriedOnIsMadeAnew() throws {
        for index in 0..<40 {
            client("c\(index)")
            event("c\(index)", Self.asOf.advanced(by: -index))
        }
        let river = try company.river()
        let settings = GoldSettings.example
        var silver = river.tables
        var history = ClientHistory.make(silver, asOf: Self.asOf, settings: settings).history
        var gold = GoldRefinery.refine(
            silver, settings: settings, history: history,
            standings: StandingsRefinery.standings(silver, asOf: Self.asOf, settings: settings))
        var advanced: [Bool] = []
        for (index, (client, day, type)) in [
            ("c1", -3, "view"), ("c1", -20, "login"), ("c2", -5, "login"), ("c3", -25, "login"), ("c3", -25, "view"),
        ].enumerated() {
            let day = Self.asOf.advanced(by: day)
            try river.load(
                .engagement, "event_id,customer_id,event_type,timestamp\nx\(index),\(client),\(type),\(day)\n")
            let next = ClientHistory.make(river.tables, asOf: Self.asOf, settings: settings, previous: history)
            let carried = GoldRefinery.advance(
                river.tables, settings: settings, history: next.history,
                standings: StandingsRefinery.standings(river.tables, asOf: Self.asOf, settings: settings),
                previous: gold,
                previousSilver: silver,
                changed: try #require(next.changed))
            advanced.append(carried != nil)
            let anew = GoldRefinery.refine(river.tables, asOf: Self.asOf, settings: settings)
            let made =
                carried
                ?? GoldRefinery.refine(
                    river.tables, settings: settings, history: next.history,
                    standings: StandingsRefinery.standings(river.tables, asOf: Self.asOf, settings: settings))
            #expect(made.metrics.measured == anew.metrics.measured)
            #expect(made.metrics.daysSinceLastLogin == anew.metrics.daysSinceLastLogin)
            (silver, history, gold) = (river.tables, next.history, made)
        }
        // The first login, and one before all others, concern every client.
        #expect(advanced == [true, false, true, false, true])
    }

    @Test mutating func frequentTypesAreNamed() throws {
        client("c")
        for (type, count) in [("b", 3), ("a", 3), ("", 9), ("sign_in", 5), ("rare", 1)] {
            for _ in 0..<count { event("c", Self.asOf, type) }
        }
        let tables = try company.river().tables
        #expect(FrequentEventTypes.find(tables, count: 3) == ["sign_in", "a", "b"])
        #expect(FrequentEventTypes.find(SilverTables(), count: 3).isEmpty)
    }
}
