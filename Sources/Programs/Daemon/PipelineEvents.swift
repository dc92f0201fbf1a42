import Glibc
import Locks
import Logging
import Pipeline
import Records
import Schedule
import Store
import Telemetry

/// Brings what happens in the pipeline to the event log, in its vocabulary: numbers and words of the code, nothing of a
/// client.
final class PipelineEvents: Sendable {
    private let events: Telemetry.EventLog
    private let logger: Logger
    private let stateDirectory: String
    /// The generation in force.
    private let generation: @Sendable () -> UInt64?
    private let diskFullSince = Guarded<MonotonicTime?>(nil)

    init(
        events: Telemetry.EventLog, logger: Logger, stateDirectory: String,
        generation: @escaping @Sendable () -> UInt64?
    ) {
        self.events = events
        self.logger = logger
        self.stateDirectory = stateDirectory
        self.generation = generation
    }

    func report(_ event: PipelineEvent) {
        switch event {
        case .dropReceived(let id, let category, let bytes):
            events.emit(DropReceived(dropID: id, category: SafeText(caseOf: category), bytes: Int64(bytes)))
        case .dropLoaded(
            let id, let category, let bytes, let rows, let accepted, let rejected, let duplicates, let orphans,
            let seconds):
            events.emit(
                DropLoaded(
                    dropID: id, category: SafeText(caseOf: category), rows: rows, accepted: accepted,
                    rejected: rejected, duplicates: duplicates, orphans: orphans, bytes: bytes,
                    duration: .seconds(seconds)))
        case .dropRefused(let id, let category, let bytes, let code):
            events.emit(
                DropRefused(
                    dropID: id, category: SafeText(caseOf: category), bytes: bytes,
                    errorCode: ErrorCode(caseOf: RefusalCode(code))))
        case .dropDuplicate(let id, let category, let original):
            events.emit(DropDuplicate(dropID: id, category: SafeText(caseOf: category), duplicateOf: original))
        case .dropPutBack(let id, let category):
            events.emit(
                DropPutBack(dropID: id, category: SafeText(caseOf: category), errorCode: "changed_while_reading"))
        case .loadFinished(_, _, let rows, let seconds):
            events.emit(StageFinished(stage: "intake", rows: rows, duration: .seconds(seconds)))
        case .refreshed(_, _, let customers, let seconds):
            events.emit(
                RefreshFinished(
                    snapshot: snapshotNumber, clients: customers, duration: .seconds(seconds)))
        case .published(_, let seconds):
            events.emit(
                GoldPublished(
                    snapshot: snapshotNumber, bytes: StateFiles.bytes("\(stateDirectory)/gold.db"),
                    duration: .seconds(seconds)))
        case .forecast(let series, _, let seconds):
            events.emit(StageFinished(stage: "forecast", rows: series, duration: .seconds(seconds)))
        case .historyMade(let days, let customers, let seconds):
            events.emit(StageFinished(stage: "history", rows: days * customers, duration: .seconds(seconds)))
        case .compressed(let before, let after):
            events.emit(ArchiveCompressed(bytesBefore: Int64(before), bytes: Int64(after)))
        case .verified(let checks, let failures, let firstFailure, let seconds):
            if failures == 0 {
                events.emit(VerifyFinished(checks: checks, duration: .seconds(seconds)))
            } else {
                events.emit(
                    VerifyFailed(
                        checks: checks, failures: failures,
                        errorCode: ErrorCode(caseOf: CheckWord(firstFailure ?? ""))))
            }
        case .churnTrained(_, let rows, let isTaken, let seconds):
            events.emit(ModelTrained(model: "churn", rows: rows, isTaken: isTaken, duration: .seconds(seconds)))
        case .churnRefused(let code):
            events.emit(ModelTrainingFailed(model: "churn", errorCode: ErrorCode(caseOf: TrainingWord(code))))
        case .churnFailed(let code):
            events.emit(ModelTrainingFailed(model: "churn", errorCode: ErrorCode(code)))
        case .churnUnusable(let version, let code):
            events.emit(
                ModelUnusable(
                    model: "churn", version: SafeText(version: version, of: "churn") ?? "other",
                    errorCode: ErrorCode(code)))
        case .churnWatched(_, let ratio, let advice, let inputsMoved):
            events.emit(
                ModelWatched(
                    model: "churn", observedPerMille: Int((min(ratio, 1e6) * 1000).rounded()),
                    inputsMoved: inputsMoved, advice: SafeText(caseOf: AdviceWord(advice))))
        case .churnDrifted(_, let advice):
            events.emit(ModelDrifted(model: "churn", advice: SafeText(caseOf: AdviceWord(advice))))
        case .originalDamaged(let drop, let sha256):
            events.emit(OriginalDamaged(dropID: drop, sha256: SafeText(hash: sha256)))
        case .originalMissing(let drop, let sha256):
            events.emit(OriginalMissing(dropID: drop, sha256: SafeText(hash: sha256)))
        case .journalDamaged: events.emit(JournalDamaged())
        case .journalMissing: events.emit(JournalMissing())
        case .publicationDamaged: events.emit(PublicationDamaged())
        case .publicationMissing: events.emit(PublicationMissing())
        case .databaseDamaged(let findings):
            for (index, finding) in findings.enumerated() {
                events.emit(
                    DatabaseDamaged(
                        number: index + 1, findings: findings.count, finding: SafeText(integrityFinding: finding)))
            }
        // Names of files and of owners may be those of people: the status says them.
        case .strays(let count):
            logger.warning(
                "files lie in the inbox where nobody takes them; aurac status names them",
                metadata: ["files": "\(count)"])
        case .ownersUnknown(let count):
            logger.warning(
                "people: names owners that no client has; aurac status and aurac whoami name them",
                metadata: ["owners": "\(count)"])
        case .failed("archive", let code): events.emit(ArchiveFailed(errorCode: ErrorCode(code)))
        case .failed(let stage, let code):
            events.emit(StageFailed(stage: SafeText(caseOf: StageWord(stage)), errorCode: ErrorCode(code)))
        case .diskFull:
            diskFullSince.withLock { $0 = MonotonicTime.now() }
            events.emit(DiskFullBegan(stage: "intake", bytesFree: StateFiles.bytesFree(stateDirectory)))
        case .diskHasRoom:
            let now = MonotonicTime.now()
            let since = diskFullSince.withLock { since in
                defer { since = nil }
                return since
            }
            events.emit(
                DiskFullEnded(
                    bytesFree: StateFiles.bytesFree(stateDirectory), duration: now.duration(since: since ?? now)))
        }
    }

    private var snapshotNumber: Int64 { Int64(clamping: generation() ?? 0) }
}

/// Why a drop was refused, as far as the log is concerned: a closed set, because a word of another may be a client's.
enum RefusalCode: String, CaseIterable {
    case empty
    case headerTooLong = "header_too_long"
    case headerNotText = "header_not_text"
    case otherEncoding = "other_encoding"
    case spreadsheet
    case otherFormat = "other_format"
    case missingColumns = "missing_columns"
    case repeatedColumn = "repeated_column"
    case notJSON = "not_json"
    case tooMuchText = "too_much_text"
    case tooManyColumns = "too_many_columns"
    case tooManyValues = "too_many_values"
    case tooManyRows = "too_many_rows"
    case unpacksTooFar = "unpacks_too_far"
    case keepsChanging = "keeps_changing"
    case notLoadable = "not_loadable"
    case cancelled
    case specialFile = "special_file"
    case folder
    case symbolicLink = "symbolic_link"
    case namedPipe = "named_pipe"
    case socket
    case device
    case unreadable
    case notARegularFile = "not_a_regular_file"
    case gzipTruncated = "gzip_truncated"
    case gzipDamaged = "gzip_damaged"
    case zstdTruncated = "zstd_truncated"
    case zstdDamaged = "zstd_damaged"
    case other

    init(_ code: String) { self = RefusalCode(rawValue: code) ?? .other }
}

extension ErrorCode {
    /// What the pipeline knows of a failure.
    init(_ code: FailureCode) {
        switch code {
        case .errno(let number): self = .errno(number)
        case .sqlite(let code): self = .sqlite(code)
        case .word(let word): self = ErrorCode(caseOf: word)
        }
    }
}

/// What a verification checks.
enum CheckWord: String, CaseIterable {
    case database
    case ledger
    case journal
    case silver
    case bronze
    case gold
    case other

    /// - Parameter check: its name: one of these words, or `silver.transactions`.
    init(_ check: String) {
        self = CheckWord(rawValue: String(check.prefix { $0 != "." })) ?? .other
    }
}

/// The stages and the steps between them that can fail.
enum StageWord: String, CaseIterable {
    case intake
    case publish
    case archive
    case verify
    case forecast
    case history
    case train
    case checkpoint
    case ledger
    case other

    init(_ stage: String) { self = StageWord(rawValue: stage) ?? .other }
}

/// Why no model was trained.
enum TrainingWord: String, CaseIterable {
    case noRows
    case noFeatures
    case oneClassOnly
    case tooFewPositives
    case tooFewNegatives
    case nothingVaries
    case tooShort = "too_short"
    case other

    init(_ code: String) { self = TrainingWord(rawValue: code) ?? .other }
}

/// What is advised of a model.
private enum AdviceWord: String, CaseIterable {
    case keep
    case recentre
    case retrain
    case wait

    init(_ advice: String) { self = AdviceWord(rawValue: advice) ?? .wait }
}

/// What the file system knows of the state directory.
enum StateFiles {
    /// The size of a file; 0 where there is none.
    static func bytes(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// What an unprivileged process can still write; 0 where that is unknown.
    static func bytesFree(_ directory: String) -> Int64 {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return 0 }
        let (bytes, overflow) = Int64(clamping: status.f_bavail)
            .multipliedReportingOverflow(by: Int64(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }
}
