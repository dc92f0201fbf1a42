import Glibc

/// The standard normal distribution.
enum NormalDistribution {
    /// Probability of a value up to `x`.
    static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// The value not exceeded with this probability, `probability` in 0..<1 (clamped to 1e-300 ... 1 - 1e-16).
    ///
    /// A rational first guess (Abramowitz and Stegun 26.2.23), then Newton steps on the tail probability.
    static func quantile(_ probability: Double) -> Double {
        let upper = probability > 0.5
        let tail = max(1e-300, min(0.5, upper ? max(1 - probability, 1e-16) : probability))
        let t = sqrt(-2 * log(tail))
        var x =
            t - (2.515517 + 0.802853 * t + 0.010328 * t * t)
            / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t)
        for _ in 0..<4 {
            let error = 0.5 * erfc(x / 2.0.squareRoot()) - tail
            let density = exp(-0.5 * x * x) / sqrt(2 * Double.pi)
            guard density > 0 else { break }
            let step = error / density
            x += step / (1 - 0.5 * x * step)
        }
        return upper ? x : -x
    }
}
