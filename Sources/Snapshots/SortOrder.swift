import Records

/// All clients of a generation in the order of a key; equal values by the larger MRR and then by id, unknown values
/// last. Where nothing is at stake with clients, or nobody knows what, the risk itself takes the place of the MRR.
public final class SortOrder: Sendable {
    /// Positions from the first to the last.
    public let positions: [UInt32]
    /// The place of every position.
    public let ranks: [UInt32]

    /// What a client is placed by.
    public struct Place: Comparable, Sendable {
        private var value: Double
        /// The higher one first.
        private var second: Double
        private var idRank: UInt32
        public var position: UInt32

        public static func < (left: Place, right: Place) -> Bool {
            if left.value != right.value { return left.value < right.value }
            if left.second != right.second { return left.second > right.second }
            return left.idRank < right.idRank
        }

        init(value: Double, second: Double, idRank: UInt32, position: UInt32) {
            self.value = value
            self.second = second
            self.idRank = idRank
            self.position = position
        }
    }

    /// Says where clients stand by a key that is a number.
    public struct Placing: Sendable {
        private let values: MetricValues
        private let sign: Double
        private let second: MetricValues
        private let idRanks: [UInt32]

        /// Nil for keys that are no numbers.
        public init?(_ key: SortKey, _ snapshot: Snapshot) {
            guard let values = key.values(snapshot) else { return nil }
            self.values = values
            sign = key.ascending ? 1 : -1
            second =
                key.field == .valueAtRisk
                ? .fractions(snapshot.assessments.risk.score) : .amounts(snapshot.gold.metrics.mrr)
            idRanks = snapshot.rankByID
        }

        public func place(_ position: UInt32) -> Place {
            let value = values[Int(position)]
            let second = second[Int(position)]
            return Place(
                value: value.isNaN ? .infinity : sign * value, second: second.isNaN ? -.infinity : second,
                idRank: idRanks[Int(position)],
                position: position)
        }
    }

    /// - Parameter hint: an order that is likely to be nearly right, such as that of the generation before; sorting what
    ///   is nearly sorted costs little.
    /// - Parameter changed: the positions outside of which clients stand to each other as in `hint`; nil when any may
    ///   stand elsewhere.
    init(_ key: SortKey, _ snapshot: Snapshot, hint: SortOrder? = nil, changed: [Int]? = nil) {
        let count = snapshot.count
        if let hint, let changed, hint.positions.count == count, changed.count <= count / 8 {
            guard let placing = Placing(key, snapshot), !changed.isEmpty else {
                // Ids and names have not changed.
                (positions, ranks) = (hint.positions, hint.ranks)
                return
            }
            positions = SortOrder.moved(changed, in: hint, placing)
        } else if let placing = Placing(key, snapshot) {
            var places =
                if let hint, hint.positions.count == count {
                    hint.positions.map { placing.place($0) }
                } else {
                    (0..<UInt32(truncatingIfNeeded: count)).map { placing.place($0) }
                }
            places.sort()
            positions = places.map(\.position)
        } else {
            positions = SortOrder.texts(key, snapshot)
        }
        var ranks = [UInt32](repeating: 0, count: count)
        for (rank, position) in positions.enumerated() { ranks[Int(position)] = UInt32(truncatingIfNeeded: rank) }
        self.ranks = ranks
    }

    /// An order in which some clients have found their new places; the others stand to each other as before.
    private static func moved(_ changed: [Int], in hint: SortOrder, _ placing: Placing) -> [UInt32] {
        let places = changed.map { placing.place(UInt32(truncatingIfNeeded: $0)) }.sorted()
        let gone = changed.map { Int(hint.ranks[$0]) }.sorted()
        var result: [UInt32] = []
        result.reserveCapacity(hint.positions.count)
        var next = 0
        hint.positions.withUnsafeBufferPointer { old in
            /// Appends a run of clients who stay, and those who come in between.
            func append(_ run: Range<Int>) {
                var from = run.lowerBound
                while next < places.count {
                    var low = from
                    var high = run.upperBound
                    while low < high {
                        let middle = (low + high) / 2
                        if placing.place(old[middle]) < places[next] { low = middle + 1 } else { high = middle }
                    }
                    result.append(contentsOf: old[from..<low])
                    from = low
                    if low == run.upperBound { return }
                    result.append(places[next].position)
                    next += 1
                }
                result.append(contentsOf: old[from..<run.upperBound])
            }
            var start = 0
            for rank in gone {
                append(start..<rank)
                start = rank + 1
            }
            append(start..<old.count)
        }
        for place in places[next...] { result.append(place.position) }
        return result
    }

    /// By id, or by name and among equal names by id; clients without a name come last.
    private static func texts(_ key: SortKey, _ snapshot: Snapshot) -> [UInt32] {
        let byID = snapshot.positionsByID.map { UInt32(truncatingIfNeeded: $0) }
        guard case .name = key.field else { return key.ascending ? byID : byID.reversed() }
        let names = snapshot.silver.clients.name
        let keyed = byID.map { position in
            (position, names[Int(snapshot.gold.clients[Int(position)])] ?? "")
        }
        let sorted = keyed.enumerated().sorted { left, right in
            let (a, b) = (left.element.1, right.element.1)
            if a.isEmpty != b.isEmpty { return b.isEmpty }
            if a != b { return key.ascending == a.utf8.lexicographicallyPrecedes(b.utf8) }
            return left.offset < right.offset
        }
        return sorted.map(\.element.0)
    }
}
