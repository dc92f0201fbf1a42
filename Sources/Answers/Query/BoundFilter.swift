import Records
public import Snapshots
import Words

/// A filter bound to a generation: which clients pass.
struct BoundFilter {
    private let snapshot: Snapshot
    /// Groups and risk levels whose clients can pass, by bucket.
    private let buckets: [Bool]
    private let conditions: [(values: MetricValues?, range: MetricRange)]
    private let attributes: [AttributeTest]
    private let searches: [TextSearch]
    /// The statuses that pass; nil where groups and levels decide.
    private let statuses: Set<ClientStatus>?

    /// - Parameter groups: the groups that pass, where the caller knows them.
    init(_ filter: ClientFilter, _ snapshot: Snapshot, groups: [Bool]? = nil) {
        self.snapshot = snapshot
        let groups = groups ?? filter.groups(snapshot)
        let statuses = Set(
            filter.statuses.isEmpty
                ? ClientStatus.allCases : ClientStatus.allCases.filter { filter.statuses.contains($0.name) })
        let isThere = !statuses.isDisjoint(with: [.current, .returned, .notStarted])
        // Who has left has no level.
        let levels =
            RiskScores.Level.allCases.map { isThere && (filter.risks.isEmpty || filter.risks.contains($0.name)) }
            + [filter.risks.isEmpty && statuses.contains(.left)]
        buckets = groups.flatMap { passes in levels.map { passes && $0 } }
        self.statuses = statuses.isSuperset(of: [.current, .returned, .notStarted]) || !isThere ? nil : statuses
        conditions = filter.conditions.map { ($0.key.values(snapshot), $0.range) }
        let named = filter.attributes.sorted { $0.key < $1.key }.map { name, values in
            AttributeTest(name, values, snapshot)
        }
        let others = filter.excluded.sorted { $0.key < $1.key }.map { name, values in
            AttributeTest(name, values, snapshot, isExcluded: true)
        }
        let owners = filter.owners.isEmpty ? [] : [AttributeTest("owner", filter.owners, snapshot)]
        attributes = owners + named + others
        searches = filter.searches.filter { !$0.isEmpty }.map(TextSearch.init)
    }

    /// How many clients pass where that follows from counts; nil where it takes a look at them.
    var countedTotal: Int? {
        guard conditions.isEmpty, attributes.isEmpty, searches.isEmpty, statuses == nil else { return nil }
        return buckets.indices.reduce(0) { buckets[$1] ? $0 + snapshot.buckets.size($1) : $0 }
    }

    /// Whether a client passes as far as dimensions and risk level say.
    func bucketPasses(_ position: UInt32) -> Bool {
        buckets[
            Int(snapshot.groups.groupOfPosition[Int(position)]) * ClientBuckets.levelCount
                + ClientBuckets.place(snapshot.assessments.risk.level[Int(position)])]
    }

    private static let selectionSize = 1_024

    /// Calls `body` with all positions that pass, some hundred at a time. Numbers are compared column by column, over a
    /// selection that gets shorter with each condition.
    func forEachSelection(_ body: (UnsafeBufferPointer<UInt32>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: BoundFilter.selectionSize) { selection in
            for bucket in buckets.indices where buckets[bucket] {
                var rest = snapshot.buckets[bucket]
                while !rest.isEmpty {
                    let part = rest.prefix(BoundFilter.selectionSize)
                    rest = rest.dropFirst(part.count)
                    _ = selection.update(fromContentsOf: part)
                    var count = part.count
                    for condition in conditions {
                        let chosen = UnsafeMutableBufferPointer(rebasing: selection[..<count])
                        count = condition.values?.keep(chosen, within: condition.range) ?? 0
                    }
                    if let statuses {
                        let chosen = UnsafeMutableBufferPointer(rebasing: selection[..<count])
                        count = keep(chosen) { statuses.contains(snapshot.gold.status[Int($0)]) }
                    }
                    if !attributes.isEmpty || !searches.isEmpty {
                        count = keepByText(UnsafeMutableBufferPointer(rebasing: selection[..<count]))
                    }
                    if count > 0 { body(UnsafeBufferPointer(rebasing: selection[..<count])) }
                }
            }
        }
    }

    private func keepByText(_ selection: UnsafeMutableBufferPointer<UInt32>) -> Int {
        keep(selection) { position in
            let client = Int(snapshot.gold.clients[Int(position)])
            return attributes.allSatisfy { $0.passes(client, Int(position)) }
                && searches.allSatisfy { $0.finds(client, snapshot) }
        }
    }

    private func keep(_ selection: UnsafeMutableBufferPointer<UInt32>, _ passes: (UInt32) -> Bool) -> Int {
        var kept = 0
        for position in selection where passes(position) {
            selection[kept] = position
            kept += 1
        }
        return kept
    }

    /// A bit for every position that passes, and how many they are.
    func bits() -> (bits: PositionBits, total: Int) {
        var bits = PositionBits(count: snapshot.count)
        var total = 0
        forEachSelection { selection in
            total += selection.count
            for position in selection { bits.insert(position) }
        }
        return (bits, total)
    }
}

extension ClientFilter {
    /// How many clients of a generation pass.
    public func count(in snapshot: Snapshot) -> Int {
        let bound = BoundFilter(self, snapshot)
        return bound.countedTotal ?? bound.bits().total
    }
}

/// A set of positions.
struct PositionBits {
    private var words: [UInt64]

    init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ position: UInt32) { words[Int(position >> 6)] |= 1 << UInt64(position & 63) }

    func contains(_ position: UInt32) -> Bool { words[Int(position >> 6)] >> UInt64(position & 63) & 1 != 0 }
}

/// Whether an attribute of a client is one of some values, or known and none of them.
struct AttributeTest {
    private enum Column {
        case schema(CodedColumn)
        case further(SparseColumn)
        /// What clients are grouped by, with the house's defaults.
        case grouping(ClientDimensions.Dimension)

        func code(of value: String) -> UInt32? {
            switch self {
            case .schema(let column): column.dictionary.code(of: value)
            case .further(let column): column.dictionary.code(of: value)
            case .grouping(let dimension): dimension.values.firstIndex(of: value).map { UInt32($0) }
            }
        }

        func code(of client: Int, _ position: Int) -> UInt32 {
            switch self {
            case .schema(let column): column.codes[client]
            case .further(let column): column.code(of: client)
            case .grouping(let dimension): UInt32(dimension.codes[position])
            }
        }
    }

    private let column: Column
    private let codes: Set<UInt32>
    private let isExcluded: Bool

    /// Attributes of the schema; further ones come with the data.
    static let names = (ClientAttribute.groupings + ClientAttribute.filterable).map(\.name)

    init(_ name: String, _ values: [String], _ snapshot: Snapshot, isExcluded: Bool = false) {
        let column =
            if let attribute = ClientAttribute(name: name), ClientAttribute.groupings.contains(attribute) {
                Column.grouping(snapshot.gold.dimensions[attribute])
            } else {
                AttributeTest.column(name, snapshot.silver.clients) ?? .further(SparseColumn())
            }
        self.column = column
        self.isExcluded = isExcluded
        codes = Set(values.compactMap { column.code(of: $0) })
    }

    /// Whether clients have such an attribute.
    static func isKnown(_ name: String, _ clients: ClientTable) -> Bool {
        names.contains(name) || column(name, clients) != nil
    }

    private static func column(_ name: String, _ clients: ClientTable) -> Column? {
        if let attribute = ClientAttribute(name: name), ClientAttribute.filterable.contains(attribute) {
            return .schema(clients[word: attribute])
        }
        return clients.attributeNames.firstIndex(of: name).map { .further(clients.attributes[$0]) }
    }

    func passes(_ client: Int, _ position: Int) -> Bool {
        let code = column.code(of: client, position)
        // What is unknown fulfils nothing.
        return code != 0 && codes.contains(code) != isExcluded
    }
}
