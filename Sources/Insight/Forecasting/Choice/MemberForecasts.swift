/// What every member says about the same rows, from the same history.
struct MemberForecasts: Sendable {
    /// Predicted timestamps, ascending.
    let timestamps: [Int64]
    /// One value per row for each member asked for, in that order.
    let values: [[Double]]
    /// Half the width of the regression model's interval, per row.
    let halfWidths: [Double]
    let trend: [Double]
    let fitted: FittedProphet
    /// The parameters the methods have chosen, or were given.
    let tuning: MemberTuning

    /// Number of steps whose mean level the regression model's residuals, and the smoothing methods, are tuned to.
    static func windows(_ step: CalendarStep) -> (residual: Int, smoothing: Int) {
        step.meanDays >= 6 ? (4, 4) : (14, 28)
    }

    /// - Parameters:
    ///   - design: of the history.
    ///   - previous: an earlier fit to start from.
    ///   - known: parameters of the methods; those that are nil are chosen on the history.
    ///   - reach: rows ahead that the parameters are to serve for; nil for those predicted here.
    init(
        members: [ForecastMember],
        history: ProphetHistory,
        design: ProphetDesign,
        future: FutureFrame,
        previous: FittedProphet? = nil,
        tuning known: MemberTuning = MemberTuning(),
        reach: Int? = nil
    ) throws(ForecastError) {
        let special = SpecialDays(
            history.observed, step: history.step, holidays: design.settings.holidays, future: future)
        let history = special.map { history.replacing(values: $0.ordinary) } ?? history
        let outcome = try design.fit(history, previous: previous)
        fitted = outcome.fitted
        let prediction = try outcome.fitted.predict(future, parts: [.interval, .components])
        timestamps = prediction.timestamps
        trend = prediction.trend
        halfWidths = zip(prediction.upper, prediction.lower).map { 0.5 * ($0 - $1) }
        let observed = history.observed
        let windows = Self.windows(history.step)
        let terms = HistoryTerms(design: design, outcome: outcome, values: observed.values)
        let external = ExternalTerms(outcome.fitted, prediction)
        let grid = RegularGrid(timestamps: observed.timestamps, values: terms.withoutExternal, step: history.step)
        let adjusted = RegularGrid(timestamps: observed.timestamps, values: terms.adjusted, step: history.step)
        let distances = prediction.timestamps.map { max(1, grid.distance(to: $0)) }
        let last = grid.values.count - 1
        let yearly = grid.seasonLength == 52
        let indices =
            yearly && grid.values.count < 156 ? nil : SeasonalIndices(better: grid.values, length: grid.seasonLength)
        var deseasonalised = grid.values
        if let indices {
            for index in deseasonalised.indices {
                deseasonalised[index] = indices.removed(from: deseasonalised[index], at: index)
            }
        }
        var tuning = known
        let echo = YearlyEcho(deseasonalised, step: grid.step, share: known.echo)
        tuning.echo = echo?.share
        let echoes = distances.map { echo?.forecast($0) ?? 0 }
        // The regression model has no yearly season for histories that are too short for one by its measure.
        let missing = design.layout.seasonalities.contains { $0.periodDays > 300 } ? nil : echo
        let profile = CycleMeans(grid.values, length: grid.seasonLength)

        func rows(_ value: (_ row: Int, _ distance: Int) -> Double) -> [Double] {
            distances.indices.map { value($0, distances[$0]) }
        }
        func readjusted(_ row: Int, _ value: Double) -> Double {
            value * max(0.1, 1 + prediction.multiplicativeTerms[row]) + prediction.additiveTerms[row]
        }
        var smoothed: SeasonalSmoothing?
        var damped: DampedTrend?
        var values: [[Double]] = []
        for member in members {
            switch member {
            case .prophet:
                values.append(prediction.yhat)
            case .prophetLevel:
                let level = ResidualLevel(
                    residuals: outcome.residuals, window: windows.residual, reach: reach ?? prediction.yhat.count,
                    known: known.residual)
                tuning.residual = level.parameters
                values.append(
                    rows { row, _ in
                        prediction.yhat[row] + level.correction(row + 1) + (missing == nil ? 0 : echoes[row])
                    })
            case .prophetAutoregression:
                let process = ResidualAutoregression(outcome.residuals, known: known.autoregression)
                tuning.autoregression = process.partials
                let expected = process.forecast(prediction.yhat.count)
                values.append(
                    rows { row, _ in prediction.yhat[row] + expected[row] + (missing == nil ? 0 : echoes[row]) })
            case .theta:
                let theta = ThetaMethod(deseasonalised, window: windows.smoothing, alpha: known.theta)
                tuning.theta = theta.smoothing.alpha
                values.append(
                    rows { row, distance in
                        let value = theta.forecast(distance) + echoes[row]
                        return (indices?.restored(to: value, at: last + distance) ?? value) + external.values[row]
                    })
            case .adjustedTheta:
                let theta = ThetaMethod(adjusted.values, window: windows.smoothing, alpha: known.adjustedTheta)
                tuning.adjustedTheta = theta.smoothing.alpha
                values.append(rows { row, distance in readjusted(row, theta.forecast(distance)) })
            case .seasonalSmoothing, .yearlySmoothing:
                if let indices {
                    let smoothing =
                        smoothed
                        ?? SeasonalSmoothing(
                            deseasonalised, length: grid.seasonLength, window: windows.smoothing,
                            known: known.smoothing)
                    smoothed = smoothing
                    tuning.smoothing = smoothing.parameters
                    let isYearly = member == .yearlySmoothing
                    values.append(
                        rows { row, distance in
                            let value = smoothing.forecast(distance) + (isYearly ? echoes[row] : 0)
                            return indices.restored(to: value, at: last + distance) + external.values[row]
                        })
                    continue
                }
                fallthrough
            case .adjustedDamped:
                let method = damped ?? DampedTrend(adjusted.values, window: windows.smoothing, known: known.damped)
                damped = method
                tuning.damped = method.parameters
                values.append(rows { row, distance in readjusted(row, method.forecast(distance)) })
            case .seasonalMean:
                values.append(rows { row, distance in profile.mean(last + distance) + external.values[row] })
            case .seasonalNaive:
                values.append(rows { row, distance in profile.last(last + distance) + external.values[row] })
            }
        }
        if let special {
            for member in values.indices {
                for (row, timestamp) in timestamps.enumerated() {
                    values[member][row] = special.applied(to: values[member][row], at: timestamp)
                }
            }
        }
        self.values = values
        self.tuning = tuning
    }
}

/// A history freed of what the regression model explains.
private struct HistoryTerms {
    /// Without all seasonal, holiday and regressor terms.
    let adjusted: [Double]
    /// Without holiday and regressor terms.
    let withoutExternal: [Double]

    init(design: ProphetDesign, outcome: ProphetDesign.Outcome, values: [Double]) {
        let coefficients = outcome.fitted.parameters.coefficients
        let scale = outcome.fitted.yScale
        let additive = design.combination(coefficients, flags: design.additive)
        let ratios = design.combination(coefficients, flags: design.multiplicative)
        var adjusted = values
        for row in adjusted.indices {
            adjusted[row] = (adjusted[row] - additive[row] * scale) / max(0.1, 1 + ratios[row])
        }
        self.adjusted = adjusted
        let seasonalColumns = design.layout.seasonalities.reduce(0) { $0 + 2 * $1.fourierOrder }
        guard !design.layout.isPlaceholder, seasonalColumns < design.columnCount else {
            withoutExternal = values
            return
        }
        var externalCoefficients = coefficients
        for column in 0..<seasonalColumns { externalCoefficients[column] = 0 }
        let externalAdditive = design.combination(externalCoefficients, flags: design.additive)
        let externalRatios = design.combination(externalCoefficients, flags: design.multiplicative)
        // The level a ratio applies to is the observation freed of everything.
        withoutExternal = values.indices.map {
            values[$0] - externalAdditive[$0] * scale - externalRatios[$0] * adjusted[$0]
        }
    }
}

/// What holidays and regressors add to each future row, in units of y.
private struct ExternalTerms {
    let values: [Double]

    init(_ fitted: FittedProphet, _ prediction: ProphetForecast) {
        var values = [Double](repeating: 0, count: prediction.timestamps.count)
        let sums: Set = ["holidays", "extra_regressors_additive", "extra_regressors_multiplicative"]
        for component in prediction.components where sums.contains(component.name) {
            for row in values.indices {
                let ratio = component.mode == .multiplicative ? prediction.trend[row] : 1
                values[row] += component.values[row] * ratio
            }
        }
        self.values = values
    }
}
