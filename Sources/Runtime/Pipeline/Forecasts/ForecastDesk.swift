import Forecasting
import Invoicing
import Locks
import Outlook
public import Records
import Rollup
import Snapshots

/// Answers questions for forecasts: from those that are kept where they are of the same generation, and by fitting the
/// series asked for where they are not. What was fitted is kept for as long as its generation is asked about.
public final class ForecastDesk: Sendable {
    public struct Answer: Sendable {
        public var forecast: DailyForecast
        /// The history the forecast was made from.
        public var series: DailySeries
        /// Clients it is about.
        public var clientCount: Int
        /// Empty unless asked for.
        public var components: [ForecastComponent]
    }

    public enum Failure: Error, Sendable {
        /// Nothing of what the metric counts has ever been seen.
        case noData(ForecastMetric)
        /// Nothing says what clients are worth a month; why.
        case unknownMRR(String)
        case noClients
        /// A capacity below what has been seen already: the highest value and its day.
        case capacityBelowData(Double, highest: Double, day: Day)
        /// A capacity so far above what has been seen that no curve of growth towards it can be told.
        case capacityBeyondData(Double, highest: Double)
        /// The history is too short, or cannot be used; what to do about it.
        case unusable(String)
        /// Nobody waits for it any more.
        case abandoned
    }

    /// What was fitted on demand for one generation.
    private struct Shelf: Sendable {
        var groups: [ForecastMetric: [ForecastKey: DailyForecast]] = [:]
        var answers: [Key: Answer] = [:]
        var patterns: [ForecastMetric: [String: SegmentPattern?]] = [:]
    }

    private struct Key: Hashable, Sendable {
        var metric: ForecastMetric
        var subject: ForecastSubject
        var assumptions: ForecastAssumptions
        var withComponents: Bool
        var isReconciled: Bool
    }

    private struct Place: Hashable, Sendable {
        var snapshotID: String
        var settingsID: UInt64
    }

    /// The most recently used last.
    private let shelves = Guarded<[(place: Place, shelf: Shelf)]>([])
    /// What is due in the generation that was asked about last.
    private let contracts = Guarded<(place: Place, outlook: ContractOutlook?)?>(nil)
    private static let shelvesMax = 3
    private static let capacityTimesMax = 1e6
    private static let answersMax = 256
    /// Selections of clients that are kept as questions take a byte for each client of the company.
    private static let selectionBytesMax = 16 << 20

    init() {}

    func answer(
        _ source: ForecastSource, metric: ForecastMetric, subject: ForecastSubject, assumptions: ForecastAssumptions,
        withComponents: Bool, isWanted: () -> Bool
    ) throws(Failure) -> Answer {
        let book = source.snapshot.forecasts.flatMap {
            $0.snapshotID == source.snapshot.id && $0.settingsID == source.settingsID ? $0 : nil
        }
        let place = Place(snapshotID: source.snapshot.id, settingsID: source.settingsID)
        let key = Key(
            metric: metric, subject: subject, assumptions: assumptions, withComponents: withComponents,
            isReconciled: book != nil)
        if let known = shelf(place).answers[key] { return known }
        guard isWanted() else { throw .abandoned }
        if metric == .mrr, let reason = source.unknownMRR { throw .unknownMRR(reason) }
        let values = source.values(metric)
        guard values.first != nil else { throw .noData(metric) }
        var request = try request(source, values, subject, place)
        request.assumptions = assumptions
        try check(assumptions, against: request.series)
        guard isWanted() else { throw .abandoned }
        var forecast: DailyForecast
        var components: [ForecastComponent] = []
        let kept = keptKey(source, metric, subject).flatMap { book?[$0] }
        let contracts =
            metric == .revenue && assumptions.isEmpty && (kept == nil || withComponents)
            ? contracts(source, place) : nil
        if let contracts {
            let made = source.contractForecast(
                contracts, positions: positions(source, subject), revenue: request.series, isSingle: subject.isSingle)
            forecast = kept ?? (subject.groupScope == nil ? made.forecast : made.addingUp)
            if withComponents { components = made.components }
        } else if assumptions.isEmpty, let kept {
            forecast = kept
        } else if assumptions.isEmpty, let scope = subject.groupScope,
            let made = groups(source, values, place)[ForecastKey(metric, scope)]
        {
            forecast = made
        } else if metric == .mrr {
            guard !request.series.values.isEmpty, let whole = source.sum(values, includes: includes(source, .total))
            else { throw .noData(metric) }
            forecast = LevelPass(source: source).forecast(
                request.series, whole: whole.series, isSingle: subject.isSingle)
        } else {
            do throws(ForecastError) {
                forecast = try SeriesForecaster.forecast(request).forecast
            } catch {
                throw .unusable("\(error)")
            }
        }
        guard forecast.count > 0 else {
            throw .unusable("the data ends on \(request.series.last), too long before the forecast begins")
        }
        if forecast.reconciled == nil {
            forecast.notes.append(
                assumptions.isEmpty
                    ? unreconciledNote(subject, forecast, book != nil)
                    : "made for these assumptions alone: not adjusted to add up with others")
        }
        if withComponents, metric == .mrr {
            components = LevelForecaster.components(request.series, forecast)
        } else if withComponents, contracts == nil {
            guard isWanted() else { throw .abandoned }
            do throws(ForecastError) {
                components = try SeriesForecaster.components(request)
            } catch {
                throw .unusable("\(error)")
            }
        }
        let answer = Answer(
            forecast: forecast, series: request.series, clientCount: clientCount(source, subject),
            components: components)
        let answersMax = min(
            ForecastDesk.answersMax, max(4, ForecastDesk.selectionBytesMax / max(1, source.snapshot.count)))
        change(place) { shelf in
            if shelf.answers.count >= answersMax { shelf.answers.removeAll() }
            shelf.answers[key] = answer
        }
        return answer
    }

    private func check(_ assumptions: ForecastAssumptions, against series: DailySeries) throws(Failure) {
        guard let capacity = assumptions.capacity else { return }
        var highest = (index: 0, value: -Double.infinity)
        for (index, value) in series.values.enumerated() where value > highest.value { highest = (index, value) }
        if highest.value > capacity {
            throw .capacityBelowData(
                capacity, highest: highest.value, day: series.first.advanced(by: highest.index))
        }
        if capacity > ForecastDesk.capacityTimesMax * max(1, highest.value) {
            throw .capacityBeyondData(capacity, highest: highest.value)
        }
    }

    private func unreconciledNote(
        _ subject: ForecastSubject, _ forecast: DailyForecast, _ isBookReady: Bool
    ) -> String {
        switch subject {
        case .customer where forecast.isLevel: "what the client is worth now: nobody knows more of one client"
        case .customer where forecast.model == ContractOutlook.modelName:
            "what is due of the client, and what he pays beside it: new business is in no client's forecast, so that "
                + "those of all clients add up to less than the total"
        case .clients where forecast.model == ContractOutlook.modelName:
            "new business is expected as clients of this selection have brought it"
        case .clients: "fitted for this selection alone: not adjusted to add up with others"
        case .customer where !isBookReady:
            "not adjusted yet to add up to the segment: the forecasts of this generation are being made"
        default: "not adjusted to add up with others"
        }
    }

    // MARK: What is asked for

    private func keptKey(_ source: ForecastSource, _ metric: ForecastMetric, _ subject: ForecastSubject) -> ForecastKey?
    {
        if let scope = subject.groupScope { return ForecastKey(metric, scope) }
        guard case .customer(let position) = subject else { return nil }
        let client = Int(source.snapshot.gold.clients[position])
        return source.snapshot.silver.clients.id[client].map { ForecastKey(metric, .customer($0)) }
    }

    private func request(
        _ source: ForecastSource, _ values: DailyValues, _ subject: ForecastSubject, _ place: Place
    ) throws(Failure) -> SeriesRequest {
        if case .customer(let position) = subject {
            let segment = source.segment(ofPosition: position)
            return source.clientRequest(
                values, position: position,
                pattern: values.metric == .mrr ? nil : pattern(source, values, segment, place),
                calendar: source.clientCalendar(segment: segment, country: source.country(ofPosition: position)))
        }
        let includes = self.includes(source, subject)
        guard includes.contains(true) else { throw .noClients }
        guard let request = source.sum(values, includes: includes) else { throw .noData(values.metric) }
        return request
    }

    private func includes(_ source: ForecastSource, _ subject: ForecastSubject) -> [Bool] {
        (0..<source.snapshot.count).map { position in
            switch subject {
            case .total: true
            case .segment(let name): source.segment(ofPosition: position) == name
            case .region(let name): source.region(ofPosition: position) == name
            case .segmentRegion(let segment, let region):
                source.segment(ofPosition: position) == segment && source.region(ofPosition: position) == region
            case .customer(let own): position == own
            case .clients(let flags): flags[position]
            }
        }
    }

    private func positions(_ source: ForecastSource, _ subject: ForecastSubject) -> [Int] {
        if case .customer(let position) = subject { return [position] }
        let includes = includes(source, subject)
        return includes.indices.filter { includes[$0] }
    }

    /// What is due; kept for the generation that was asked about last.
    private func contracts(_ source: ForecastSource, _ place: Place) -> ContractOutlook? {
        if let known = contracts.withLock({ $0 }), known.place == place { return known.outlook }
        let made = source.contracts()
        contracts.withLock { $0 = (place, made) }
        return made
    }

    private func clientCount(_ source: ForecastSource, _ subject: ForecastSubject) -> Int {
        if case .customer = subject { return 1 }
        return includes(source, subject).reduce(0) { $1 ? $0 + 1 : $0 }
    }

    private func pattern(
        _ source: ForecastSource, _ values: DailyValues, _ segment: String, _ place: Place
    ) -> SegmentPattern? {
        if let known = shelf(place).patterns[values.metric]?[segment] { return known }
        let pattern = source.pattern(values, segment: segment)
        change(place) { $0.patterns[values.metric, default: [:]][segment] = .some(pattern) }
        return pattern
    }

    private func groups(
        _ source: ForecastSource, _ values: DailyValues, _ place: Place
    ) -> [ForecastKey: DailyForecast] {
        if let known = shelf(place).groups[values.metric] { return known }
        guard let cells = source.groupCells(values) else { return [:] }
        if values.metric == .mrr {
            let forecasts = LevelPass(source: source).groups(cells, values.metric)
            change(place) { $0.groups[values.metric] = forecasts }
            return forecasts
        }
        let made = GroupForecasts(
            cells, metric: values.metric, asOf: source.snapshot.asOf, events: source.snapshot.silver.calendar,
            holidays: source.settings.holidays, previous: { _ in nil })
        let forecasts = made.failure == nil ? made.forecasts : [:]
        change(place) { $0.groups[values.metric] = forecasts }
        return forecasts
    }

    // MARK: Shelves

    private func shelf(_ place: Place) -> Shelf {
        shelves.withLock { shelves in shelves.first { $0.place == place }?.shelf ?? Shelf() }
    }

    private func change(_ place: Place, _ body: (inout Shelf) -> Void) {
        shelves.withLock { shelves in
            var shelf = Shelf()
            if let index = shelves.firstIndex(where: { $0.place == place }) { shelf = shelves.remove(at: index).shelf }
            body(&shelf)
            shelves.append((place, shelf))
            while shelves.count > ForecastDesk.shelvesMax { shelves.removeFirst() }
        }
    }
}
