import Gold
import Records
import RiverTesting
import Silver
import Testing
import Words

/// Metrics with answers worked out by hand from the data contract.
@Suite struct MetricTests {
    private static let asOf = Day(2024, 3, 31)

    @Test func aClientWithoutAnyRecord() throws {
        let gold = try GoldFixture(asOf: Self.asOf).picture()
        // 2020-01-01 to 2024-03-31: 4 · 365 + 1 leap day, and 31 + 29 + 30 days.
        let expected: [String: Double?] = [
            "tenure_days": 1551, "events_total": 0, "events_last_30_days": 0, "events_previous_30_days": 0,
            "active_days_last_30_days": 0, "distinct_features_last_30_days": 0, "avg_events_30d": 0,
            "engagement_score": 0, "transactions_total": 0, "total_amount": 0, "revenue_90d": 0,
            "revenue_prev_90d": 0, "support_tickets_total": 0, "support_tickets_30d": 0, "open_tickets": 0,
            // Half-yearly by default: the next anniversary is 2024-07-01.
            "days_to_renewal": 92, "mrr": 0,
            "avg_transaction_value": nil, "revenue_decline_90d": nil, "days_since_last_login": nil,
            "days_since_last_event": nil, "days_since_last_transaction": nil, "mean_resolution_hours": nil,
            "mean_satisfaction": nil, "last_nps": nil,
        ]
        for (name, value) in expected { #expect(gold["c", name] == value, "\(name)") }
        #expect(gold.months["c"] == [])
    }

    @Test func engagementAgainstTheClientsOwnAverage() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        // First event 2024-01-02: E − that day = 90 days. 6 events in all, 4 of them in the last 30 days.
        for day in [Day(2024, 1, 2), Day(2024, 2, 1), Day(2024, 3, 2), Day(2024, 3, 30)] { fixture.event(day) }
        fixture.event(Self.asOf)
        fixture.event(Self.asOf)
        #expect(try fixture.value("avg_events_30d") == 2)
        #expect(try fixture.value("engagement_score") == 2)
        // Signed up later than the first event: 2024-02-11 is 50 days before E.
        fixture.company.clients[0].created = Day(2024, 2, 11)
        #expect(try fixture.value("avg_events_30d") == 6.0 * 30 / 50)
        // Never less than 30 days.
        fixture.company.clients[0].created = Day(2024, 3, 20)
        #expect(try fixture.value("avg_events_30d") == 6)
        // Another client's first event counts: it is that of the data.
        fixture.company.clients[0].created = Day(2020, 1, 1)
        fixture.company.events.append(
            .init(id: "early", client: "stranger", type: "x", at: Instant(day: Day(2023, 10, 4)).rawValue))
        #expect(try fixture.value("avg_events_30d") == 1)
    }

    @Test func refundsCountInSumsAndNowhereElse() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.payment(Day(2024, 3, 1), 100_000_000)
        fixture.payment(Day(2024, 3, 2), -30_000_000)
        fixture.payment(Day(2024, 3, 31), -5_000_000)
        fixture.payment(Day(2023, 12, 15), 50_000_000)
        let gold = try fixture.picture()
        #expect(gold["c", "transactions_total"] == 2)
        #expect(gold["c", "total_amount"] == 115)
        #expect(gold["c", "avg_transaction_value"] == 75)
        #expect(gold["c", "revenue_90d"] == 65)
        #expect(gold["c", "revenue_prev_90d"] == 50)
        #expect(gold["c", "revenue_decline_90d"] == -0.3)
        #expect(gold["c", "days_since_last_transaction"] == 30)
        #expect(gold["c", "mrr"] == 100)
        #expect(
            gold.months["c"] == [
                "2023-12 events 0 payments 1 revenue 50 positive 50 recurring 50 active",
                "2024-03 events 0 payments 1 revenue 65 positive 100 recurring 100 active",
            ])
    }

    @Test func onlyRefunds() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.payment(Day(2024, 3, 1), -30_000_000)
        fixture.payment(Day(2023, 12, 15), -10_000_000)
        let gold = try fixture.picture()
        #expect(gold["c", "avg_transaction_value"] == nil)
        #expect(gold["c", "days_since_last_transaction"] == nil)
        #expect(gold["c", "total_amount"] == -40)
        // Nothing above 0 before: unknown, not a decline.
        #expect(gold["c", "revenue_decline_90d"] == nil)
        #expect(gold["c", "mrr"] == 0)
        #expect(gold.months["c"]?.allSatisfy { !$0.hasSuffix("active") } == true)
    }

    @Test func loginsAreConfigured() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.event(Self.asOf.advanced(by: -3), "view")
        fixture.event(Self.asOf.advanced(by: -40), "sso")
        fixture.event(Self.asOf.advanced(by: -50), "login")
        #expect(try fixture.value("days_since_last_login") == 40)
        #expect(try fixture.value("days_since_last_event") == 3)
        fixture.settings.loginEvents = ["Login"]
        #expect(try fixture.value("days_since_last_login") == nil)
    }

    @Test func theLatestSurveyAndItsTies() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.company.surveys = [
            .init(id: "s9", client: "c", day: Day(2024, 3, 1), score: 1),
            .init(id: "s10", client: "c", day: Day(2024, 3, 1), score: 2),
            .init(id: "S99", client: "c", day: Day(2024, 3, 1), score: 3),
            .init(id: "s99", client: "c", day: Day(2024, 2, 29), score: 4),
            .init(id: "s0", client: "c", day: Day(2024, 4, 1), score: 5),
        ]
        // Greatest id of the latest day by bytes: s9 > s10 > S99.
        #expect(try fixture.value("last_nps") == 1)
        #expect(try fixture.gold().metrics.daysSinceLastSurvey == [30])
        fixture.company.surveys.reverse()
        #expect(try fixture.value("last_nps") == 1)
        fixture.asOf = Day(2024, 4, 1)
        #expect(try fixture.value("last_nps") == 5)
        fixture.asOf = Day(2024, 2, 28)
        #expect(try fixture.value("last_nps") == nil)
        #expect(try fixture.gold().metrics.daysSinceLastSurvey == [ClientMetrics.unknown])
    }

    @Test func resolutionsAndRatings() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.ticket(Day(2024, 3, 1), resolved: Day(2024, 3, 1), hours: 3, score: 5)
        fixture.ticket(Day(2024, 3, 1), resolved: Day(2024, 3, 2), hours: 3, score: 2)
        fixture.ticket(Day(2024, 3, 30), score: 2)
        // Resolved after the day: open still, and its rating unknown.
        fixture.ticket(Day(2024, 3, 30), resolved: Day(2024, 4, 1), score: 1)
        let gold = try fixture.picture()
        #expect(gold["c", "support_tickets_total"] == 4)
        #expect(gold["c", "open_tickets"] == 2)
        #expect(gold["c", "mean_resolution_hours"] == 15)
        #expect(gold["c", "mean_satisfaction"] == 3)
        // The last millisecond of the day is the day.
        fixture.company.tickets[3].resolved = Instant(day: Day(2024, 4, 1)).rawValue - 1
        #expect(try fixture.value("open_tickets") == 1)
        #expect(try fixture.value("mean_satisfaction") == 2.5)
    }

    @Test(
        arguments: [
            // Created, type, contract end, as-of, days.
            (Day(2024, 1, 31), "yearly", nil, Day(2024, 3, 31), 306),
            (Day(2023, 3, 31), "yearly", nil, Day(2024, 3, 31), 0),
            (Day(2023, 3, 30), "yearly", nil, Day(2024, 3, 31), 364),
            (Day(2024, 3, 31), "yearly", nil, Day(2024, 3, 31), 365),
            (Day(2024, 2, 29), "yearly", nil, Day(2025, 2, 28), 0),
            (Day(2024, 2, 29), "yearly", nil, Day(2025, 3, 1), 364),
            // The last day of a shorter month; not the last day of the month before plus one.
            (Day(2024, 1, 31), "basic", nil, Day(2024, 2, 1), 28),
            (Day(2024, 1, 31), "basic", nil, Day(2024, 3, 1), 30),
            (Day(2020, 1, 1), "other", nil, Day(2024, 6, 30), 1),
            (Day(2024, 1, 31), "yearly", Day(2024, 2, 1), Day(2024, 3, 31), -59),
            (Day(2024, 1, 31), "yearly", Day(2030, 1, 1), Day(2024, 3, 31), 2102),
        ] as [(Day, String, Day?, Day, Double)])
    func renewals(created: Day, type: String, end: Day?, asOf: Day, days: Double) throws {
        var fixture = GoldFixture(asOf: asOf)
        fixture.company.clients = [.init(id: "c", created: created, type: type, contractEnd: end)]
        #expect(try fixture.value("days_to_renewal") == days)
    }

    @Test func contractTermsOfAllTypes() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.company.clients = ["basic", "yearly", "other", ""].enumerated().map {
            .init(id: "c\($0.offset)", created: Day(2024, 1, 1), type: $0.element)
        }
        #expect(try fixture.gold().metrics.contractMonths == [1, 12, 6, 6])
        fixture.settings.contractMonths = [:]
        fixture.settings.contractMonthsDefault = 0
        #expect(try fixture.gold().metrics.contractMonths == [1, 1, 1, 1])
    }

    @Test func clientsThatDoNotCount() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.company.clients += [
            .init(id: "today", created: Self.asOf), .init(id: "tomorrow", created: Self.asOf.advanced(by: 1)),
        ]
        fixture.company.events = [
            .init(id: "e1", client: "nobody", type: "x", at: Instant(day: Self.asOf).rawValue),
            .init(id: "e2", client: "tomorrow", type: "x", at: Instant(day: Self.asOf).rawValue),
        ]
        let gold = try fixture.picture()
        #expect(gold.metrics.keys.sorted() == ["c", "today"])
        #expect(gold["today", "tenure_days"] == 0)
        // Rows are counted whoever they belong to.
        #expect(gold.counts.events == 2)
        #expect(gold.counts.customers == 2)
    }

    @Test func noDataAtAll() {
        let gold = GoldRefinery.refine(SilverTables(), asOf: Self.asOf, settings: .example)
        #expect(gold.count == 0)
        #expect(gold.counts == RecordCounts())
        #expect(gold.months.places.isEmpty)
        #expect(gold.dimensions.segment.values == [""])
    }

    /// One that is listed and worked out nowhere would be an empty column.
    @Test(arguments: ClientMetric.stored)
    func everyMetricIsMade(_ metric: ClientMetric) throws {
        #expect(try GoldFixture(asOf: Self.asOf).gold().metrics.count(metric) == 1)
    }
}
