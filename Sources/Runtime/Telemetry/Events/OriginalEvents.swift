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

/// There was no journal of loads where there should be one, and it has been written anew from the ledger.
public struct JournalMissing: Event {
    public static let kind = EventKind.journalMissing

    public init() {}

    public var message: SafeText { "bronze/journal.ndjson was missing, and has been written anew from the ledger" }

    public var fields: EventFields { [:] }
}

/// `gold.db` was no whole database any more and is published anew.
public struct PublicationDamaged: Event {
    public static let kind = EventKind.publicationDamaged

    public init() {}

    public var message: SafeText { "gold.db was damaged or exchanged, and is published anew" }

    public var fields: EventFields { [:] }
}

/// `gold.db` was gone and is published anew.
public struct PublicationMissing: Event {
    public static let kind = EventKind.publicationMissing

    public init() {}

    public var message: SafeText { "gold.db was missing, and is published anew" }

    public var fields: EventFields { [:] }
}

/// One of the things that were found when `aura.db` turned out not to be sound.
public struct DatabaseDamaged: Event {
    public static let kind = EventKind.databaseDamaged

    /// Which of the findings this is, and how many there are.
    public let number: Int
    public let findings: Int
    /// Pages, tables and indexes; nothing of what stands in them.
    public let finding: SafeText

    public init(number: Int, findings: Int, finding: SafeText) {
        self.number = number
        self.findings = findings
        self.finding = finding
    }

    public var message: SafeText { "aura.db is damaged (\(number) of \(findings)): \(finding)" }

    public var fields: EventFields { [:] }
}
