public import Forecasting
public import Records

/// Daily series → forecasts. The same requests give the same bytes, whatever was made before.
public enum SeriesForecaster {
    /// Changes whenever the same request gives another forecast than before.
    private static let version = 6
    /// Prior scale of holidays and events: an effect as large as a fifth of the largest value is nothing unusual, and
    /// a day that was seen once is not taken at its word.
    private static let holidaysPriorScale = 0.2
    /// What is left open of a total of as many days as the history has, where nothing could be tried.
    private static let untestedShare = 0.25
    /// More days without data before the forecast are too many to bridge.
    private static let gapDaysMax = 400

    /// Forecasts many series; those with the same days and calendar share the costly part of the work, best when they
    /// are handed in one after the other.
    /// - Parameter previous: by request, the forecast there was before; what still holds of it is not made again.
    /// - Returns: by request; a series that cannot be forecast does not affect others.
    public static func forecast(
        _ requests: [SeriesRequest], previous: [BaseForecast?] = []
    ) -> [Result<BaseForecast, ForecastError>] {
        var results = [Result<BaseForecast, ForecastError>](
            repeating: .failure(.singleTimestamp), count: requests.count)
        var pending: [Plan.Shared: [(index: Int, plan: Plan)]] = [:]
        var order: [Plan.Shared] = []
        for (index, request) in requests.enumerated() {
            let plan = Plan(request)
            let earlier = index < previous.count ? previous[index] : nil
            if let earlier, earlier.fingerprint == plan.fingerprint {
                results[index] = .success(earlier)
            } else {
                if pending[plan.shared] == nil { order.append(plan.shared) }
                pending[plan.shared, default: []].append((index, plan))
            }
        }
        for shared in order {
            let group = pending[shared] ?? []
            do throws(ForecastError) {
                let forecaster = try AutomaticForecaster(settings: shared.settings)
                let batch = group.map { index, plan in
                    plan.request(previous: index < previous.count ? previous[index] : nil)
                }
                for ((index, plan), result) in zip(group, forecaster.forecast(batch: batch)) {
                    results[index] = result.map { plan.result($0) }
                }
            } catch {
                for (index, _) in group { results[index] = .failure(error) }
            }
        }
        return results
    }

    public static func forecast(
        _ request: SeriesRequest, previous: BaseForecast? = nil
    ) throws(ForecastError) -> BaseForecast {
        try forecast([request], previous: [previous])[0].get()
    }

    /// What the parts of the regression model contribute to the days of the forecast: the trend, its seasons, holidays
    /// and events. Empty for a pooled forecast. The blend has other members too: the parts explain, and do not add up
    /// to it.
    public static func components(_ request: SeriesRequest) throws(ForecastError) -> [ForecastComponent] {
        let plan = Plan(request)
        let forecaster = try AutomaticForecaster(settings: plan.shared.settings)
        let asked = plan.request(previous: nil)
        guard let model = try forecaster.forecast(asked).state.regressionModel else { return [] }
        let prediction = try model.predict(asked.future, parts: .components)
        let trend = ForecastComponent(
            name: "trend", isMultiplicative: false, values: Array(prediction.trend.dropFirst(plan.gap)))
        return [trend]
            + prediction.components.map {
                ForecastComponent(
                    name: $0.name, isMultiplicative: $0.mode == .multiplicative,
                    values: Array($0.values.dropFirst(plan.gap)))
            }
    }

    /// What a request comes to before any model is fitted.
    private struct Plan {
        /// What requests of one batch have in common.
        struct Shared: Hashable {
            var calendar: SeriesCalendar
            var first: Day
            var last: Day
            var end: Day
            var originCount: Int
            var isPooled: Bool
            /// Values may lie below 0.
            var isSigned: Bool
            /// None for a pooled forecast: it has neither growth nor a history to leave anything out of.
            var assumptions: ForecastAssumptions

            func hash(into hasher: inout Hasher) {
                hasher.combine(first)
                hasher.combine(last)
                hasher.combine(calendar)
                hasher.combine(isPooled)
                hasher.combine(isSigned)
                hasher.combine(assumptions)
            }

            var columns: SeriesCalendar.Columns { calendar.columns(first: first, last: last, end: end) }

            var settings: AutomaticSettings {
                var prophet = ProphetSettings(intervalWidth: DailyForecast.intervalWidth)
                let columns = columns
                prophet.holidays = columns.holidays
                prophet.regressors = columns.regressors
                prophet.holidaysPriorScale = SeriesForecaster.holidaysPriorScale
                if assumptions.capacity != nil {
                    prophet.growth = .logistic
                    // Logistic growth has no closed form of its uncertainty. The back-test corrects the width; a
                    // thousand paths say enough of its shape.
                    prophet.uncertainty = .simulated(paths: 1000)
                }
                var settings = AutomaticSettings(
                    prophet: prophet, nonNegativity: isSigned ? .never : .always, robustness: robustness,
                    originCount: originCount)
                // The pattern of the segment is taken for histories that are shorter than this.
                if isPooled { settings.shortHistoryDays = 1_000_000 }
                return settings
            }

            private var robustness: AutomaticSettings.Robustness {
                switch assumptions.leavesOut {
                case nil: .none
                case .outliers: .outliers
                case .outliersAndStockOuts: .outliersAndStockOuts
                }
            }
        }

        let source: SeriesRequest
        let shared: Shared
        let columns: SeriesCalendar.Columns
        let fingerprint: UInt64
        let testFingerprint: UInt64

        private var series: DailySeries { source.series }

        init(_ request: SeriesRequest) {
            source = request
            let series = request.series
            let isPooled = request.pattern != nil && !request.carriesOwnModel
            shared = Shared(
                calendar: isPooled ? .empty : request.calendar, first: series.first, last: series.last,
                end: request.asOf.advanced(by: DailyForecast.longestHorizon), originCount: request.originCount,
                isPooled: isPooled, isSigned: request.isSigned,
                assumptions: isPooled ? ForecastAssumptions() : request.assumptions)
            columns = shared.columns
            var digest = ContentDigest()
            digest.add(SeriesForecaster.version)
            digest.add(request.metric.rawValue)
            digest.add(Int(series.first.rawValue))
            digest.add(request.originCount)
            digest.add(request.roundsValues ? 1 : 0)
            digest.add(request.ceiling ?? -1)
            digest.add(request.assumptions.capacity ?? -1)
            digest.add(request.assumptions.leavesOut?.rawValue ?? "")
            digest.add(series.last.days(to: request.asOf))
            if isPooled, let pattern = request.pattern {
                digest.add(pattern.meanLevel)
                digest.add(pattern.weekdayFactors)
                digest.add(pattern.relativeSpread)
                digest.add(pattern.levelSpread)
            }
            shared.calendar.add(to: &digest)
            let testedDays = max(0, series.first.days(to: SeriesRequest.weekEnd(series.last)) + 1)
            digest.add(series.values.prefix(testedDays))
            testFingerprint = digest.value
            digest.add(Int(request.asOf.rawValue))
            digest.add(series.values.dropFirst(testedDays))
            fingerprint = digest.value
        }

        /// Days between the last day of the data and the first of the forecast.
        var gap: Int { max(0, series.last.days(to: source.asOf)) }

        private func timestamps(_ first: Day, _ count: Int) -> [Int64] {
            (0..<max(0, count)).map { (Int64(first.rawValue) + Int64($0)) * 86_400 }
        }

        private func capacities(_ count: Int) -> [Double]? {
            shared.assumptions.capacity.map { [Double](repeating: $0, count: max(0, count)) }
        }

        private var history: ForecastSeries {
            let days = series.values.count
            return ForecastSeries(
                timestamps: timestamps(series.first, days), values: series.values, capacity: capacities(days),
                regressors: columns.values.mapValues { Array($0.prefix(days)) })
        }

        func request(previous: BaseForecast?) -> AutomaticForecaster.Request {
            let historyDays = series.values.count
            let futureDays = gap + DailyForecast.longestHorizon
            let isBridged = gap <= SeriesForecaster.gapDaysMax
            let future = FutureFrame(
                timestamps: isBridged ? timestamps(series.last.advanced(by: 1), futureDays) : [],
                capacity: capacities(isBridged ? futureDays : 0),
                regressors: columns.values.mapValues { Array($0.dropFirst(historyDays).prefix(futureDays)) })
            let holds = previous?.testFingerprint == testFingerprint
            return AutomaticForecaster.Request(
                series: history, future: future, pattern: shared.isPooled ? source.pattern : nil,
                previous: holds ? previous?.state.withoutModel : nil,
                backtestThrough: Int64(SeriesRequest.weekEnd(series.last).rawValue) * 86_400)
        }

        /// What a forecast that could not be tried leaves open at least: a few days say little about many.
        private func untestedHalf(_ total: Double, _ days: Int) -> Double {
            let share = (Double(days) / Double(max(1, series.values.count))).squareRoot()
            return abs(total) * min(1, SeriesForecaster.untestedShare * share)
        }

        /// The bounds of the days on one side, not narrower than what is left open.
        private func bounds(_ automatic: AutomaticForecast, _ bounds: [Double], _ sign: Double) -> [Double] {
            guard automatic.basis == .untested else { return bounds }
            return bounds.indices.map { row in
                let value = automatic.yhat[row]
                let half = max(sign * (bounds[row] - value), untestedHalf(value, row + 1))
                return shared.isSigned ? value + sign * half : max(0, value + sign * half)
            }
        }

        func result(_ automatic: AutomaticForecast) -> BaseForecast {
            let history = self.history
            let ceiling = min(source.ceiling ?? .infinity, source.assumptions.capacity ?? .infinity)
            func floats(_ values: [Double]) -> [Float] {
                values.dropFirst(gap).map { Float(min(ceiling, $0)) }
            }
            let totals = DailyForecast.horizons.map { days -> DailyForecast.Total in
                let whole = automatic.total(firstRows: gap + days)
                let own = floats(automatic.yhat).prefix(days).reduce(0) { $0 + Double($1) }
                var half = whole.upper - whole.yhat
                if automatic.basis == .untested { half = max(half, untestedHalf(own, days)) }
                let most = ceiling * Double(days)
                return DailyForecast.Total(
                    yhat: own, lower: shared.isSigned ? own - half : max(0, own - half),
                    upper: min(max(own, most), own + half),
                    accuracy: DailyForecast.Accuracy(automatic.totalTests(firstRows: gap + days, of: history)))
            }
            var forecast = DailyForecast(
                first: source.asOf.advanced(by: 1), historyDays: series.values.count,
                basis: automatic.basis.outlook, model: automatic.modelName,
                members: automatic.weights.filter { $0.weight > 0 }.map {
                    DailyForecast.Member(name: $0.member.name, weight: $0.weight, backtestMAE: $0.backtestMAE)
                },
                errors: errors(automatic), baseValues: floats(automatic.yhat),
                baseLower: floats(bounds(automatic, automatic.lower, -1)),
                baseUpper: floats(bounds(automatic, automatic.upper, 1)),
                trend: automatic.trend.dropFirst(gap).map { Float($0) }, baseTotals: totals,
                notes: notes(automatic))
            forecast.isSigned = shared.isSigned
            if source.roundsValues { forecast.roundValues() }
            return BaseForecast(
                fingerprint: fingerprint, testFingerprint: testFingerprint, state: automatic.state,
                forecast: forecast)
        }

        private func errors(_ automatic: AutomaticForecast) -> [DailyForecast.HorizonError] {
            DailyForecast.errorHorizons.compactMap { days in
                guard automatic.errors.count >= days else { return nil }
                let first = automatic.errors.prefix(days)
                return DailyForecast.HorizonError(
                    days: days, mae: first.reduce(0) { $0 + $1.mae } / Double(days),
                    bias: first.reduce(0) { $0 + $1.bias } / Double(days))
            }
        }

        private func notes(_ automatic: AutomaticForecast) -> [String] {
            var notes: [String] = []
            let days = series.values.count
            switch automatic.basis {
            case .pooled:
                notes.append(
                    days < SeriesRequest.ownModelDaysMin
                        ? "the history of \(days) days is too short for a model of its own: the estimate is the "
                            + "pattern of the segment, scaled to what is known"
                        : "only \(series.nonzeroCount) of \(days) days have a value, too few for a model of its own: "
                            + "the estimate is the pattern of the segment, scaled to what is known")
            case .untested:
                notes.append(
                    "the history of \(days) days is too short for a back-test: the methods have equal weights, and "
                        + "the interval is not calibrated")
            case .backtested: break
            }
            if automatic.excludedCount > 0 {
                notes.append(
                    "\(automatic.excludedCount) of \(days) days are left out of the history as outliers"
                        + (source.assumptions.leavesOut == .outliersAndStockOuts ? " or stock-outs" : ""))
            }
            if gap > 1 {
                notes.append("the data ends on \(series.last), \(gap) days before the first day of the forecast")
            }
            if !columns.unseen.isEmpty {
                notes.append(
                    "not seen in the history, and therefore without effect: "
                        + columns.unseen.joined(separator: ", "))
            }
            return notes
        }
    }
}

extension AutomaticForecast.Basis {
    fileprivate var outlook: DailyForecast.Basis {
        switch self {
        case .backtested: .backtested
        case .untested: .untested
        case .pooled: .pooled
        }
    }
}
