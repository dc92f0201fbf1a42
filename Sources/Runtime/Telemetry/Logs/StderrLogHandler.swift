import Glibc
public import Logging

/// Writes each entry as one line to standard error. See ``JournalLogHandler`` for a daemon under the service manager.
public struct StderrLogHandler: LogHandler {
    private var context: HandlerContext
    private let sink: LineSink
    private let colour: Bool
    private let wallSeconds: @Sendable () -> Int64

    /// - Parameters:
    ///   - label: the logger's.
    ///   - control: the level while the logger has none of its own.
    public init(
        label: String, control: LogLevelControl, metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.init(
            label: label, control: control, metadataProvider: metadataProvider, sink: StandardError.sink,
            colour: StandardError.showsColour, wallSeconds: { StandardError.wallSeconds() })
    }

    init(
        label: String, control: LogLevelControl, metadataProvider: Logger.MetadataProvider? = nil, sink: LineSink,
        colour: Bool, wallSeconds: @escaping @Sendable () -> Int64
    ) {
        context = HandlerContext(label: label, control: control, metadataProvider: metadataProvider)
        self.sink = sink
        self.colour = colour
        self.wallSeconds = wallSeconds
    }

    public func log(event: LogEvent) {
        sink.write(LogLine.text(context.record(event), at: wallSeconds(), colour: colour))
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { context.metadata[key] }
        set { context.metadata[key] = newValue }
    }

    public var metadata: Logger.Metadata {
        get { context.metadata }
        set { context.metadata = newValue }
    }

    public var metadataProvider: Logger.MetadataProvider? {
        get { context.metadataProvider }
        set { context.metadataProvider = newValue }
    }

    public var logLevel: Logger.Level {
        get { context.level }
        set { context.ownLevel = newValue }
    }
}
