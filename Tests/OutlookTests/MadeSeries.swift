import Outlook
import Records
import RiverTesting

/// Invented daily series.
enum MadeSeries {
    static let last = Day(2024, 6, 28)

    /// A weekly pattern on a slope, with noise.
    static func weekly(days: Int, level: Double = 100, seed: UInt64 = 1, last: Day = last) -> DailySeries {
        var random = RiverTesting.SeededGenerator(seed: seed)
        let first = last.advanced(by: 1 - days)
        let values = (0..<days).map { index -> Double in
            let weekday = first.advanced(by: index).weekday
            let season = weekday >= 6 ? 0.4 : 1.1
            let noise = Double.random(in: -0.1...0.1, using: &random)
            return (level * (season + noise) * (1 + 0.0005 * Double(index))).rounded()
        }
        return DailySeries(first: first, values: values)
    }

    static func request(
        _ series: DailySeries, calendar: SeriesCalendar = .empty, asOf: Day? = nil,
        metric: ForecastMetric = .engagement,
        ceiling: Double? = nil
    ) -> SeriesRequest {
        SeriesRequest(
            series: series, metric: metric, calendar: calendar, pattern: nil, asOf: asOf ?? series.last,
            ceiling: ceiling, originCount: 2)
    }
}
