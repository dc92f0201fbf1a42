import Bronze
import Records
import RiverTesting
import Testing

/// Delimited text: known answers for every kind of quoting and damage.
@Suite struct DelimitedTests {
    private static let header = "survey_id,customer_id,response_date,nps_score,comments\n"

    private func read(_ text: String, limits: BronzeReader.Limits = .init()) throws -> BlockFeed.Rows {
        try BlockFeed.rows(Array((Self.header + text).utf8), category: .surveys, limits: limits)
    }

    /// The comments of all rows; `!code` for a reject.
    private func comments(_ text: String) throws -> [String] {
        let rows = try read(text)
        var result = zip(rows.lines, rows.rows).map { ($0, $1["comments"] ?? "") }
        result += rows.rejects.map { ($0.line, "!" + $0.reason.code) }
        return result.sorted { $0.0 < $1.0 }.map(\.1)
    }

    @Test(
        arguments: [
            ("1,c,d,5,x\n", ["x"]), ("1,c,d,5,x", ["x"]), ("1,c,d,5,x\r\n", ["x"]), ("1,c,d,5,x\r", ["x"]),
            ("1,c,d,5,\n", [""]), ("1,c,d,5,", [""]), ("1,c,d,5,\r\n", [""]), (",,,,\n", [""]),
            ("1,c,d,5,\"\"\n", [""]),
            ("1,c,d,5,\"a,b\"\n", ["a,b"]), ("1,c,d,5,\"a\"\"b\"\"\"\n", ["a\"b\""]), ("1,c,d,5,\"a\nb\"\n", ["a\nb"]),
            ("1,c,d,5,\"a\r\nb\"\r\n", ["a\r\nb"]), ("1,c,d,5,\"a\"", ["a"]), ("1,c,d,5,\"a\"\r", ["a"]),
            // A quote inside an unquoted value is a character like any other.
            ("1,c,d,5,a\"b\n", ["a\"b"]), ("1,c,d,5, \"a\"\n", ["a"]), ("1,c,d,5,a\rb\n", ["a\rb"]),
            ("\"1\",\"c\",\"d\",\"5\",\"e\"\n\"1\",\"c\",\"d\",\"5\",\"f\"", ["e", "f"]),
            ("\n\r\n1,c,d,5,x\n\n\n1,c,d,5,y\n\n", ["x", "y"]), ("", []), ("\n", []), ("\r\n", []),
            ("1,c,d,5,ä€😀\n", ["ä€😀"]), ("1;c,d,5,a;b,c\n", ["c"]),
        ] as [(String, [String])])
    func values(text: String, expected: [String]) throws {
        #expect(try comments(text) == expected)
    }

    @Test(
        arguments: [
            ("1,c,d,5\n1,c,d,5,x\n", ["!field_count", "x"]), ("1,c,d,5,x,y\n1,c,d,5,x\n", ["!field_count", "x"]),
            ("x\n", ["!field_count"]), ("x", ["!field_count"]), (" x\n", ["!field_count"]),
            ("1,c,d,5,\"a\"b\n1,c,d,5,x\n", ["!text_after_quote", "x"]),
            ("1,c,d,5,\"a\" b\n1,c,d,5,x\n", ["!text_after_quote", "x"]), ("1,c,\"d\"e,5,x\n", ["!text_after_quote"]),
            ("1,c,d,5,\"a\"\rb\n1,c,d,5,x\n", ["!text_after_quote", "x"]),
            ("1,c,d,5,a\0b\n1,c,d,5,x\n", ["!contains_nul", "x"]),
            ("1,c,d,5,\"a\0b\"\n1,c,d,5,x\n", ["!contains_nul", "x"]),
            // A quote that is never closed costs its own line, not the rest of the file.
            ("1,c,d,5,\"a\n1,c,d,5,x\n1,c,d,5,y", ["!unclosed_quote", "x", "y"]), ("1,c,d,5,\"", ["!unclosed_quote"]),
            ("1,c,d,\"5\nq\",\"a\n1,c,d,5,x\n", ["!unclosed_quote", "!unclosed_quote", "x"]),
            ("1,c,d,5,\"a\"\"\n1,c,d,5,x\n", ["!unclosed_quote", "x"]),
        ] as [(String, [String])])
    func damage(text: String, expected: [String]) throws {
        #expect(try comments(text) == expected)
    }

    @Test func linesAndRawText() throws {
        let rows = try read("1,c,d,5,\"two\nlines\"\nshort\r\n\n1,c,d,5,\"a\"b\n1,c,d,5,ok\n1,c\0,d,5,ok")
        #expect(rows.lines == [2, 7])
        #expect(rows.rejects.map(\.line) == [4, 6, 8])
        #expect(
            rows.rejects.map { String(decoding: $0.raw, as: UTF8.self) } == ["short", "1,c,d,5,\"a\"b", "1,c\0,d,5,ok"])
        #expect(rows.rejects.allSatisfy { $0.column == nil })
        #expect(rows.rejects[0].reason == .fieldCount(expected: 5, found: 1))
        #expect(rows.rejects[0].reason.text == "the row has 1 fields, the header 5")
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xE0, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xC3, 0x28],
            [0xE2, 0x28, 0xA1],
            [0xF0, 0x9F, 0x98], [0xE4, 0x6E], [0xF1, 0x80, 0x80, 0x28],
        ] as [[UInt8]])
    func textThatIsNotUTF8(bytes: [UInt8]) throws {
        let text = Array((Self.header + "1,c,d,5,fine ä\n2,c,d,5,").utf8) + bytes + Array("\n3,c,d,5,fine\n".utf8)
        let rows = try BlockFeed.rows(text, category: .surveys)
        #expect(rows.rows.map { $0["survey_id"] } == ["1", "3"])
        #expect(rows.rejects.map(\.reason) == [.notUTF8])
        #expect(rows.rejects.map(\.line) == [3])
        #expect(rows.rejects.first?.raw == Array("2,c,d,5,".utf8) + bytes)
    }

    @Test func textThatIsUTF8() throws {
        for scalar in ["\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"] {
            #expect(try comments("1,c,d,5,\(scalar)\n") == [scalar])
        }
    }

    /// Long rows are rejected once, wherever blocks end, and what follows is read.
    @Test(arguments: [nil, 64, 100, 1000])
    func rowsThatAreTooLong(blockBytes: Int?) throws {
        let long = "1,c,d,5,\(String(repeating: "x", count: 700))\n"
        let quoted = "1,c,d,5,\"\(String(repeating: "line\n", count: 200))\"\n"
        let text = Self.header + "1,c,d,5,a\n" + long + "1,c,d,5,b\n" + quoted + "1,c,d,5,c\n"
        let rows = try BlockFeed.rows(
            Array(text.utf8), category: .surveys, limits: .init(rowBytesMax: 500), blockBytes: blockBytes)
        #expect(rows.rows.map { $0["comments"] }.first == "a")
        #expect(rows.rows.map { $0["comments"] }.last == "c")
        #expect(rows.lines.last == 5 + 201)
        #expect(rows.rows.contains { $0["comments"] == "b" })
        #expect(rows.rejects.first?.line == 3)
        #expect(rows.rejects.first?.reason == .rowTooLong(limit: 500))
        // Lines of the over-long quoted value may come one by one; none of them is lost or counted twice.
        #expect(Set(rows.rejects.map(\.line)).count == rows.rejects.count)
    }

    @Test func aVeryLongValue() throws {
        let value = String(repeating: "0123456789\"\"", count: 50_000)
        let rows = try read("1,c,d,5,\"\(value)\"\n2,c,d,5,x\n")
        #expect(rows.rows.map { ($0["comments"] ?? "").utf8.count } == [11 * 50_000, 1])
        #expect(rows.rejects.isEmpty)
        let reject = try read("1,c,d,\(String(repeating: "y", count: 100_000))\n").rejects.first
        #expect(reject?.raw.count == Reject.rawLimit)
    }

    @Test func aVeryWideFile() throws {
        let names = (0..<20_000).map { "extra\($0)" }
        let header = "survey_id,customer_id,response_date,nps_score," + names.joined(separator: ",")
        let row = (0..<20_004).map { "\($0)" }.joined(separator: ",")
        let rows = try BlockFeed.rows(
            Array("\(header)\n\(row)\n\(row)\n\(row),x\n\(row)".utf8), category: .surveys,
            limits: .init(columnsMax: 30_000), blockBytes: 50_000)
        #expect(rows.rows.count == 3)
        #expect(rows.rejects.map(\.line) == [4])
        #expect(rows.rows.allSatisfy { $0["extra19999"] == "20003" && $0["extra0"] == "4" })
    }
}
