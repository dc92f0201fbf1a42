import Testing

@testable import Commands

/// The database files that the client writes, read by the library whose format they are in.
@Suite struct SQLiteFileTests {
    private static let columns: [SQLiteTableFile.Column] = [
        .init(name: "id", affinity: .text), .init(name: "count", affinity: .integer),
        .init(name: "new", affinity: .real),
    ]

    /// Writes a file row by row.
    private static func write(_ rows: some Sequence<[SQLiteValue]>, to path: String) throws {
        let target = try OutputFile(path)
        var file = try SQLiteTableFile(table: "figures", columns: columns) { (bytes) throws(CommandFailure) in
            try target.write(bytes)
        }
        for row in rows { try file.append(row) }
        try target.overwrite(try file.finish())
        try target.finish()
    }

    /// From no rows to a tree of three levels.
    @Test(arguments: [0, 1, 2, 60, 200, 5_000, 60_000])
    func rowsOfEveryNumber(_ count: Int) throws {
        let scratch = try Scratch()
        let path = scratch.path("figures.db")
        let rows = (0..<count).lazy.map { number -> [SQLiteValue] in
            [.text("client \(number) \(String(repeating: "x", count: 40))"), .integer(Int64(number)), .real(0.5)]
        }
        try Self.write(rows, to: path)
        #expect(try SQLiteLibrary.query(path, "PRAGMA integrity_check") == ["ok"])
        let sum = count > 0 ? "\(count * (count - 1) / 2)" : "null"
        let half = count > 0 ? "\(Double(count) / 2)" : "null"
        #expect(
            try SQLiteLibrary.query(path, "SELECT count(*), sum(count), sum(new) FROM figures") == [
                "\(count)|\(sum)|\(half)"
            ])
        let ids = try SQLiteLibrary.query(path, "SELECT id FROM figures WHERE rowid = \(max(1, count / 2))")
        #expect(ids.first?.hasPrefix("client \(max(1, count / 2) - 1) ") ?? (count == 0))
    }

    @Test func everyKindOfValue() throws {
        let integers: [Int64] = [
            0, 1, -1, 2, 127, 128, -128, -129, 32_767, 32_768, 2_147_483_647, 2_147_483_648, -2_147_483_649, .max, .min,
        ]
        let reals: [Double] = [0, -0.5, 0.1, 1e300, -1e-300, 5]
        let scratch = try Scratch()
        let path = scratch.path("values.db")
        let rows: [[SQLiteValue]] =
            integers.map { [.text("ünï 🙂"), .integer($0), .null] } + reals.map { [.null, .null, .real($0)] }
        try Self.write(rows, to: path)
        #expect(try SQLiteLibrary.query(path, "PRAGMA integrity_check") == ["ok"])
        let found = try SQLiteLibrary.query(
            path, "SELECT count FROM figures WHERE id = 'ünï 🙂' AND new IS NULL ORDER BY rowid")
        #expect(found == integers.map { "\($0)" })
        let numbers = try SQLiteLibrary.query(
            path, "SELECT new, typeof(new) FROM figures WHERE id IS NULL ORDER BY rowid")
        #expect(numbers.count == reals.count)
        for (text, number) in zip(numbers, reals) {
            #expect(Double(text.split(separator: "|")[0]) == number)
            #expect(text.hasSuffix("|real"))
        }
    }

    /// Around the lengths at which a row leaves its page, and far beyond.
    @Test(arguments: [0, 100, 4_030, 4_040, 4_050, 4_051, 4_052, 4_053, 4_054, 4_055, 4_060, 4_500, 8_200, 100_000])
    func longTexts(_ length: Int) throws {
        let scratch = try Scratch()
        let path = scratch.path("long.db")
        let text = String(repeating: "ab", count: length / 2) + (length % 2 == 1 ? "c" : "")
        try Self.write((0..<30).map { [.text(text), .integer(Int64($0)), .null] }, to: path)
        #expect(try SQLiteLibrary.query(path, "PRAGMA integrity_check") == ["ok"])
        #expect(try SQLiteLibrary.query(path, "SELECT count(*) FROM figures WHERE length(id) = \(length)") == ["30"])
        #expect(try SQLiteLibrary.query(path, "SELECT DISTINCT id FROM figures") == [text])
    }

    @Test func theDatabaseCanBeWrittenToLater() throws {
        let scratch = try Scratch()
        let path = scratch.path("later.db")
        try Self.write((0..<1_000).map { [.text("\($0)"), .integer(Int64($0)), .null] }, to: path)
        _ = try SQLiteLibrary.query(path, "CREATE INDEX by_id ON figures (id)")
        _ = try SQLiteLibrary.query(path, "INSERT INTO figures VALUES ('more', 1000, 1.5)")
        _ = try SQLiteLibrary.query(path, "DELETE FROM figures WHERE count % 2 = 0")
        #expect(try SQLiteLibrary.query(path, "PRAGMA integrity_check") == ["ok"])
        #expect(try SQLiteLibrary.query(path, "SELECT count(*) FROM figures") == ["500"])
    }

    @Test(arguments: [UInt64(0), 1, 127, 128, 16_383, 16_384, (1 << 56) - 1, 1 << 56, .max])
    func varintsHaveTheirLength(_ number: UInt64) {
        var bytes: [UInt8] = []
        SQLiteNumber.appendVarint(number, to: &bytes)
        #expect(bytes.count == SQLiteNumber.varintCount(number))
        // Read back as the format says.
        var value: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            value = index == 8 ? value << 8 | UInt64(byte) : value << 7 | UInt64(byte & 0x7F)
        }
        #expect(value == number)
    }
}
