import Records
import Words

/// What the tables may hold at most. Beyond, a drop is refused with a reason: a file that was made to harm, or by mistake,
/// would take memory and time without end, and the daemon down with it, again at every start.
public struct SilverLimits: Sendable, Equatable {
    /// How many bytes of text a column may hold: spans are of 32 bits, and a batch is loaded before it is counted.
    public var textBytes = Int(UInt32.max) - 64 << 20
    /// Columns of clients beyond the schema, of all drops together, and the bytes of their names.
    public var attributes = 1000
    public var attributeNameBytes = 1 << 20
    /// Cells of those columns, of four bytes each; stretches of clients of whom none has a value are not counted.
    public var attributeCells = 1 << 28
    /// Different values of the columns that are kept as codes (all but ids, names and numbers), and their bytes.
    public var values = 16 << 20
    public var valueBytes = 1 << 30
    /// Different values of a column that clients are grouped by.
    public var groupingValues = 10_000
    /// Different kinds of events (type, device and feature) or of transactions (currency, method and terms), and the
    /// bytes of their texts.
    public var kinds = 1 << 20
    public var kindBytes = 256 << 20
    /// Rows of one drop that wait to be sorted: events and transactions, of some fifty bytes each, and the others, of some
    /// two hundred.
    public var stagedRows = 400_000_000
    public var wideRows = 50_000_000
    /// Micro-units of the base currency that the amounts of all transactions together, refunds counted as payments are,
    /// may come to: beyond, figures would have to be cut.
    public var turnover = Money.turnoverMax
    /// Bytes of one value: of an id, of what somebody has said in his own words, and of any other text.
    public var idBytes = 256
    public var commentBytes = 64 << 10
    public var fieldBytes = 4 << 10

    public init() {}

    /// Those of the tables themselves alone: for what was let in before, perhaps by a version with other ceilings.
    public static var none: SilverLimits {
        var limits = SilverLimits()
        limits.attributes = .max
        limits.attributeNameBytes = .max
        limits.attributeCells = .max
        limits.values = .max
        limits.valueBytes = .max
        limits.groupingValues = .max
        limits.kinds = .max
        limits.kindBytes = .max
        limits.stagedRows = .max
        limits.wideRows = .max
        limits.turnover = .infinity
        limits.idBytes = .max
        limits.commentBytes = .max
        limits.fieldBytes = .max
        return limits
    }
}

/// What a load has more of than the tables may hold.
public enum LoadExcess: Error, Sendable, Equatable, CustomStringConvertible {
    case text(limit: Int)
    case attributes(limit: Int)
    case attributeNames(limit: Int)
    case attributeCells(limit: Int)
    case values(limit: Int)
    case groupingValues(limit: Int)
    case valueBytes(limit: Int)
    case kinds(limit: Int)
    case kindBytes(limit: Int)
    case rows(limit: Int)
    case turnover(limit: Double, currency: String)

    /// Short and stable, for counting and logs.
    public var code: String {
        switch self {
        case .text, .attributeNames, .valueBytes, .kindBytes: "too_much_text"
        case .attributes, .attributeCells: "too_many_columns"
        case .values, .groupingValues, .kinds: "too_many_values"
        case .rows: "too_many_rows"
        case .turnover: "amounts_too_large"
        }
    }

    public var description: String {
        switch self {
        case .text(let limit):
            "ids, names and comments are more than \(limit) bytes together; split the file, or shorten its texts"
        case .attributes(let limit):
            "with this file clients would have more than \(limit) further columns, those of earlier files included; leave "
                + "out columns that are not needed"
        case .attributeNames(let limit):
            "the names of the clients' further columns are more than \(limit) bytes together; shorten them"
        case .attributeCells(let limit):
            "with this file clients times their further columns would be more than \(limit); leave out columns that are "
                + "not needed, or clients"
        case .values(let limit):
            "columns such as segment, owner or issue type would have more than \(limit) different values together; "
                + "columns whose values differ from row to row belong elsewhere"
        case .groupingValues(let limit):
            "one of the columns segment, region, tier, product and subscription_type would have more than \(limit) "
                + "different values; clients are grouped by them, so leave ids, names and addresses out of them"
        case .valueBytes(let limit):
            "the different values of columns such as segment, owner or issue type would be more than \(limit) bytes "
                + "together; shorten them"
        case .kinds(let limit):
            "there would be more than \(limit) different combinations of event type, device and feature, or of "
                + "currency, payment method and period; leave ids, addresses and times out of them"
        case .kindBytes(let limit):
            "the different event types, devices, features and payment methods would be more than \(limit) bytes "
                + "together; shorten them"
        case .rows(let limit): "more than \(limit) rows; split the file"
        case .turnover(let limit, let currency):
            "with this file the amounts of all transactions together would be more than "
                + "\(Int(min(limit / 1_000_000, 0x1p62))) \(currency), which is more than can be added "
                + "up; check the amounts, the currencies and their rates in the file that fx names"
        }
    }
}

/// How various the contents of the tables are: what costs memory by the different value, whatever the rows.
struct SilverVariety {
    private var attributeCells: Int
    private var values: Int
    private var valueBytes: Int
    /// Of the column that clients are grouped by with the most of them.
    private var groupingValues: Int
    private var kinds: Int
    private var kindBytes: Int

    init(_ tables: SilverTables) {
        let clients = tables.clients
        attributeCells = clients.attributeCells
        values = tables.tickets.issueType.dictionary.values.count
        valueBytes = tables.tickets.issueType.dictionary.textBytes
        groupingValues =
            SilverVariety.grouping.map { clients[keyPath: $0].dictionary.values.count }.max() ?? 0
        for attribute in ClientAttribute.words {
            values += clients[word: attribute].dictionary.values.count
            valueBytes += clients[word: attribute].dictionary.textBytes
        }
        for column in clients.attributes {
            values += column.dictionary.values.count
            valueBytes += column.dictionary.textBytes
        }
        kinds = max(tables.events.kinds.kinds.count, tables.transactions.kinds.kinds.count)
        kindBytes = max(tables.events.kinds.textBytes, tables.transactions.kinds.textBytes)
    }

    /// Segments and tiers are those of the subscription where a client has none of his own.
    private static var grouping: [KeyPath<ClientTable, CodedColumn>] {
        [\.segment, \.region, \.tier, \.product, \.subscriptionType]
    }

    /// What there is too much of. A drop that adds nothing to it is not to blame: what an earlier version took in stays.
    func excess(of limits: SilverLimits, before: SilverVariety) -> LoadExcess? {
        if attributeCells > max(limits.attributeCells, before.attributeCells) {
            return .attributeCells(limit: limits.attributeCells)
        }
        if values > max(limits.values, before.values) { return .values(limit: limits.values) }
        if groupingValues > max(limits.groupingValues, before.groupingValues) {
            return .groupingValues(limit: limits.groupingValues)
        }
        if valueBytes > max(limits.valueBytes, before.valueBytes) { return .valueBytes(limit: limits.valueBytes) }
        if kinds > max(limits.kinds, before.kinds) { return .kinds(limit: limits.kinds) }
        if kindBytes > max(limits.kindBytes, before.kindBytes) { return .kindBytes(limit: limits.kindBytes) }
        return nil
    }
}
