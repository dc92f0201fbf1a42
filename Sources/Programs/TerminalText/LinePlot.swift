/// A time series in a terminal: history, forecast and the band of its uncertainty.
///
/// Lines are drawn with braille dots, eight to a character; without Unicode with `*`, `+` and `o`. A forecast is
/// dotted, so that it can be told from history without colours.
public struct LinePlot: Sendable, TerminalRenderable {
    /// A value at a place.
    public struct Point: Sendable, Hashable {
        /// The place: days since 1970-01-01 on a day axis.
        public var x: Double
        /// The value; `nil`, NaN, infinite or beyond ±1e300 is unknown and interrupts the line.
        public var y: Double?
        /// The lower bound of the band, if there is one.
        public var lower: Double?
        /// The upper bound of the band, if there is one.
        public var upper: Double?

        /// A point.
        public init(x: Double, y: Double?, lower: Double? = nil, upper: Double? = nil) {
            self.x = x
            self.y = y
            self.lower = lower
            self.upper = upper
        }
    }

    /// What a line shows.
    public enum Kind: Sendable, Hashable {
        /// Measured values: a solid line.
        case history
        /// Predicted values: a dotted line.
        case forecast
        /// Something to compare with: a solid line of another colour.
        case secondary
    }

    /// A line with its name.
    public struct Series: Sendable, Hashable {
        /// The name in the legend.
        public var name: String
        /// What it shows.
        public var kind: Kind
        /// The points in any order.
        public var points: [Point]
        /// The name of the band in the legend, such as `80 % interval`.
        public var bandName: String

        /// A series.
        public init(_ name: String, _ kind: Kind, points: [Point], bandName: String = "interval") {
            self.name = name
            self.kind = kind
            self.points = points
            self.bandName = bandName
        }
    }

    /// What the places are.
    public enum HorizontalAxis: Sendable, Hashable {
        /// Days since 1970-01-01, labelled by the calendar.
        case day
        /// Plain numbers.
        case number
    }

    /// A line above the plot.
    public var title: String?
    /// The lines; later ones are drawn over earlier ones.
    public var series: [Series]
    /// What the places are.
    public var horizontalAxis: HorizontalAxis
    /// How the values are labelled.
    public var valueFormat: ValueFormat
    /// Rows of the whole, title, axis and legend included; at least 8 are used.
    public var height: Int
    /// Whether the vertical axis must show zero.
    public var includesZero: Bool
    /// A place marked by a dotted vertical, such as the as-of day.
    public var markedX: Double?

    /// A plot.
    public init(
        title: String? = nil, series: [Series], horizontalAxis: HorizontalAxis = .day,
        valueFormat: ValueFormat = .number, height: Int = 16, includesZero: Bool = false, markedX: Double? = nil
    ) {
        self.title = title
        self.series = series
        self.horizontalAxis = horizontalAxis
        self.valueFormat = valueFormat
        self.height = height
        self.includesZero = includesZero
        self.markedX = markedX
    }
}

extension LinePlot.Series {
    /// The usable points in the order of their places; what is unknown is `nil` in them, a band has both bounds in
    /// order.
    func sanitized(_ axis: LinePlot.HorizontalAxis) -> [LinePlot.Point] {
        let placeMax = axis == .day ? 1e9 : 1e300
        func known(_ value: Double?) -> Double? {
            value.flatMap { $0.isFinite && $0.magnitude <= 1e300 ? $0 : nil }
        }
        let usable = points.filter { $0.x.isFinite && $0.x.magnitude <= placeMax }.map { point in
            let lower = known(point.lower)
            let upper = known(point.upper)
            guard let lower, let upper else { return LinePlot.Point(x: point.x, y: known(point.y)) }
            return LinePlot.Point(x: point.x, y: known(point.y), lower: min(lower, upper), upper: max(lower, upper))
        }
        // The position decides between equal places, so that the order never depends on the sorting method.
        return usable.enumerated().sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element)
    }
}
