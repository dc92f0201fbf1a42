import Forecasting
import Invoicing
import Outlook
import Records
import Rollup
import Snapshots
import Standings

/// The series of a generation: what forecasts are made from. Follows from the generation and the settings alone.
struct ForecastSource: Sendable {
    let snapshot: Snapshot
    let settings: ForecastSettings
    /// The last day of all series.
    let last: Day
    /// Names the settings.
    let settingsID: UInt64
    /// ISO 3166-1 code by code of the location column; empty where the country is unknown.
    private let countryOfLocation: [String]

    /// - Parameter isDayRunning: whether the as-of day is not over yet; its values are not looked at then.
    init(_ snapshot: Snapshot, _ settings: ForecastSettings, isDayRunning: Bool) {
        self.snapshot = snapshot
        self.settings = settings
        let complete = isDayRunning ? snapshot.asOf.advanced(by: -1) : snapshot.asOf
        last = min(complete, snapshot.silver.lastDay ?? complete)
        countryOfLocation = snapshot.silver.clients.location.dictionary.values.map {
            settings.codeOfCountry[$0.lowercased()] ?? ""
        }
        var state = RecordKey(low: isDayRunning ? 1 : 0, high: 0)
        for holiday in settings.holidays {
            let key = RecordKey(
                "\(holiday.day) \(holiday.country) \(holiday.lowerWindow) \(holiday.upperWindow) \(holiday.name)")
            state = RecordKey(low: state.low ^ key.low, high: state.high ^ key.high).mixed
        }
        settingsID = state.mixed.low
    }

    func values(_ metric: ForecastMetric) -> DailyValues {
        DailyValues(
            snapshot.gold, silver: snapshot.silver, rates: snapshot.rates, metric: metric, last: last,
            standings: snapshot.standings)
    }

    /// Why nothing says what clients are worth a month; nil where something does.
    var unknownMRR: String? {
        if snapshot.standings.method == .cash { return "recurring revenue is measured by what was paid in each month" }
        return snapshot.standings.knowsMRR ? nil : "the payments do not recur"
    }

    func country(ofPosition position: Int) -> String {
        countryOfLocation[Int(snapshot.silver.clients.location.codes[Int(snapshot.gold.clients[position])])]
    }

    func segment(ofPosition position: Int) -> String {
        let dimension = snapshot.gold.dimensions.segment
        return dimension.values[Int(dimension.codes[position])]
    }

    func region(ofPosition position: Int) -> String {
        let dimension = snapshot.gold.dimensions.region
        return dimension.values[Int(dimension.codes[position])]
    }

    // MARK: Populations

    /// The first day of the series of populations; nil without data.
    func groupStart(_ values: DailyValues) -> Day? {
        values.first.map { max($0, SeriesRequest.firstDay(last: values.last, days: SeriesRequest.groupHistoryDays)) }
    }

    /// Segments × regions, numbered in the order of their names.
    struct Cells: Sendable {
        var names: [(segment: String, region: String)] = []
        var ofPosition: [Int32] = []
    }

    func cells() -> Cells {
        let dimensions = snapshot.gold.dimensions
        var pairs = Set<[UInt16]>()
        for group in snapshot.groups.groups { pairs.insert([group.segment, group.region]) }
        let named = pairs.map { pair in
            (
                pair: pair, segment: dimensions.segment.values[Int(pair[0])],
                region: dimensions.region.values[Int(pair[1])]
            )
        }.sorted { ($0.segment, $0.region) < ($1.segment, $1.region) }
        let number = Dictionary(
            zip(named.map(\.pair), 0...), uniquingKeysWith: { first, _ in first })
        let ofGroup = snapshot.groups.groups.map { Int32(number[[$0.segment, $0.region]] ?? 0) }
        return Cells(
            names: named.map { ($0.segment, $0.region) },
            ofPosition: snapshot.groups.groupOfPosition.map { ofGroup[Int($0)] })
    }

    /// Segments × regions that are forecast together. Each is fitted by itself and takes years of days; where there are
    /// more, a forecast is made when somebody asks for it.
    static let cellsMax = 1000

    /// The series of all segments × regions; nil without data, and when there are too many.
    func groupCells(_ values: DailyValues) -> [GroupForecasts.Cell]? {
        guard let start = groupStart(values), start <= values.last else { return nil }
        let cells = cells()
        guard cells.names.count <= ForecastSource.cellsMax else { return nil }
        let series = values.series(ofGroups: cells.ofPosition, count: cells.names.count, from: start)
        var counts = [Int](repeating: 0, count: cells.names.count)
        var countries = [[String: Int]](repeating: [:], count: cells.names.count)
        for position in 0..<snapshot.count {
            let cell = Int(cells.ofPosition[position])
            counts[cell] += 1
            let country = country(ofPosition: position)
            if !country.isEmpty { countries[cell][country, default: 0] += 1 }
        }
        return cells.names.indices.map {
            GroupForecasts.Cell(
                segment: cells.names[$0].segment, region: cells.names[$0].region, series: series[$0],
                clientCount: counts[$0], countries: countries[$0])
        }
    }

    /// The scopes of the populations that are made of cells, each with the cells it consists of.
    static func scopes(of cells: [GroupForecasts.Cell]) -> [(scope: ForecastScope, cells: [Int])] {
        var scopes: [(scope: ForecastScope, cells: [Int])] = [(.total, Array(cells.indices))]
        for segment in Set(cells.map(\.segment)).sorted() {
            scopes.append((.segment(segment), cells.indices.filter { cells[$0].segment == segment }))
        }
        for region in Set(cells.map(\.region)).sorted() {
            scopes.append((.region(region), cells.indices.filter { cells[$0].region == region }))
        }
        for (index, cell) in cells.enumerated() { scopes.append((.segmentRegion(cell.segment, cell.region), [index])) }
        return scopes
    }

    /// The summed series of some cells, of which there is one at least.
    static func sum(_ parts: some Sequence<Int>, of cells: [GroupForecasts.Cell]) -> DailySeries {
        var sum = DailySeries(
            first: cells[0].series.first, values: Array(repeating: 0, count: cells[0].series.values.count))
        for part in parts { for day in sum.values.indices { sum.values[day] += cells[part].series.values[day] } }
        return sum
    }

    /// The summed series of any clients; nil without data.
    /// - Parameter includes: by position.
    func sum(_ values: DailyValues, includes: [Bool]) -> SeriesRequest? {
        guard let start = groupStart(values), start <= values.last else { return nil }
        let group = includes.map { $0 ? Int32(0) : -1 }
        let series = values.series(ofGroups: group, count: 1, from: start)[0].withoutSilence
        var count = 0
        var countries: [String: Int] = [:]
        var segments = Set<String>()
        for position in 0..<snapshot.count where includes[position] {
            count += 1
            segments.insert(segment(ofPosition: position))
            let country = country(ofPosition: position)
            if !country.isEmpty { countries[country, default: 0] += 1 }
        }
        return SeriesRequest(
            series: series, metric: values.metric,
            calendar: SeriesCalendar(
                snapshot.silver.calendar, segments: segments.count == 1 ? .one(segments.first ?? "") : .all,
                holidays: settings.holidays, countries: CountryShares.mainCountries(countries, of: count)),
            pattern: nil, asOf: snapshot.asOf,
            ceiling: values.metric == .activeCustomers ? Double(count) : nil,
            originCount: SeriesRequest.groupOrigins)
    }

    // MARK: Contracts

    /// What is due, by the lines of payments; nil where payments do not recur.
    func contracts() -> ContractOutlook? {
        CompanyDues(snapshot.silver, settings: snapshot.settings, standings: snapshot.standings, last: last).map {
            ContractOutlook($0.lists, first: $0.first, last: $0.last)
        }
    }

    /// The forecast of the revenue of some clients together, by what is due.
    func contractForecast(
        _ contracts: ContractOutlook, positions: some Sequence<Int>, revenue: DailySeries, isSingle: Bool
    ) -> ContractForecast {
        contracts.forecast(
            positions.map { Int(snapshot.gold.clients[$0]) }, revenue: revenue, asOf: snapshot.asOf, isSingle: isSingle)
    }

    // MARK: Clients

    /// The clients whose forecasts are kept, by position, ascending.
    func keptPositions() -> [Int] {
        guard snapshot.count > settings.clientsMax else { return Array(0..<snapshot.count) }
        let events = snapshot.gold.metrics.eventsTotal
        // Those with equally many events by their ids: the order in which clients arrived must not matter.
        var rank = [Int](repeating: 0, count: snapshot.count)
        for (index, position) in snapshot.positionsByID.enumerated() { rank[position] = index }
        return (0..<snapshot.count).sorted { (events[$1], rank[$0]) < (events[$0], rank[$1]) }
            .prefix(settings.clientsMax).sorted()
    }

    func clientRequest(
        _ values: DailyValues, position: Int, pattern: SegmentPattern?, calendar: SeriesCalendar
    ) -> SeriesRequest {
        let earliest = SeriesRequest.firstDay(last: last, days: SeriesRequest.clientHistoryDays)
        let start = values.start(ofPosition: position).map { max($0, earliest) } ?? last.advanced(by: 1)
        return SeriesRequest(
            series: values.series(ofPosition: position, from: start), metric: values.metric, calendar: calendar,
            pattern: pattern, asOf: snapshot.asOf, ceiling: values.metric == .activeCustomers ? 1 : nil,
            originCount: SeriesRequest.clientOrigins, roundsValues: true)
    }

    func clientCalendar(segment: String, country: String) -> SeriesCalendar {
        SeriesCalendar(
            snapshot.silver.calendar, segments: .one(segment), holidays: settings.holidays,
            countries: country.isEmpty ? [] : [country])
    }

    /// Clients of a segment that its pattern is estimated from, at most.
    private static let patternSampleMax = 200

    /// The pattern of a segment's clients; where that has none old enough, the pattern of all clients.
    func pattern(_ values: DailyValues, segment: String) -> SegmentPattern? {
        pattern(values) { self.segment(ofPosition: $0) == segment } ?? pattern(values) { _ in true }
    }

    private func pattern(_ values: DailyValues, where belongs: (Int) -> Bool) -> SegmentPattern? {
        let latestStart = last.advanced(by: 1 - SeriesRequest.ownModelDaysMin)
        let old = snapshot.positionsByID.filter { position in
            belongs(position) && values.start(ofPosition: position).map { $0 <= latestStart } ?? false
        }
        guard !old.isEmpty else { return nil }
        let earliest = last.advanced(by: -90)
        let step = max(1, old.count / ForecastSource.patternSampleMax)
        let sample = stride(from: 0, to: old.count, by: step).prefix(ForecastSource.patternSampleMax).map {
            let series = values.series(
                ofPosition: old[$0], from: max(earliest, values.start(ofPosition: old[$0]) ?? earliest))
            return ForecastSeries(
                timestamps: series.values.indices.map { (Int64(series.first.rawValue) + Int64($0)) * 86_400 },
                values: series.values)
        }
        return SegmentPattern(estimatedFrom: sample)
    }
}
