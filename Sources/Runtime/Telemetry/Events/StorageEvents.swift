// What happens to the files of the state directory.

/// An accepted original was compressed.
public struct ArchiveCompressed: Event {
    public static let kind = EventKind.archiveCompressed

    /// Its size before.
    public let bytesBefore: Int64
    /// Its size now.
    public let bytes: Int64

    public init(bytesBefore: Int64, bytes: Int64) {
        self.bytesBefore = bytesBefore
        self.bytes = bytes
    }

    public var message: SafeText { "an original compressed: \(bytesBefore) to \(bytes) bytes" }

    public var fields: EventFields { [.stage: "archive", .bytesBefore: .count(bytesBefore), .bytes: .count(bytes)] }

    public var measurements: [EventMeasurement] {
        [
            .add(bytesBefore, to: .archiveBytes, ["form": "original"]),
            .add(bytes, to: .archiveBytes, ["form": "compressed"]),
        ]
    }
}

/// An accepted original could not be compressed and stays as it is.
public struct ArchiveFailed: Event {
    public static let kind = EventKind.archiveFailed

    /// What went wrong.
    public let errorCode: ErrorCode

    public init(errorCode: ErrorCode) {
        self.errorCode = errorCode
    }

    public var message: SafeText { "an original not compressed: \(errorCode), keeping it as it is" }

    public var fields: EventFields { [.errorCode: .text(errorCode.text)] }
}

/// Ledger, silver and gold agree.
public struct VerifyFinished: Event {
    public static let kind = EventKind.verifyFinished

    /// Checks that ran.
    public let checks: Int
    /// How long it took.
    public let duration: Duration

    public init(checks: Int, duration: Duration) {
        self.checks = checks
        self.duration = duration
    }

    public var message: SafeText { "verification passed: \(checks) checks in \(duration)" }

    public var fields: EventFields {
        [.stage: "verify", .checks: .count(checks), .duration: .duration(duration)]
    }

    public var measurements: [EventMeasurement] { [.set(.verifyFailures, to: 0)] }
}

/// Ledger, silver and gold do not agree.
public struct VerifyFailed: Event {
    public static let kind = EventKind.verifyFailed

    /// Checks that ran.
    public let checks: Int
    /// Checks that failed.
    public let failures: Int
    /// The first check that failed.
    public let errorCode: ErrorCode

    public init(checks: Int, failures: Int, errorCode: ErrorCode) {
        self.checks = checks
        self.failures = failures
        self.errorCode = errorCode
    }

    public var message: SafeText { "verification failed: \(failures) of \(checks) checks, first \(errorCode)" }

    public var fields: EventFields {
        [
            .stage: "verify", .checks: .count(checks), .failures: .count(failures), .errorCode: .text(errorCode.text),
        ]
    }

    public var measurements: [EventMeasurement] { [.set(.verifyFailures, to: failures)] }
}

/// There is no room left to work: loading pauses, answers go on.
public struct DiskFullBegan: Event {
    public static let kind = EventKind.diskFullBegan

    /// The stage's word in the schedule.
    public let stage: SafeText
    /// Room left in the file system of the state directory.
    public let bytesFree: Int64

    public init(stage: SafeText, bytesFree: Int64) {
        self.stage = stage
        self.bytesFree = bytesFree
    }

    public var message: SafeText { "disk full in stage \(stage): \(bytesFree) bytes free, loading pauses" }

    public var fields: EventFields { [.stage: .text(stage), .bytesFree: .count(bytesFree)] }

    public var measurements: [EventMeasurement] { [.set(.diskFull, to: 1)] }
}

/// There is room again.
public struct DiskFullEnded: Event {
    public static let kind = EventKind.diskFullEnded

    /// Room in the file system of the state directory.
    public let bytesFree: Int64
    /// How long loading paused.
    public let duration: Duration

    public init(bytesFree: Int64, duration: Duration) {
        self.bytesFree = bytesFree
        self.duration = duration
    }

    public var message: SafeText { "room on disk again after \(duration): \(bytesFree) bytes free, loading goes on" }

    public var fields: EventFields { [.bytesFree: .count(bytesFree), .duration: .duration(duration)] }

    public var measurements: [EventMeasurement] { [.set(.diskFull, to: 0)] }
}

/// The database was brought to the version of the program.
public struct DatabaseMigrated: Event {
    public static let kind = EventKind.databaseMigrated

    /// Its version before.
    public let schemaBefore: Int
    /// Its version now.
    public let schema: Int
    /// How long it took.
    public let duration: Duration

    public init(schemaBefore: Int, schema: Int, duration: Duration) {
        self.schemaBefore = schemaBefore
        self.schema = schema
        self.duration = duration
    }

    public var message: SafeText { "database migrated from version \(schemaBefore) to \(schema) in \(duration)" }

    public var fields: EventFields {
        [
            .schemaBefore: .count(schemaBefore), .schema: .count(schema), .duration: .duration(duration),
        ]
    }
}
