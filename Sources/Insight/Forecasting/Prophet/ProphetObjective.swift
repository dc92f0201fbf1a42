import Glibc

/// The log posterior density that a fit maximises, without constants, and its noise part in closed form.
enum ProphetObjective {
    static let noisePriorScale = 0.5
    /// The least noise level: a history the model explains exactly would otherwise drive it to 0.
    static let smallestNoise = 1e-9

    /// `-T ln s - RSS / (2 s^2) - priors`, with normal priors of scale 5 on rate and offset, Laplace on rate
    /// changes, half-normal of scale 0.5 on the noise and normal on the coefficients.
    static func logDensity(
        rowCount: Int,
        residualSumOfSquares: Double,
        parameters: ProphetParameters,
        changepointPriorScale: Double,
        priorScales: [Double]
    ) -> Double {
        let noise = parameters.noise
        var density = -Double(rowCount) * log(noise) - residualSumOfSquares / (2 * noise * noise)
        density -= 0.5 * noise * noise / (noisePriorScale * noisePriorScale)
        density -= 0.5 * (parameters.rate * parameters.rate + parameters.offset * parameters.offset) / 25
        density -= parameters.rateChanges.reduce(0) { $0 + abs($1) } / changepointPriorScale
        for (coefficient, scale) in zip(parameters.coefficients, priorScales) {
            density -= 0.5 * (coefficient / scale) * (coefficient / scale)
        }
        return density
    }

    /// The noise variance that maximises the density for given residuals: the positive root of
    /// `4 v^2 + T v - RSS = 0`.
    static func bestVariance(rowCount: Int, residualSumOfSquares: Double) -> Double {
        let count = Double(rowCount)
        return 2 * residualSumOfSquares / (count + sqrt(count * count + 16 * residualSumOfSquares))
    }
}
