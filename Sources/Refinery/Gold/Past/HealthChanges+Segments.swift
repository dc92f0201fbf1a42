import Records

/// A record that tells itself from others by 64 bits.
protocol HashedRecord: PackedRecord {
    var hash64: UInt64 { get }
}

extension PackedEvent: HashedRecord {
    @inline(__always)
    var hash64: UInt64 { rawValue }
}

extension PackedTransaction: HashedRecord {
    @inline(__always)
    var hash64: UInt64 {
        (UInt64(bitPattern: amount) &* 0x9FB2_1C65_1E98_DF25) ^ UInt64(kind) << 32 ^ UInt64(UInt32(bitPattern: day))
    }
}

extension HealthChanges {
    /// The first day of a row that only one of two states has, `Int32.max` when both have the same rows. Segments are
    /// merged now and then, and what is new may have been merged at once with what was there: rows are compared, as far
    /// as their segments are not the same.
    static func segments<Record: HashedRecord>(_ before: [Segment<Record>], _ after: [Segment<Record>]) -> Int32 {
        let (old, new) = (Set(before.map(\.id)), Set(after.map(\.id)))
        let gone = before.filter { !new.contains($0.id) }
        let come = after.filter { !old.contains($0.id) }
        let firstDays = (gone + come).map(firstDay)
        guard let first = firstDays.min(), !gone.isEmpty, !come.isEmpty else { return firstDays.min() ?? .max }
        let last = (gone + come).map(lastDay).max() ?? first
        var sums = [UInt64](repeating: 0, count: Int(max(first, last)) - Int(first) + 1)
        for segment in come { add(segment, from: first, sign: 1, to: &sums) }
        for segment in gone { add(segment, from: first, sign: .max, to: &sums) }
        return sums.firstIndex { $0 != 0 }.map { first + Int32($0) } ?? .max
    }

    /// Rows of a client lie in the order of their days.
    private static func firstDay<Record: HashedRecord>(_ segment: Segment<Record>) -> Int32 {
        segment.slices.starts.dropLast().reduce(.max) { min($0, segment.values[Int($1)].day) }
    }

    private static func lastDay<Record: HashedRecord>(_ segment: Segment<Record>) -> Int32 {
        segment.slices.starts.dropFirst().reduce(.min) { max($0, segment.values[Int($1) - 1].day) }
    }

    /// Adds a hash of every row, and of whose it is, to the sum of its day; sums do not depend on how rows are spread
    /// over segments.
    private static func add<Record: HashedRecord>(
        _ segment: Segment<Record>, from first: Int32, sign: UInt64, to sums: inout [UInt64]
    ) {
        let (clients, starts) = (segment.slices.clients, segment.slices.starts)
        segment.values.withUnsafeBufferPointer { rows in
            for (index, client) in clients.enumerated() {
                for at in Int(starts[index])..<Int(starts[index + 1]) {
                    let key = RecordKey(low: rows[at].hash64, high: UInt64(client))
                    sums[Int(rows[at].day - first)] &+= sign &* key.mixed.low
                }
            }
        }
    }
}
