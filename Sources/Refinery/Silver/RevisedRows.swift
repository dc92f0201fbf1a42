import Records

/// A row that takes the place of one of an earlier load.
struct Replacement<Value: PackedRecord> {
    var row: UInt32
    /// What is known of the row that it replaces.
    var formerContent: UInt32
    var client: UInt32
    var value: Value
}

/// Finds the transactions that later revisions take the place of. A key does not say where its row lies; the content
/// that is kept with it does, among the transactions of a client.
struct RevisedRows {
    private struct Place: Hashable {
        var segment: Int
        var position: Int
    }

    private let clients: TextColumn
    private let segments: [TransactionSegment]
    private let kindHashes: [UInt64]
    private var taken: Set<Place> = []

    init(_ tables: SilverTables) {
        clients = tables.clients.id
        segments = tables.transactions.segments
        kindHashes = tables.transactions.kinds.kinds.map { TransactionContent.hash(of: $0) }
    }

    /// Looks for the transactions that are replaced: first among those of the client that the new row names; where it
    /// names another one, among those of all, and there one that is the same but for that comes before.
    /// - Returns: whether each was found. No transaction is taken for two.
    mutating func find(_ replacements: [Replacement<PackedTransaction>]) -> [Bool] {
        var found: [Bool] = []
        for replacement in replacements {
            var place: Place?
            for segment in segments.indices where place == nil {
                let slice = segments[segment].slices.slice(of: replacement.client)
                forEach(replacement.client, slice, in: segment) { at, content, _ in
                    if place == nil, content == replacement.formerContent { place = at }
                }
            }
            if let place { taken.insert(place) }
            found.append(place != nil)
        }
        for asksForTheSame in [true, false] { findElsewhere(replacements, asksForTheSame, &found) }
        return found
    }

    private mutating func findElsewhere(
        _ replacements: [Replacement<PackedTransaction>], _ asksForTheSame: Bool, _ found: inout [Bool]
    ) {
        var missing: [UInt32: [Int]] = [:]
        for index in found.indices where !found[index] {
            missing[replacements[index].formerContent, default: []].append(index)
        }
        if missing.isEmpty { return }
        for segment in segments.indices {
            let slices = segments[segment].slices
            for (index, client) in slices.clients.enumerated() {
                var places: [Place] = []
                let slice = Int(slices.starts[index])..<Int(slices.starts[index + 1])
                forEach(client, slice, in: segment) { place, content, value in
                    let fits = missing[content]?.first {
                        !found[$0] && (!asksForTheSame || replacements[$0].value == value)
                    }
                    guard let fits else { return }
                    found[fits] = true
                    places.append(place)
                }
                taken.formUnion(places)
            }
        }
    }

    /// The transactions of a client that are not taken.
    private func forEach(
        _ client: UInt32, _ slice: Range<Int>, in segment: Int, _ body: (Place, UInt32, PackedTransaction) -> Void
    ) {
        if slice.isEmpty { return }
        let hash = KeyIndex.hash(of: RecordKey(clients[Int(client)] ?? ""))
        let values = segments[segment].values
        for position in slice {
            let content = TransactionContent.stored(
                TransactionContent.hash(
                    values[position], clientHash: hash, kindHash: kindHashes[Int(values[position].kind)]))
            let place = Place(segment: segment, position: position)
            if !taken.contains(place) { body(place, content, values[position]) }
        }
    }

    var isEmpty: Bool { taken.isEmpty }

    /// The latest day of a transaction that was found.
    var latestDay: Int32? { taken.map { segments[$0.segment].values[$0.position].day }.max() }

    /// Puts segments without what was found in the place of those that hold it.
    /// - Parameter nextID: the number of the next segment; counts on.
    /// - Returns: the segments that are gone, and those in their place.
    func remove(
        from table: inout TransactionTable, nextID: inout Int64
    ) -> (removed: [Int64], rewritten: [TransactionSegment]) {
        var removed: [Int64] = []
        var rewritten: [TransactionSegment] = []
        for (index, places) in Dictionary(grouping: taken, by: \.segment).sorted(by: { $0.key < $1.key }) {
            let segment = segments[index]
            removed.append(segment.id)
            table.segments.removeAll { $0.id == segment.id }
            let rest = RevisedRows.rest(of: segment, without: Set(places.map(\.position)), id: nextID)
            guard let rest else { continue }
            nextID += 1
            rewritten.append(rest)
            table.segments.append(rest)
        }
        return (removed, rewritten)
    }

    /// Nil when nothing is left.
    private static func rest(of segment: TransactionSegment, without places: Set<Int>, id: Int64) -> TransactionSegment?
    {
        var slices = ClientSlices(clients: [], starts: [])
        var values: [PackedTransaction] = []
        values.reserveCapacity(segment.values.count - places.count)
        for (index, client) in segment.slices.clients.enumerated() {
            let start = values.count
            for position in Int(segment.slices.starts[index])..<Int(segment.slices.starts[index + 1])
            where !places.contains(position) {
                values.append(segment.values[position])
            }
            if values.count == start { continue }
            slices.clients.append(client)
            slices.starts.append(UInt32(start))
        }
        slices.starts.append(UInt32(values.count))
        return values.isEmpty ? nil : TransactionSegment(id: id, slices: slices, values: values)
    }
}

/// What tells a repeated transaction from one that differs.
enum TransactionContent {
    @inline(__always)
    static func hash(_ value: PackedTransaction, clientHash: UInt64, kindHash: UInt64) -> UInt64 {
        ContentHash.combine(
            clientHash ^ UInt64(UInt32(bitPattern: value.day)), UInt64(bitPattern: value.amount), kindHash)
    }

    /// The bits that are kept with a key.
    @inline(__always)
    static func stored(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

    static func hash(of kind: TransactionKind) -> UInt64 {
        KindCache.combine(RecordKey(kind.currency), RecordKey(kind.method), kind.terms.key).low
    }
}
