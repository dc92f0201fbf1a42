import Bronze
import Records
import RiverTesting
import Testing

/// The fast reader against the plain one on random bytes, and on blocks of all sizes.
@Suite struct SplitPropertyTests {
    static let seeds = Array<UInt64>(1...40)
    private static let header = "survey_id,customer_id,response_date,nps_score,comments"

    private func agree(_ bytes: [UInt8], _ delimiter: UInt8, headerBytes: Int, blockBytes: Int?, endsEmpty: Bool) throws
    {
        let rows = try BlockFeed.rows(bytes, category: .surveys, blockBytes: blockBytes, endsEmpty: endsEmpty)
        var actual = zip(rows.lines, rows.rows).map { line, values in
            PlainSplitter.Row(line: line, fields: rows.columns.map { Array((values[$0] ?? "").utf8) })
        }
        actual += rows.rejects.map { PlainSplitter.Row(line: $0.line, fields: nil) }
        actual.sort { $0.line < $1.line }
        let expected = PlainSplitter(bytes: bytes, delimiter: delimiter, columnCount: 5)
            .rows(from: headerBytes, firstLine: 2)
        #expect(actual == expected, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }

    /// Mostly mistakes: bytes that mean something, in any order.
    @Test(arguments: seeds)
    func randomBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let delimiter: UInt8 = random.pick([44, 59, 9, 124], else: 44)
        let header = Array(Self.header.replacing(",", with: String(UnicodeScalar(delimiter))).utf8) + [10]
        let alphabet: [UInt8] = [delimiter, delimiter, delimiter, 34, 34, 10, 13, 97, 98, 44, 0xC3, 0xA4, 0, 32]
        for _ in 0..<12 {
            let count = Int.random(in: 0...200, using: &random)
            var body = (0..<count).map { _ in random.pick(alphabet, else: 97) }
            if random.chance(0.7) { body.removeAll { $0 == 0 || $0 == 0xC3 || $0 == 0xA4 } }
            for (blockBytes, endsEmpty) in [(nil, false), (1, false), (3, true), (17, false), (64, true), (65, false)] {
                try agree(
                    header + body, delimiter, headerBytes: header.count, blockBytes: blockBytes, endsEmpty: endsEmpty)
            }
        }
    }

    /// Whole rows, quoted at random: every value comes out as it went in.
    @Test(arguments: seeds)
    func valuesComeOutAsTheyWentIn(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let delimiter = random.pick([",", ";", "\t", "|"], else: ",")
        let lineEnd = random.pick(["\n", "\r\n"], else: "\n")
        let pieces = [
            "a", "ü", "😀", ",", ";", "\t", "|", "\"", "\n", "\r\n", " ", "long text without anything in it", "",
        ]
        var text = Self.header.replacing(",", with: delimiter) + lineEnd
        var expected: [[String]] = []
        for _ in 0..<60 {
            let values = (0..<5).map { column in
                "v\(column)"
                    + (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(pieces, else: "") }.joined()
            }
            expected.append(values)
            let fields = values.map { value in
                let endsBlank = value.utf8.last == 32 || value.utf8.last == 9
                let isPlain = !endsBlank && !value.utf8.contains { $0 == 10 || $0 == 13 || $0 == delimiter.utf8.first }
                if isPlain, random.chance(0.6) { return value }
                return "\"\(value.replacing("\"", with: "\"\""))\""
            }
            text += fields.joined(separator: delimiter) + lineEnd
        }
        for blockBytes in [nil, 1, 63, 200, 4096] {
            let rows = try BlockFeed.rows(Array(text.utf8), category: .surveys, blockBytes: blockBytes)
            #expect(rows.rejects.isEmpty)
            #expect(rows.rows.map { row in rows.columns.map { row[$0] ?? "" } } == expected)
        }
    }

    /// JSON says the same whatever the size of the blocks, damaged or not.
    @Test(arguments: seeds)
    func jsonInBlocksOfAnySize(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let isArray = random.chance(0.5)
        let separator = isArray ? random.pick([",", ",\n", " ,\n  "], else: ",") : "\n"
        var objects: [String] = []
        for index in 0..<30 {
            let value = random.pick(
                ["5", "null", "\"a\\\"b\"", "\"\\u00e4\\ud83d\\ude00\"", "{\"x\": [1, \"}\"]}", "true", "\"ü\""],
                else: "5")
            var object = "{\"survey_id\": \"s\(index)\", \"Customer ID\": \(index), \"comments\": \(value)}"
            if random.chance(0.2) { object = object.replacing(": ", with: ":") }
            if random.chance(0.1) {
                object = object.replacing("\"s\(index)\"", with: random.pick(["x", "\"a\u{1}\"", ","], else: "x"))
            }
            if random.chance(0.2) {
                object = object.replacing("}", with: ", \"key\(index % 4)\": 1}", maxReplacements: 1)
            }
            objects.append(object)
        }
        let text = (isArray ? "[" : "") + objects.joined(separator: separator) + (isArray ? "]" : "\n")
        let expected = try BlockFeed.rows(Array(text.utf8), category: .surveys)
        #expect(expected.rows.count + expected.rejects.count >= 20)
        for (blockBytes, endsEmpty) in [(1, false), (7, true), (64, false), (300, true)] {
            let rows = try BlockFeed.rows(
                Array(text.utf8), category: .surveys, blockBytes: blockBytes, endsEmpty: endsEmpty)
            #expect(rows == expected, "\(blockBytes) \(text)")
        }
    }
}
