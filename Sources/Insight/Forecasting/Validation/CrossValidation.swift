/// Rolling-origin evaluation of the additive regression model.
public struct CrossValidation: Sendable, Equatable {
    /// How far each forecast reaches, seconds, > 0.
    public var horizonSeconds: Int64
    /// Distance between cutoffs, seconds, > 0; nil takes half the horizon.
    public var periodSeconds: Int64?
    /// Least length of the first training history, seconds; nil takes the larger of three horizons and the
    /// longest seasonality.
    public var initialSeconds: Int64?
    /// The cutoffs themselves (seconds since 1970 UTC); nil lays them out by the numbers above.
    public var cutoffs: [Int64]?

    public init(
        horizonSeconds: Int64,
        periodSeconds: Int64? = nil,
        initialSeconds: Int64? = nil,
        cutoffs: [Int64]? = nil
    ) {
        self.horizonSeconds = horizonSeconds
        self.periodSeconds = periodSeconds
        self.initialSeconds = initialSeconds
        self.cutoffs = cutoffs
    }

    /// One predicted row of a held-back period.
    public struct Row: Sendable, Equatable {
        /// Seconds since 1970 UTC.
        public var timestamp: Int64
        /// The training history ended here, inclusive.
        public var cutoff: Int64
        public var y: Double
        public var yhat: Double
        public var lower: Double
        public var upper: Double

        public init(timestamp: Int64, cutoff: Int64, y: Double, yhat: Double, lower: Double, upper: Double) {
            self.timestamp = timestamp
            self.cutoff = cutoff
            self.y = y
            self.yhat = yhat
            self.lower = lower
            self.upper = upper
        }
    }

    /// Fits and predicts at every cutoff. Which seasonalities are modelled is decided once, on the whole history;
    /// y is scaled by its largest absolute value whatever the settings say, as in the original.
    ///
    /// - Returns: rows by cutoff, then time.
    public func run(
        _ series: ForecastSeries,
        settings: ProphetSettings = ProphetSettings(),
        seed: UInt64 = 0
    ) throws(ForecastError) -> [Row] {
        try settings.validate()
        let history = try ProphetHistory(series, settings: settings)
        let observed = history.observed
        let layout = try FeatureLayout(resolving: settings, history: observed)
        let longest = layout.seasonalities.map(\.periodDays).max() ?? 0
        let chosen = try resolvedCutoffs(timestamps: observed.timestamps, longestPeriodDays: longest)
        var rows: [Row] = []
        for cutoff in chosen {
            let training = observed.timestamps.indices.filter { observed.timestamps[$0] <= cutoff }
            let tested = observed.timestamps.indices.filter {
                observed.timestamps[$0] > cutoff && observed.timestamps[$0] <= cutoff + horizonSeconds
            }
            guard training.count >= 2, let last = training.last else {
                throw .crossValidation(reason: "fewer than 2 rows before cutoff \(cutoff): begin later")
            }
            guard !tested.isEmpty else { continue }
            var foldSettings = settings
            foldSettings.scaling = .absmax
            if case .given(let changepoints) = settings.changepoints {
                let end = observed.timestamps[last]
                foldSettings.changepoints = .given(changepoints.filter { $0 < end })
            }
            let past = observed.selecting(rows: training)
            let design = try ProphetDesign(history: past, settings: foldSettings, keeping: layout.seasonalities)
            let fold = ProphetHistory(observed: past, lastTimestamp: observed.timestamps[last], step: history.step)
            let fitted = try design.fit(fold, previous: nil).fitted
            let actual = observed.selecting(rows: tested)
            let forecast = try fitted.predict(
                actual.future, parts: .interval, seed: seed ^ UInt64(bitPattern: cutoff))
            for row in tested.indices {
                rows.append(
                    Row(
                        timestamp: forecast.timestamps[row], cutoff: cutoff, y: actual.values[row],
                        yhat: forecast.yhat[row], lower: forecast.lower[row], upper: forecast.upper[row]))
            }
        }
        return rows
    }

    /// The cutoffs for ascending observed `timestamps`, ascending.
    public func resolvedCutoffs(timestamps: [Int64], longestPeriodDays: Double) throws(ForecastError) -> [Int64] {
        guard horizonSeconds > 0 else { throw .crossValidation(reason: "the horizon must be above 0") }
        guard let first = timestamps.first, let last = timestamps.last else {
            throw .tooFewObservations(found: 0, needed: 2)
        }
        if let cutoffs {
            guard let earliest = cutoffs.min(), let latest = cutoffs.max() else {
                throw .crossValidation(reason: "the list of cutoffs is empty")
            }
            guard earliest > first else {
                throw .crossValidation(reason: "the first cutoff is not after the first observation")
            }
            guard latest <= last - horizonSeconds else {
                throw .crossValidation(reason: "the last cutoff is less than a horizon before the last observation")
            }
            return cutoffs.sorted()
        }
        let period = periodSeconds ?? horizonSeconds / 2
        guard period > 0 else { throw .crossValidation(reason: "the period must be above 0") }
        let initial = initialSeconds ?? max(3 * horizonSeconds, Int64(longestPeriodDays * 86_400))
        var cutoff = last - horizonSeconds
        guard cutoff >= first else {
            throw .crossValidation(reason: "the history is shorter than the horizon: shorten it")
        }
        var result = [cutoff]
        while cutoff >= first + initial {
            cutoff -= period
            let next = timestamps.firstIndex { $0 > cutoff }
            let hasData = next.map { timestamps[$0] <= cutoff + horizonSeconds } ?? false
            if !hasData, cutoff > first, let closest = timestamps.last(where: { $0 <= cutoff }) {
                cutoff = closest - horizonSeconds
            }
            result.append(cutoff)
        }
        result.removeLast()
        guard !result.isEmpty else {
            throw .crossValidation(
                reason: "the history is shorter than the initial training period and a horizon: shorten them")
        }
        return result.reversed()
    }
}
