extension ProphetDesign {
    /// Prior standard deviation of each feature column.
    public var columnPriorScales: [Double] { priorScales }
    /// 1 for each additive column, else 0.
    public var additiveFlags: [Double] { additive }
    /// 1 for each multiplicative column, else 0.
    public var multiplicativeFlags: [Double] { multiplicative }

    /// The features of one observed row, in column order.
    public func featureRow(_ row: Int) -> [Double] {
        (0..<columnCount).map { features[$0 * rowCount + row] }
    }

    /// The log posterior density, without constants, of given parameters for a series observed at this design's
    /// times.
    public func logDensity(of parameters: ProphetParameters, series: ForecastSeries) throws(ForecastError) -> Double {
        let observed = try ProphetHistory(series, settings: settings).observed
        guard parameters.coefficients.count == columnCount, parameters.rateChanges.count == changepointTimes.count
        else {
            throw .lengthMismatch(
                column: "parameters", found: parameters.coefficients.count + parameters.rateChanges.count,
                expected: columnCount + changepointTimes.count)
        }
        let scaling = ProphetScaling(history: observed, settings: settings)
        let floors = try scaling.floors(of: observed.future)
        let capacities =
            settings.growth == .logistic ? try scaling.capacities(of: observed.future, floors: floors) : []
        let trend = ProphetTrend.values(
            growth: settings.growth, times: times, capacities: capacities,
            changepoints: changepointTimes, parameters: parameters
        )
        let factor = combination(parameters.coefficients, flags: multiplicative)
        let added = combination(parameters.coefficients, flags: additive)
        var sum = 0.0
        for row in 0..<rowCount {
            let scaled = (observed.values[row] - floors[row]) / scaling.yScale
            let residual = scaled - trend[row] * (1 + factor[row]) - added[row]
            sum += residual * residual
        }
        return ProphetObjective.logDensity(
            rowCount: rowCount, residualSumOfSquares: sum, parameters: parameters,
            changepointPriorScale: settings.changepointPriorScale, priorScales: priorScales
        )
    }
}

extension FittedProphet {
    /// This model with other parameters, for comparisons with parameters found elsewhere.
    public func replacing(parameters: ProphetParameters) throws(ForecastError) -> FittedProphet {
        guard parameters.coefficients.count == self.parameters.coefficients.count,
            parameters.rateChanges.count == self.parameters.rateChanges.count, parameters.areFinite,
            parameters.noise > 0
        else {
            throw .lengthMismatch(
                column: "parameters", found: parameters.coefficients.count + parameters.rateChanges.count,
                expected: self.parameters.coefficients.count + self.parameters.rateChanges.count)
        }
        return FittedProphet(
            settings: settings, parameters: parameters, changepointTimestamps: changepointTimestamps,
            changepointTimes: changepointTimes, logDensity: nil, rowCount: rowCount, lastTimestamp: lastTimestamp,
            step: step, layout: layout, scaling: scaling
        )
    }
}
