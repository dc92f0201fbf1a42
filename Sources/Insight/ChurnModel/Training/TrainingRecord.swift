/// What a model was trained on.
public struct TrainingRecord: Sendable, Equatable {
    public let rows: Int
    public let positives: Int
    public let customers: Int
    /// The day numbers of the first and the last snapshot; nil when unknown.
    public let firstSnapshotDay: Int?
    public let lastSnapshotDay: Int?
    /// The day number of the training; nil when not given.
    public let trainedOnDay: Int?
    public let seed: UInt64
    /// A digest of all training rows: equal data give equal numbers.
    public let fingerprint: UInt64
}
