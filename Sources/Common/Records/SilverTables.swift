/// Everything that was accepted, typed, deduplicated and joined: what Silver hands to Gold.
///
/// Clients have a dense index, given in the order in which their ids were first seen, whoever mentioned them first. All
/// other tables refer to clients by this index. A client that was mentioned but has not arrived yet is *unknown*: his
/// records are kept and count as soon as he arrives.
public struct SilverTables: Sendable {
    public var clients = ClientTable()
    public var events = EventTable()
    public var transactions = TransactionTable()
    public var tickets = TicketTable()
    public var surveys = SurveyTable()
    public var calendar = CalendarTable()
    /// The latest day of any accepted row; nil before the first one.
    public var lastDay: Day?
    /// The earliest day of an accepted event.
    public var firstEventDay: Day?
    /// Grows whenever clients, tickets or surveys change; 0 where nobody counts. Two states of the same process with the
    /// same number differ in events, transactions and known days only.
    public var recordsRevision: UInt64 = 0

    public init() {}

    public mutating func see(lastDay day: Day) { lastDay = lastDay.map { max($0, day) } ?? day }
    public mutating func see(firstEventDay day: Day) { firstEventDay = firstEventDay.map { min($0, day) } ?? day }
}

extension SilverTables {
    /// The latest day of what is there, worked out anew.
    public var latestRecordDay: Day? {
        var latest = Int32.min
        for (isKnown, day) in zip(clients.isKnown, clients.creationDay) where isKnown { latest = max(latest, day) }
        for segment in events.segments { for value in segment.values { latest = max(latest, value.day) } }
        for segment in transactions.segments { for value in segment.values { latest = max(latest, value.day) } }
        if let created = tickets.createdAt.max() { latest = max(latest, Instant(rawValue: created).day.rawValue) }
        if let answered = surveys.day.max() { latest = max(latest, answered) }
        return latest == .min ? nil : Day(rawValue: latest)
    }
}

extension TransactionTable {
    /// Which version of a row a file may say it brings.
    public static var revisionRange: ClosedRange<Int> { 0...Int(Int32.max) }
}

/// Support tickets, in the order of their first arrival; a later drop updates a row in place.
public struct TicketTable: Sendable {
    /// Stands for "not resolved".
    public static let unresolved = Int64.min

    public var id = TextColumn()
    public var client: [UInt32] = []
    /// Milliseconds since 1970.
    public var createdAt: [Int64] = []
    public var resolvedAt: [Int64] = []
    /// 1…5; 0 when unrated.
    public var satisfaction: [Int8] = []
    public var issueType = CodedColumn()

    public init() {}

    public var count: Int { client.count }
}

/// Survey answers, in the order of their arrival.
public struct SurveyTable: Sendable {
    public var id = TextColumn()
    public var client: [UInt32] = []
    /// Days since 1970.
    public var day: [Int32] = []
    /// 0…10.
    public var score: [Int8] = []
    public var comments = TextColumn()

    public init() {}

    public var count: Int { client.count }
}
