import Testing

@testable import TerminalText

struct DisplayTextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("北京", 4), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｱ", 1),
        ("Ａ", 2), ("👍🏽", 2), ("👩‍👩‍👧‍👦", 2), ("🏴‍☠️", 2), ("❤️", 2), ("❤", 1), ("1️⃣", 2), ("🇩🇪", 2), ("ก้", 1), ("நி", 2),
        ("क्षि", 2), ("a\u{200B}b", 2), ("a\u{AD}b", 3), ("▁▂█", 3), ("…–", 2), ("🙂", 2), ("\u{FE0F}", 0), ("α Ж", 3),
        ("\u{1F3F4}\u{E0067}\u{E0062}\u{E007F}", 2), ("か゚", 2), ("\u{2028}", 0),
    ])
    func widths(text: String, columns: Int) {
        #expect(DisplayWidth.columns(text) == columns)
    }

    @Test func fastPathAgreesWithClusters() {
        for value in 0x20...0x1_FFFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value), DisplayWidth.simpleColumns(scalar) > 0 else { continue }
            #expect(DisplayWidth.columns(Character(scalar)) == DisplayWidth.simpleColumns(scalar), "\(value)")
            // Harmless, and a cluster of its own behind any other.
            #expect(DisplayText("x" + String(scalar), unicode: true).text.unicodeScalars.count == 2)
            #expect(String("a" + String(scalar)).count == 2, "\(value)")
        }
    }

    @Test(arguments: [
        ("\u{1B}[31mred", "␛[31mred", "^[[31mred"), ("a\0b\u{7F}", "a␀b␡", "a^@b^?"),
        ("\u{9B}2J", "<U+009B>2J", "<U+009B>2J"),
        ("ab\u{202E}cd", "ab<U+202E>cd", "ab<U+202E>cd"),
        ("A\u{200B}c\u{FEFF}m\u{2060}e", "A<U+200B>c<U+FEFF>m<U+2060>e", "A<U+200B>c<U+FEFF>m<U+2060>e"),
        ("\u{2066}x\u{2069}", "<U+2066>x<U+2069>", "<U+2066>x<U+2069>"),
        ("a\nb", "a␊b", "a^Jb"), ("a\r\nb\t", "a␍␊b␉", "a^M^Jb^I"), ("x\u{E0041}y", "x<U+E0041>y", "x<U+E0041>y"),
        ("\u{301}a", "◌\u{301}a", "?a"), ("Société – “Zürich”…", "Société – “Zürich”…", "Societe - \"Zurich\"..."),
        ("Straße Łódź", "Straße Łódź", "Strasse Lodz"), ("e\u{301}", "e\u{301}", "e"), ("Ấ", "Ấ", "A"),
        ("ＡＢ", "ＡＢ", "AB"),
        ("10 €, £ ¥ ±1 µs", "10 €, £ ¥ ±1 µs", "10 EUR, GBP JPY +/-1 us"), ("北京 👍🏽", "北京 👍🏽", "?? ?"),
        ("a\u{200B}\u{FEFF}b", "a<U+200B><U+FEFF>b", "a<U+200B><U+FEFF>b"), ("\u{2028}", "<U+2028>", "<U+2028>"),
        ("\u{FFFA}", "<U+FFFA>", "<U+FFFA>"),
        (
            "≤ ≥ ≠ → ← ↑ ↓ ≈ • ✓ ✗ ° ² ³ ½ ¼ ¾ © ® ™ │", "≤ ≥ ≠ → ← ↑ ↓ ≈ • ✓ ✗ ° ² ³ ½ ¼ ¾ © ® ™ │",
            "<= >= != -> <- ^ v ~ * + x deg 2 3 1/2 1/4 3/4 (c) (R) (TM) |"
        ),
        ("It’s a\u{A0}b ſt ŉ 1′", "It’s a\u{A0}b ſt ŉ 1′", "It's a b st 'n 1'"),
    ])
    func cleaning(source: String, unicode: String, ascii: String) {
        #expect(DisplayText(source, unicode: true).text == unicode)
        #expect(DisplayText(source, unicode: false).text == ascii)
    }

    @Test func lineBreaksByChoice() {
        #expect(DisplayText("a\r\nbcd\ne", unicode: true, lineBreaks: .kept).text == "a\nbcd\ne")
        #expect(DisplayText("a\r\nbcd\ne", unicode: true, lineBreaks: .kept).width == 3)
        #expect(DisplayText("a\r\nbcd\ne", unicode: true, lineBreaks: .blank).text == "a bcd e")
    }

    @Test func pilesOfMarksAreCut() {
        let zalgo = "a" + String(repeating: "\u{301}", count: 500)
        let clean = DisplayText(zalgo, unicode: true)
        #expect(clean.text.unicodeScalars.count == 12)
        #expect(clean.width == 1)
        let couple = "👩🏻‍❤️‍💋‍👩🏻"
        #expect(DisplayText(couple, unicode: true).text == couple)
    }

    @Test func truncation() {
        let text = DisplayText("Acme Logistics", unicode: true)
        #expect(text.truncated(to: 14, unicode: true) == text)
        #expect(text.truncated(to: 6, unicode: true).text == "Acme…")
        #expect(text.truncated(to: 8, unicode: false).text == "Acme L..")
        #expect(text.truncated(to: 2, unicode: false).text == "A.")
        #expect(text.truncated(to: 1, unicode: true).text == "…")
        #expect(text.truncated(to: 0, unicode: true).text == "")
        let wide = DisplayText("北京华为", unicode: true).truncated(to: 6, unicode: true)
        #expect(wide.text == "北京…")
        #expect(wide.width == 5)
        #expect(DisplayText("👍🏽👍🏽👍🏽", unicode: true).truncated(to: 4, unicode: true).text == "👍🏽…")
    }

    @Test func randomTextIsAlwaysHarmless() {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<2000 {
            let source = generator.text()
            for unicode in [true, false] {
                let clean = DisplayText(source, unicode: unicode)
                let isHarmless = clean.text.unicodeScalars.allSatisfy { scalar in
                    let value = scalar.value
                    return value >= 0x20 && !(0x7F...0x9F).contains(value) && !(0x202A...0x202E).contains(value)
                        && !(0x2066...0x2069).contains(value)
                }
                #expect(isHarmless, "\(source.debugDescription)")
                #expect(clean.width == DisplayWidth.columns(clean.text))
                #expect(DisplayText(clean.text, unicode: unicode) == clean)
                let width = Int.random(in: 0...10, using: &generator)
                #expect(clean.truncated(to: width, unicode: unicode).width <= width)
            }
        }
    }
}
