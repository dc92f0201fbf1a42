import Glibc
public import Logging

/// Where the process writes its log.
public enum LogDestination: Sendable, Hashable {
    /// The journal with structured fields.
    case journal
    /// Lines on standard error.
    case standardError

    /// The journal when standard error is connected to it (`$JOURNAL_STREAM`), otherwise standard error.
    public static func detect() -> LogDestination {
        detect(journalStream: Environment["JOURNAL_STREAM"], descriptor: STDERR_FILENO)
    }

    static func detect(journalStream: String?, descriptor: Int32) -> LogDestination {
        guard let stream = journalStream.flatMap(JournalStream.init), stream.isBehind(descriptor) else {
            return .standardError
        }
        return .journal
    }

    /// A handler that writes there.
    public func handler(
        label: String, identifier: SafeText, control: LogLevelControl,
        metadataProvider: Logger.MetadataProvider? = nil
    ) -> any LogHandler {
        switch self {
        case .journal:
            JournalLogHandler(
                label: label, identifier: identifier, control: control, metadataProvider: metadataProvider)
        case .standardError:
            StderrLogHandler(label: label, control: control, metadataProvider: metadataProvider)
        }
    }
}
