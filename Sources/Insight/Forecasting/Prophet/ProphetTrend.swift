import Glibc

/// The trend on the model's scale.
enum ProphetTrend {
    /// The trend at ascending scaled times.
    ///
    /// - Parameters:
    ///   - times: scaled times, ascending.
    ///   - capacities: scaled capacities, one per time, for logistic growth; ignored otherwise.
    ///   - changepoints: ascending scaled changepoint times, one per rate change.
    static func values(
        growth: ProphetSettings.Growth,
        times: [Double],
        capacities: [Double],
        changepoints: [Double],
        parameters: ProphetParameters
    ) -> [Double] {
        switch growth {
        case .flat:
            return [Double](repeating: parameters.offset, count: times.count)
        case .linear:
            return predictor(times, changepoints, parameters, intercept: parameters.offset)
        case .logistic:
            let z = predictor(times, changepoints, parameters, intercept: -parameters.rate * parameters.offset)
            return z.indices.map { capacities[$0] * logistic(z[$0]) }
        }
    }

    /// `intercept + rate * t + sum of rate changes * (t - changepoint)+`.
    ///
    /// Logistic growth uses it too: with the offsets that keep the curve continuous, its exponent
    /// `(k + sum d_j)(t - m - sum gamma_j)` telescopes to `k (t - m) + sum d_j (t - s_j)+`.
    private static func predictor(
        _ times: [Double],
        _ changepoints: [Double],
        _ parameters: ProphetParameters,
        intercept: Double
    ) -> [Double] {
        var result = [Double](repeating: 0, count: times.count)
        var rate = parameters.rate
        var offset = intercept
        var next = 0
        for row in times.indices {
            while next < changepoints.count, times[row] >= changepoints[next] {
                rate += parameters.rateChanges[next]
                offset -= parameters.rateChanges[next] * changepoints[next]
                next += 1
            }
            result[row] = offset + rate * times[row]
        }
        return result
    }

    /// 1 / (1 + exp(-z)), without overflow.
    static func logistic(_ z: Double) -> Double {
        if z >= 0 { return 1 / (1 + exp(-z)) }
        let e = exp(z)
        return e / (1 + e)
    }
}
