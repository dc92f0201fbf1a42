import Glibc

/// The exact distribution of what future rate changes add to a linear trend, optionally with normal noise.
///
/// In step l a change e_l occurs with probability q, Laplace distributed with scale b; half of it takes effect at
/// once and half a step later, and the trend adds up rates: after l steps the deviation is
/// `D * sum_h (l - h + 1/2) e_h`. Its characteristic function is the product over the steps of
/// `1 - q + q / (1 + (b D (j + 1/2) w)^2)`, which grows by one factor per step. The distribution function follows
/// from the cosine series of Fang and Oosterlee (2008), quantiles by Newton's method. This is the limit of the
/// simulation for many paths.
struct RateChangeDistribution {
    /// D, scaled time per step, > 0.
    let stepLength: Double
    /// q, 0...1.
    let changeProbability: Double
    /// b, > 0.
    let changeScale: Double

    private static let largestTermCount = 1024
    /// Without noise the terms left out fall with the cube of their index.
    private static let trendTermCount = 256

    /// Variance of the deviation after `steps` steps.
    func variance(steps: Int) -> Double {
        let count = Double(steps)
        return stepLength * stepLength * changeProbability * 2 * changeScale * changeScale
            * (count * count * count / 3 - count / 12)
    }

    /// The quantile of deviation plus noise after 1, 2, ... steps.
    ///
    /// - Parameters:
    ///   - level: probability, 0.5..<1; the distribution is symmetric about 0.
    ///   - noises: standard deviation of the noise per step; infinite entries give 0.
    func quantiles(level: Double, noises: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: noises.count)
        guard level > 0.5 else { return result }
        let normal = NormalDistribution.quantile(level)
        // The series' range fits the last step of a block; each block ends at twice the step the one before ended.
        var start = 0
        while start < noises.count {
            let end = min(noises.count, max(8, 2 * start))
            fill(&result, from: start, to: end, level: level, normal: normal, noises: noises)
            start = end
        }
        return result
    }

    private func fill(
        _ result: inout [Double],
        from start: Int,
        to end: Int,
        level: Double,
        normal: Double,
        noises: [Double]
    ) {
        let trendVariance = variance(steps: end)
        var largestNoise = 0.0
        var smallestNoise = Double.infinity
        for step in start..<end where noises[step].isFinite {
            largestNoise = max(largestNoise, noises[step])
            smallestNoise = min(smallestNoise, noises[step])
        }
        if trendVariance < 1e-10 * smallestNoise * smallestNoise {
            for step in start..<end where noises[step].isFinite { result[step] = normal * noises[step] }
            return
        }
        let range = 14 * sqrt(trendVariance + largestNoise * largestNoise)
        let spacing = Double.pi / range
        var terms = smallestNoise > 0 ? Self.largestTermCount : Self.trendTermCount
        if smallestNoise > 0, smallestNoise.isFinite {
            terms = min(terms, max(48, Int(6.5 / (smallestNoise * spacing)) + 1))
        }
        var transform = CharacteristicSeries(terms: terms, range: range)
        if start > 0 {
            for step in 1...start { transform.multiply(weight: weight(step), probability: changeProbability) }
        }
        for step in start..<end {
            transform.multiply(weight: weight(step + 1), probability: changeProbability)
            let noise = noises[step]
            guard noise.isFinite else { continue }
            var atom = 0.0
            if noise == 0 {
                atom = pow(1 - changeProbability, Double(step + 1))
                guard level > 0.5 + 0.5 * atom else { continue }
            }
            let deviation = sqrt(variance(steps: step + 1) + noise * noise)
            var guess = normal * deviation
            if step > start, result[step - 1] > 0, noises[step - 1].isFinite {
                guess =
                    result[step - 1] * deviation
                    / sqrt(variance(steps: step) + noises[step - 1] * noises[step - 1])
            }
            result[step] = transform.quantile(excess: level - 0.5, atom: atom, noise: noise, guess: guess)
        }
    }

    /// Weight of the change `step` steps before the last one counted.
    private func weight(_ step: Int) -> Double { changeScale * stepLength * (Double(step) - 0.5) }
}
