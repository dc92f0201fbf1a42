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

/// The clients and their attributes as the latest demographics gave them.
public struct ClientTable: Sendable {
    /// `Int32.min` stands for an unknown day.
    public static let unknownDay = Int32.min

    public var id = TextColumn()
    /// Whether demographics of the client have arrived.
    public var isKnown: [Bool] = []
    public var name = TextColumn()
    public var email = TextColumn()
    public var phone = TextColumn()
    public var contactName = TextColumn()
    /// -1 when unknown.
    public var age: [Int16] = []
    public var gender = CodedColumn()
    public var location = CodedColumn()
    public var subscriptionType = CodedColumn()
    public var segment = CodedColumn()
    public var region = CodedColumn()
    public var tier = CodedColumn()
    public var product = CodedColumn()
    public var industry = CodedColumn()
    public var owner = CodedColumn()
    public var currency = CodedColumn()
    public var creationDay: [Int32] = []
    public var contractEndDay: [Int32] = []
    public var churnDay: [Int32] = []
    /// Columns beyond the schema, in the order of their names.
    public var attributeNames: [String] = []
    public var attributes: [CodedColumn] = []
    public var knownCount = 0

    public init() {}

    public var count: Int { isKnown.count }
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
