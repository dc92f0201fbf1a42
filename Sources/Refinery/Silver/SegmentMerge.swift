public import Records

/// Merges small segments into larger ones, so that a client's records never lie in many places.
public enum SegmentMerge {
    /// Which segments should become one: as soon as eight of about a size are there, all of that size and below.
    /// - Parameter rows: the sizes, oldest first.
    /// - Returns: positions in `rows`, ascending; empty when nothing is to be done.
    public static func candidates(rows: [Int]) -> [Int] {
        func tier(_ rows: Int) -> Int { (rows.bitWidth - rows.leadingZeroBitCount) / 3 }
        let byTier = Dictionary(grouping: rows.indices) { tier(rows[$0]) }
        guard let full = byTier.keys.sorted().first(where: { (byTier[$0]?.count ?? 0) >= 8 }) else { return [] }
        return rows.indices.filter { tier(rows[$0]) <= full }
    }

    /// - Parameter id: of the merged segment.
    public static func merge<Value>(_ segments: [Segment<Value>], id: Int64) -> Segment<Value> {
        let slices = segments.map(\.slices)
        let values = segments.map(\.values)
        var next = [Int](repeating: 0, count: slices.count)
        var clients: [UInt32] = []
        var starts: [UInt32] = []
        var result: [Value] = []
        result.reserveCapacity(values.reduce(0) { $0 + $1.count })
        while true {
            var client = UInt32.max
            for index in slices.indices where next[index] < slices[index].clients.count {
                client = min(client, slices[index].clients[next[index]])
            }
            if client == .max { break }
            clients.append(client)
            starts.append(UInt32(result.count))
            let start = result.count
            var sources = 0
            for index in slices.indices
            where next[index] < slices[index].clients.count && slices[index].clients[next[index]] == client {
                let at = next[index]
                result.append(
                    contentsOf: values[index][Int(slices[index].starts[at])..<Int(slices[index].starts[at + 1])])
                next[index] += 1
                sources += 1
            }
            if sources > 1 {
                result.withUnsafeMutableBufferPointer { buffer in
                    SliceSort.sort(UnsafeMutableBufferPointer(rebasing: buffer[start...]))
                }
            }
        }
        starts.append(UInt32(result.count))
        return Segment(
            id: id, slices: ClientSlices(clients: clients, starts: starts), values: result,
            sources: segments.reduce(into: []) { $0.formUnion($1.sources.union([$1.id])) })
    }
}

extension SilverTables {
    /// The name of the next segment: later ones have higher numbers, whatever they hold.
    public var nextSegmentID: Int64 {
        max(events.segments.map(\.id).max() ?? 0, transactions.segments.map(\.id).max() ?? 0) + 1
    }
}

extension SilverState {
    /// Puts a merged segment in the place of those it was made of.
    public func replace(events removed: Set<Int64>, with segment: EventSegment) {
        tables.events.replace(removed, with: segment)
    }

    /// Puts a merged segment in the place of those it was made of.
    public func replace(transactions removed: Set<Int64>, with segment: TransactionSegment) {
        tables.transactions.replace(removed, with: segment)
    }
}
