// The way of a file from the inbox into the database.

/// A file was claimed from the inbox.
public struct DropReceived: Event {
    public static let kind = EventKind.dropReceived

    /// Its number in the ledger.
    public let dropID: Int64
    /// The category it belongs to.
    public let category: SafeText
    /// Its size.
    public let bytes: Int64

    public init(dropID: Int64, category: SafeText, bytes: Int64) {
        self.dropID = dropID
        self.category = category
        self.bytes = bytes
    }

    public var message: SafeText { "drop \(dropID) received: \(category), \(bytes) bytes" }

    public var fields: EventFields { [.dropID: .count(dropID), .category: .text(category), .bytes: .count(bytes)] }

    public var measurements: [EventMeasurement] {
        [
            .add(1, to: .drops, ["category": category, "outcome": "received"]),
            .add(bytes, to: .dropBytes, ["category": category]),
        ]
    }
}

/// The rows of a drop are in the database: `rows` = `accepted` + `rejected` + `duplicates`.
public struct DropLoaded: Event {
    public static let kind = EventKind.dropLoaded

    /// Its number in the ledger.
    public let dropID: Int64
    /// The category it belongs to.
    public let category: SafeText
    /// Data rows read.
    public let rows: Int
    /// Rows that became records.
    public let accepted: Int
    /// Rows refused with a reason.
    public let rejected: Int
    /// Rows that were there already.
    public let duplicates: Int
    /// Accepted rows whose client is not known yet.
    public let orphans: Int
    /// The size of the file.
    public let bytes: Int64
    /// How long it took.
    public let duration: Duration

    public init(
        dropID: Int64, category: SafeText, rows: Int, accepted: Int, rejected: Int, duplicates: Int, orphans: Int,
        bytes: Int64, duration: Duration
    ) {
        self.dropID = dropID
        self.category = category
        self.rows = rows
        self.accepted = accepted
        self.rejected = rejected
        self.duplicates = duplicates
        self.orphans = orphans
        self.bytes = bytes
        self.duration = duration
    }

    public var message: SafeText {
        let figures: SafeText = "\(accepted) accepted, \(rejected) rejected, \(duplicates) duplicates"
        return "drop \(dropID) loaded: \(category), \(rows) rows, \(figures)"
    }

    public var fields: EventFields {
        [
            .stage: "intake", .dropID: .count(dropID), .category: .text(category), .rows: .count(rows),
            .accepted: .count(accepted), .rejected: .count(rejected), .duplicates: .count(duplicates),
            .orphans: .count(orphans), .bytes: .count(bytes), .duration: .duration(duration),
        ]
    }

    public var measurements: [EventMeasurement] {
        [
            .add(1, to: .drops, ["category": category, "outcome": "loaded"]),
            .add(accepted, to: .rows, ["category": category, "outcome": "accepted"]),
            .add(rejected, to: .rows, ["category": category, "outcome": "rejected"]),
            .add(duplicates, to: .rows, ["category": category, "outcome": "duplicate"]),
            .observe(duration, in: .dropDuration, ["category": category]),
        ]
    }
}

/// A drop was moved to quarantine.
public struct DropRefused: Event {
    public static let kind = EventKind.dropRefused

    /// Its number in the ledger.
    public let dropID: Int64
    /// The category it belongs to.
    public let category: SafeText
    /// Its size.
    public let bytes: Int64
    /// What went wrong.
    public let errorCode: ErrorCode

    public init(dropID: Int64, category: SafeText, bytes: Int64, errorCode: ErrorCode) {
        self.dropID = dropID
        self.category = category
        self.bytes = bytes
        self.errorCode = errorCode
    }

    public var message: SafeText { "drop \(dropID) refused: \(category), \(errorCode)" }

    public var fields: EventFields {
        [
            .dropID: .count(dropID), .category: .text(category), .bytes: .count(bytes),
            .errorCode: .text(errorCode.text),
        ]
    }

    public var measurements: [EventMeasurement] { [.add(1, to: .drops, ["category": category, "outcome": "refused"])] }
}

/// The content of a drop was loaded before.
public struct DropDuplicate: Event {
    public static let kind = EventKind.dropDuplicate

    /// Its number in the ledger.
    public let dropID: Int64
    /// The category it belongs to.
    public let category: SafeText
    /// The drop that brought the content first.
    public let duplicateOf: Int64

    public init(dropID: Int64, category: SafeText, duplicateOf: Int64) {
        self.dropID = dropID
        self.category = category
        self.duplicateOf = duplicateOf
    }

    public var message: SafeText { "drop \(dropID) repeats drop \(duplicateOf)" }

    public var fields: EventFields {
        [
            .dropID: .count(dropID), .category: .text(category), .duplicateOf: .count(duplicateOf),
        ]
    }

    public var measurements: [EventMeasurement] {
        [.add(1, to: .drops, ["category": category, "outcome": "duplicate"])]
    }
}

/// A drop could not be loaded for a reason that may pass, and waits to be tried again.
public struct DropPutBack: Event {
    public static let kind = EventKind.dropPutBack

    /// Its number in the ledger.
    public let dropID: Int64
    /// The category it belongs to.
    public let category: SafeText
    /// What went wrong.
    public let errorCode: ErrorCode

    public init(dropID: Int64, category: SafeText, errorCode: ErrorCode) {
        self.dropID = dropID
        self.category = category
        self.errorCode = errorCode
    }

    public var message: SafeText { "drop \(dropID) put back: \(errorCode)" }

    public var fields: EventFields {
        [
            .dropID: .count(dropID), .category: .text(category), .errorCode: .text(errorCode.text),
        ]
    }

    public var measurements: [EventMeasurement] {
        [.add(1, to: .drops, ["category": category, "outcome": "put_back"])]
    }
}
