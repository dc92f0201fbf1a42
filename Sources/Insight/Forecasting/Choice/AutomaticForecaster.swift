/// Automatic forecasts: several methods per series, weighted by a back-test on its own history, with intervals
/// calibrated on the same back-test.
public struct AutomaticForecaster: Sendable {
    /// One series to forecast.
    public struct Request: Sendable {
        /// Observed rows in any order, with every column the settings ask for.
        public var series: ForecastSeries
        /// Rows to predict, with every column the settings ask for.
        public var future: FutureFrame
        /// The pattern of the series' segment, used while the series itself is too young.
        public var pattern: SegmentPattern?
        /// The state of the last forecast for this series.
        public var previous: AutomaticState?
        /// Last timestamp the back-test looks at; nil for all of the history. When it is given, the back-test of
        /// `previous` holds exactly as long as the history up to it is the one that was tested: the result is then the
        /// same as without `previous`, and the caller vouches that settings and that part of the history are the same.
        public var backtestThrough: Int64?

        public init(
            series: ForecastSeries,
            future: FutureFrame,
            pattern: SegmentPattern? = nil,
            previous: AutomaticState? = nil,
            backtestThrough: Int64? = nil
        ) {
            self.series = series
            self.future = future
            self.pattern = pattern
            self.previous = previous
            self.backtestThrough = backtestThrough
        }
    }

    public let settings: AutomaticSettings

    /// - Throws: `invalidSetting` and others for settings that cannot be used.
    public init(settings: AutomaticSettings = AutomaticSettings()) throws(ForecastError) {
        try settings.validate()
        self.settings = settings
    }

    /// Forecasts one series.
    public func forecast(_ request: Request) throws(ForecastError) -> AutomaticForecast {
        var cache = DesignCache(settings: settings.prophet)
        return try forecast(request, cache: &cache)
    }

    /// Forecasts many series; those observed at the same times share the costly part of the work.
    ///
    /// - Returns: one result per request, in the order given. Each depends on its own request alone.
    public func forecast(batch: [Request]) -> [Result<AutomaticForecast, ForecastError>] {
        var groups: [[Int64]: [Int]] = [:]
        var order: [[Int64]] = []
        for (index, request) in batch.enumerated() {
            if groups[request.series.timestamps]?.append(index) == nil {
                groups[request.series.timestamps] = [index]
                order.append(request.series.timestamps)
            }
        }
        var results = [Result<AutomaticForecast, ForecastError>](
            repeating: .failure(.singleTimestamp), count: batch.count)
        var cache = DesignCache(settings: settings.prophet)
        for key in order {
            for index in groups[key] ?? [] {
                do throws(ForecastError) {
                    results[index] = .success(try forecast(batch[index], cache: &cache))
                } catch {
                    results[index] = .failure(error)
                }
            }
        }
        return results
    }

    /// `count` steps after the history. Weekdays never observed in at least four weeks of days are left out: what
    /// a model says about them is arbitrary.
    public static func futureFrame(for series: ForecastSeries, count: Int) -> FutureFrame {
        let order = stableAscendingOrder(of: series.timestamps)
        let times = order.map { series.timestamps[$0] }
        guard let first = times.first, let last = times.last, count > 0 else { return FutureFrame(timestamps: []) }
        let step = CalendarStep.inferred(from: times)
        guard step == .day, last - first >= 28 * CalendarStep.secondsPerDay else {
            return FutureFrame(after: last, count: count, step: step)
        }
        let observed = Set(
            order.lazy.filter { !series.values[$0].isNaN }.map { SegmentPattern.weekday(series.timestamps[$0]) })
        guard !observed.isEmpty else { return FutureFrame(after: last, count: count, step: step) }
        let days = step.timestamps(after: last, count: 7 * count + 7).lazy
            .filter { observed.contains(SegmentPattern.weekday($0)) }
        return FutureFrame(timestamps: Array(days.prefix(count)))
    }

    private func forecast(_ request: Request, cache: inout DesignCache) throws(ForecastError) -> AutomaticForecast {
        try request.series.validate()
        try request.future.validate()
        if let pattern = request.pattern {
            try pattern.validate()
            if let young = try pooled(request, pattern) { return young }
        }
        var history = try ProphetHistory(request.series, settings: settings.prophet)
        let excluded = OutlierTreatment(robustness: settings.robustness)
            .excludedRows(history.observed, step: history.step)
        if !excluded.isEmpty {
            let dropped = Set(excluded)
            let kept = history.observed.timestamps.indices.filter { !dropped.contains($0) }
            history = ProphetHistory(
                observed: history.observed.selecting(rows: kept), lastTimestamp: history.lastTimestamp,
                step: history.step)
        }
        let rows = request.future.timestamps.count
        var backtest = try self.backtest(request, history: history, rows: rows, cache: &cache)
        let weights = backtest?.weights ?? startingWeights(history)
        let design = try cache.design(for: history.observed)
        let members = try MemberForecasts(
            members: settings.members, history: history, design: design, future: request.future,
            previous: request.previous?.prophet, tuning: backtest?.tuning ?? MemberTuning())
        backtest?.tuning = members.tuning
        var result = assemble(members, weights: weights, backtest: backtest, history: history)
        result.excludedCount = excluded.count
        guard result.yhat.allSatisfy(\.isFinite), result.lower.allSatisfy(\.isFinite),
            result.upper.allSatisfy(\.isFinite)
        else { throw .noFiniteOptimum }
        return result
    }

    /// The back-test that the forecast rests on, one handed in where it still holds; nil for short histories.
    private func backtest(
        _ request: Request,
        history: ProphetHistory,
        rows: Int,
        cache: inout DesignCache
    ) throws(ForecastError) -> AutomaticState.Backtest? {
        guard let through = request.backtestThrough else {
            if let kept = reusable(request.previous, history: history, rows: rows) { return kept }
            return rows > 0
                ? try RollingBacktest(settings: settings).run(history, horizonRows: rows, cache: &cache) : nil
        }
        let tested = history.prefix(through: through)
        if let kept = request.previous?.backtest, kept.evaluatedAt == tested.observed.timestamps.last,
            kept.horizonRows == rows, kept.members == settings.members
        {
            return kept
        }
        guard rows > 0, let last = tested.observed.timestamps.indices.last else { return nil }
        var made = try RollingBacktest(settings: settings).run(tested, horizonRows: rows, cache: &cache)
        // What the members choose is chosen on the same part of the history, so that it holds as long as the back-test.
        if made != nil, tested.observed.timestamps.count < history.observed.timestamps.count {
            let design = try cache.design(for: tested.observed)
            made?.tuning = try MemberForecasts(
                members: settings.members, history: tested, design: design,
                future: tested.observed.selecting(rows: [last]).future, reach: rows
            ).tuning
        }
        return made
    }

    private func reusable(
        _ previous: AutomaticState?,
        history: ProphetHistory,
        rows: Int
    ) -> AutomaticState.Backtest? {
        guard let backtest = previous?.backtest, previous?.prophet?.settings == settings.prophet,
            backtest.members == settings.members, backtest.horizonRows == rows,
            let last = history.observed.timestamps.last, last >= backtest.evaluatedAt
        else { return nil }
        let age = history.step.index(of: last, from: backtest.evaluatedAt)
        return age < max(1, settings.backtestLifetimeSteps) ? backtest : nil
    }

    /// Equal weights; with few observations trends are not trusted.
    private func startingWeights(_ history: ProphetHistory) -> [Double] {
        let young = history.observed.timestamps.count < 20
        let trusted: Set<ForecastMember> = [
            .adjustedDamped, .seasonalSmoothing, .yearlySmoothing, .seasonalMean, .seasonalNaive,
        ]
        let usable = settings.members.map { !young || trusted.contains($0) ? 1.0 : 0.0 }
        let sum = usable.reduce(0, +)
        return sum > 0
            ? usable.map { $0 / sum }
            : [Double](repeating: 1 / Double(settings.members.count), count: settings.members.count)
    }

    private func clips(_ values: [Double]) -> Bool {
        switch settings.nonNegativity {
        case .always: true
        case .never: false
        case .whenHistoryIs: values.allSatisfy { !($0 < 0) }
        }
    }

    private func assemble(
        _ members: MemberForecasts,
        weights: [Double],
        backtest: AutomaticState.Backtest?,
        history: ProphetHistory
    ) -> AutomaticForecast {
        var (yhat, memberShares) = BlendedRows.robustMean(
            members.values, weights: BlendedRows.countingOnce(members.values, weights: weights),
            usualError: backtest?.usualError)
        let clipping = clips(history.observed.values)
        if clipping { for row in yhat.indices { yhat[row] = max(0, yhat[row]) } }
        let width = settings.prophet.intervalWidth
        var offsets = (lower: members.halfWidths.map { -$0 }, upper: members.halfWidths)
        if let backtest {
            offsets = CalibratedInterval(backtest: backtest, width: width).offsets(halfWidths: members.halfWidths)
        }
        var lower = zip(yhat, offsets.lower).map { $0 + $1 }
        var upper = zip(yhat, offsets.upper).map { $0 + $1 }
        if clipping {
            for row in lower.indices {
                lower[row] = max(0, lower[row])
                upper[row] = max(0, upper[row])
            }
        }
        var shares = settings.members.indices.map { index in
            AutomaticForecast.Weight(
                member: settings.members[index], weight: memberShares[index],
                backtestMAE: backtest?.memberErrors[index])
        }
        shares.sort { $0.weight == $1.weight ? $0.member.rawValue < $1.member.rawValue : $0.weight > $1.weight }
        return AutomaticForecast(
            timestamps: members.timestamps, yhat: yhat, lower: lower, upper: upper, trend: members.trend,
            basis: backtest == nil ? .untested : .backtested, weights: shares,
            errors: backtest?.horizonErrors ?? [], excludedCount: 0,
            state: AutomaticState(prophet: members.fitted, backtest: backtest),
            totalErrors: backtest?.totalErrors ?? [], intervalWidth: width, clipsAtZero: clipping
        )
    }

    /// The segment's forecast when the history is too short for one of its own; nil otherwise.
    private func pooled(_ request: Request, _ pattern: SegmentPattern) throws(ForecastError) -> AutomaticForecast? {
        let order = stableAscendingOrder(of: request.series.timestamps)
        let rows = order.filter { !request.series.values[$0].isNaN }
        let observed = request.series.selecting(rows: rows)
        let span = (observed.timestamps.last ?? 0) - (observed.timestamps.first ?? 0)
        let short = rows.count < 3 || Double(span) < settings.shortHistoryDays * 86_400
        guard short else { return nil }
        let timestamps = request.future.timestamps.sorted()
        let width = settings.prophet.intervalWidth
        var (yhat, lower, upper, level) = pattern.forecast(timestamps, observed: observed, width: width)
        let clipping = clips(observed.values) && (settings.nonNegativity == .always || pattern.meanLevel >= 0)
        if clipping {
            for row in yhat.indices {
                yhat[row] = max(0, yhat[row])
                lower[row] = max(0, lower[row])
                upper[row] = max(0, upper[row])
            }
        }
        return AutomaticForecast(
            timestamps: timestamps, yhat: yhat, lower: lower, upper: upper,
            trend: [Double](repeating: level, count: timestamps.count), basis: .pooled, weights: [], errors: [],
            excludedCount: 0, state: AutomaticState(prophet: nil, backtest: nil), totalErrors: [],
            intervalWidth: width, clipsAtZero: clipping
        )
    }
}

extension AutomaticState.Backtest {
    /// Mean absolute error and bias of the blend per distance.
    var horizonErrors: [AutomaticForecast.HorizonError] {
        (0..<(errors.map(\.count).max() ?? 0)).map { step in
            let list = errors.compactMap { step < $0.count ? Double($0[step]) : nil }
            let count = Double(max(1, list.count))
            return AutomaticForecast.HorizonError(
                step: step + 1, mae: list.reduce(0) { $0 + abs($1) } / count, bias: list.reduce(0, +) / count)
        }
    }

    /// Root mean squared error of the sum over the first 1, 2, ... rows.
    var totalErrors: [Double] {
        let reach = errors.map(\.count).min() ?? 0
        var sums = [Double](repeating: 0, count: errors.count)
        return (0..<reach).map { step in
            var squares = 0.0
            for origin in errors.indices {
                sums[origin] += Double(errors[origin][step])
                squares += sums[origin] * sums[origin]
            }
            return (squares / Double(errors.count)).squareRoot()
        }
    }
}
