public import Forecasting
public import Records

/// Forecasts of a whole population: its segments × regions, its segments, its regions and the total, adjusted so that
/// they add up. They depend on nothing but the series of the segments × regions.
public struct GroupForecasts: Sendable {
    /// A segment in a region.
    public struct Cell: Sendable {
        public var segment: String
        public var region: String
        public var series: DailySeries
        public var clientCount: Int
        /// ISO 3166-1 codes of the countries its clients live in, with the number of clients.
        public var countries: [String: Int]

        public init(
            segment: String, region: String, series: DailySeries, clientCount: Int, countries: [String: Int]
        ) {
            self.segment = segment
            self.region = region
            self.series = series
            self.clientCount = clientCount
            self.countries = countries
        }
    }

    /// By scope; base forecasts, for the next time.
    public private(set) var base: [ForecastKey: BaseForecast] = [:]
    public private(set) var forecasts: [ForecastKey: DailyForecast] = [:]
    /// Why there are none; nil when there are.
    public private(set) var failure: ForecastError?

    /// - Parameters:
    ///   - cells: over the same days; in any order.
    ///   - previous: earlier base forecasts.
    public init(
        _ cells: [Cell], metric: ForecastMetric, asOf: Day, events: CalendarTable, holidays: [CountryHoliday],
        previous: (ForecastKey) -> BaseForecast?
    ) {
        let cells = cells.sorted { ($0.segment, $0.region) < ($1.segment, $1.region) }
        guard !cells.isEmpty else { return }
        let segments = Array(Set(cells.map(\.segment))).sorted()
        let regions = Array(Set(cells.map(\.region))).sorted()
        let levels: [(name: String, scopes: [ForecastScope], groups: [Int])] = [
            ("total", [.total], cells.map { _ in 0 }),
            ("segment", segments.map { .segment($0) }, cells.map { segments.firstIndex(of: $0.segment) ?? 0 }),
            ("region", regions.map { .region($0) }, cells.map { regions.firstIndex(of: $0.region) ?? 0 }),
        ]
        let bottomKeys = cells.map { ForecastKey(metric, .segmentRegion($0.segment, $0.region)) }
        var keys = bottomKeys
        var parts: [[Cell]] = cells.map { [$0] }
        for level in levels {
            for (index, scope) in level.scopes.enumerated() {
                keys.append(ForecastKey(metric, scope))
                parts.append(zip(cells, level.groups).filter { $0.1 == index }.map(\.0))
            }
        }
        let requests = zip(keys, parts).map { key, parts in
            GroupForecasts.request(key, parts, asOf: asOf, events: events, holidays: holidays)
        }
        let results = SeriesForecaster.forecast(requests, previous: keys.map(previous))
        for (key, result) in zip(keys, results) {
            switch result {
            case .success(let forecast):
                base[key] = forecast
                forecasts[key] = forecast.forecast
            case .failure(let error): failure = error
            }
        }
        if failure == nil { reconcile(bottomKeys, levels, metric) }
    }

    private static func request(
        _ key: ForecastKey, _ parts: [Cell], asOf: Day, events: CalendarTable, holidays: [CountryHoliday]
    ) -> SeriesRequest {
        var series = DailySeries(
            first: parts[0].series.first, values: Array(repeating: 0, count: parts[0].series.values.count))
        var countries: [String: Int] = [:]
        var clientCount = 0
        for part in parts {
            for (day, value) in part.series.values.enumerated() { series.values[day] += value }
            countries.merge(part.countries, uniquingKeysWith: +)
            clientCount += part.clientCount
        }
        // Before its first value a population was not there.
        let silent = min(series.values.prefix { $0 == 0 }.count, max(0, series.values.count - 2))
        series = DailySeries(first: series.first.advanced(by: silent), values: Array(series.values.dropFirst(silent)))
        let segments: SeriesCalendar.Segments =
            switch key.scope {
            case .segment(let name), .segmentRegion(let name, _): .one(name)
            case .total, .region, .customer: .all
            }
        return SeriesRequest(
            series: series, metric: key.metric,
            calendar: SeriesCalendar(
                events, segments: segments, holidays: holidays,
                countries: CountryShares.mainCountries(countries, of: clientCount)),
            pattern: nil, asOf: asOf, ceiling: key.metric == .activeCustomers ? Double(clientCount) : nil,
            originCount: SeriesRequest.groupOrigins)
    }

    /// Day by day the closest values to all forecasts that add up.
    private mutating func reconcile(
        _ bottomKeys: [ForecastKey], _ levels: [(name: String, scopes: [ForecastScope], groups: [Int])],
        _ metric: ForecastMetric
    ) {
        // Where one part may lie below 0, all that it is a part of may; other parts may not.
        let maySink = bottomKeys.map { forecasts[$0]?.isSigned ?? false }
        let isSigned = maySink.contains(true)
        func variance(_ key: ForecastKey) -> Double { max(1e-9, forecasts[key]?.meanVariance ?? 0) }
        let dayCount = forecasts[bottomKeys[0]]?.count ?? 0
        let groupKeys = levels.map { level in level.scopes.map { ForecastKey(metric, $0) } }
        var bottom = bottomKeys.map { _ in [Double]() }
        var groups = groupKeys.map { $0.map { _ in [Double]() } }
        do throws(ForecastError) {
            let hierarchy = try ForecastHierarchy(
                bottomCount: bottomKeys.count,
                levels: levels.map { .init(name: $0.name, groups: $0.groups, groupCount: $0.scopes.count) })
            let reconciliation = try Reconciliation(
                hierarchy: hierarchy, bottomVariances: bottomKeys.map(variance),
                groupVariances: groupKeys.map { $0.map(variance) }, nonNegative: !isSigned)
            for day in 0..<dayCount {
                let result = try reconciliation.reconcile(
                    bottom: bottomKeys.map { forecasts[$0]?.yhat(day) ?? 0 },
                    groups: groupKeys.map { $0.map { forecasts[$0]?.yhat(day) ?? 0 } })
                for index in bottom.indices {
                    bottom[index].append(maySink[index] ? result.bottom[index] : max(0, result.bottom[index]))
                }
                for level in groups.indices {
                    for index in groups[level].indices { groups[level][index].append(result.groups[level][index]) }
                }
            }
        } catch {
            // The parts as they are, and their sums.
            bottom = bottomKeys.map { key in (0..<dayCount).map { forecasts[key]?.yhat($0) ?? 0 } }
            groups = GroupForecasts.sums(bottom, levels.map { ($0.groups, $0.scopes.count) })
        }
        if isSigned {
            groups = GroupForecasts.sums(bottom, levels.map { ($0.groups, $0.scopes.count) })
            for (level, keys) in zip(levels, groupKeys) {
                for (index, key) in keys.enumerated() {
                    forecasts[key]?.isSigned = zip(maySink, level.groups).contains { $0 && $1 == index }
                }
            }
        }
        for (key, values) in zip(bottomKeys, bottom) { forecasts[key]?.reconciled = values }
        for (keys, lists) in zip(groupKeys, groups) {
            for (key, values) in zip(keys, lists) { forecasts[key]?.reconciled = values }
        }
    }
}

extension GroupForecasts {
    /// By level and group: the sums of the parts, day by day.
    private static func sums(_ bottom: [[Double]], _ levels: [(groups: [Int], count: Int)]) -> [[[Double]]] {
        levels.map { level in
            (0..<level.count).map { index in
                (bottom.first ?? []).indices.map { day in
                    zip(bottom, level.groups).reduce(0) { $1.1 == index ? $0 + $1.0[day] : $0 }
                }
            }
        }
    }
}

/// Which countries' holidays move a population.
public enum CountryShares {
    /// Countries in which at least so large a part of the clients lives, and no more than so many of them.
    private static let shareMin = 0.15
    private static let countriesMax = 3

    public static func mainCountries(_ counts: [String: Int], of clientCount: Int) -> Set<String> {
        let large = counts.filter { Double($0.value) >= shareMin * Double(max(1, clientCount)) }
        return Set(large.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(countriesMax).map(\.key))
    }
}
