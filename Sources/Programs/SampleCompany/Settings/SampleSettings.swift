/// What a sample company is to look like. The same settings give the same bytes.
public struct SampleSettings: Hashable, Sendable {
    /// Number of clients, 0 … 8,000,000. Every one of them is a client on at least one day of the window.
    public var clients: Int
    /// Length of the window in days, 1 … 3,660. All client activity lies in it; sign-ups may be up to four years older.
    public var days: Int
    /// Any number; another seed gives another company.
    public var seed: UInt64
    /// Last day of the window, as a day number since 1970-01-01 (UTC). The window must begin on or after 2000-01-01
    /// (day 10,957) and end on or before 2199-12-31 (day 84,005).
    public var lastDay: Int
    /// Share of the rows of client data that are spoiled on purpose, 0 … 0.5. Each spoiled row has exactly one fault.
    public var messShare: Double
    /// How many days after `lastDay` the extra files may speak of, 0 … 365: churn that is still to come (the label of
    /// a prediction made on the last day) and the calendar of coming holidays and promotions. Client data never does.
    public var lookaheadDays: Int

    public init(
        clients: Int, days: Int, seed: UInt64, lastDay: Int, messShare: Double = 0, lookaheadDays: Int = 0
    ) {
        self.clients = clients
        self.days = days
        self.seed = seed
        self.lastDay = lastDay
        self.messShare = messShare
        self.lookaheadDays = lookaheadDays
    }

    /// First day of the window, as a day number since 1970-01-01.
    public var firstDay: Int { lastDay - days + 1 }

    static let clientsRange = 0...8_000_000
    static let daysRange = 1...3_660
    static let dayNumberRange = 10_957...84_005
    static let messShareRange = 0.0...0.5
    static let lookaheadRange = 0...365

    func validate() throws(SampleSettingsError) {
        guard SampleSettings.clientsRange.contains(clients) else { throw .clients(clients) }
        guard SampleSettings.daysRange.contains(days) else { throw .days(days) }
        guard SampleSettings.dayNumberRange.contains(lastDay), SampleSettings.dayNumberRange.contains(firstDay) else {
            throw .lastDay(lastDay, days: days)
        }
        // NaN is outside of every range.
        guard SampleSettings.messShareRange.contains(messShare) else { throw .messShare(messShare) }
        guard SampleSettings.lookaheadRange.contains(lookaheadDays) else { throw .lookaheadDays(lookaheadDays) }
    }
}

/// A setting outside of its range.
public enum SampleSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    case clients(Int)
    case days(Int)
    case lastDay(Int, days: Int)
    case messShare(Double)
    case lookaheadDays(Int)

    public var description: String {
        switch self {
        case .clients(let found):
            "The number of clients is \(found); give 0 to \(SampleSettings.clientsRange.upperBound)."
        case .days(let found):
            "The number of days is \(found); give 1 to \(SampleSettings.daysRange.upperBound)."
        case .lastDay(let found, let days):
            "A window of \(days) days that ends on day \(found) (counted from 1970-01-01) does not lie between "
                + "2000-01-01 and 2199-12-31; give a later last day or fewer days."
        case .messShare(let found):
            "The share of spoiled rows is \(found); give 0 to \(SampleSettings.messShareRange.upperBound)."
        case .lookaheadDays(let found):
            "The number of days to look ahead is \(found); give 0 to \(SampleSettings.lookaheadRange.upperBound)."
        }
    }
}
