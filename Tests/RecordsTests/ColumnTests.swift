import Records
import RiverTesting
import Testing

/// Columns, packed records and slices.
@Suite struct ColumnTests {
    @Test func textColumns() {
        var column = TextColumn()
        column.reserveFurther(4)
        column.append("ann")
        column.appendNil()
        column.append("")
        column.append("zoë")
        #expect((0..<4).map { column[$0] } == ["ann", nil, nil, "zoë"])
        let replacement = Array("a longer name".utf8)
        replacement.withUnsafeBufferPointer { column.replace(at: 0, with: $0) }
        #expect(column[0] == "a longer name")
        #expect(column[3] == "zoë")
        replacement.withUnsafeBufferPointer {
            #expect(column.isEqual(at: 0, to: $0))
            #expect(!column.isEqual(at: 3, to: $0))
            column.append($0)
        }
        #expect(column.count == 5)
        #expect(column.withBytes(at: 1) { $0.count } == 0)
    }

    /// Asked again and again for a little, an array is still copied a few times only.
    @Test func roomGrowsByHalf() {
        var values: [Int] = []
        var moves = 0
        var capacity = values.capacity
        for value in 0..<100_000 {
            values.reserveFurther(1)
            values.append(value)
            if values.capacity != capacity { (moves, capacity) = (moves + 1, values.capacity) }
        }
        #expect(moves < 40)
        values.reserveFurther(50_000)
        #expect(values.capacity >= 150_000)
    }

    @Test func codedColumns() {
        var column = CodedColumn()
        for value in ["b", "a", "", "b"] { column.append(value) }
        #expect(column.codes == [1, 2, 0, 1])
        #expect((0..<4).map { column[$0] } == ["b", "a", nil, "b"])
        #expect(column.count == 4)
        #expect(column.dictionary.values == ["", "b", "a"])
        #expect(column.dictionary.code(of: "a") == 2)
        #expect(column.dictionary.code(of: "") == 0)
        #expect(column.dictionary.code(of: "c") == nil)
        #expect(column.insert("c") == 3)
    }

    /// The packing keeps day, hour and kind, and sorts by them in this order.
    @Test func packedEvents() {
        var random = SeededGenerator(seed: 1)
        var events: [(day: Int32, hour: Int, kind: UInt32, packed: PackedEvent)] = []
        for _ in 0..<500 {
            let day = Int32.random(in: -800_000...3_000_000, using: &random)
            let hour = Int.random(in: 0..<24, using: &random)
            let kind = UInt32.random(in: 0...(.max), using: &random)
            let packed = PackedEvent(day: day, hour: hour, kind: kind)
            guard packed.day == day, packed.hour == hour, packed.kind == kind else {
                Issue.record("\(day) \(hour) \(kind)")
                return
            }
            #expect(PackedEvent.lowerBound(day: day) <= packed)
            #expect(packed < PackedEvent.lowerBound(day: day + 1))
            events.append((day, hour, kind, packed))
        }
        let byFields = events.sorted { ($0.day, $0.hour, $0.kind) < ($1.day, $1.hour, $1.kind) }.map(\.packed)
        #expect(byFields == events.map(\.packed).sorted())
    }

    @Test func packedTransactions() {
        let list = [(2, 0, 5), (1, 9, 9), (1, 0, -1), (1, 0, 3)].map {
            PackedTransaction(day: $0.0, kind: $0.1, amount: $0.2)
        }
        #expect(list.sorted().map(\.amount) == [-1, 3, 9, 5])
    }

    @Test func slicesOfClients() {
        let slices = ClientSlices(clients: [2, 5, 9], starts: [0, 3, 4, 10])
        #expect(slices.slice(of: 2) == 0..<3)
        #expect(slices.slice(of: 5) == 3..<4)
        #expect(slices.slice(of: 9) == 4..<10)
        for client: UInt32 in [0, 3, 10] { #expect(slices.slice(of: client).isEmpty) }
        #expect(ClientSlices(clients: [], starts: [0]).slice(of: 0).isEmpty)
        let rows = ClientSlicesByPosition()
        #expect(rows.rows.isEmpty)
    }

    @Test func eventKinds() {
        var kinds = EventKinds()
        #expect(kinds.insert(.init(type: "a", device: "", feature: "b")) == 0)
        #expect(kinds.insert(.init(type: "a", device: "b", feature: "")) == 1)
        #expect(kinds.insert(.init(type: "a", device: "", feature: "b")) == 0)
        #expect(kinds.kinds.count == 2)
    }

    @Test func theFirstAndTheLastDay() {
        var tables = SilverTables()
        for day in [Day(2024, 2, 1), Day(2024, 1, 1), Day(2024, 3, 1)] {
            tables.see(lastDay: day)
            tables.see(firstEventDay: day)
        }
        #expect(tables.lastDay == Day(2024, 3, 1))
        #expect(tables.firstEventDay == Day(2024, 1, 1))
        #expect(tables.events.count == 0)
        #expect(tables.transactions.count == 0)
    }
}
