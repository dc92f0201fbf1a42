public import Records

/// Finds clients by id, and knows them in the order of their ids. Immutable; made anew only when clients were added.
public final class ClientLookup: Sendable {
    /// Clients of the table this was made from.
    public let count: Int
    private let keys: [RecordKey]
    /// Row + 1; 0 is free.
    private let slots: [UInt32]
    private let shift: UInt64
    /// Dense client indices in the byte order of their ids.
    public let byID: [UInt32]

    public init(_ clients: ClientTable, previous: ClientLookup? = nil) {
        count = clients.count
        var bits = 4
        while 1 << bits < count * 2 { bits += 1 }
        shift = UInt64(64 - bits)
        var keys: [RecordKey] = []
        keys.reserveCapacity(count)
        var slots = [UInt32](repeating: 0, count: 1 << bits)
        var padded: [UInt8] = []
        for row in 0..<count {
            let key: RecordKey
            if let previous, row < previous.count {
                key = previous.keys[row]
            } else {
                key = clients.id.withBytes(at: row) { bytes in
                    padded.removeAll(keepingCapacity: true)
                    padded.append(contentsOf: bytes)
                    padded.append(contentsOf: repeatElement(0, count: 16))
                    return ClientLookup.key(padded, count: bytes.count)
                }
            }
            keys.append(key)
            var at = Int(key.mixed.low >> shift)
            while slots[at] != 0 { at = (at + 1) & (slots.count - 1) }
            slots[at] = UInt32(row + 1)
        }
        self.keys = keys
        self.slots = slots
        byID = ClientLookup.sorted(clients, previous: previous)
    }

    private static func key(_ padded: [UInt8], count: Int) -> RecordKey {
        padded.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { RecordKey(paddedBytes: $0, count: count) } ?? RecordKey(low: 0, high: 0)
        }
    }

    /// Sorts the new clients and merges them into the order that is there.
    private static func sorted(_ clients: ClientTable, previous: ClientLookup?) -> [UInt32] {
        let id = clients.id
        return id.bytes.withUnsafeBufferPointer { bytes in
            func precedes(_ lhs: UInt32, _ rhs: UInt32) -> Bool {
                let left = id.spans[Int(lhs)]
                let right = id.spans[Int(rhs)]
                return bytes[Int(left.start)..<Int(left.end)].lexicographicallyPrecedes(
                    bytes[Int(right.start)..<Int(right.end)])
            }
            let old = previous?.byID ?? []
            let new = ClientLookup.sorted(old.count..<clients.count, id, bytes, precedes)
            if old.isEmpty { return new }
            var merged: [UInt32] = []
            merged.reserveCapacity(clients.count)
            var i = 0
            var j = 0
            while i < old.count, j < new.count {
                if precedes(new[j], old[i]) {
                    merged.append(new[j])
                    j += 1
                } else {
                    merged.append(old[i])
                    i += 1
                }
            }
            merged.append(contentsOf: old[i...])
            merged.append(contentsOf: new[j...])
            return merged
        }
    }

    /// Sorts rows by their first eight bytes, which mostly decide and lie side by side, and only then by the rest.
    private static func sorted(
        _ rows: Range<Int>, _ id: TextColumn, _ bytes: UnsafeBufferPointer<UInt8>, _ precedes: (UInt32, UInt32) -> Bool
    ) -> [UInt32] {
        struct Entry {
            var prefix: UInt64
            var row: UInt32
        }
        var entries = rows.map { row in
            let span = id.spans[row]
            var prefix: UInt64 = 0
            let end = min(Int(span.end), Int(span.start) + 8)
            for at in Int(span.start)..<end { prefix = prefix << 8 | UInt64(bytes[at]) }
            // A shift by 64 gives 0. A byte of zero and no byte look the same here: the whole ids then decide.
            prefix <<= UInt64(8 * (8 - (end - Int(span.start))))
            return Entry(prefix: prefix, row: UInt32(row))
        }
        entries.sort { $0.prefix != $1.prefix ? $0.prefix < $1.prefix : precedes($0.row, $1.row) }
        return entries.map(\.row)
    }

    /// The dense index of a client, or nil.
    public func client(withID id: String) -> Int? {
        let key = RecordKey(id)
        var at = Int(key.mixed.low >> shift)
        while slots[at] != 0 {
            let row = Int(slots[at] - 1)
            if keys[row] == key { return row }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }
}
