import Forecasting
public import Records

/// The known days that may move a series: public holidays of the countries its clients live in, and the promotions and
/// other events that were handed in for their segments.
public struct SeriesCalendar: Sendable, Hashable {
    /// One occurrence of something that has a name.
    struct Occurrence: Sendable, Hashable {
        var name: String
        /// Days since 1970.
        var day: Int32
        var lower: Int
        var upper: Int
    }

    /// By name and day.
    let occurrences: [Occurrence]

    /// Whose events count.
    public enum Segments: Sendable, Hashable {
        /// Everybody's: those of a part move the whole too.
        case all
        /// Those of everybody, and those of one segment.
        case one(String)
    }

    public static let empty = SeriesCalendar(occurrences: [])

    init(occurrences: [Occurrence]) { self.occurrences = occurrences }

    /// - Parameter countries: ISO 3166-1 codes.
    public init(
        _ events: CalendarTable, segments: Segments, holidays: [CountryHoliday], countries: Set<String>
    ) {
        var occurrences: [Occurrence] = []
        for row in 0..<events.count where !events.isCancelled(row) {
            let segment = events.segment[row]
            if case .one(let own) = segments, let segment, segment != own { continue }
            let name = SeriesCalendar.safe(events.name[row] ?? "")
            occurrences.append(
                Occurrence(
                    name: SeriesCalendar.eventPrefix + name
                        + (segment.map { " (\(SeriesCalendar.safe($0)))" } ?? ""),
                    day: events.day[row], lower: Int(events.lowerWindow[row]), upper: Int(events.upperWindow[row])))
        }
        for holiday in holidays
        where holiday.country == CountryHoliday.everywhere || countries.contains(holiday.country) {
            let country = holiday.country == CountryHoliday.everywhere ? "" : " \(holiday.country)"
            occurrences.append(
                Occurrence(
                    name: "holiday\(country) \(SeriesCalendar.safe(holiday.name))", day: holiday.day.rawValue,
                    lower: holiday.lowerWindow, upper: holiday.upperWindow))
        }
        self.occurrences = occurrences.sorted { ($0.name, $0.day) < ($1.name, $1.day) }
    }

    /// What the names of events begin with, so that none is that of another component.
    static let eventPrefix = "event "

    /// A name that can stand in the name of a column.
    private static func safe(_ name: String) -> String {
        name.split(separator: "_delim_", omittingEmptySubsequences: false).joined(separator: "-")
    }

    /// The columns of the regression for a history.
    struct Columns {
        var holidays: [Holiday] = []
        var regressors: [Regressor] = []
        /// One value per day of history and future, by name.
        var values: [String: [Double]] = [:]
        /// Names of events that lie ahead and have never been seen in the history.
        var unseen: [String] = []
    }

    /// More days than these affected by one occurrence, or so many in the history, make one 0-1 column instead of one
    /// column for every day of the window.
    private static let windowDaysMax = 7
    private static let columnDaysMin = 28

    /// - Parameters:
    ///   - first: the first day of the history.
    ///   - last: its last day.
    ///   - end: the last day of the forecast.
    func columns(first: Day, last: Day, end: Day) -> Columns {
        var columns = Columns()
        var start = 0
        while start < occurrences.count {
            var stop = start + 1
            while stop < occurrences.count, occurrences[stop].name == occurrences[start].name { stop += 1 }
            add(occurrences[start..<stop], first, last, end, to: &columns)
            start = stop
        }
        return columns
    }

    private func add(
        _ own: ArraySlice<Occurrence>, _ first: Day, _ last: Day, _ end: Day, to columns: inout Columns
    ) {
        guard let name = own.first?.name else { return }
        let historyDays = first.days(to: last) + 1
        var active = [Double](repeating: 0, count: first.days(to: end) + 1)
        for one in own {
            let from = max(0, Int(one.day - first.rawValue) + one.lower)
            let to = min(active.count - 1, Int(one.day - first.rawValue) + one.upper)
            if from <= to { for day in from...to { active[day] = 1 } }
        }
        let seen = Int(active.prefix(historyDays).reduce(0, +))
        guard seen > 0 else {
            if active.contains(1), name.hasPrefix(SeriesCalendar.eventPrefix) { columns.unseen.append(name) }
            return
        }
        // What was never absent cannot be told from the level.
        guard seen < historyDays else { return }
        let isWide = own.contains { $0.upper - $0.lower >= SeriesCalendar.windowDaysMax }
        if isWide || seen >= SeriesCalendar.columnDaysMin {
            columns.regressors.append(Regressor(name: name, standardisation: .never))
            columns.values[name] = active
        } else {
            columns.holidays += own.map {
                Holiday(name: name, dayNumber: Int($0.day), lowerWindowDays: $0.lower, upperWindowDays: $0.upper)
            }
        }
    }

    func add(to digest: inout ContentDigest) {
        digest.add(occurrences.count)
        for one in occurrences {
            digest.add(one.name)
            digest.add(Int(one.day))
            digest.add(one.lower)
            digest.add(one.upper)
        }
    }
}
