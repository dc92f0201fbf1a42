@testable import Forecasting

/// Made series for tests.
enum MadeData {
    /// 2021-01-04, a Monday.
    static let start: Int64 = 1_609_718_400

    static func days(_ count: Int, from start: Int64 = start, step: Int64 = 86_400) -> [Int64] {
        (0..<Int64(count)).map { start + $0 * step }
    }

    /// Level, changing trend, weekly pattern and noise.
    static func daily(
        _ count: Int,
        seed: UInt64 = 1,
        level: Double = 100,
        noise: Double = 3,
        from start: Int64 = start
    ) -> ForecastSeries {
        var generator = SeededGenerator(seed: seed)
        let week = (0..<7).map { _ in 20 * (generator.uniform() - 0.5) }
        var trend = level
        var rate = 0.05
        var values: [Double] = []
        for day in 0..<count {
            if day % 60 == 59 { rate = 0.3 * (generator.uniform() - 0.5) }
            trend += rate
            values.append(trend + week[day % 7] + noise * generator.normal())
        }
        return ForecastSeries(timestamps: days(count, from: start), values: values)
    }
}
