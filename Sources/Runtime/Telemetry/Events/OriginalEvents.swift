// What is found of files that should never change.

/// An original in bronze is not what it was when it was loaded: an alarm.
public struct OriginalDamaged: Event {
    public static let kind = EventKind.originalDamaged

    /// The drop it was loaded as; 0 when the ledger does not know.
    public let dropID: Int64
    /// The SHA-256 it should have.
    public let sha256: SafeText

    public init(dropID: Int64, sha256: SafeText) {
        self.dropID = dropID
        self.sha256 = sha256
    }

    public var message: SafeText { "the original of drop \(dropID) in bronze is damaged: SHA-256 \(sha256)" }

    public var fields: EventFields { [.dropID: .count(dropID), .sha256: .text(sha256)] }
}

/// An original is gone from bronze: an alarm.
public struct OriginalMissing: Event {
    public static let kind = EventKind.originalMissing

    /// The drop it was loaded as.
    public let dropID: Int64
    /// Its SHA-256.
    public let sha256: SafeText

    public init(dropID: Int64, sha256: SafeText) {
        self.dropID = dropID
        self.sha256 = sha256
    }

    public var message: SafeText { "the original of drop \(dropID) is missing from bronze: SHA-256 \(sha256)" }

    public var fields: EventFields { [.dropID: .count(dropID), .sha256: .text(sha256)] }
}

/// The journal of loads was damaged and has been written anew from the ledger.
public struct JournalDamaged: Event {
    public static let kind = EventKind.journalDamaged

    public init() {}

    public var message: SafeText { "bronze/journal.ndjson was damaged, and has been written anew from the ledger" }

    public var fields: EventFields { [:] }
}

/// `gold.db` was no whole database any more and is published anew.
public struct PublicationDamaged: Event {
    public static let kind = EventKind.publicationDamaged

    public init() {}

    public var message: SafeText { "gold.db was damaged, and is published anew" }

    public var fields: EventFields { [:] }
}
