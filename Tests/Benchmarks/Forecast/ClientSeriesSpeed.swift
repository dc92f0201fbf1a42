import Forecasting
import Outlook
import Records

/// What keeping the forecasts of many clients costs, as the daemon does it: the first pass, one over unchanged data, and
/// one after another day.
struct ClientSeriesSpeed {
    let clientCount: Int

    private static let days = SeriesRequest.clientHistoryDays
    /// Some day in the middle of a week.
    private static let last = Day(rawValue: 19_900 - Int32(Day(rawValue: 19_900).weekday) + 2)

    func run(_ report: (_ name: String, _ seconds: Double) -> Void) {
        var known = pass(0, previous: [])
        report("client_series_first_pass", known.seconds)
        report("client_series_unchanged", pass(0, previous: known.forecasts).seconds)
        known = pass(1, previous: known.forecasts)
        report("client_series_one_day_added", known.seconds)
    }

    /// - Parameter later: days that have come since the first pass.
    private func pass(_ later: Int, previous: [BaseForecast?]) -> (forecasts: [BaseForecast?], seconds: Double) {
        let first = SeriesRequest.firstDay(last: Self.last, days: Self.days)
        let last = Self.last.advanced(by: later)
        var forecasts: [BaseForecast?] = []
        var seconds = 0.0
        for start in stride(from: 0, to: clientCount, by: 16) {
            let range = start..<min(start + 16, clientCount)
            let requests = range.map { client in
                SeriesRequest(
                    series: DailySeries(
                        first: first, values: (0..<(first.days(to: last) + 1)).map { Self.value(client, $0) }),
                    metric: .engagement, calendar: .empty, pattern: nil, asOf: last, ceiling: nil,
                    originCount: SeriesRequest.clientOrigins)
            }
            let begin = ForecastSpeed.cpuSeconds()
            let results = SeriesForecaster.forecast(requests, previous: previous.isEmpty ? [] : Array(previous[range]))
            seconds += ForecastSpeed.cpuSeconds() - begin
            forecasts += results.map { result in
                guard case .success(var made) = result else { return nil }
                made.state = made.state.withoutModel
                return made
            }
        }
        return (forecasts, seconds)
    }

    /// A count with a weekly pattern and noise that depends on client and day alone.
    private static func value(_ client: Int, _ day: Int) -> Double {
        var bits = UInt64(client) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(day) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 30)) &* 0x94D0_49BB_1331_11EB
        let noise = Double((bits ^ (bits >> 31)) % 1000) / 1000
        let level = Double(client % 9 + 2)
        return (level * (day % 7 < 5 ? 1.2 : 0.4) * (0.4 + 1.2 * noise)).rounded()
    }
}
