/// What makes a load repeatable: which original was loaded, in which order, and under which circumstances that decide
/// which of its rows are accepted.
public struct LoadRecord: Sendable, Hashable {
    /// The number of the drop.
    public var drop: Int64
    /// Which load it was, counted from 1 and never twice.
    public var order: Int64
    public var category: Category
    public var sourceType: String?
    /// The name it was dropped under.
    public var file: String
    /// Its size, and the SHA-256 of its own bytes in hexadecimal digits.
    public var bytes: Int64
    public var sha256: String
    /// The kind of file it was delivered as: `csv`, `ndjson.gz`.
    public var ending: String
    public var receivedAt: Instant
    public var loadedAt: Instant
    /// The day of the wall clock when it arrived: decides what lies in the future.
    public var clockDay: Day
    /// The fingerprint of the settings that decide which rows are accepted; nil for loads from before it was noted.
    public var settings: String?
    /// The fingerprint of the mapping it was read with; nil for a file with columns of our own names.
    public var mapping: String?
    /// Who delivered it, as the ledger has it; nil for loads from before it was noted.
    public var deliveredBy: String?

    public init(
        drop: Int64, order: Int64, category: Category, sourceType: String?, file: String, bytes: Int64, sha256: String,
        ending: String, receivedAt: Instant, loadedAt: Instant, clockDay: Day, settings: String? = nil,
        mapping: String? = nil, deliveredBy: String? = nil
    ) {
        self.drop = drop
        self.order = order
        self.category = category
        self.sourceType = sourceType
        self.file = file
        self.bytes = bytes
        self.sha256 = sha256
        self.ending = ending
        self.receivedAt = receivedAt
        self.loadedAt = loadedAt
        self.clockDay = clockDay
        self.settings = settings
        self.mapping = mapping
        self.deliveredBy = deliveredBy
    }
}
