/// Whether and how finely one of the three standard seasonalities is modelled.
public enum SeasonalityChoice: Sendable, Equatable {
    /// On when the history is long and fine enough for it.
    case automatic
    /// Never.
    case off
    /// Always, with the standard number of Fourier terms.
    case on
    /// Always, with this number of Fourier terms (>= 1).
    case order(Int)
}

/// A periodic component: a Fourier series of time.
public struct Seasonality: Sendable, Equatable {
    public var name: String
    /// Length of a cycle in days, > 0.
    public var periodDays: Double
    /// Number of harmonics, >= 1; each gives a sine and a cosine column.
    public var fourierOrder: Int
    /// Standard deviation of the normal prior on each coefficient, > 0; nil takes the settings' scale.
    public var priorScale: Double?
    /// nil takes the settings' mode.
    public var mode: ProphetSettings.Mode?
    /// Name of the condition column; the component is zero in rows where it is false.
    public var conditionName: String?

    public init(
        name: String,
        periodDays: Double,
        fourierOrder: Int,
        priorScale: Double? = nil,
        mode: ProphetSettings.Mode? = nil,
        conditionName: String? = nil
    ) {
        self.name = name
        self.periodDays = periodDays
        self.fourierOrder = fourierOrder
        self.priorScale = priorScale
        self.mode = mode
        self.conditionName = conditionName
    }
}

/// One occurrence of a recurring event. Occurrences past and future are listed alike.
public struct Holiday: Sendable, Equatable {
    public var name: String
    /// Calendar day, days since 1970-01-01.
    public var dayNumber: Int
    /// First affected day relative to the day itself, -366...0.
    public var lowerWindowDays: Int
    /// Last affected day relative to the day itself, 0...366.
    public var upperWindowDays: Int
    /// Standard deviation of the normal prior, > 0; the same in all rows of one name; nil takes the settings' scale.
    public var priorScale: Double?

    public init(
        name: String,
        dayNumber: Int,
        lowerWindowDays: Int = 0,
        upperWindowDays: Int = 0,
        priorScale: Double? = nil
    ) {
        self.name = name
        self.dayNumber = dayNumber
        self.lowerWindowDays = lowerWindowDays
        self.upperWindowDays = upperWindowDays
        self.priorScale = priorScale
    }
}

/// An external column that explains y, known for the history and the future.
public struct Regressor: Sendable, Equatable {
    /// Whether the column is brought to mean 0 and standard deviation 1 before it enters.
    public enum Standardisation: UInt8, Sendable {
        /// Unless the column is constant or holds only 0 and 1.
        case automatic
        /// Unless the column is constant.
        case always
        case never
    }

    public var name: String
    /// Standard deviation of the normal prior, > 0; nil takes the settings' holiday scale.
    public var priorScale: Double?
    public var standardisation: Standardisation
    /// nil takes the settings' mode.
    public var mode: ProphetSettings.Mode?

    public init(
        name: String,
        priorScale: Double? = nil,
        standardisation: Standardisation = .automatic,
        mode: ProphetSettings.Mode? = nil
    ) {
        self.name = name
        self.priorScale = priorScale
        self.standardisation = standardisation
        self.mode = mode
    }
}
