import Forecasting
import Foundation

/// Made daily series: changing trend, weekly and yearly pattern, noise; the same for one seed on every machine.
enum MadeSeries {
    static func daily(index: Int, points: Int) -> ForecastSeries {
        var generator = SeededGenerator(seed: 20_240_101 &+ UInt64(index))
        func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * generator.uniform() }
        func noise() -> Double { (0..<12).reduce(-6) { sum, _ in sum + generator.uniform() } }
        let level = uniform(50, 500)
        let week = (0..<7).map { _ in uniform(-0.2, 0.2) }
        let yearAmplitude = uniform(0, 0.3)
        let yearPhase = uniform(0, 2 * Double.pi)
        let spread = uniform(0.03, 0.15)
        var rate = uniform(-0.0004, 0.0006)
        var trend = 1.0
        var values: [Double] = []
        for day in 0..<points {
            if generator.uniform() < 0.004 { rate = uniform(-0.0006, 0.0008) }
            trend = max(0.1, trend + rate)
            let year = yearAmplitude * sin(2 * Double.pi * Double(day) / 365.25 + yearPhase)
            let value = level * trend * (1 + week[day % 7] + year + spread * noise())
            values.append((max(0, value) * 100).rounded() / 100)
        }
        let start: Int64 = 1_609_459_200
        return ForecastSeries(timestamps: (0..<Int64(points)).map { start + $0 * 86_400 }, values: values)
    }
}
