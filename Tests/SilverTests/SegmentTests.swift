import Records
import RiverTesting
import Silver
import Testing

/// Segments: sorted slices, and small ones merged into larger ones.
@Suite struct SegmentTests {
    private func isSorted(_ tables: SilverTables) -> Bool {
        func ascending<Value: Comparable>(_ slices: ClientSlices, _ values: [Value]) -> Bool {
            guard slices.starts.count == slices.clients.count + 1, slices.starts.first == 0 || values.isEmpty,
                Int(slices.starts.last ?? 0) == values.count
            else { return false }
            let clients = slices.clients
            return zip(clients, clients.dropFirst()).allSatisfy { $0 < $1 }
                && clients.indices.allSatisfy { index in
                    let slice = values[Int(slices.starts[index])..<Int(slices.starts[index + 1])]
                    return !slice.isEmpty && zip(slice, slice.dropFirst()).allSatisfy { $0 <= $1 }
                }
        }
        return tables.events.segments.allSatisfy { ascending($0.slices, $0.values) }
            && tables.transactions.segments.allSatisfy { ascending($0.slices, $0.values) }
    }

    @Test func slicesAreSorted() throws {
        var random = SeededGenerator(seed: 12)
        // Enough clients for several partitions, some with more than 32 records out of order.
        var rows = (0..<5000).map { "e\($0),c\($0 % 1300),x,2024-01-\(10 + Int.random(in: 0..<20, using: &random))" }
        for index in 0..<200 {
            rows.append("f\(index),busy,x,2023-0\(1 + Int.random(in: 0..<9, using: &random))-15")
        }
        let river = River()
        try river.load(
            .engagement,
            "event_id,customer_id,event_type,timestamp\n" + rows.shuffled(using: &random).joined(separator: "\n"))
        #expect(isSorted(river.tables))
        #expect(river.tables.events.count == 5200)
        let slices = try #require(river.tables.events.segments.first).slices
        #expect(slices.clients.count == 1301)
        #expect(slices.slice(of: 99_999).isEmpty)
    }

    @Test func repeatedRowsLeaveNoHoles() throws {
        var random = SeededGenerator(seed: 13)
        // Clients of several partitions; every tenth row comes twice.
        let rows = (0..<4000).map { "e\($0),c\($0 % 1300),x,2024-01-\(10 + Int.random(in: 0..<20, using: &random))" }
        let twice = rows + rows.enumerated().filter { $0.offset % 10 == 0 }.map(\.element)
        let river = River()
        let loaded = try river.load(
            .engagement,
            "event_id,customer_id,event_type,timestamp\n" + twice.shuffled(using: &random).joined(separator: "\n"))
        #expect(loaded.counts.accepted == 4000)
        #expect(loaded.counts.duplicates == 400)
        #expect(isSorted(river.tables))
        let slices = try #require(river.tables.events.segments.first).slices
        for client in 0..<1300 {
            let number = try #require(
                (0..<river.tables.clients.count).first { row in
                    river.tables.clients.id.withBytes(at: row) { Array($0) == Array("c\(client)".utf8) }
                })
            #expect(slices.slice(of: UInt32(number)).count == (client < 100 ? 4 : 3))
        }
    }

    @Test func mergedSegmentsHoldTheSame() throws {
        let company = Company.random(seed: 21, around: Day(2024, 3, 31), clients: 40)
        let river = River()
        for category in [Category.demographics, .engagement, .transactions] {
            var rest = company.lines(category)[...]
            while !rest.isEmpty {
                try river.load(category, Company.file(category, Array(rest.prefix(60))))
                rest = rest.dropFirst(60)
            }
        }
        let before = SilverPicture(river.tables)
        let events = river.tables.events.segments
        let transactions = river.tables.transactions.segments
        #expect(events.count == 10)
        let keep = events[9]
        river.state.replace(
            events: Set(events.prefix(9).map(\.id)), with: SegmentMerge.merge(Array(events.prefix(9)), id: 100))
        river.state.replace(transactions: Set(transactions.map(\.id)), with: SegmentMerge.merge(transactions, id: 101))
        #expect(SilverPicture(river.tables) == before)
        #expect(river.tables.events.segments.map(\.id) == [keep.id, 100])
        #expect(river.tables.transactions.segments.map(\.id) == [101])
        #expect(isSorted(river.tables))
        #expect(SegmentMerge.merge([EventSegment](), id: 1).values.isEmpty)
    }

    @Test func eightOfASizeAreMerged() {
        #expect(SegmentMerge.candidates(rows: []) == [])
        #expect(SegmentMerge.candidates(rows: Array(repeating: 100, count: 7)) == [])
        #expect(SegmentMerge.candidates(rows: Array(repeating: 100, count: 8)) == Array(0..<8))
        // A large one stays; a smaller one goes along.
        #expect(SegmentMerge.candidates(rows: [1_000_000] + Array(repeating: 100, count: 8) + [1]) == Array(1...9))
        #expect(SegmentMerge.candidates(rows: (0..<20).map { 1 << $0 }) == [])
    }
}
