public import Records

/// What happened in the pipeline, for telemetry. Holds numbers and codes only: nothing of a client may be logged.
public enum PipelineEvent: Sendable, Equatable {
    case dropReceived(id: Int64, category: Category, bytes: Int)
    case dropLoaded(id: Int64, category: Category, rows: Int, accepted: Int, rejected: Int, duplicates: Int)
    case dropRefused(id: Int64, category: Category, code: String)
    case dropDuplicate(id: Int64, category: Category, original: Int64)
    case dropPutBack(id: Int64, category: Category)
    case loadFinished(category: Category, drops: Int, rows: Int, seconds: Double)
    case refreshed(snapshot: String, asOf: Day, customers: Int, seconds: Double)
    case published(snapshot: String, seconds: Double)
    case compressed(bytesBefore: Int, bytesAfter: Int)
    case failed(stage: String, code: String)
    case diskFull
    case diskHasRoom
}
