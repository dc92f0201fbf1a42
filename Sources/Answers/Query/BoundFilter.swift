import Records
import Snapshots

/// A filter bound to a generation: which clients pass.
struct BoundFilter {
    private let snapshot: Snapshot
    /// Groups and risk levels whose clients can pass, by bucket.
    private let buckets: [Bool]
    private let conditions: [(values: MetricValues?, range: MetricRange)]
    private let attributes: [AttributeTest]
    private let searches: [TextSearch]

    /// - Parameter groups: the groups that pass, where the caller knows them.
    init(_ filter: ClientFilter, _ snapshot: Snapshot, groups: [Bool]? = nil) {
        self.snapshot = snapshot
        let groups = groups ?? filter.groups(snapshot)
        let levels = RiskScores.Level.allCases.map { filter.risks.isEmpty || filter.risks.contains($0.name) }
        buckets = groups.flatMap { passes in levels.map { passes && $0 } }
        conditions = filter.conditions.map { ($0.key.values(snapshot), $0.range) }
        attributes = filter.attributes.sorted { $0.key < $1.key }.map { name, values in
            AttributeTest(name, values, snapshot.silver.clients)
        }
        searches = filter.searches.filter { !$0.isEmpty }.map(TextSearch.init)
    }

    /// How many clients pass where that follows from counts; nil where it takes a look at them.
    var countedTotal: Int? {
        guard conditions.isEmpty, attributes.isEmpty, searches.isEmpty else { return nil }
        return buckets.indices.reduce(0) { buckets[$1] ? $0 + snapshot.buckets.customers($1) : $0 }
    }

    /// Whether a client passes as far as dimensions and risk level say.
    func bucketPasses(_ position: UInt32) -> Bool {
        buckets[
            Int(snapshot.groups.groupOfPosition[Int(position)]) * ClientBuckets.levelCount
                + Int(snapshot.assessments.risk.level[Int(position)].rawValue)]
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
                    if !attributes.isEmpty || !searches.isEmpty {
                        count = keepByText(UnsafeMutableBufferPointer(rebasing: selection[..<count]))
                    }
                    if count > 0 { body(UnsafeBufferPointer(rebasing: selection[..<count])) }
                }
            }
        }
    }

    private func keepByText(_ selection: UnsafeMutableBufferPointer<UInt32>) -> Int {
        var kept = 0
        for position in selection {
            let client = Int(snapshot.gold.clients[Int(position)])
            guard attributes.allSatisfy({ $0.passes(client) }),
                searches.allSatisfy({ $0.finds(client, snapshot) })
            else { continue }
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

/// A set of positions.
struct PositionBits {
    private var words: [UInt64]

    init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ position: UInt32) { words[Int(position >> 6)] |= 1 << UInt64(position & 63) }

    func contains(_ position: UInt32) -> Bool { words[Int(position >> 6)] >> UInt64(position & 63) & 1 != 0 }
}

/// Whether an attribute of a client is one of some values.
struct AttributeTest {
    private let column: CodedColumn
    private let codes: Set<UInt32>

    /// Attributes of the schema; further ones come with the data.
    static let names = ["industry", "owner", "location", "gender", "subscription_type"]

    init(_ name: String, _ values: [String], _ clients: ClientTable) {
        let column = AttributeTest.column(name, clients) ?? CodedColumn()
        self.column = column
        codes = Set(values.compactMap { column.dictionary.code(of: $0) })
    }

    static func column(_ name: String, _ clients: ClientTable) -> CodedColumn? {
        switch name {
        case "industry": clients.industry
        case "owner": clients.owner
        case "location": clients.location
        case "gender": clients.gender
        case "subscription_type": clients.subscriptionType
        default: clients.attributeNames.firstIndex(of: name).map { clients.attributes[$0] }
        }
    }

    func passes(_ client: Int) -> Bool { client < column.codes.count && codes.contains(column.codes[client]) }
}
