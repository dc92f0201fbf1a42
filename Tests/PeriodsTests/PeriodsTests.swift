import Periods
import Records
import RiverTesting
import Testing

/// Days in few words.
private func day(_ text: String) -> Day { Day(text) ?? Day(rawValue: .min) }

private func period(_ first: String, _ last: String) throws -> ReportPeriod {
    try #require(ReportPeriod(first: day(first), last: day(last)))
}

@Suite struct ReportPeriodTests {
    @Test func kinds() throws {
        #expect(try period("2025-02-01", "2025-02-28").kind == .wholeMonths(1))
        #expect(try period("2024-02-01", "2024-02-28").kind == .monthToDate)
        #expect(try period("2025-01-01", "2025-03-31").kind == .wholeMonths(3))
        #expect(try period("2024-11-01", "2025-01-31").kind == .wholeMonths(3))
        #expect(try period("2025-01-01", "2025-02-15").kind == .days)
        #expect(try period("2025-01-02", "2025-01-31").kind == .days)
        #expect(ReportPeriod(first: day("2025-01-02"), last: day("2025-01-01")) == nil)
        #expect(ReportPeriod(Month(year: 2025, month: 2)) == (try period("2025-02-01", "2025-02-28")))
    }

    /// A quarter's heading shows the quarter.
    @Test func headings() throws {
        #expect(try period("2025-07-01", "2025-07-31").description == "2025-07")
        #expect(try period("2025-01-01", "2025-03-31").description == "2025-Q1")
        #expect(try period("2025-04-01", "2025-06-30").description == "2025-Q2")
        #expect(try period("2025-07-01", "2025-09-30").description == "2025-Q3")
        #expect(try period("2025-10-01", "2025-12-31").description == "2025-Q4")
        #expect(try period("2025-01-01", "2025-12-31").description == "2025")
        #expect(try period("2025-02-01", "2025-04-30").description == "2025-02 to 2025-04")
        #expect(try period("2024-07-01", "2025-06-30").description == "2024-07 to 2025-06")
        #expect(try period("2025-01-01", "2025-01-15").description == "2025-01-01 to 2025-01-15")
        #expect(try period("2025-01-05", "2025-01-05").description == "2025-01-05")
        #expect(try period("0000-01-01", "0000-12-31").description == "0000")
    }

    /// A month is whole when its last day lies before the as-of day.
    @Test func over() throws {
        let january = try period("2025-01-01", "2025-01-31")
        #expect(!january.isOver(asOf: day("2025-01-30")))
        #expect(!january.isOver(asOf: day("2025-01-31")))
        #expect(january.isOver(asOf: day("2025-02-01")))
    }

    @Test func complete() throws {
        let january = try period("2025-01-01", "2025-01-31")
        let asOf = day("2025-03-10")
        #expect(january.isComplete(asOf: asOf))
        #expect(!january.isComplete(asOf: day("2025-01-31")))
        // The month in which the data begins is not, unless it begins on its first day.
        #expect(january.isComplete(asOf: asOf, dataFrom: day("2025-01-01")))
        #expect(!january.isComplete(asOf: asOf, dataFrom: day("2025-01-02")))
        // Nor is one in which the clock stood still.
        #expect(january.isComplete(asOf: asOf, clock: day("2025-01-31")))
        #expect(!january.isComplete(asOf: asOf, clock: day("2025-01-30")))
        // A clock at the as-of day says nothing.
        #expect(january.isComplete(asOf: day("2025-02-01"), clock: day("2025-02-01")))
    }

    private func compared(
        _ first: String, _ last: String, _ comparison: ReportPeriod.Comparison, asOf: String = "2026-01-15"
    ) throws -> [String] {
        let other = try period(first, last).compared(comparison, asOf: day(asOf))
        return [other.first.description, other.last.description]
    }

    @Test func aWholeMonthWithAWholeMonth() throws {
        #expect(try compared("2025-03-01", "2025-03-31", .previous) == ["2025-02-01", "2025-02-28"])
        #expect(try compared("2025-02-01", "2025-02-28", .previous) == ["2025-01-01", "2025-01-31"])
        #expect(try compared("2025-02-01", "2025-02-28", .year) == ["2024-02-01", "2024-02-29"])
        #expect(try compared("2024-02-01", "2024-02-29", .year) == ["2023-02-01", "2023-02-28"])
        #expect(try compared("2025-01-01", "2025-01-31", .previous) == ["2024-12-01", "2024-12-31"])
    }

    @Test func quartersAndYears() throws {
        #expect(try compared("2025-01-01", "2025-03-31", .previous) == ["2024-10-01", "2024-12-31"])
        #expect(try compared("2025-01-01", "2025-03-31", .year) == ["2024-01-01", "2024-03-31"])
        #expect(try compared("2025-01-01", "2025-12-31", .previous) == ["2024-01-01", "2024-12-31"])
        #expect(try compared("2025-01-01", "2025-12-31", .year) == ["2024-01-01", "2024-12-31"])
        #expect(try compared("2024-12-01", "2025-01-31", .previous) == ["2024-10-01", "2024-11-30"])
    }

    @Test func theSameDaysOfAnotherMonth() throws {
        #expect(try compared("2025-03-01", "2025-03-15", .previous) == ["2025-02-01", "2025-02-15"])
        #expect(try compared("2025-03-01", "2025-03-15", .year) == ["2024-03-01", "2024-03-15"])
        // February has no 30 days: the running month is compared with as many as there are …
        #expect(
            try compared("2025-03-01", "2025-03-30", .previous, asOf: "2025-03-30") == ["2025-02-01", "2025-02-28"])
        // … and days that were asked for with as many as they are.
        #expect(try compared("2025-03-01", "2025-03-30", .previous) == ["2025-01-30", "2025-02-28"])
        // All days of February, in a year with one more.
        #expect(try compared("2024-02-01", "2024-02-28", .year) == ["2023-02-01", "2023-02-28"])
    }

    /// On its last day a month is still running: it is compared with the same days of another.
    @Test func theLastDayOfAMonth() throws {
        #expect(
            try compared("2025-04-01", "2025-04-30", .previous, asOf: "2025-04-30") == ["2025-03-01", "2025-03-30"])
        #expect(
            try compared("2025-04-01", "2025-04-30", .previous, asOf: "2025-05-01") == ["2025-03-01", "2025-03-31"])
        #expect(
            try compared("2025-03-01", "2025-03-31", .previous, asOf: "2025-03-31") == ["2025-02-01", "2025-02-28"])
        #expect(try compared("2024-02-01", "2024-02-29", .year, asOf: "2024-02-29") == ["2023-02-01", "2023-02-28"])
    }

    @Test func asManyDays() throws {
        #expect(try compared("2025-03-05", "2025-03-11", .previous) == ["2025-02-26", "2025-03-04"])
        #expect(try compared("2025-03-05", "2025-03-11", .year) == ["2024-03-05", "2024-03-11"])
        // Across the leap day too.
        #expect(try compared("2024-02-20", "2024-03-05", .year) == ["2023-02-20", "2023-03-06"])
        #expect(try compared("2024-02-29", "2024-02-29", .year) == ["2023-02-28", "2023-02-28"])
        #expect(try compared("2025-01-01", "2025-02-15", .previous) == ["2024-11-16", "2024-12-31"])
    }

    /// Whole months with whole months, n days with n days, and never with itself.
    @Test(arguments: 1...200) func likeWithLike(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let first = day("2019-12-01").advanced(by: .random(in: 0...800, using: &random))
        let last = random.chance(0.4) ? first.month.lastDay : first.advanced(by: .random(in: 0...100, using: &random))
        let period = try #require(ReportPeriod(first: random.chance(0.5) ? first.month.firstDay : first, last: last))
        for comparison in ReportPeriod.Comparison.allCases {
            let other = period.compared(comparison, asOf: last.advanced(by: 1))
            #expect(other.last < period.last)
            if case .wholeMonths = period.kind {
                #expect(other.kind == period.kind)
            } else {
                #expect(other.period.dayCount == period.period.dayCount)
            }
            if comparison == .previous { #expect(other.last <= period.dayBefore) }
        }
    }
}

@Suite struct HeadlineTests {
    private func words(_ asOf: String) -> [String] {
        let periods = HeadlinePeriods(asOf: day(asOf))
        return [
            periods.standing.description, periods.flows.description, periods.running?.description ?? "",
            periods.runningBefore?.description ?? "",
        ]
    }

    @Test func theFirstScreen() {
        #expect(
            words("2025-03-15") == ["2025-03-15", "2025-02", "2025-03-01 to 2025-03-15", "2025-02-01 to 2025-02-15"])
        #expect(words("2025-03-01") == ["2025-03-01", "2025-02", "2025-03-01", "2025-02-01"])
        // On the last day of a month it is the month before that is whole.
        #expect(words("2025-03-31") == ["2025-03-31", "2025-02", "2025-03", "2025-02"])
        #expect(
            words("2025-01-02") == ["2025-01-02", "2024-12", "2025-01-01 to 2025-01-02", "2024-12-01 to 2024-12-02"])
    }

    /// On every day the flows are of a month that is over, and the two running periods begin their months.
    @Test func everyDay() throws {
        var asOf = day("2023-12-01")
        while asOf < day("2025-02-01") {
            let periods = HeadlinePeriods(asOf: asOf)
            let running = try #require(periods.running)
            let before = try #require(periods.runningBefore)
            #expect(periods.flows.kind == .wholeMonths(1) && periods.flows.isOver(asOf: asOf))
            #expect(periods.flows.last == running.dayBefore)
            #expect(running.last == asOf && !running.isOver(asOf: asOf))
            #expect(before.first == periods.flows.first)
            #expect(before.period.dayCount == min(running.period.dayCount, periods.flows.period.dayCount))
            asOf = asOf.advanced(by: 1)
        }
    }

    @Test func comparisonsOfTheFirstScreen() {
        let periods = HeadlinePeriods(asOf: day("2025-03-15"))
        let previous = periods.compared(.previous)
        #expect(previous.flows.description == "2025-01")
        #expect(previous.running?.description == "2025-02-01 to 2025-02-15")
        #expect(previous.standing == day("2025-02-15"))
        let year = periods.compared(.year)
        #expect(year.flows.description == "2024-02")
        #expect(year.running?.description == "2024-03-01 to 2024-03-15")
        #expect(year.standing == day("2024-03-15"))
    }

    @Test func whatIsAskedFor() throws {
        let asOf = day("2025-03-15")
        let quarter = try HeadlinePeriods(from: day("2024-10-01"), to: day("2024-12-31"), asOf: asOf)
        #expect(quarter.flows.description == "2024-Q4" && quarter.standing == day("2024-12-31"))
        #expect(quarter.running == nil && quarter.runningBefore == nil)
        #expect(quarter.compared(.previous).standing == day("2024-09-30"))
        #expect(quarter.compared(.previous).running == nil)
        // It ends on the as-of day at the latest.
        let running = try HeadlinePeriods(from: day("2025-03-01"), to: day("2025-03-31"), asOf: asOf)
        #expect(running.flows.last == asOf && running.standing == asOf)
        #expect(running.compared(.previous).flows.description == "2025-02-01 to 2025-02-15")
        #expect(try HeadlinePeriods(from: nil, to: day("2025-02-10"), asOf: asOf).flows.first == day("2025-02-01"))
        #expect(try HeadlinePeriods(from: day("2025-02-10"), to: nil, asOf: asOf).flows.last == asOf)
        #expect(try HeadlinePeriods(from: nil, to: nil, asOf: asOf) == HeadlinePeriods(asOf: asOf))
    }

    @Test func whatCannotBe() {
        let asOf = day("2025-03-15")
        #expect(throws: PeriodProblem.wrongOrder(from: day("2025-02-02"), to: day("2025-02-01"))) {
            try HeadlinePeriods(from: day("2025-02-02"), to: day("2025-02-01"), asOf: asOf)
        }
        #expect(throws: PeriodProblem.notBegun(from: day("2025-03-16"), asOf: asOf)) {
            try HeadlinePeriods(from: day("2025-03-16"), to: nil, asOf: asOf)
        }
    }

    @Test func daysAtTheLimits() throws {
        for asOf in [day("0000-01-01"), day("9999-12-31"), day("0001-01-01")] {
            for comparison in ReportPeriod.Comparison.allCases {
                _ = HeadlinePeriods(asOf: asOf).compared(comparison)
                let all = try HeadlinePeriods(from: day("0000-01-01"), to: day("9999-12-31"), asOf: asOf)
                _ = all.compared(comparison).flows.description
            }
        }
    }
}

@Suite struct PeriodSeriesTests {
    private func words(_ first: String, _ last: String, _ step: PeriodSeries.Step, asOf: String) throws -> [String] {
        let period = Period(first: day(first), last: day(last))
        return try PeriodSeries(period, by: step, limit: 100).elements.map { element in
            let mark = element.isComplete(asOf: day(asOf)) ? "" : " *"
            return "\(element.period.first) \(element.period.last)\(mark)"
        }
    }

    /// Weeks and months that are cut off are not complete, nor is the running one.
    @Test func steps() throws {
        #expect(
            try words("2025-12-24", "2026-01-06", .week, asOf: "2026-02-01") == [
                "2025-12-24 2025-12-28 *", "2025-12-29 2026-01-04", "2026-01-05 2026-01-06 *",
            ])
        #expect(
            try words("2025-12-22", "2026-01-04", .week, asOf: "2026-01-04") == [
                "2025-12-22 2025-12-28", "2025-12-29 2026-01-04 *",
            ])
        #expect(
            try words("2025-01-01", "2025-03-10", .month, asOf: "2025-03-10") == [
                "2025-01-01 2025-01-31", "2025-02-01 2025-02-28", "2025-03-01 2025-03-10 *",
            ])
        #expect(
            try words("2025-02-01", "2025-07-01", .quarter, asOf: "2025-12-31") == [
                "2025-02-01 2025-03-31 *", "2025-04-01 2025-06-30", "2025-07-01 2025-07-01 *",
            ])
        #expect(
            try words("2025-02-27", "2025-03-01", .day, asOf: "2025-03-01") == [
                "2025-02-27 2025-02-27", "2025-02-28 2025-02-28", "2025-03-01 2025-03-01 *",
            ])
    }

    @Test func tooMany() throws {
        let all = Period(first: day("0000-01-01"), last: day("9999-12-31"))
        for step in PeriodSeries.Step.allCases {
            #expect(throws: PeriodProblem.self) { try PeriodSeries(all, by: step, limit: 4000) }
        }
        let month = Period(first: day("2025-01-01"), last: day("2025-01-31"))
        #expect(try PeriodSeries(month, by: .day, limit: 31).elements.count == 31)
        #expect(throws: PeriodProblem.tooMany(31, limit: 30)) { try PeriodSeries(month, by: .day, limit: 30) }
        #expect(throws: PeriodProblem.self) {
            try PeriodSeries(Period(first: month.last, last: month.first), by: .day, limit: 30)
        }
    }

    /// The steps follow each other and are the whole period.
    @Test(arguments: 1...40) func nothingIsLost(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let first = day("2023-06-01").advanced(by: .random(in: 0...800, using: &random))
        let period = Period(first: first, last: first.advanced(by: .random(in: 0...200, using: &random)))
        for step in PeriodSeries.Step.allCases {
            let elements = try PeriodSeries(period, by: step, limit: 300).elements
            #expect(elements.first?.period.first == period.first && elements.last?.period.last == period.last)
            for (one, next) in zip(elements, elements.dropFirst()) {
                #expect(one.period.last.advanced(by: 1) == next.period.first)
            }
            for element in elements {
                #expect(element.whole.first <= element.period.first && element.period.last <= element.whole.last)
            }
        }
    }
}
