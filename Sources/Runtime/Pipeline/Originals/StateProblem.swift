public import Records

/// Why the daemon cannot begin to work on what it finds in the state directory: an operator has to decide.
public enum StateProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// There are originals, and no ledger of them.
    case ledgerLost(database: String, originals: Int, journal: Int)
    /// A database file is no database, or no whole one.
    case databaseDamaged(path: String, detail: String)
    /// A database, or the log that belongs to it, was removed or exchanged while the daemon has it open.
    case databaseMisplaced(file: String)
    /// A database was written by a newer version.
    case databaseNewer(path: String)
    /// Originals are not what they were when they were loaded.
    /// - Parameter files: how each is called in bronze and was called when it was delivered; not for a log.
    case originalsDamaged(String, files: [String] = [])
    /// Originals that no line of the journal names, where the journal is all there is to go by.
    case originalsUnexplained([UnexplainedOriginal], journal: String?)
    /// Ledger and journal of loads contradict each other.
    case journalDiffers(String)
    /// There is nothing to rebuild from.
    case journalUnusable(String)
    /// Payments are stored in currencies that the configuration has no rate for.
    case ratesMissing([UnratedCurrency], base: String)
    /// What was loaded once cannot be loaded again.
    case notLoadable(drop: Int64, sha256: String, reason: String)

    public var description: String {
        switch self {
        case .ledgerLost(let database, let originals, let journal):
            "bronze holds \(originals) \(originals == 1 ? "original" : "originals") and \(database) knows of none: "
                + (journal > 0
                    ? "put \(database) back from a backup, or run \"aurad --rebuild\", which makes it anew from the "
                        + "journal of \(journal) \(journal == 1 ? "load" : "loads")"
                    : "put \(database) or bronze/journal.ndjson back from a backup; there is no journal of loads to make "
                        + "\(database) anew from. Without a backup, move the originals out of bronze, start again, and "
                        + "deliver them as new files, clients and tickets in the order in which they first came")
        case .databaseDamaged(let path, let detail):
            "\(path) is damaged (\(detail)): run \"aurad --rebuild\", which makes it anew from the journal of loads and "
                + "the originals in bronze, and keeps the damaged file; or put it back from a backup"
        case .databaseMisplaced(let file):
            "\(file) was removed, or another file was put in its place, while the daemon works with it: nothing is loaded "
                + "any more, because it would be lost; what was loaded before is not, and the figures are right. Put the "
                + "very file back if it was only moved; otherwise stop the daemon"
                + (file.hasSuffix("-wal")
                    ? " and start it again, which writes all it knows into the database"
                    : ", move whatever is called aura.db away, and run \"aurad --rebuild\", which makes it anew from the "
                        + "journal of loads and the originals in bronze")
        case .databaseNewer(let path):
            "\(path) was written by a newer version of aura, which this one must not change: install that version, or "
                + "give this one a state directory of its own with --state-dir"
        case .originalsDamaged(let detail, _):
            "nothing was changed, because a rebuild needs every original whole: \(detail). Where aura.db is whole, start "
                + "without --rebuild and deliver the same files again; otherwise copy each, from where it came or from a "
                + "backup, to bronze/SHA256.ENDING, the SHA-256 as above and the ending of the file (csv, json, csv.gz), "
                + "as the daemon's user"
        case .originalsUnexplained(let originals, let journal):
            "nothing was changed, because bronze holds \(originals.count) "
                + (originals.count == 1 ? "original that no line" : "originals that no lines")
                + " of bronze/journal.ndjson \(originals.count == 1 ? "explains" : "explain")"
                + "\(journal.map { " (\($0))" } ?? ""), and a rebuild would leave "
                + (originals.count == 1 ? "it" : "them")
                + " out: SHA-256 \(originals.prefix(UnexplainedOriginal.namedMax).map(\.text).joined(separator: ", "))"
                + (originals.count > UnexplainedOriginal.namedMax
                    ? " and \(originals.count - UnexplainedOriginal.namedMax) more" : "")
                + ". Put aura.db or the journal back from a backup; or move the files of these names out of bronze, run "
                + "\"aurad --rebuild\" again, and hand them in again as new files, each as what it is, when the daemon runs; "
                + OriginalKind.handedInAgain
        case .journalDiffers(let detail):
            "the ledger in aura.db and bronze/journal.ndjson contradict each other: \(detail); nothing was changed. Put "
                + "both back from one backup, or move aura.db away and run \"aurad --rebuild\" to go by the journal"
        case .journalUnusable(let detail):
            "there is nothing to rebuild aura.db from: \(detail); put aura.db or the journal back from a backup. Without a "
                + "backup, move the originals out of bronze, start again without --rebuild, and deliver them as new files, "
                + "clients and tickets in the order in which they first came"
        case .ratesMissing(let currencies, let base):
            "there is no exchange rate to \(base) for "
                + currencies.map {
                    "\($0.currency) (\($0.payments) stored \($0.payments == 1 ? "payment" : "payments"))"
                }.joined(separator: ", ")
                + ": without one their amounts cannot be added to others; put the rates back into the file that fx names, "
                + "or base_currency back to what it was"
        case .notLoadable(let drop, let sha256, let reason):
            "the original of drop \(drop), SHA-256 \(sha256), could not be loaded again: \(reason); nothing was changed"
        }
    }
}

/// An original that no load is on record for.
public struct UnexplainedOriginal: Sendable, Equatable {
    public var sha256: String
    /// What it reads as.
    public var categories: [Category]

    static let namedMax = 10

    var text: String { "\(sha256) (\(OriginalKind.text(categories)))" }
}
