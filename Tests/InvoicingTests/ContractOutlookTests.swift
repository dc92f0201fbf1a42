@testable import Invoicing
import Records
import RiverTesting
import Testing

/// Forecasts of revenue from what is due.
@Suite struct ContractOutlookTests {
    private func forecast(
        _ made: MadeDues, clients: [Int]? = nil, revenue: DailySeries? = nil, asOf: Day? = nil, isSingle: Bool = false
    ) -> ContractForecast {
        ContractOutlook(made.lists, first: MadeDues.first, last: made.last).forecast(
            clients ?? Array(made.clients), revenue: revenue ?? made.revenue, asOf: asOf ?? made.last,
            isSingle: isSingle)
    }

    private func total(_ made: ContractForecast, _ days: Int) throws -> DailyForecast.Total {
        try #require(made.forecast.total(days))
    }

    /// Everybody is billed on the first: the spike is seen, and a total has as many of them as it has firsts.
    @Test(arguments: [(Day(2025, 3, 31), 1, 3), (Day(2025, 3, 1), 0, 2), (Day(2025, 4, 15), 1, 3)])
    func billingDays(last: Day, inMonth: Int, inQuarter: Int) throws {
        var made = MadeDues(last: last)
        for _ in 0..<30 { made.add(from: Day(2023, 1, 1)) }
        let found = forecast(made)
        #expect(abs(try total(found, 30).yhat - 3000 * Double(inMonth)) < 0.02 * 3000)
        #expect(abs(try total(found, 90).yhat - 3000 * Double(inQuarter)) < 0.02 * 9000)
        #expect(found.forecast.basis == .backtested)
        #expect(found.forecast.model == ContractOutlook.modelName)
        let accuracy = try #require(try total(found, 90).accuracy)
        #expect(accuracy.tests > 3 && accuracy.error < 0.02)
    }

    /// The 31st is the last day of shorter months.
    @Test func monthEnds() throws {
        var made = MadeDues(last: Day(2025, 1, 31))
        for _ in 0..<20 { made.add(from: Day(2023, 1, 31)) }
        let found = forecast(made).forecast
        let days = (0..<found.count).filter { found.yhat($0) > 1000 }.map { found.first.advanced(by: $0).description }
        #expect(days == ["2025-02-28", "2025-03-31", "2025-04-30"])
    }

    /// What does not go on is not expected: of what is due, the share that has come so far.
    @Test func renewalsTimesTheirProbability() throws {
        var made = MadeDues(last: Day(2025, 3, 15))
        // Every month 20 clients begin, and every second of them pays a second time, nobody a third.
        for month in 0..<27 {
            for client in 0..<20 {
                made.add(
                    from: Day(2023, 1, 1).advanced(byMonths: month),
                    pays: { $0 == 1 && client % 2 == 0 })
            }
        }
        let found = forecast(made)
        // Of the payments that are due on 1 April (20 first and 10 second) a third comes.
        let invoices = found.components[0].values[16]
        #expect(abs(invoices - 1000) < 60)
        // And new ones come as they did.
        #expect(abs(try total(found, 90).yhat - 3 * 3000) < 0.08 * 9000)
    }

    /// Whoever always pays ten days late is expected ten days late, and not taken for gone before.
    @Test func latePaymentsAreExpectedLate() throws {
        var made = MadeDues(last: Day(2025, 3, 5))
        for _ in 0..<20 { made.add(from: Day(2023, 1, 1), lag: { _ in 10 }) }
        let found = forecast(made).forecast
        #expect(found.yhat(5) > 1900)
        #expect((0..<5).allSatisfy { found.yhat($0) < 20 })
    }

    /// Of whom it is said that he leaves nothing is expected from then on.
    @Test func nothingIsDueAfterLeaving() throws {
        var made = MadeDues(last: Day(2025, 3, 15))
        for _ in 0..<20 { made.add(from: Day(2023, 1, 1)) }
        let staying = try total(forecast(made), 90).yhat
        made.add(from: Day(2023, 1, 1), amount: 1000, leftOn: Day(2025, 4, 20))
        let leaving = forecast(made)
        let more = try total(leaving, 90).yhat - staying
        #expect(abs(more - 1000) < 0.05 * staying)
        #expect(abs(leaving.forecast.yhat(16) - 3000) < 60)
    }

    /// All that is expected of a company is the sum of what is expected of its parts.
    @Test func partsAddUp() throws {
        var made = MadeDues(last: Day(2025, 5, 20))
        var parts = [made.revenue, made.revenue]
        for client in 0..<60 {
            let before = made.revenue
            made.add(
                from: Day(2023, 1, 1).advanced(by: 11 * client), amount: Double(40 + client),
                months: [1, 3, 12][client % 3], pays: { ($0 + client) % 9 != 0 }, lag: { ($0 * client) % 4 })
            if client % 7 == 0 { made.pay(-20, on: Day(2024, 1, 1).advanced(by: client)) }
            for day in made.revenue.values.indices {
                parts[client % 2].values[day] += made.revenue.values[day] - before.values[day]
            }
        }
        let outlook = ContractOutlook(made.lists, first: MadeDues.first, last: made.last)
        let whole = outlook.forecast(Array(made.clients), revenue: made.revenue, asOf: made.last)
        let halves = (0..<2).map { half in
            outlook.forecast(
                made.clients.filter { $0 % 2 == half }, revenue: parts[half], asOf: made.last)
        }
        for part in 0..<2 {
            for day in 0..<90 {
                let sum = halves[0].components[part].values[day] + halves[1].components[part].values[day]
                #expect(abs(whole.components[part].values[day] - sum) < 1e-9 * max(1, abs(sum)))
            }
        }
    }

    /// What a past day is said to have expected is what a forecast on that day did expect.
    @Test func pastDaysKnowNothingOfLaterOnes() throws {
        func made(_ last: Day) -> MadeDues {
            var made = MadeDues(last: last)
            for client in 0..<40 {
                made.add(
                    from: Day(2023, 1, 3).advanced(by: 5 * client), amount: Double(50 + client),
                    pays: { $0 < 20 || client % 5 != 0 }, lag: { ($0 + client) % 3 })
            }
            return made
        }
        let now = made(Day(2025, 5, 20))
        let outlook = ContractOutlook(now.lists, first: MadeDues.first, last: now.last)
        let origin = try #require(outlook.origins.dropFirst(4).first)
        let then = made(origin.day)
        let past = ContractOutlook(then.lists, first: MadeDues.first, last: then.last)
        for (now, then) in zip(origin.habits, past.habits) {
            #expect(abs(now.growth - then.growth) < 1e-9)
            for (now, then) in zip(now.shares, then.shares) { #expect(abs(now - then) < 1e-9) }
        }
        var expected = ComingInvoices(after: origin.day, days: 90, habits: origin.habits, isNow: false)
        for client in now.clients { for due in now.lists[client] { expected.add(due) } }
        let found = forecast(then)
        for (now, then) in zip(expected.days().values, found.components[0].values) { #expect(abs(now - then) < 1e-6) }
    }

    /// A few days of history leave much open, and say so.
    @Test func aShortHistoryIsHonest() throws {
        var made = MadeDues(last: Day(2023, 1, 5))
        made.add(from: Day(2023, 1, 1))
        let found = forecast(made)
        #expect(found.forecast.basis == .untested)
        #expect(!found.forecast.notes.isEmpty)
        let total = try total(found, 90)
        #expect(total.accuracy == nil)
        #expect(total.lower < 0.1 * total.yhat && total.upper > 1.9 * total.yhat && total.yhat > 0)
    }

    /// Revenue may be negative where refunds are.
    @Test func refundsMayOutweigh() throws {
        var made = MadeDues(last: Day(2025, 3, 15))
        made.add(from: Day(2023, 1, 1), pays: { $0 < 3 })
        for day in 0..<400 { made.pay(-5, on: made.last.advanced(by: -day)) }
        let found = forecast(made)
        #expect(found.forecast.isSigned)
        #expect(try total(found, 30).yhat < -100)
        #expect(try total(found, 30).lower < -100)
    }

    /// No new business is expected of a single client.
    @Test func oneClientDoesNotBeginAgain() throws {
        var made = MadeDues(last: Day(2025, 3, 15))
        for _ in 0..<20 { made.add(from: Day(2023, 1, 1)) }
        let before = made.revenue
        made.add(from: Day(2025, 2, 20), amount: 700)
        let own = DailySeries(
            first: made.revenue.first, values: zip(made.revenue.values, before.values).map { $0 - $1 })
        let single = try total(forecast(made, clients: [20], revenue: own, isSingle: true), 30)
        #expect(abs(single.yhat - 700) < 35)
        #expect(single.lower < 700)
    }

    /// Days without data before the forecast are passed over.
    @Test func aGapIsBridged() throws {
        var made = MadeDues(last: Day(2025, 3, 15))
        for _ in 0..<20 { made.add(from: Day(2023, 1, 1)) }
        let found = forecast(made, asOf: Day(2025, 3, 25)).forecast
        #expect(found.first == Day(2025, 3, 26))
        #expect(found.count == 90)
        #expect(found.yhat(6) > 1900)
    }
}
