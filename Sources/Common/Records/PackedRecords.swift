/// A record of one of the large categories, packed into a few bytes; the day sorts first.
public protocol PackedRecord: BitwiseCopyable, Comparable, Sendable, SendableMetatype {
    /// Days since 1970-01-01.
    var day: Int32 { get }
}

/// One engagement event in 8 bytes: day and hour, which sort first, and the code of its kind.
public struct PackedEvent: PackedRecord, RawRepresentable {
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

/// One transaction in the client's currency.
public struct PackedTransaction: PackedRecord {
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

/// What a record is beside its time and amount: few different ones for many records.
public protocol RecordKind: Sendable, Hashable {
    /// The bytes of its texts.
    var textBytes: Int { get }
}

/// What an event is, beside its time.
public struct EngagementKind: RecordKind {
    public var type: String
    public var device: String
    public var feature: String

    public var textBytes: Int { type.utf8.count + device.utf8.count + feature.utf8.count }

    public init(type: String, device: String, feature: String) {
        self.type = type
        self.device = device
        self.feature = feature
    }
}

/// What a transaction is, beside its day and amount.
public struct TransactionKind: RecordKind {
    public var currency: String
    public var method: String
    public var terms: PaymentTerms

    public var textBytes: Int { currency.utf8.count + method.utf8.count }

    public init(currency: String, method: String, terms: PaymentTerms = PaymentTerms()) {
        self.currency = currency
        self.method = method
        self.terms = terms
    }
}

/// The distinct kinds of a category's records; records hold an index into it.
public struct KindList<Kind: RecordKind>: Sendable, Equatable {
    public private(set) var kinds: [Kind] = []
    /// The bytes of their texts.
    public private(set) var textBytes = 0
    private var indexOfKind: [Kind: UInt32] = [:]

    public init() {}

    /// - Returns: the index of a kind, which is new or known.
    public mutating func insert(_ kind: Kind) -> UInt32 {
        if let index = indexOfKind[kind] { return index }
        let index = UInt32(kinds.count)
        kinds.append(kind)
        textBytes += kind.textBytes
        indexOfKind[kind] = index
        return index
    }

    /// Forgets the kinds from `count` on, which no row may have.
    mutating func truncate(to count: Int) {
        while kinds.count > count {
            let kind = kinds.removeLast()
            textBytes -= kind.textBytes
            indexOfKind[kind] = nil
        }
    }
}

public typealias EventKinds = KindList<EngagementKind>
public typealias TransactionKinds = KindList<TransactionKind>

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

/// Records of one or more loads, sorted by client and, within a client, by value. Never changes once made.
public final class Segment<Value: PackedRecord>: Sendable {
    public let id: Int64
    public let slices: ClientSlices
    public let values: [Value]
    /// The segments this one was merged from, those they were merged from included; not kept on disk.
    public let sources: Set<Int64>

    public init(id: Int64, slices: ClientSlices, values: [Value], sources: Set<Int64> = []) {
        self.id = id
        self.slices = slices
        self.values = values
        self.sources = sources
    }
}

public typealias EventSegment = Segment<PackedEvent>
public typealias TransactionSegment = Segment<PackedTransaction>

/// All records of a large category.
public struct PackedTable<Kind: RecordKind, Value: PackedRecord>: Sendable {
    public var kinds = KindList<Kind>()
    public var segments: [Segment<Value>] = []

    public init() {}

    public var count: Int { segments.reduce(0) { $0 + $1.values.count } }

    /// Puts a merged segment in the place of those it was made of.
    public mutating func replace(_ removed: Set<Int64>, with segment: Segment<Value>) {
        segments.removeAll { removed.contains($0.id) }
        segments.append(segment)
    }
}

public typealias EventTable = PackedTable<EngagementKind, PackedEvent>
public typealias TransactionTable = PackedTable<TransactionKind, PackedTransaction>
