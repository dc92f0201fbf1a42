import Forecasting
import Invoicing
import Outlook
import Records
import Rollup
import Snapshots

/// Makes all forecasts that are kept of one generation. What has not changed since the last pass is not made again.
struct ForecastPass {
    let source: ForecastSource
    /// Base forecasts of earlier passes.
    let known: [ForecastKey: PackedBaseForecast]
    let isCancelled: () -> Bool
    private(set) var base: [ForecastKey: PackedBaseForecast] = [:]
    /// Of the metric at hand.
    private var forecasts: [ForecastKey: DailyForecast] = [:]
    private var packed: [ForecastKey: PackedForecast] = [:]

    /// Series that are fitted between two looks at whether to stop.
    private static let batchSize = 16

    init(_ source: ForecastSource, known: [ForecastKey: PackedBaseForecast], isCancelled: @escaping () -> Bool) {
        self.source = source
        self.known = known
        self.isCancelled = isCancelled
    }

    /// How many forecasts were not there before, or were made from something else.
    var refittedCount: Int { base.reduce(0) { known[$1.key]?.fingerprint == $1.value.fingerprint ? $0 : $0 + 1 } }

    /// - Returns: nil when it was cancelled.
    mutating func run() -> ForecastBook? {
        let kept = source.keptPositions()
        for metric in ForecastMetric.allCases {
            if isCancelled() { return nil }
            let values = source.values(metric)
            guard let cells = source.groupCells(values) else { continue }
            if metric == .mrr {
                // Of one client nobody knows more than what he is worth now.
                let levels = LevelPass(source: source).groups(cells, metric)
                packed.merge(levels.mapValues { PackedForecast($0) }) { $1 }
                continue
            }
            if metric == .revenue, let contracts = source.contracts() {
                guard forecastContracts(contracts, cells, values, kept) else { return nil }
                continue
            }
            let groups = GroupForecasts(
                cells, metric: metric, asOf: source.snapshot.asOf, events: source.snapshot.silver.calendar,
                holidays: source.settings.holidays, previous: { known[$0]?.unpacked })
            base.merge(groups.base.mapValues { PackedBaseForecast($0) }) { $1 }
            forecasts = groups.forecasts
            guard forecastClients(values, kept) else { return nil }
            if isCancelled() { return nil }
            if groups.failure == nil { reconcileClients(values, kept) }
            packed.merge(forecasts.mapValues { PackedForecast($0) }) { $1 }
            forecasts = [:]
        }
        return ForecastBook(
            asOf: source.snapshot.asOf, snapshotID: source.snapshot.id, settingsID: source.settingsID,
            forecasts: packed)
    }

    /// Revenue where payments recur.
    /// - Returns: false when it was cancelled.
    private mutating func forecastContracts(
        _ contracts: ContractOutlook, _ cells: [GroupForecasts.Cell], _ values: DailyValues, _ kept: [Int]
    ) -> Bool {
        let pass = ContractPass(source: source, contracts: contracts, isCancelled: isCancelled)
        guard let groups = pass.groups(cells, values) else { return false }
        packed.merge(groups.mapValues { PackedForecast($0) }) { $1 }
        for (index, position) in kept.enumerated() {
            if index % ForecastPass.batchSize == 0, isCancelled() { return false }
            let request = source.clientRequest(values, position: position, pattern: nil, calendar: .empty)
            packed[key(values.metric, position: position)] = PackedForecast(pass.client(request, position: position))
        }
        return true
    }

    private func key(_ metric: ForecastMetric, position: Int) -> ForecastKey {
        let client = Int(source.snapshot.gold.clients[position])
        return ForecastKey(metric, .customer(source.snapshot.silver.clients.id[client] ?? ""))
    }

    /// - Returns: false when it was cancelled.
    private mutating func forecastClients(_ values: DailyValues, _ kept: [Int]) -> Bool {
        struct Kind: Hashable {
            var segment: String
            var country: String
        }
        var patterns: [String: SegmentPattern?] = [:]
        var calendars: [Kind: SeriesCalendar] = [:]
        // Clients with the same days and calendar come one after the other: they share the costly part of the work.
        let ordered = kept.map { position in
            (
                position: position, start: values.start(ofPosition: position)?.rawValue ?? .max,
                kind: Kind(
                    segment: source.segment(ofPosition: position), country: source.country(ofPosition: position))
            )
        }.sorted {
            ($0.kind.segment, $0.kind.country, $0.start, $0.position)
                < ($1.kind.segment, $1.kind.country, $1.start, $1.position)
        }
        for start in stride(from: 0, to: ordered.count, by: ForecastPass.batchSize) {
            if isCancelled() { return false }
            var keys: [ForecastKey] = []
            var requests: [SeriesRequest] = []
            for client in ordered[start..<min(start + ForecastPass.batchSize, ordered.count)] {
                let pattern: SegmentPattern?
                if let made = patterns[client.kind.segment] {
                    pattern = made
                } else {
                    pattern = source.pattern(values, segment: client.kind.segment)
                    patterns[client.kind.segment] = .some(pattern)
                }
                let calendar =
                    calendars[client.kind]
                    ?? source.clientCalendar(segment: client.kind.segment, country: client.kind.country)
                calendars[client.kind] = calendar
                keys.append(key(values.metric, position: client.position))
                requests.append(
                    source.clientRequest(values, position: client.position, pattern: pattern, calendar: calendar))
            }
            let results = SeriesForecaster.forecast(requests, previous: keys.map { known[$0]?.unpacked })
            for (key, result) in zip(keys, results) {
                // What cannot be forecast by itself counts among the others of its segment and region.
                guard case .success(var made) = result else { continue }
                made.state = made.state.withoutModel
                base[key] = PackedBaseForecast(made)
                forecasts[key] = made.forecast
            }
        }
        return true
    }

    /// Clients add up to their segment in their region; all that have no forecast of their own count as one part.
    private mutating func reconcileClients(_ values: DailyValues, _ kept: [Int]) {
        let cells = source.cells()
        let keys = kept.map { key(values.metric, position: $0) }
        var isKept = [Bool](repeating: false, count: source.snapshot.count)
        var members = [[ForecastKey]](repeating: [], count: cells.names.count)
        for (position, key) in zip(kept, keys) where forecasts[key] != nil {
            isKept[position] = true
            members[Int(cells.ofPosition[position])].append(key)
        }
        let others = otherRequests(values, cells, isKept)
        for (cell, name) in cells.names.enumerated() {
            let whole = ForecastKey(values.metric, .segmentRegion(name.segment, name.region))
            guard let target = forecasts[whole] else { continue }
            var parts = members[cell].compactMap { forecasts[$0] }
            if let rest = others[cell], let made = try? SeriesForecaster.forecast(rest) {
                parts.append(made.forecast)
            }
            for (key, part) in zip(members[cell], ClientReconciliation.reconcile(parts, to: target)) {
                forecasts[key] = part
            }
        }
    }

    private func otherRequests(
        _ values: DailyValues, _ cells: ForecastSource.Cells, _ isKept: [Bool]
    ) -> [Int: SeriesRequest] {
        var requests: [Int: SeriesRequest] = [:]
        let withOthers = Set(isKept.indices.filter { !isKept[$0] }.map { cells.ofPosition[$0] })
        for cell in withOthers {
            let includes = isKept.indices.map { !isKept[$0] && cells.ofPosition[$0] == cell }
            requests[Int(cell)] = source.sum(values, includes: includes)
        }
        return requests
    }
}
