/// Why the daemon cannot begin to work on what it finds in the state directory: an operator has to decide.
public enum StateProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// There are originals, and no ledger of them.
    case ledgerLost(database: String, originals: Int, journal: Int)
    /// A database file is no database, or no whole one.
    case databaseDamaged(path: String, detail: String)
    /// A database was written by a newer version.
    case databaseNewer(path: String)
    /// Originals are not what they were when they were loaded.
    case originalsDamaged(String)
    /// Ledger and journal of loads contradict each other.
    case journalDiffers(String)
    /// There is nothing to rebuild from.
    case journalUnusable(String)
    /// What was loaded once cannot be loaded again.
    case notLoadable(drop: Int64, sha256: String, reason: String)

    public var description: String {
        switch self {
        case .ledgerLost(let database, let originals, let journal):
            "bronze holds \(originals) originals and \(database) knows of none: "
                + (journal > 0
                    ? "put \(database) back from a backup, or run \"aurad --rebuild\", which makes it anew from the "
                        + "journal of \(journal) loads; or \"aurad --forget-everything\" to begin with nothing"
                    : "put \(database) back from a backup (there is no journal of loads to make it anew from), or run "
                        + "\"aurad --forget-everything\" and deliver the files again")
        case .databaseDamaged(let path, let detail):
            "\(path) is damaged (\(detail)): run \"aurad --rebuild\", which makes it anew from the journal of loads and "
                + "the originals in bronze, and keeps the damaged file; or put it back from a backup"
        case .databaseNewer(let path):
            "\(path) was written by a newer version of aura, which this one must not change: install that version, or "
                + "give this one a state directory of its own with --state-dir"
        case .originalsDamaged(let detail):
            "nothing was changed, because a rebuild needs every original whole: \(detail); put them back from a backup "
                + "into bronze, or deliver the same files again"
        case .journalDiffers(let detail):
            "the ledger in aura.db and bronze/journal.ndjson contradict each other: \(detail); nothing was changed. Put "
                + "both back from one backup, or move aura.db away and run \"aurad --rebuild\" to go by the journal"
        case .journalUnusable(let detail):
            "there is nothing to rebuild aura.db from: \(detail); put aura.db back from a backup"
        case .notLoadable(let drop, let sha256, let reason):
            "the original of drop \(drop), SHA-256 \(sha256), could not be loaded again: \(reason); nothing was changed"
        }
    }
}
