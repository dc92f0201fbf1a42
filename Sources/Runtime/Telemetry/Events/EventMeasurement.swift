/// What an event changes among the counters.
public struct EventMeasurement: Sendable, Hashable {
    enum Change: Sendable, Hashable {
        case add(Int64)
        case observe(Duration)
        case set(Int64)
    }

    /// The label's name and value.
    struct Label: Sendable, Hashable {
        let name: SafeText
        let value: SafeText
    }

    let metric: ProductMetric
    let labels: [Label]
    let change: Change

    private init(_ metric: ProductMetric, _ labels: KeyValuePairs<SafeText, SafeText>, _ change: Change) {
        self.metric = metric
        self.labels = labels.map { Label(name: $0.key, value: $0.value) }
        self.change = change
    }

    /// Adds to a counter.
    public static func add(
        _ amount: some BinaryInteger, to metric: ProductMetric, _ labels: KeyValuePairs<SafeText, SafeText> = [:]
    ) -> EventMeasurement {
        EventMeasurement(metric, labels, .add(Int64(clamping: amount)))
    }

    /// Puts a duration into a histogram.
    public static func observe(
        _ duration: Duration, in metric: ProductMetric, _ labels: KeyValuePairs<SafeText, SafeText> = [:]
    ) -> EventMeasurement {
        EventMeasurement(metric, labels, .observe(duration))
    }

    /// Sets a gauge.
    public static func set(
        _ metric: ProductMetric, to value: some BinaryInteger, _ labels: KeyValuePairs<SafeText, SafeText> = [:]
    ) -> EventMeasurement {
        EventMeasurement(metric, labels, .set(Int64(clamping: value)))
    }
}
