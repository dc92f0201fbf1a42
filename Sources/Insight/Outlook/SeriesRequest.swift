public import Forecasting
public import Records

/// A daily series to forecast, and what is known beside it.
public struct SeriesRequest: Sendable {
    public var series: DailySeries
    public var metric: ForecastMetric
    public var calendar: SeriesCalendar
    /// The pattern of the segment, for a series that is too young or too sparse for a model of its own.
    public var pattern: SegmentPattern?
    /// The forecast begins on the day after it.
    public var asOf: Day
    /// No value can be above it: the number of clients for those that are active.
    public var ceiling: Double?
    /// Origins of the back-test, at most.
    public var originCount: Int
    /// Whether the values are rounded so that many of them can be kept: see ``DailyForecast/roundValues()``.
    public var roundsValues: Bool
    /// What is known beside the data.
    public var assumptions: ForecastAssumptions

    public init(
        series: DailySeries, metric: ForecastMetric, calendar: SeriesCalendar, pattern: SegmentPattern?, asOf: Day,
        ceiling: Double?, originCount: Int, roundsValues: Bool = false,
        assumptions: ForecastAssumptions = ForecastAssumptions()
    ) {
        self.series = series
        self.metric = metric
        self.calendar = calendar
        self.pattern = pattern
        self.asOf = asOf
        self.ceiling = ceiling
        self.originCount = originCount
        self.roundsValues = roundsValues
        self.assumptions = assumptions
    }

    /// Whether values may lie below 0: revenue of which more went back than came on some day.
    var isSigned: Bool { metric == .revenue && series.values.contains { $0 < 0 } }

    /// Origins for the series of populations, and for those of single clients.
    public static let groupOrigins = 6
    public static let clientOrigins = 3
    /// Days of history that are looked at: three years of a population; of a client one, for a yearly season of a
    /// single client is mostly chance.
    public static let groupHistoryDays = 1096
    public static let clientHistoryDays = 364

    /// A client's own model needs a history of so many days, and so many of them with a value.
    public static let ownModelDaysMin = 56
    public static let ownModelNonzeroDaysMin = 28

    /// Whether the series carries a model of its own; what does not takes the pattern of the segment.
    public var carriesOwnModel: Bool {
        series.values.count >= SeriesRequest.ownModelDaysMin
            && series.nonzeroCount >= SeriesRequest.ownModelNonzeroDaysMin
    }

    /// The first day of a history that ends on `last`: so many days before the end of the last whole week, so that it
    /// stays where it is for a week.
    public static func firstDay(last: Day, days: Int) -> Day { weekEnd(last).advanced(by: 1 - days) }

    /// The last Sunday that is not after a day: back-tests look at what lies before it and hold for a week.
    public static func weekEnd(_ day: Day) -> Day { day.weekday == 7 ? day : day.advanced(by: -day.weekday) }
}

/// A forecast as the models give it, with what makes the next one cheaper.
public struct BaseForecast: Sendable, Equatable {
    /// Names all that the forecast was made from.
    public var fingerprint: UInt64
    /// Names what its back-test was made from.
    public var testFingerprint: UInt64
    public var state: AutomaticState
    public var forecast: DailyForecast
}
