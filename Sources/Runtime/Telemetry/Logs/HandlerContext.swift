import Logging

/// What every handler of this module keeps for its logger: a value, so that loggers do not influence one another.
struct HandlerContext: Sendable {
    let label: String
    let control: LogLevelControl
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    /// Set when this one logger was given a level of its own; otherwise the common level applies, also later changes.
    var ownLevel: Logger.Level?

    var level: Logger.Level { ownLevel ?? control.level }

    func record(_ event: LogEvent) -> LogRecord {
        let provided = metadataProvider?.get() ?? [:]
        return LogRecord(
            event, label: label, metadata: metadata.merging(provided, uniquingKeysWith: { $1 }),
            showsErrorText: level <= .debug)
    }
}
