import Records
import RiverTesting
import Testing
import Words

/// The names that others rely on, and small rules of the vocabulary.
@Suite struct VocabularyTests {
    @Test func categoriesAndTheirColumns() {
        #expect(Category.allCases.sorted() == [.demographics, .transactions, .engagement, .support, .surveys, .events])
        #expect(
            Category.allCases.map { $0.columns.filter(\.required).map(\.name) } == [
                ["customer_id", "account_creation_date"],
                ["transaction_id", "customer_id", "amount", "currency", "transaction_date"],
                ["event_id", "customer_id", "event_type", "timestamp"], ["ticket_id", "customer_id", "created_at"],
                ["survey_id", "customer_id", "response_date", "nps_score"], ["date", "name"],
            ])
        // Optional values that reject a row when they are there and wrong.
        let strict = Category.allCases.flatMap(\.columns).filter { $0.rejectsWhenInvalid && !$0.required }.map(\.name)
        #expect(strict == ["resolved_at", "satisfaction_score", "lower_window", "upper_window", "cancelled"])
    }

    @Test func reasonsOfRejects() {
        let reasons: [Reject.Reason] = [
            .missing, .notADate, .notAnInstant, .beforeEarliestDay, .afterLatestDay, .notAnAmount, .amountIsZero,
            .amountTooLarge, .tooManyDecimals, .unknownCurrency, .notAnInteger(1...5), .resolvedBeforeCreated,
            .notAllowed("a, b"), .belowMinimum("1.0"), .aboveMaximum("9.0"), .patternMismatch("x*"),
            .fieldCount(expected: 5, found: 4), .unclosedQuote, .textAfterQuote, .containsNUL, .notUTF8,
            .rowTooLong(limit: 10), .notAJSONObject("why"),
        ]
        #expect(Set(reasons.map(\.code)).count == reasons.count)
        #expect(Set(reasons.map(\.text)).count == reasons.count)
        #expect(reasons.allSatisfy { $0.code.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
        #expect(Reject.Reason.notAnInteger(1...5).text == "not an integer from 1 to 5")
        #expect(Reject.Reason.fieldCount(expected: 5, found: 4).text == "the row has 4 fields, the header 5")
        #expect(Reject.Reason.notAllowed("a, b").text.hasSuffix("a, b"))
        #expect(Reject.Reason.rowTooLong(limit: 10).text.contains("10 bytes"))
    }

    @Test func levels() {
        #expect(RiskScores.Level.allCases.map(\.name) == ["low", "medium", "high", "critical"])
        #expect(RiskScores.Level.medium < .high)
        #expect(HealthScores.Level.allCases.map(\.name) == ["healthy", "stable", "watch", "at_risk"])
        #expect(Assessments().churnProbability.isEmpty)
    }

    @Test(arguments: [
        (RiskRule.Comparison.greater, [false, false, true]), (.greaterOrEqual, [false, true, true]),
        (.less, [true, false, false]), (.lessOrEqual, [true, true, false]), (.equal, [false, true, false]),
        (.notEqual, [true, false, true]),
    ])
    func comparisons(comparison: RiskRule.Comparison, expected: [Bool]) {
        #expect([1.0, 2, 3].map { comparison.holds($0, 2) } == expected)
    }

    @Test func theRulesTheProductStartsWith() {
        #expect(
            RiskRule.defaults.map(\.name) == ["inactive_login", "many_tickets", "revenue_decline", "renewal_at_risk"])
        #expect(RiskRule.defaults.map(\.weight) == [0.3, 0.2, 0.5, 0.3])
        #expect(RiskRule.defaults.map { $0.conditions.map(\.threshold) } == [[30], [5], [0.2], [90, 0.5]])
        #expect(RiskLevels() == RiskLevels(medium: 0.3, high: 0.6, critical: 0.9))
    }

    @Test func metricsAreReadByTheirName() throws {
        var metrics = ClientMetrics()
        let whole: [WritableKeyPath<ClientMetrics, [Int32]>] = [
            \.tenureDays, \.eventsTotal, \.eventsLast30Days, \.eventsPrevious30Days, \.activeDaysLast30Days,
            \.distinctFeaturesLast30Days, \.transactionsTotal, \.daysSinceLastLogin, \.daysSinceLastEvent,
            \.daysSinceLastTransaction, \.ticketsTotal, \.tickets30Days, \.openTickets, \.lastNPS, \.daysToRenewal,
        ]
        for (index, path) in whole.enumerated() { metrics[keyPath: path] = [Int32(index + 1), ClientMetrics.unknown] }
        metrics.averageEvents30Days = [16, .nan]
        metrics.engagementScore = [17, .nan]
        metrics.totalAmount = [18_000_000, 0]
        metrics.positiveAmount = [133_000_000, 0]
        metrics.revenue90Days = [20_000_000, 5_000_000]
        metrics.revenuePrevious90Days = [25_000_000, 0]
        metrics.meanResolutionHours = [22, .nan]
        metrics.meanSatisfaction = [23, .nan]
        metrics.mrr = [24_000_000, 0]
        let expected: [String: Double] = [
            "tenure_days": 1, "events_total": 2, "events_last_30_days": 3, "events_previous_30_days": 4,
            "active_days_last_30_days": 5, "distinct_features_last_30_days": 6, "avg_events_30d": 16,
            "engagement_score": 17, "transactions_total": 7, "total_amount": 18, "avg_transaction_value": 19,
            "revenue_90d": 20, "revenue_prev_90d": 25, "revenue_decline_90d": 0.2, "days_since_last_login": 8,
            "days_since_last_event": 9, "days_since_last_transaction": 10, "support_tickets_total": 11,
            "support_tickets_30d": 12, "open_tickets": 13, "mean_resolution_hours": 22, "mean_satisfaction": 23,
            "last_nps": 14, "days_to_renewal": 15, "mrr": 24,
        ]
        for (name, value) in expected {
            let metric = try #require(ClientMetric(name: name))
            #expect(metrics.value(metric, 0) == value, "\(name)")
        }
        #expect(metrics.value(.averageTransactionValue, 1).isNaN)
        #expect(metrics.value(.revenueDecline90Days, 1).isNaN)
        #expect(metrics.value(.lastNPS, 1).isNaN)
    }
}
