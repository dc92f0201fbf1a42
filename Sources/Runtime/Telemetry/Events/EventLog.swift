public import CoreMetrics
public import Logging

/// Where events go: one call writes the log entry and moves the counters.
///
/// The counters always move; whether the entry is written depends on the level of the log.
public struct EventLog: Sendable {
    /// The metadata key that carries the kind of an event to the handlers of this module.
    static let kindKey = "event"

    private let logger: Logger
    private let metrics: any MetricsFactory

    public init(logger: Logger, metrics: any MetricsFactory) {
        self.logger = logger
        self.metrics = metrics
    }

    /// Writes and counts `event`. The place in the code is the caller's.
    public func emit<Happening: Event>(
        _ event: Happening, file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        let kind = Happening.kind
        count(kind, event.measurements)
        guard kind.level >= logger.logLevel else { return }
        var metadata: Logger.Metadata = [Self.kindKey: .stringConvertible(kind)]
        for entry in event.fields.entries {
            metadata[entry.field.shortName] = .stringConvertible(entry.value)
        }
        logger.log(
            level: kind.level, "\(event.message)", metadata: metadata, file: file, function: function, line: line)
    }

    /// Counts `event` and does not write it: for what happens so often that the log already says it.
    public func count<Happening: Event>(_ event: Happening) {
        count(Happening.kind, event.measurements)
    }

    private func count(_ kind: EventKind, _ measurements: [EventMeasurement]) {
        metrics.makeCounter(label: ProductMetric.events.rawValue, dimensions: [("event", kind.rawValue)])
            .increment(by: 1)
        for measurement in measurements {
            let label = measurement.metric.rawValue
            let dimensions = measurement.labels.map { ($0.name.description, $0.value.description) }
            switch measurement.change {
            case .add(let amount):
                metrics.makeCounter(label: label, dimensions: dimensions).increment(by: amount)
            case .observe(let duration):
                let nanoseconds = DurationText.microseconds(duration).multipliedReportingOverflow(by: 1_000)
                metrics.makeTimer(label: label, dimensions: dimensions)
                    .recordNanoseconds(nanoseconds.overflow ? .max : nanoseconds.partialValue)
            case .set(let value):
                metrics.makeMeter(label: label, dimensions: dimensions).set(value)
            }
        }
    }
}
