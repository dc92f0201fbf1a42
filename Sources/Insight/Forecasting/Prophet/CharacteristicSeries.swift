import Glibc

/// A symmetric distribution given by its characteristic function at multiples of `pi / range`, from which the
/// distribution function follows as a sine series.
///
/// Four terms at a time: one quantile takes a few hundred terms per Newton step, and there is one per row.
struct CharacteristicSeries {
    private let range: Double
    /// Term indices 1, 2, ... and the characteristic function there.
    private let indices: [SIMD4<Double>]
    private let reciprocals: [SIMD4<Double>]
    private var values: [SIMD4<Double>]
    private var damped: [SIMD4<Double>]
    private var damping: [SIMD4<Double>] = []
    private var dampedNoise = 0.0

    /// - Parameters:
    ///   - terms: rounded up to a multiple of four.
    ///   - range: nearly all probability lies within -range...range.
    init(terms: Int, range: Double) {
        self.range = range
        let blocks = (terms + 3) / 4
        indices = (0..<blocks).map { SIMD4(1, 2, 3, 4) + Double(4 * $0) }
        reciprocals = indices.map { 1 / $0 }
        values = [SIMD4<Double>](repeating: SIMD4(repeating: 1), count: blocks)
        damped = values
    }

    /// Adds an independent term that is 0, or with `probability` Laplace distributed with scale `weight`.
    mutating func multiply(weight: Double, probability: Double) {
        let stay = SIMD4(repeating: 1 - probability)
        let change = SIMD4(repeating: probability)
        let one = SIMD4(repeating: 1.0)
        let scale = SIMD4(repeating: weight * Double.pi / range)
        for block in values.indices {
            let argument = scale * indices[block]
            values[block] *= stay + change / (one + argument * argument)
        }
    }

    /// The x >= 0 up to which the probability above the median is `excess`, of the sum with normal noise.
    ///
    /// - Parameter atom: the probability of exactly 0, taken out of the series; only without noise.
    mutating func quantile(excess: Double, atom: Double, noise: Double, guess: Double) -> Double {
        if noise > 0, noise != dampedNoise {
            dampedNoise = noise
            let scale = Double.pi / range * noise
            damping = indices.map { index in
                let argument = index * scale
                let exponent = -0.5 * argument * argument
                return SIMD4(exp(exponent.x), exp(exponent.y), exp(exponent.z), exp(exponent.w))
            }
        }
        for block in values.indices {
            damped[block] = noise > 0 ? values[block] * damping[block] : values[block] - atom
        }
        let mass = 1 - atom
        let target = excess - 0.5 * atom
        var low = 0.0
        var high = range
        var x = min(max(guess, 1e-12 * range), 0.9 * range)
        for _ in 0..<60 {
            let (probability, density) = evaluate(x, mass: mass)
            let error = probability - target
            if error > 0 { high = x } else { low = x }
            var next = density > 0 ? x - error / density : .infinity
            if !(next > low && next < high) { next = 0.5 * (low + high) }
            if abs(next - x) < 1e-7 * x { return next }
            x = next
        }
        return x
    }

    /// Probability between 0 and x, and density at x.
    private func evaluate(_ x: Double, mass: Double) -> (probability: Double, density: Double) {
        let angle = Double.pi * x / range
        var sine = SIMD4(sin(angle), sin(2 * angle), sin(3 * angle), sin(4 * angle))
        var cosine = SIMD4(cos(angle), cos(2 * angle), cos(3 * angle), cos(4 * angle))
        let turnSine = SIMD4(repeating: sine.w)
        let turnCosine = SIMD4(repeating: cosine.w)
        var probability = SIMD4<Double>()
        var density = SIMD4<Double>()
        for block in damped.indices {
            probability += damped[block] * reciprocals[block] * sine
            density += damped[block] * cosine
            let turned = sine * turnCosine + cosine * turnSine
            cosine = cosine * turnCosine - sine * turnSine
            sine = turned
        }
        return (
            mass * x / (2 * range) + probability.sum() / Double.pi,
            (0.5 * mass + density.sum()) / range
        )
    }
}
