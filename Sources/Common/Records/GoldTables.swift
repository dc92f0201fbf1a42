public import Words

/// The metrics of every client as of one day, and what is needed to add them up over any group of clients.
///
/// A *position* is the place of a client in these tables; positions follow the dense client index of silver. Only
/// clients
/// that are known and signed up on or before the as-of day have one.
public struct GoldTables: Sendable {
    public var asOf: Day
    /// The dense client index by position, ascending.
    public var clients: [UInt32] = []
    public var dimensions = ClientDimensions()
    public var metrics = ClientMetrics()
    /// Where the clients stand, by position.
    public var status: [ClientStatus] = []
    /// 64 bits over where a client stands and what he was ever worth, by position.
    public var standingHashes: [UInt64] = []
    public var months = ClientMonths()
    /// The activity that `ClientMonth.isActive` stands for.
    public var activity = ActivityDefinition.any
    /// Tickets and surveys up to the as-of day, by position.
    public var tickets = ClientSlicesByPosition()
    public var surveys = ClientSlicesByPosition()
    /// How active the clients were at the end of the day before: what health compares them with.
    public var dayBefore = PlanActivity()
    /// Totals over accepted rows up to the as-of day.
    public var counts = RecordCounts()

    public init(asOf: Day) { self.asOf = asOf }

    public var count: Int { clients.count }
}

/// Row counts of silver up to a day, rows of unknown clients included.
public struct RecordCounts: Sendable, Equatable {
    public var customers = 0
    public var transactions = 0
    public var events = 0
    public var tickets = 0
    public var surveys = 0

    public init() {}
}

/// The attributes clients are grouped and filtered by, with the house's defaults applied. Code 0 is unknown.
public struct ClientDimensions: Sendable {
    public struct Dimension: Sendable {
        public var codes: [UInt16] = []
        /// `values[0]` is the unknown value.
        public var values: [String] = [""]

        public init() {}
    }

    public var segment = Dimension()
    public var region = Dimension()
    public var tier = Dimension()
    public var product = Dimension()

    public init() {}

    /// That of an attribute that clients are grouped by.
    public subscript(attribute: ClientAttribute) -> Dimension {
        switch attribute {
        case .segment: segment
        case .region: region
        case .tier: tier
        case .product: product
        default: preconditionFailure("clients are not grouped by \(attribute.name)")
        }
    }
}

/// What a client did in one calendar month.
public struct ClientMonth: BitwiseCopyable, Sendable {
    /// As ``Month/rawValue``.
    public var month: Int32
    public var events: Int32
    /// Amounts above 0.
    public var payments: Int32
    /// By the configured definition of activity.
    public var isActive: Bool
    /// Sum of all amounts, refunds included; micro-units.
    public var revenue: Int64
    /// Sum of the amounts above 0; micro-units.
    public var positive: Int64
    /// Recurring revenue r(c, m); micro-units.
    public var recurring: Int64

    @inlinable
    public init(month: Int32) {
        self.month = month
        events = 0
        payments = 0
        isActive = false
        revenue = 0
        positive = 0
        recurring = 0
    }
}

/// The months of every client in which anything happened, ascending, by position.
///
/// The months stand in blocks that generations share: a generation in which few clients have changed brings one small
/// block with theirs and refers to those of its predecessors for all others.
public struct ClientMonths: Sendable {
    /// Where the months of a client stand.
    public struct Place: BitwiseCopyable, Sendable {
        public var start: UInt32
        public var count: UInt16
        public var block: UInt16

        @inlinable
        public init(start: UInt32, count: UInt16, block: UInt16) {
            self.start = start
            self.count = count
            self.block = block
        }

        public static let none = Place(start: 0, count: 0, block: 0)
    }

    public var blocks: [[ClientMonth]] = [[]]
    /// By position.
    public var places: [Place] = []
    /// 64 bits over the months of a client, by position.
    public var hashes: [UInt64] = []
    /// The state of the clients' past that these are the months of.
    public var lineage: Lineage?

    /// Nothing but its identity: one for every state of the clients' past.
    public final class Lineage: Sendable {
        public init() {}
    }

    public init() {}

    /// The months of a position.
    @inlinable
    public subscript(position: Int) -> ArraySlice<ClientMonth> {
        let place = places[position]
        return blocks[Int(place.block)][Int(place.start)..<Int(place.start) + Int(place.count)]
    }

    /// Calls `body` with a function that gives the months of a position; for loops over many. The buffers are valid
    /// inside the call only.
    @inlinable
    public func withSlices<R>(_ body: ((Int) -> UnsafeBufferPointer<ClientMonth>) throws -> R) rethrows -> R {
        func nested(
            _ index: Int, _ bases: inout [UnsafeBufferPointer<ClientMonth>]
        ) throws -> R {
            if index == blocks.count {
                let bases = bases
                return try bases.withUnsafeBufferPointer { bases in
                    try places.withUnsafeBufferPointer { places in
                        try body { position in
                            let place = places[position]
                            let start = Int(place.start)
                            return UnsafeBufferPointer(
                                rebasing: bases[Int(place.block)][start..<start + Int(place.count)])
                        }
                    }
                }
            }
            return try blocks[index].withUnsafeBufferPointer { buffer in
                bases.append(buffer)
                return try nested(index + 1, &bases)
            }
        }
        var bases: [UnsafeBufferPointer<ClientMonth>] = []
        return try nested(0, &bases)
    }
}

/// Rows of a table by position of their client.
public struct ClientSlicesByPosition: Sendable {
    /// One more than there are positions.
    public var starts: [UInt32] = [0]
    /// Row numbers of the silver table.
    public var rows: [UInt32] = []

    public init() {}

    @inlinable
    public func rows(of position: Int) -> ArraySlice<UInt32> { rows[Int(starts[position])..<Int(starts[position + 1])] }
}
