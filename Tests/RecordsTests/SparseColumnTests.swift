import Records
import RiverTesting
import Testing

@Suite struct SparseColumnTests {
    /// Against a dictionary, in whatever order values are set, replaced and taken back.
    @Test(arguments: Array<UInt64>(1...20))
    func holdsWhatWasSet(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var column = SparseColumn()
        var expected: [Int: String] = [:]
        for _ in 0..<2000 {
            let row = Int.random(in: 0..<700, using: &random)
            let value = ["", "a", "b", "c"].randomElement(using: &random) ?? ""
            column.set(column.insert(value), of: row)
            expected[row] = value.isEmpty ? nil : value
        }
        #expect((0..<1000).allSatisfy { column[$0] == expected[$0] })
        var known: [Int: String] = [:]
        var last = -1
        column.forEachKnown { row, code in
            #expect(row > last)
            last = row
            known[row] = column.dictionary.values[Int(code)]
        }
        #expect(known == expected)
    }

    @Test func takesMemoryWhereThereAreValues() {
        var column = SparseColumn()
        let code = column.insert("x")
        column.set(code, of: 1_000_000)
        column.set(0, of: 500_000)
        #expect(column.cells == 64 && column.code(of: 999_999) == 0 && column.code(of: 2_000_000) == 0)
        column.makeRoom(for: 3)
        #expect(column.cells == 128 && !column.isEmpty)
        column.giveBackRoom()
        #expect(column.cells == 64 && column[1_000_000] == "x")
        column.set(0, of: 1_000_000)
        #expect(column.isEmpty)
        column.giveBackRoom()
        #expect(column.cells == 0)
    }
}
