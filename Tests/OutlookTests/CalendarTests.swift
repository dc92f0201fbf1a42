import Forecasting
import Records
import Testing

@testable import Outlook

@Suite struct CalendarTests {
    private static let first = Day(rawValue: 19_000)
    private static let last = first.advanced(by: 399)
    private static let end = last.advanced(by: 90)

    private func calendar(_ rows: [(day: Int, name: String, segment: String, lower: Int, upper: Int)]) -> CalendarTable
    {
        var table = CalendarTable()
        for row in rows {
            table.append(
                day: Self.first.rawValue + Int32(row.day), name: row.name, segment: row.segment, lowerWindow: row.lower,
                upperWindow: row.upper)
        }
        return table
    }

    private func columns(_ calendar: SeriesCalendar) -> SeriesCalendar.Columns {
        calendar.columns(first: Self.first, last: Self.last, end: Self.end)
    }

    @Test func eventsOfOtherSegmentsDoNotCount() {
        let table = calendar([(10, "Fair", "", 0, 0), (20, "Sale", "smb", 0, 0), (30, "Sale", "enterprise", 0, 0)])
        func names(_ segments: SeriesCalendar.Segments) -> [String] {
            columns(SeriesCalendar(table, segments: segments, holidays: [], countries: [])).holidays.map(\.name)
        }
        #expect(names(.all) == ["event Fair", "event Sale (enterprise)", "event Sale (smb)"])
        #expect(names(.one("smb")) == ["event Fair", "event Sale (smb)"])
        #expect(names(.one("other")) == ["event Fair"])
    }

    @Test func whatIsCalledOffDoesNotCount() {
        let off = CalendarTable.cancelledWindows
        let table = calendar([(10, "Fair", "", 0, 0), (20, "Sale", "", off.lower, off.upper)])
        let made = columns(SeriesCalendar(table, segments: .all, holidays: [], countries: []))
        #expect(made.holidays.map(\.name) == ["event Fair"])
        #expect(made.unseen.isEmpty)
    }

    @Test func holidaysOfTheCountriesAndOfAll() {
        let holidays = ["DE", "US", "*"].map {
            CountryHoliday(day: Self.first.advanced(by: 5), country: $0, name: "Rest", lowerWindow: -1)
        }
        let made = columns(SeriesCalendar(CalendarTable(), segments: .all, holidays: holidays, countries: ["DE"]))
        #expect(made.holidays.map(\.name) == ["holiday DE Rest", "holiday Rest"])
        #expect(made.holidays.allSatisfy { $0.lowerWindowDays == -1 })
    }

    /// What lasts long, or comes often, is one column and not one for each day.
    @Test func longAndFrequentEventsAreRegressors() {
        let long = calendar([(50, "Campaign", "", 0, 20), (380, "Campaign", "", 0, 30)])
        let made = columns(SeriesCalendar(long, segments: .all, holidays: [], countries: []))
        #expect(made.holidays.isEmpty)
        #expect(made.regressors.map(\.name) == ["event Campaign"])
        let values = made.values["event Campaign"] ?? []
        #expect(values.count == 490)
        #expect(
            values[49] == 0 && values[50] == 1 && values[70] == 1 && values[71] == 0 && values[400] == 1
                && values[411] == 0)
        let often = calendar((0..<30).map { ($0 * 7, "Friday", "", 0, 0) })
        #expect(columns(SeriesCalendar(often, segments: .all, holidays: [], countries: [])).regressors.count == 1)
    }

    @Test func whatWasNeverSeenIsNamed() {
        let table = calendar([(450, "Jubilee", "", 0, 0), (900, "Later", "", 0, 0)])
        let made = columns(SeriesCalendar(table, segments: .all, holidays: [], countries: []))
        #expect(made.holidays.isEmpty && made.regressors.isEmpty)
        #expect(made.unseen == ["event Jubilee"])
    }

    @Test func whatWasAlwaysThereIsTheLevel() {
        let made = columns(
            SeriesCalendar(
                calendar([(0, "Forever", "", -10, 366), (300, "Forever", "", 0, 300)]), segments: .all, holidays: [],
                countries: []))
        #expect(made.holidays.isEmpty && made.regressors.isEmpty && made.unseen.isEmpty)
    }

    @Test func namesCannotBreakColumns() throws {
        let table = calendar([(10, "a_delim_b", "", 0, 0), (100, "trend", "", 0, 0), (200, "weekly", "", 0, 0)])
        let request = MadeSeries.request(
            MadeSeries.weekly(days: 400, last: Self.last),
            calendar: SeriesCalendar(table, segments: .all, holidays: [], countries: []))
        #expect(try SeriesForecaster.forecast(request).forecast.count == 90)
    }

    /// A promotion that lifted the figures every time is expected to do so again.
    @Test func aKnownPromotionLiftsItsDays() throws {
        var series = MadeSeries.weekly(days: 400, last: Self.last)
        let days = [40, 110, 180, 250, 320, 410, 411]
        for day in days where day < 400 { series.values[day] += 150 }
        let table = calendar(days.map { ($0, "Promotion", "", 0, 0) })
        let calendar = SeriesCalendar(table, segments: .all, holidays: [], countries: [])
        let with = try SeriesForecaster.forecast(MadeSeries.request(series, calendar: calendar)).forecast
        let without = try SeriesForecaster.forecast(MadeSeries.request(series)).forecast
        for day in [10, 11] { #expect(with.yhat(day) > without.yhat(day) + 80) }
        #expect(abs(with.yhat(20) - without.yhat(20)) < 30)
        let components = try SeriesForecaster.components(MadeSeries.request(series, calendar: calendar))
        let promotion = try #require(components.first { $0.name == "event Promotion" })
        #expect(promotion.values[10] > 80 && promotion.values[20] == 0)
        #expect(components.first?.name == "trend")
    }

    @Test func fewCountriesCarryAPopulation() {
        #expect(CountryShares.mainCountries(["DE": 80, "US": 15, "FR": 5], of: 100) == ["DE", "US"])
        #expect(
            CountryShares.mainCountries(["A": 20, "B": 20, "C": 20, "D": 20, "E": 20], of: 100) == ["A", "B", "C"])
        #expect(CountryShares.mainCountries([:], of: 0).isEmpty)
    }
}
