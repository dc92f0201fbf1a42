import Features
import Gold
import Records
import RiverTesting
import Silver
import Testing

@Suite struct FeatureTests {
    static let day = Day(2024, 6, 15)

    /// The leak test: a past day looks the same whether the records after it are there or not.
    @Test(arguments: 0..<25)
    func laterRecordsChangeNoBit(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.day)
        let all = FeaturePicture(try company.river().tables, asOf: Self.day)
        let known = FeaturePicture(try company.known(on: Self.day).river().tables, asOf: Self.day)
        #expect(all.numbers.count > 5)
        #expect(all == known)
    }

    @Test(arguments: 0..<10)
    func theOrderOfTheRowsPlaysNoRole(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.day)
        var reversed = company
        reversed.clients.reverse()
        reversed.events.reverse()
        reversed.transactions.reverse()
        reversed.tickets.reverse()
        reversed.surveys.reverse()
        #expect(
            FeaturePicture(try company.river().tables, asOf: Self.day)
                == FeaturePicture(try reversed.river().tables, asOf: Self.day))
    }

    @Test(arguments: 0..<5)
    func anyRangeGivesTheSameRows(seed: UInt64) throws {
        let silver = try Company.random(seed: seed, around: Self.day, clients: 40).river().tables
        let (gold, standings) = GoldRefinery.refineStanding(silver, asOf: Self.day, settings: .example)
        let source = FeatureRefinery(silver, gold: gold, standings: standings, settings: .example)
        var single = FeaturePicture()
        for position in 0..<gold.count { single.add(source.features(at: [position]), silver, gold) }
        var some = FeaturePicture()
        some.add(source.features(at: Array(stride(from: 0, to: gold.count, by: 7))), silver, gold)
        let all = FeaturePicture(silver, asOf: Self.day)
        #expect(single == all)
        for (id, numbers) in some.numbers { #expect(all.numbers[id] == numbers) }
    }

    /// Windows counted the plain way, from the rows themselves.
    @Test(arguments: 0..<15)
    func windowsAreWhatTheySay(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.day)
        let picture = FeaturePicture(try company.river().tables, asOf: Self.day)
        for id in picture.numbers.keys {
            let events = company.events.filter { $0.client == id }
            let ages = events.map { Instant(rawValue: $0.at).day.days(to: Self.day) }.filter { $0 >= 0 }
            let windows: [(Int, ClientFeature, ClientFeature)] = [
                (7, .events7, .activeDays7), (14, .events14, .activeDays14), (28, .events28, .activeDays28),
                (56, .events56, .activeDays56), (90, .events90, .activeDays90),
            ]
            for (days, count, active) in windows {
                let inside = ages.filter { $0 < days }
                #expect(picture.value(id, count) == Double(inside.count), "\(id) \(days)")
                #expect(picture.value(id, active) == Double(Set(inside).count), "\(id) \(days)")
            }
            let recent = events.filter { (0..<28).contains(Instant(rawValue: $0.at).day.days(to: Self.day)) }
            #expect(picture.value(id, .logins28) == Double(recent.count { $0.type == "login" || $0.type == "sso" }))
            #expect(
                picture.value(id, .distinctFeatures28)
                    == Double(Set(recent.map(\.feature).filter { !$0.isEmpty }).count))
            let payments = company.transactions.filter { $0.client == id && $0.amount > 0 && $0.day <= Self.day }
            #expect(
                picture.value(id, .payments90) == Double(payments.count { $0.day.days(to: Self.day) < 90 }))
            #expect(
                picture.value(id, .paymentsPrevious90)
                    == Double(payments.count { (90..<180).contains($0.day.days(to: Self.day)) }))
            let tickets = company.tickets.filter { $0.client == id }
                .map { Instant(rawValue: $0.created).day.days(to: Self.day) }.filter { $0 >= 0 }
            #expect(picture.value(id, .tickets28) == Double(tickets.count { $0 < 28 }))
            #expect(picture.value(id, .ticketsPrevious28) == Double(tickets.count { (28..<56).contains($0) }))
            #expect(picture.value(id, .daysSinceLastTicket) == tickets.min().map(Double.init))
            let answers = company.surveys.filter { $0.client == id && $0.day <= Self.day }
                .sorted { ($0.day, $0.id) < ($1.day, $1.id) }
            #expect(picture.value(id, .lastNPS) == answers.last.map { Double($0.score) })
            let change =
                answers.count > 1 ? Double(answers[answers.count - 1].score - answers[answers.count - 2].score) : nil
            #expect(picture.value(id, .npsChange) == change)
        }
    }

    /// Whoever is not marked as changed has the same features before and after a further drop of any kind.
    @Test(arguments: 0..<10)
    func noChangeIsMissed(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.day, clients: 80).known(on: Self.day)
        let river = River()
        func load(_ company: Company) throws {
            for category in Category.allCases { try river.load(category, company.file(category)) }
        }
        var first = company
        first.tickets = first.tickets.map { ticket in
            var open = ticket
            if ticket.id.hasSuffix("3") { open.resolved = nil }
            return open
        }
        for (index, _) in first.clients.enumerated() where index % 7 == 0 { first.clients[index].type = "other" }
        first.events.removeLast(20)
        first.transactions.removeLast(10)
        first.surveys.removeLast(9)
        try load(first)
        let before = river.tables
        let history = ClientHistory.make(before, asOf: Self.day, settings: .example).history
        try load(company)
        let after = river.tables
        // The usual number of events counts from the first day of all: with an earlier one nobody is as before.
        guard before.firstEventDay == after.firstEventDay else { return }
        let records = ClientHistory.make(after, asOf: Self.day, settings: .example, previous: history).changed
        let isChanged = FeatureChanges.clients(
            before, after, records: records ?? Array(0..<UInt32(after.clients.count)))
        let (old, new) = (FeaturePicture(before, asOf: Self.day), FeaturePicture(after, asOf: Self.day))
        for client in 0..<after.clients.count where !isChanged[client] {
            let id = after.clients.id[client] ?? ""
            #expect(old.numbers[id] == new.numbers[id] && old.levels[id] == new.levels[id], "\(id)")
        }
        #expect(isChanged.contains(true) && isChanged.contains(false))
    }

    @Test func trendsAndSilences() throws {
        var company = Company()
        company.clients = [.init(id: "c", created: Day(2023, 1, 1), type: "basic")]
        for (index, age) in [3, 10, 10, 40, 50, 80].enumerated() {
            let day = Self.day.advanced(by: -age)
            company.events.append(.init(id: "e\(index)", client: "c", type: "view", at: Instant(day: day).rawValue))
        }
        let picture = FeaturePicture(try company.river().tables, asOf: Self.day)
        #expect(picture.value("c", .eventsTrend28) == (3.0 - 2.0) / 5.0)
        #expect(picture.value("c", .eventsShare7) == 1.0 / 3.0)
        // 89 down to 81, 79 to 51, 49 to 41, 39 to 11, 9 to 4, 2 to 0.
        #expect(picture.value("c", .longestGap90) == 29)
        #expect(picture.value("c", .daysSinceLastEvent) == 3)
        #expect(picture.value("c", .lastNPS) == nil)
        #expect(picture.level("c", .plan) == "basic")
        #expect(picture.level("c", .lastIssueType) == nil)
    }

    /// The latest contract end, moved by whole terms, does not tell who renewed.
    @Test(arguments: [-18, -6, 0, 6, 12, 60])
    func aRenewalDoesNotShowInThePast(months: Int) throws {
        func days(_ end: Day?) throws -> Double? {
            var company = Company()
            company.clients = [.init(id: "c", created: Day(2022, 3, 31), type: "basic", contractEnd: end)]
            return FeaturePicture(try company.river().tables, asOf: Self.day).value("c", .daysToRenewal)
        }
        let end = Day(2024, 9, 10)
        #expect(try days(end.advanced(byMonths: months)) == 87)
        // Without a contract end the account's anniversaries count: 2024-09-30 by terms of six months.
        #expect(try days(nil) == 107)
    }

    @Test func everyColumnIsDescribedOnce() {
        #expect(FeatureRegistry.numbers.count == ClientFeature.allCases.count)
        #expect(FeatureRegistry.categories.count == ClientCategory.allCases.count)
        let all = FeatureRegistry.numbers + FeatureRegistry.categories
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(all.allSatisfy { !$0.formula.isEmpty && !$0.title.isEmpty })
        for (feature, name) in [
            (ClientFeature.events7, "events_7d"), (.distinctDevices90, "distinct_devices_90d"),
            (.missedEvents, "missed_events"), (.payments28, "payments_28d"), (.mrrLastMonth, "mrr_last_month"),
            (.satisfaction90, "satisfaction_90d"), (.daysSinceLastSurvey, "days_since_last_survey"),
            (.daysToRenewal, "days_to_renewal"),
        ] { #expect(feature.name == name) }
        #expect(FeatureRegistry.definition("age") == nil && FeatureRegistry.definition("gender") == nil)
    }
}
