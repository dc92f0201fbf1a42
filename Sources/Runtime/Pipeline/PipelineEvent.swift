public import Records

/// What happened in the pipeline, for telemetry. Holds numbers and codes only: nothing of a client may be logged.
public enum PipelineEvent: Sendable, Equatable {
    case dropReceived(id: Int64, category: Category, bytes: Int)
    /// `seconds` is the time of the group of drops that were loaded together.
    case dropLoaded(
        id: Int64, category: Category, bytes: Int64, rows: Int, accepted: Int, rejected: Int, duplicates: Int,
        orphans: Int, seconds: Double)
    case dropRefused(id: Int64, category: Category, bytes: Int64, code: String)
    case dropDuplicate(id: Int64, category: Category, original: Int64)
    case dropPutBack(id: Int64, category: Category)
    case loadFinished(category: Category, drops: Int, rows: Int, seconds: Double)
    case refreshed(snapshot: String, asOf: Day, customers: Int, seconds: Double)
    case published(snapshot: String, seconds: Double)
    /// Forecasts were made; `refitted` of them from new data.
    case forecast(series: Int, refitted: Int, seconds: Double)
    /// Days of the past of the clients' health were made, and all of them are there now.
    case historyMade(days: Int, customers: Int, seconds: Double)
    case compressed(bytesBefore: Int, bytesAfter: Int)
    /// `firstFailure` is the name of a check.
    case verified(checks: Int, failures: Int, firstFailure: String?, seconds: Double)
    case churnTrained(version: String, rows: Int, isTaken: Bool, seconds: Double)
    /// Nothing was trained; `code` says why.
    case churnRefused(code: String)
    /// A training has failed by no fault of the data's amount.
    case churnFailed(code: FailureCode)
    /// A version that is kept cannot be used.
    case churnUnusable(version: String, code: FailureCode)
    /// A label window of the model in force is over.
    case churnWatched(day: Day, ratio: Double, advice: String, inputsMoved: Int)
    /// What a completed window advises calls for a challenger, which is trained now.
    case churnDrifted(day: Day, advice: String)
    /// An original in bronze is not what it was when it was loaded, or it is gone.
    case originalDamaged(drop: Int64, sha256: String)
    case originalMissing(drop: Int64, sha256: String)
    /// The journal of loads was damaged, or there was none, and it has been written anew from the ledger.
    case journalDamaged
    case journalMissing
    /// `gold.db` was damaged, or there was none, and is published anew.
    case publicationDamaged
    case publicationMissing
    /// `aura.db` is not sound; all that was found, one thing a line.
    case databaseDamaged(findings: [String])
    /// Files lie in the inbox where nobody takes them.
    case strays(count: Int)
    /// People are said to own clients under names that no client has.
    case ownersUnknown(count: Int)
    case failed(stage: String, code: FailureCode)
    case diskFull
    case diskHasRoom
}
