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
    /// The latest day of any accepted row; nil before the first one.
    public var lastDay: Day?
    /// The earliest day of an accepted event.
    public var firstEventDay: Day?
    /// Grows whenever clients, tickets or surveys change; 0 where nobody counts. Two states of the same process with the
    /// same number differ in events and transactions only.
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

/// One engagement event in 8 bytes: day and hour, which sort first, and the code of its kind.
public struct PackedEvent: RawRepresentable, BitwiseCopyable, Comparable, Sendable {
    public var rawValue: UInt64

    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    @usableFromInline
    static let dayBias: Int32 = 1 << 26

    @inlinable
    public init(day: Int32, hour: Int, kind: UInt32) {
        let time = UInt64(
            UInt32(truncatingIfNeeded: day &+ PackedEvent.dayBias) << 5 | UInt32(truncatingIfNeeded: hour))
        rawValue = time << 32 | UInt64(kind)
    }

    /// Days since 1970-01-01.
    @inlinable
    public var day: Int32 { Int32(truncatingIfNeeded: rawValue >> 37) &- PackedEvent.dayBias }

    /// 0…23, UTC.
    @inlinable
    public var hour: Int { Int(rawValue >> 32 & 31) }

    /// Index into ``EventKinds``.
    @inlinable
    public var kind: UInt32 { UInt32(truncatingIfNeeded: rawValue) }

    @inlinable
    public static func < (lhs: PackedEvent, rhs: PackedEvent) -> Bool { lhs.rawValue < rhs.rawValue }

    /// All events of days before `day` are smaller, all others are not.
    @inlinable
    public static func lowerBound(day: Int32) -> PackedEvent { PackedEvent(day: day, hour: 0, kind: 0) }
}

/// The distinct combinations of event type, device and feature.
public struct EventKinds: Sendable, Equatable {
    public struct Kind: Sendable, Hashable {
        public var type: String
        public var device: String
        public var feature: String

        public init(type: String, device: String, feature: String) {
            self.type = type
            self.device = device
            self.feature = feature
        }
    }

    public private(set) var kinds: [Kind] = []
    private var indexOfKind: [Kind: UInt32] = [:]

    public init() {}

    public mutating func insert(_ kind: Kind) -> UInt32 {
        if let index = indexOfKind[kind] { return index }
        let index = UInt32(kinds.count)
        kinds.append(kind)
        indexOfKind[kind] = index
        return index
    }
}

/// Which slice of a segment belongs to which client: sorted client indices and the start of each slice.
public struct ClientSlices: Sendable {
    /// Ascending.
    public var clients: [UInt32]
    /// One more than `clients`; slice i is `starts[i] ..< starts[i + 1]`.
    public var starts: [UInt32]

    public init(clients: [UInt32], starts: [UInt32]) {
        self.clients = clients
        self.starts = starts
    }

    /// The slice of one client, empty when there is none.
    public func slice(of client: UInt32) -> Range<Int> {
        var low = 0
        var high = clients.count
        while low < high {
            let middle = (low + high) / 2
            if clients[middle] < client { low = middle + 1 } else { high = middle }
        }
        guard low < clients.count, clients[low] == client else { return 0..<0 }
        return Int(starts[low])..<Int(starts[low + 1])
    }
}

/// Events of one or more loads, sorted by client and time. Never changes once made.
public final class EventSegment: Sendable {
    public let id: Int64
    public let slices: ClientSlices
    public let events: [PackedEvent]
    /// The segments this one was merged from, those they were merged from included; not kept on disk.
    public let sources: Set<Int64>

    public init(id: Int64, slices: ClientSlices, events: [PackedEvent], sources: Set<Int64> = []) {
        self.id = id
        self.slices = slices
        self.events = events
        self.sources = sources
    }
}

public struct EventTable: Sendable {
    public var kinds = EventKinds()
    public var segments: [EventSegment] = []

    public init() {}

    public var count: Int { segments.reduce(0) { $0 + $1.events.count } }
}

/// One transaction in the client's currency.
public struct PackedTransaction: BitwiseCopyable, Sendable, Comparable {
    /// Days since 1970-01-01.
    public var day: Int32
    /// Index into ``TransactionKinds``.
    public var kind: UInt32
    /// Micro-units of the currency of its kind; negative for a refund.
    public var amount: Int64

    @inlinable
    public init(day: Int32, kind: UInt32, amount: Int64) {
        self.day = day
        self.kind = kind
        self.amount = amount
    }

    @inlinable
    public static func < (lhs: PackedTransaction, rhs: PackedTransaction) -> Bool {
        (lhs.day, lhs.kind, lhs.amount) < (rhs.day, rhs.kind, rhs.amount)
    }
}

/// The distinct combinations of currency and payment method.
public struct TransactionKinds: Sendable, Equatable {
    public struct Kind: Sendable, Hashable {
        public var currency: String
        public var method: String

        public init(currency: String, method: String) {
            self.currency = currency
            self.method = method
        }
    }

    public private(set) var kinds: [Kind] = []
    private var indexOfKind: [Kind: UInt32] = [:]

    public init() {}

    public mutating func insert(_ kind: Kind) -> UInt32 {
        if let index = indexOfKind[kind] { return index }
        let index = UInt32(kinds.count)
        kinds.append(kind)
        indexOfKind[kind] = index
        return index
    }
}

/// Transactions of one or more loads, sorted by client and day. Never changes once made.
public final class TransactionSegment: Sendable {
    public let id: Int64
    public let slices: ClientSlices
    public let transactions: [PackedTransaction]
    /// The segments this one was merged from, those they were merged from included; not kept on disk.
    public let sources: Set<Int64>

    public init(id: Int64, slices: ClientSlices, transactions: [PackedTransaction], sources: Set<Int64> = []) {
        self.id = id
        self.slices = slices
        self.transactions = transactions
        self.sources = sources
    }
}

public struct TransactionTable: Sendable {
    public var kinds = TransactionKinds()
    public var segments: [TransactionSegment] = []

    public init() {}

    public var count: Int { segments.reduce(0) { $0 + $1.transactions.count } }
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
