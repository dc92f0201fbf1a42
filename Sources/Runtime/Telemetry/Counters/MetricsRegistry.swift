public import CoreMetrics
import Locks

/// The counters of the process: hands out the instruments of the metrics interface and renders them as Prometheus text.
///
/// Instruments of the same name and labels share one series. Names are made valid, counters end in `_total`, timers in
/// `_seconds` (they are histograms in seconds), recorders that aggregate are histograms, the others gauges. A name that
/// is taken by another type, and a series beyond the limit of its name, get an instrument that records nothing; how
/// often that happened is in `aura_metrics_discarded_total`. Nothing here can fail or stop the process.
public final class MetricsRegistry: MetricsFactory {
    private enum Series {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)

        var object: AnyObject {
            switch self {
            case .counter(let series): series
            case .gauge(let series): series
            case .histogram(let series): series
            }
        }
    }

    private struct Family {
        let kind: MetricFamily.Kind
        let bounds: [Double]
        var series: [[MetricLabel]: Series] = [:]
    }

    /// A series as callers spell it. Making names valid costs more than all the rest, and the spelling rarely changes.
    private struct Spelling: Hashable {
        let label: String
        let dimensions: [MetricLabel]
        let kind: MetricFamily.Kind
        let suffix: String
    }

    private struct State {
        var families: [String: Family] = [:]
        /// Series found before, by spelling. Only a memory aid: it may be emptied at any time.
        var spellings: [Spelling: Series] = [:]
        /// Every name that occurs in the text, with its family: a histogram also occupies `_bucket`, `_sum`, `_count`.
        var owners: [String: String] = [:]
    }

    /// Buckets of timers that have none of their own, in seconds.
    public static let timerBounds: [Double] = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]
    /// Buckets of recorders that have none of their own.
    public static let recorderBounds: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]

    /// How many spellings are remembered at most.
    private static let spellingsMax = 10_000

    private static let discardedName = "aura_metrics_discarded_total"

    private let descriptions: [String: MetricDescription]
    private let seriesMax: Int
    private let discarded = CounterSeries()
    private let state: Guarded<State>

    /// - Parameters:
    ///   - descriptions: help and buckets; of two of one name the first counts.
    ///   - seriesMax: how many series one name may have, so that a careless label cannot fill the memory.
    public init(
        descriptions: [MetricDescription] = ProductMetric.allCases.map(\.description), seriesMax: Int = 1_000
    ) {
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.seriesMax = seriesMax
        var state = State()
        // The names that are rendered beside the registered ones.
        for name in ProcessMetrics.names + [Self.discardedName] { state.owners[name] = name }
        self.state = Guarded(state)
    }

    // MARK: Instruments

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, suffix: "", Self.recorderBounds) : gauge(label, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, suffix: "_seconds", Self.timerBounds)
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        let series = series(label, dimensions, "_total", .counter, []) { _ in .counter(CounterSeries()) }
        if case .counter(let counter) = series { return counter }
        return CounterSeries()
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let series = series(label, dimensions, "", .gauge, []) { _ in .gauge(GaugeSeries()) }
        if case .gauge(let gauge) = series { return gauge }
        return GaugeSeries()
    }

    private func histogram(
        _ label: String, _ dimensions: [(String, String)], suffix: String, _ bounds: [Double]
    ) -> HistogramSeries {
        let series = series(label, dimensions, suffix, .histogram, bounds) { .histogram(HistogramSeries(bounds: $0)) }
        if case .histogram(let histogram) = series { return histogram }
        return HistogramSeries(bounds: bounds)
    }

    /// The series of a name and labels, made when there is none; `nil` when it cannot be had.
    private func series(
        _ label: String, _ dimensions: [(String, String)], _ suffix: String, _ kind: MetricFamily.Kind,
        _ bounds: [Double], _ make: ([Double]) -> Series
    ) -> Series? {
        let spelling = Spelling(
            label: label, dimensions: dimensions.map { MetricLabel(name: $0, value: $1) }, kind: kind, suffix: suffix)
        let found = state.withLock { state -> Series? in
            if let series = state.spellings[spelling] { return series }
            let name = MetricNaming.metric(label, suffix: suffix)
            let labels = MetricNaming.labels(dimensions)
            guard reserve(name, kind, bounds, in: &state), let family = state.families[name] else { return nil }
            let series: Series
            if let existing = family.series[labels] {
                series = existing
            } else {
                guard family.series.count < seriesMax else { return nil }
                series = make(family.bounds)
                state.families[name]?.series[labels] = series
            }
            if state.spellings.count >= Self.spellingsMax { state.spellings = [:] }
            state.spellings[spelling] = series
            return series
        }
        if found == nil { discarded.increment(by: Int64(1)) }
        return found
    }

    /// Whether `name` is, or has now become, a family of this kind.
    private func reserve(
        _ name: String, _ kind: MetricFamily.Kind, _ bounds: [Double], in state: inout State
    ) -> Bool {
        if let family = state.families[name] { return family.kind == kind }
        let names = [name] + (kind == .histogram ? ["_bucket", "_sum", "_count"].map { name + $0 } : [])
        guard names.allSatisfy({ state.owners[$0] == nil }) else { return false }
        for occupied in names { state.owners[occupied] = name }
        state.families[name] = Family(kind: kind, bounds: descriptions[name]?.bounds ?? bounds)
        return true
    }

    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }

    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// Takes one series out of the text; its name stays what it is.
    private func remove(_ handler: AnyObject) {
        state.withLock { state in
            state.spellings = [:]
            for (name, family) in state.families {
                guard let labels = family.series.first(where: { $0.value.object === handler })?.key else { continue }
                state.families[name]?.series[labels] = nil
                return
            }
        }
    }

    // MARK: Reading

    /// Every family that has a series, and how much was discarded. Series are in the order of their labels.
    public func families() -> [MetricFamily] {
        // The instruments are read outside the lock: they have their own.
        let families = state.withLock(\.families)
        let registered = families.compactMap { name, family -> MetricFamily? in
            guard !family.series.isEmpty else { return nil }
            let ordered = family.series.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            let samples = ordered.flatMap { labels, series -> [MetricFamily.Sample] in
                switch series {
                case .counter(let counter): [MetricFamily.Sample(labels: labels, value: counter.value)]
                case .gauge(let gauge): [MetricFamily.Sample(labels: labels, value: gauge.value)]
                case .histogram(let histogram): histogram.samples(labels)
                }
            }
            return MetricFamily(name: name, help: descriptions[name]?.help, kind: family.kind, samples: samples)
        }
        let own = MetricFamily(
            name: Self.discardedName, help: "Instruments that record nothing: name taken or too many series.",
            kind: .counter, samples: [MetricFamily.Sample(value: discarded.value)])
        return (registered + [own]).sorted { $0.name < $1.name }
    }

    /// The Prometheus text of the registry and, where given, of the process.
    public func prometheusText(process: ProcessSample? = nil) -> String {
        PrometheusText.render(families() + (process.map(ProcessMetrics.families) ?? []))
    }
}
