import Testing

@testable import TerminalText

/// Data on a terminal.
@Suite struct TerminalDataTests {
    private func shown(_ text: String, _ syntax: TerminalData.Syntax, unicode: Bool = true) -> String {
        String(decoding: TerminalData.shown(Array(text.utf8), syntax, unicode: unicode), as: UTF8.self)
    }

    /// Everything a terminal obeys: C0 but the line feed, DEL, C1, separators, overrides, isolates, tags.
    private static let commands: [Unicode.Scalar] =
        [
            0...0x09, 0x0B...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFFF9...0xFFFB, 0x1BCA0...0x1BCA3,
            0xE0001...0xE0001,
        ].flatMap { (range: ClosedRange<UInt32>) in range.compactMap { Unicode.Scalar($0) } }

    @Test func nothingThatATerminalObeysIsLeft() {
        for scalar in Self.commands {
            for (syntax, unicode) in [(.csv, true), (.csv, false), (.text, true)] as [(TerminalData.Syntax, Bool)] {
                let text = shown("a\(scalar)b,c\n", syntax, unicode: unicode)
                #expect(text.hasPrefix("a") && text.hasSuffix("b,c\n"))
                #expect(
                    !text.dropLast().unicodeScalars.contains { Self.commands.contains($0) || $0 == "\n" }, "\(text)")
                if !unicode { #expect(text.utf8.allSatisfy { $0 < 0x80 }) }
            }
        }
        #expect(shown("a\u{1B}[2J\u{7F}\u{9B}\n", .csv) == "a␛[2J␡<U+009B>\n")
        #expect(shown("a\u{1B}[2J\n", .csv, unicode: false) == "a^[[2J\n")
    }

    /// A line feed between records is one, inside a field it is a sign.
    @Test func lineFeedsOfRecordsStay() {
        #expect(shown("a,\"x\ny\",\"\"\"\n\"\nb,c\n", .csv) == "a,\"x␊y\",\"\"\"␊\"\nb,c\n")
        #expect(shown("# one\ntwo\r\n", .text) == "# one\ntwo␍\n")
    }

    /// What is escaped is the same text to a reader of JSON.
    @Test func jsonStaysTheSame() {
        #expect(
            shown("{\"a\":\"\u{7F}\u{85}\u{202E}\u{1BCA0}ä\"}\n", .json)
                == "{\"a\":\"\\u007f\\u0085\\u202e\\ud82f\\udca0ä\"}\n")
        #expect(shown("{ \"a\":\t\"\\u001b\" }\n", .json) == "{ \"a\":\t\"\\u001b\" }\n")
    }

    @Test(arguments: ["", "plain,text\n1,2\n", "ä,漢字,👩‍👩‍👧,é\n", "\"quoted, with\"\"quotes\"\n"])
    func otherTextStaysByteForByte(_ text: String) {
        for syntax in [.csv, .json, .text] as [TerminalData.Syntax] { #expect(shown(text, syntax) == text) }
    }

    @Test func bytesThatAreNoText() {
        let bytes: [UInt8] = [0x61, 0xC2, 0x9B, 0x9B, 0xFF, 0x0A]
        let text = String(decoding: TerminalData.shown(bytes, .csv, unicode: true), as: UTF8.self)
        #expect(text == "a<U+009B>\u{FFFD}\u{FFFD}\n")
    }

    @Test func formulasAreMarkedAsText() {
        for text in ["=1+2", "+SUM(A1)", "-2+3", "@x", "\t=1", "\r=1"] { #expect(CSVField.guarded(text) == "'" + text) }
        for text in ["", "a=1", "'=1", " =1", "1-2", "ä"] { #expect(CSVField.guarded(text) == text) }
    }
}
