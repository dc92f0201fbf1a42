import CSystemd
public import Logging

/// Writes each entry to the journal with its fields (systemd.journal-fields(7)): `PRIORITY`, `MESSAGE`, `MESSAGE_ID` of
/// an event, `SYSLOG_IDENTIFIER`, `CODE_FILE`, `CODE_LINE`, `CODE_FUNC`, and metadata as `AURA_…`.
///
/// What the journal does not take goes to standard error, which is connected to the journal too.
public struct JournalLogHandler: LogHandler {
    /// Sends an entry: 0, or a negated error number.
    typealias Send = @Sendable (JournalEntry) -> Int32

    private var context: HandlerContext
    private let identifier: String
    private let send: Send
    private let fallback: LineSink

    /// - Parameters:
    ///   - label: the logger's; becomes `AURA_LOGGER`.
    ///   - identifier: becomes `SYSLOG_IDENTIFIER`, what `journalctl -t` finds.
    ///   - control: the level while the logger has none of its own.
    public init(
        label: String, identifier: SafeText, control: LogLevelControl,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.init(
            label: label, identifier: identifier, control: control, metadataProvider: metadataProvider,
            send: { entry in entry.withVectors { sd_journal_sendv($0, $1) } }, fallback: StandardError.sink)
    }

    init(
        label: String, identifier: SafeText, control: LogLevelControl,
        metadataProvider: Logger.MetadataProvider? = nil, send: @escaping Send, fallback: LineSink
    ) {
        context = HandlerContext(label: label, control: control, metadataProvider: metadataProvider)
        self.identifier = identifier.description
        self.send = send
        self.fallback = fallback
    }

    public func log(event: LogEvent) {
        let record = context.record(event)
        guard send(JournalEntry(record, identifier: identifier)) < 0 else { return }
        // The stream's reader takes the severity from the number in front (sd-daemon(3)); the time is its own.
        let message = TextSafety.escaped(record.message)
        fallback.write("<\(SyslogPriority(record.level).rawValue)>\(message)\n")
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
