import Testing

@testable import TerminalText

struct WrappedTextTests {
    private func wrap(_ text: String, _ width: Int) -> [String] {
        WrappedText.pieces(text, width: width).map(\.text)
    }

    @Test func words() {
        #expect(wrap("no login for 21 days", 8) == ["no login", "for 21", "days"])
        #expect(wrap("no  login", 4) == ["no", "logi", "n"])
        #expect(wrap("", 8) == [""])
        #expect(wrap("   ", 2) == [""])
        #expect(wrap("a\n\nb", 8) == ["a", "", "b"])
        #expect(wrap("trailing   ", 20) == ["trailing"])
        #expect(wrap("abc", 0) == ["a", "b", "c"])
    }

    @Test func longWordsBreakBehindSeparators() {
        #expect(wrap("customer-success/operations", 18) == ["customer-success/", "operations"])
        #expect(wrap("x-abcdefghijkl", 10) == ["x-abcdefgh", "ijkl"])
    }

    @Test func numbersKeepTheirPercentSign() {
        #expect(wrap("fell by 43 % today", 11) == ["fell by", "43 % today"])
        #expect(wrap("fell by 43 % today", 10) == ["fell by", "43 % today"])
    }

    @Test func scriptsWithoutBlanks() {
        #expect(wrap("北京华为技术有限公司", 8) == ["北京华为", "技术有限", "公司"])
        // A full stop does not begin a line.
        #expect(wrap("技术。有限", 5) == ["技", "术。", "有限"])
        #expect(wrap("👩‍👩‍👧 é", 2) == ["👩‍👩‍👧", "é"])
        #expect(wrap("北京", 1) == ["北", "京"])
    }

    @Test func indentation() {
        let text = WrappedText("alpha beta gamma", indentation: 2, hangingIndentation: 4)
        #expect(text.rendered(plain(12)) == "  alpha beta\n    gamma\n")
        #expect(text.rendered(plain(nil)) == "  alpha beta gamma\n")
        expectSound(WrappedText("alpha beta", indentation: 50), plain(6))
    }

    @Test func nothingIsLost() {
        var generator = SeededGenerator(state: 3)
        for _ in 0..<500 {
            let text = DisplayText(generator.text(piecesMax: 30), unicode: true, lineBreaks: .kept).text
            for width in [1, 4, 9, 20] {
                let joined = wrap(text, width).joined().filter { $0 != " " && $0 != "\n" }
                #expect(joined == text.filter { $0 != " " && $0 != "\n" })
                if width > 1 { #expect(WrappedText.pieces(text, width: width).allSatisfy { $0.width <= width }) }
            }
        }
    }
}
