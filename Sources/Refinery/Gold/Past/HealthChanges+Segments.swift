import Records

/// A segment of either kind, as far as days are concerned.
protocol DatedSegment: AnyObject, SendableMetatype {
    associatedtype Row
    var id: Int64 { get }
    var slices: ClientSlices { get }
    var rows: [Row] { get }
    static func day(_ row: Row) -> Int32
    static func hash(_ row: Row) -> UInt64
}

extension EventSegment: DatedSegment {
    var rows: [PackedEvent] { events }
    @inline(__always)
    static func day(_ row: PackedEvent) -> Int32 { row.day }
    @inline(__always)
    static func hash(_ row: PackedEvent) -> UInt64 { row.rawValue }
}

extension TransactionSegment: DatedSegment {
    var rows: [PackedTransaction] { transactions }
    @inline(__always)
    static func day(_ row: PackedTransaction) -> Int32 { row.day }
    @inline(__always)
    static func hash(_ row: PackedTransaction) -> UInt64 {
        (UInt64(bitPattern: row.amount) &* 0x9FB2_1C65_1E98_DF25) ^ UInt64(row.kind) << 32
            ^ UInt64(UInt32(bitPattern: row.day))
    }
}

extension HealthChanges {
    /// The first day of a row that only one of two states has, `Int32.max` when both have the same rows. Segments are
    /// merged now and then, and what is new may have been merged at once with what was there: rows are compared, as far
    /// as their segments are not the same.
    static func segments<Segment: DatedSegment>(_ before: [Segment], _ after: [Segment]) -> Int32 {
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
    private static func firstDay<Segment: DatedSegment>(_ segment: Segment) -> Int32 {
        segment.slices.starts.dropLast().reduce(.max) { min($0, Segment.day(segment.rows[Int($1)])) }
    }

    private static func lastDay<Segment: DatedSegment>(_ segment: Segment) -> Int32 {
        segment.slices.starts.dropFirst().reduce(.min) { max($0, Segment.day(segment.rows[Int($1) - 1])) }
    }

    /// Adds a hash of every row, and of whose it is, to the sum of its day; sums do not depend on how rows are spread
    /// over segments.
    private static func add<Segment: DatedSegment>(
        _ segment: Segment, from first: Int32, sign: UInt64, to sums: inout [UInt64]
    ) {
        let (clients, starts) = (segment.slices.clients, segment.slices.starts)
        segment.rows.withUnsafeBufferPointer { rows in
            for (index, client) in clients.enumerated() {
                for at in Int(starts[index])..<Int(starts[index + 1]) {
                    let key = RecordKey(low: Segment.hash(rows[at]), high: UInt64(client))
                    sums[Int(Segment.day(rows[at]) - first)] &+= sign &* key.mixed.low
                }
            }
        }
    }
}
