import Records

/// What the tables may hold at most. Beyond, a drop is refused with a reason: a file that was made to harm, or by mistake,
/// would take memory and time without end, and the daemon down with it, again at every start.
public struct SilverLimits: Sendable, Equatable {
    /// How many bytes of text a column may hold: spans are of 32 bits, and a batch is loaded before it is counted.
    public var textBytes = Int(UInt32.max) - 64 << 20
    /// Columns of clients beyond the schema, of all drops together, and the bytes of their names.
    public var attributes = 1000
    public var attributeNameBytes = 1 << 20
    /// Clients times those columns: each of them costs four bytes, whether anything is known or not.
    public var attributeCells = 1 << 29
    /// Different values of the columns that are kept as codes (all but ids, names and numbers), and their bytes.
    public var values = 16 << 20
    public var valueBytes = 1 << 30
    /// Different kinds of events (type, device and feature) or of transactions (currency and method), and the bytes of
    /// their texts.
    public var kinds = 1 << 20
    public var kindBytes = 256 << 20
    /// Rows of one drop that wait to be sorted: events and transactions, of some fifty bytes each, and the others, of some
    /// two hundred.
    public var stagedRows = 400_000_000
    public var wideRows = 50_000_000

    public init() {}
}

/// What a load has more of than the tables may hold.
public enum LoadExcess: Error, Sendable, Equatable, CustomStringConvertible {
    case text(limit: Int)
    case attributes(limit: Int)
    case attributeNames(limit: Int)
    case attributeCells(limit: Int)
    case values(limit: Int)
    case valueBytes(limit: Int)
    case kinds(limit: Int)
    case kindBytes(limit: Int)
    case rows(limit: Int)

    /// Short and stable, for counting and logs.
    public var code: String {
        switch self {
        case .text, .attributeNames, .valueBytes, .kindBytes: "too_much_text"
        case .attributes, .attributeCells: "too_many_columns"
        case .values, .kinds: "too_many_values"
        case .rows: "too_many_rows"
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
        case .valueBytes(let limit):
            "the different values of columns such as segment, owner or issue type would be more than \(limit) bytes "
                + "together; shorten them"
        case .kinds(let limit):
            "there would be more than \(limit) different combinations of event type, device and feature, or of currency "
                + "and payment method; leave ids, addresses and times out of them"
        case .kindBytes(let limit):
            "the different event types, devices, features and payment methods would be more than \(limit) bytes "
                + "together; shorten them"
        case .rows(let limit): "more than \(limit) rows; split the file"
        }
    }
}

/// How various the contents of the tables are: what costs memory by the different value, whatever the rows.
struct SilverVariety {
    private var attributeCells: Int
    private var values: Int
    private var valueBytes: Int
    private var kinds: Int
    private var kindBytes: Int

    init(_ tables: SilverTables) {
        let clients = tables.clients
        attributeCells = clients.attributes.count * clients.count
        values = tables.tickets.issueType.dictionary.values.count
        valueBytes = tables.tickets.issueType.dictionary.textBytes
        for column in ClientTable.codedColumns {
            values += clients[keyPath: column].dictionary.values.count
            valueBytes += clients[keyPath: column].dictionary.textBytes
        }
        for column in clients.attributes {
            values += column.dictionary.values.count
            valueBytes += column.dictionary.textBytes
        }
        kinds = max(tables.events.kinds.kinds.count, tables.transactions.kinds.kinds.count)
        kindBytes = max(tables.events.kinds.textBytes, tables.transactions.kinds.textBytes)
    }

    /// What there is too much of. A drop that adds nothing to it is not to blame: what an earlier version took in stays.
    func excess(of limits: SilverLimits, before: SilverVariety) -> LoadExcess? {
        if attributeCells > max(limits.attributeCells, before.attributeCells) {
            return .attributeCells(limit: limits.attributeCells)
        }
        if values > max(limits.values, before.values) { return .values(limit: limits.values) }
        if valueBytes > max(limits.valueBytes, before.valueBytes) { return .valueBytes(limit: limits.valueBytes) }
        if kinds > max(limits.kinds, before.kinds) { return .kinds(limit: limits.kinds) }
        if kindBytes > max(limits.kindBytes, before.kindBytes) { return .kindBytes(limit: limits.kindBytes) }
        return nil
    }
}
