import Testing

@testable import Forecasting

@Suite struct CalendarTests {
    @Test func civilDatesRoundTrip() {
        for day in stride(from: -800_000, to: 800_000, by: 37) {
            let date = CivilDate(dayNumber: day)
            #expect(CivilDate.dayNumber(year: date.year, month: date.month, day: date.day) == day)
            #expect(date.day <= CivilDate.daysInMonth(year: date.year, month: date.month))
        }
        #expect(CivilDate(dayNumber: 0) == CivilDate(year: 1970, month: 1, day: 1))
        #expect(CivilDate(timestamp: -1) == CivilDate(year: 1969, month: 12, day: 31))
        #expect(CivilDate.dayNumber(year: 2024, month: 2, day: 29) == 19_782)
    }

    @Test func stepsFollowTheCalendar() {
        let january31 = Int64(CivilDate.dayNumber(year: 2023, month: 1, day: 31)) * 86_400
        let months = CalendarStep.month.timestamps(after: january31, count: 3).map { CivilDate(timestamp: $0) }
        #expect(months.map(\.day) == [28, 31, 30])
        let january15 = Int64(CivilDate.dayNumber(year: 2023, month: 1, day: 15)) * 86_400 + 3600
        let quarter = CalendarStep.months(3).timestamps(after: january15, count: 2)
        #expect(quarter.map { CivilDate(timestamp: $0).month } == [4, 7])
        #expect(quarter.allSatisfy { $0 % 86_400 == 3600 })
        #expect(CalendarStep.day.timestamps(after: 0, count: 0).isEmpty)
    }

    @Test func spacingIsInferredFromTheMostFrequentGap() {
        #expect(CalendarStep.inferred(from: MadeData.days(10)) == .day)
        #expect(CalendarStep.inferred(from: [0, 86_400, 172_800, 10_000_000]) == .day)
        #expect(CalendarStep.inferred(from: MadeData.days(10, step: 604_800)) == .week)
        #expect(CalendarStep.inferred(from: MadeData.days(10, step: 3600)) == .seconds(3600))
        let first = MadeData.start
        #expect(CalendarStep.inferred(from: [first] + CalendarStep.month.timestamps(after: first, count: 30)) == .month)
        let quarters = [first] + CalendarStep.months(3).timestamps(after: first, count: 9)
        #expect(CalendarStep.inferred(from: quarters) == .months(3))
        let years = [first] + CalendarStep.months(12).timestamps(after: first, count: 9)
        #expect(CalendarStep.inferred(from: years) == .months(12))
        #expect(CalendarStep.inferred(from: []) == .day)
        #expect(CalendarStep.inferred(from: [5, 5]) == .day)
    }

    @Test func gridsKeepGapsAndJoinDuplicates() {
        let times = [0, 0, 86_400, 4 * 86_400].map { Int64($0) }
        let grid = RegularGrid(timestamps: times, values: [1, 3, 5, 7], step: .day)
        #expect(grid.values.count == 5)
        #expect(grid.values[0] == 2 && grid.values[1] == 5 && grid.values[4] == 7)
        #expect(grid.values[2].isNaN && grid.values[3].isNaN)
        #expect(grid.distance(to: 6 * 86_400) == 2)
        #expect(grid.seasonLength == 7)
        let lengths = [
            CalendarStep.month, .months(3), .months(12), .week, .seconds(3600), .seconds(7001), .seconds(200_000),
        ]
        .map { RegularGrid.seasonLength(of: $0) }
        #expect(lengths == [12, 4, 1, 52, 24, 1, 1])
    }

    @Test func gridsStayShortInSpiteOfAnAbsurdGap() {
        let times: [Int64] = [0, 1_000_000 * 86_400, 1_000_001 * 86_400]
        let grid = RegularGrid(timestamps: times, values: [1, 2, 3], step: .day)
        #expect(grid.values.count == 3)
        #expect(grid.values.last == 2.5)
        #expect(grid.distance(to: 1_500_002 * 86_400) == 1)
    }
}
