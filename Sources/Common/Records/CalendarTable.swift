/// Promotions, holidays and other days that are known beforehand, in the order of their first arrival; a later drop
/// updates a row in place. Day, name and segment together are the natural key.
public struct CalendarTable: Sendable {
    /// Days before the day itself that are affected too, as the first of them relative to it.
    public static let lowerWindowRange = -366...0
    /// Days after the day itself that are affected too, as the last of them relative to it.
    public static let upperWindowRange = 0...366

    /// 1 for a day that has been called off, 0 for one that takes place.
    public static let cancelledRange = 0...1
    /// The windows of a day that has been called off: no day is affected. Its row stays, so that a later drop can call
    /// it on again.
    public static let cancelledWindows = (lower: 1, upper: 0)

    /// Days since 1970; may lie ahead.
    public var day: [Int32] = []
    public var name = CodedColumn()
    /// The segment whose clients are affected; unknown when all are.
    public var segment = CodedColumn()
    public var lowerWindow: [Int16] = []
    public var upperWindow: [Int16] = []

    public init() {}

    public var count: Int { day.count }

    public mutating func append(day: Int32, name: String, segment: String, lowerWindow: Int, upperWindow: Int) {
        self.day.append(day)
        self.name.append(name)
        self.segment.append(segment)
        self.lowerWindow.append(Int16(clamping: lowerWindow))
        self.upperWindow.append(Int16(clamping: upperWindow))
    }

    /// Whether a row has been called off.
    public func isCancelled(_ row: Int) -> Bool { lowerWindow[row] > upperWindow[row] }

    /// The natural key of a row.
    public static func key(day: Int32, name: String, segment: String) -> RecordKey {
        RecordKey("\(day) \(name.utf8.count) \(name) \(segment)")
    }

    public func key(ofRow row: Int) -> RecordKey {
        CalendarTable.key(day: day[row], name: name[row] ?? "", segment: segment[row] ?? "")
    }
}
