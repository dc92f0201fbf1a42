import Records
import Testing

@testable import Settings

/// Records as in RFC 4180, whatever the columns mean.
@Suite struct CommaSeparatedFileTests {
    private struct Record: Equatable {
        var line: Int
        var fields: [String?]
    }

    private func read(
        _ text: String, columns: [String] = ["a", "b", "c"], required: Int = 2
    ) -> (records: [Record], problems: [ConfigurationProblem]) {
        var problems = ProblemList(.exchangeRates, file: "x.csv")
        var records: [Record] = []
        CommaSeparatedFile.forEachRecord(
            Array(text.utf8), columns: columns, requiredCount: required, surplusAdvice: "too many",
            problems: &problems
        ) { line, fields, _ in records.append(Record(line: line, fields: fields.map { $0?.text })) }
        return (records, problems.sorted)
    }

    @Test(arguments: [
        ("\"say \"\"hi\"\"\",2", ["say \"hi\"", "2"]),
        ("\"\"\"\",\"\"", ["\"", ""]),
        ("\"\"\"a\"\"\",\"b\"\"\"", ["\"a\"", "b\""]),
        ("\"x, y\", \"z\" ", ["x, y", "z"]),
        ("\"two\nlines\",2", ["two\nlines", "2"]),
        ("\"two\r\nlines\",\"and\n\n# no comment\"", ["two\r\nlines", "and\n\n# no comment"]),
        ("\" kept \", trimmed ", [" kept ", "trimmed"]),
        // Not the first of a field: a character like others.
        ("5\" disk,a\"b", ["5\" disk", "a\"b"]),
        (",", ["", ""]),
        ("é \u{1F600},\"ü\"\"\"", ["é \u{1F600}", "ü\""]),
    ])
    func quotedFields(line: String, fields: [String]) {
        for (prefix, end) in [("", "\n"), ("\u{FEFF}", "\r\n"), ("\n  \n# c, \"\n", "\n\n"), ("", "")] {
            let (records, problems) = read("\(prefix)a,b\(end.isEmpty ? "\n" : end)\(line)\(end)")
            #expect(problems.isEmpty)
            #expect(records.map(\.fields) == [fields + [nil]])
        }
    }

    /// Whatever is written by the rules is read back, with the line each record begins in.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func whatIsWrittenIsRead(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func random(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let parts = ["a", "\"", ",", "\n", "\r\n", " ", "#", "é", "\u{1F600}", "\t"]
        var text = "a,b,c\r\n"
        var expected: [Record] = []
        var line = 2
        for _ in 0..<60 {
            if random(6) == 0 {
                text += ["\n", "   \r\n", "# \"\n"][random(3)]
                line += 1
            }
            let fields = (0..<3).map { _ in (0..<random(6)).map { _ in parts[random(parts.count)] }.joined() }
            expected.append(Record(line: line, fields: fields))
            let written = fields.map { "\"" + String($0.flatMap { $0 == "\"" ? "\"\"" : String($0) }) + "\"" }
            text += written.joined(separator: random(2) == 0 ? "," : " , ") + (random(2) == 0 ? "\n" : "\r\n")
            line += 1 + fields.joined().unicodeScalars.count { $0 == "\n" }
        }
        let (records, problems) = read(text)
        #expect(problems.isEmpty)
        #expect(records == expected)
    }

    @Test func placesBehindLinesInFields() {
        let (records, problems) = read("a,b\n\"1\n2\",3\n4,5,6\n\"é\"\"\n\",7,8\n")
        #expect(records.map(\.line) == [2])
        // The field too many, in the line it stands in.
        #expect(problems.map(\.position) == [FilePosition(line: 4, column: 5), FilePosition(line: 6, column: 5)])
        #expect(problems.map(\.found) == ["3 fields", "3 fields"])
        #expect(problems.allSatisfy { $0.expected == "2: a,b" && $0.advice == "too many" })
    }

    /// A mark too few costs its own line; mistakes further down are told as well.
    @Test func marksThatAreMissing() {
        let open = read("a,b\n1,\"x\n2,y,z\n3,fine\n")
        #expect(open.problems.map(\.position) == [FilePosition(line: 2, column: 3), FilePosition(line: 3, column: 5)])
        #expect(open.problems.first?.found == "a quotation mark that is never closed")
        #expect(open.problems.first?.advice == "a quotation mark inside a field in quotation marks is written twice")
        #expect(open.records == [Record(line: 4, fields: ["3", "fine", nil])])
        // The mark that opens a later field is taken for the one that is missing.
        let crossed = read("a,b\n1,\"x\n2,\"y\"\n3,fine\n")
        #expect(crossed.problems.map(\.position) == [FilePosition(line: 3, column: 4)])
        #expect(crossed.problems.first?.advice == "the field begins in line 2: is a quotation mark missing there?")
        #expect(crossed.records.map(\.line) == [3, 4])
        let inside = read("a,b\n\"say \"hi\"\",2\n")
        #expect(inside.problems.map(\.position) == [FilePosition(line: 2, column: 7)])
        #expect(inside.problems.first?.found == "text after the closing quotation mark")
    }

    @Test(arguments: ["", "\n\n", "# only a comment", "\u{FEFF}", "\r\n"])
    func filesWithoutAHeader(text: String) {
        let (records, problems) = read(text)
        #expect(records.isEmpty)
        #expect(problems.map(\.found) == ["no header"])
    }
}
