import Testing

@testable import TerminalText

/// Uncoloured UTF-8 of a width.
func plain(_ width: Int?) -> TerminalStyle { TerminalStyle(width: width, color: .none, unicode: true) }

/// ASCII of a width.
func ascii(_ width: Int?) -> TerminalStyle { TerminalStyle(width: width, color: .none, unicode: false) }

/// Compares an output with its snapshot; escape characters are written as `␛` in snapshots.
func expectSnapshot(_ actual: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let visible = String(actual.map { $0 == "\u{1B}" ? "␛" : $0 })
    #expect(visible == expected + "\n", sourceLocation: sourceLocation)
}

/// What every rendering promises: it stays within the width, leaves no blanks at line ends, no commands but SGR, and is
/// ASCII where that is asked for.
func expectSound(
    _ content: some TerminalRenderable, _ style: TerminalStyle, sourceLocation: SourceLocation = #_sourceLocation
) {
    var problems: [String] = []
    for line in content.lines(style) {
        let text = line.text
        if let width = style.width, line.width > width { problems.append("too wide: \(text)") }
        if DisplayWidth.columns(text) != line.width { problems.append("width \(line.width) is wrong: \(text)") }
        if line.runs.last?.attributes.background == nil, text.utf8.last == 0x20 {
            problems.append("blank at the end: \(text)")
        }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) {
            problems.append("control character: \(text)")
        }
        if !style.unicode, !text.utf8.allSatisfy({ $0 < 0x7F }) { problems.append("not ASCII: \(text)") }
    }
    if style.color == .none, content.encoded(style).contains(0x1B) { problems.append("escape sequence") }
    #expect(problems == [], "\(style)", sourceLocation: sourceLocation)
}

/// A seeded generator of test data (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A text of harmless, wide, joined and hostile pieces.
    mutating func text(piecesMax: Int = 12) -> String {
        let pieces = [
            "a", "Acme", " ", " ", "-", "12.5 %", "€", "é", "e\u{301}", "北京", "👩‍👩‍👧", "🇩🇪", "❤️", "\u{1B}[31m", "\u{9B}2J",
            "\u{202E}", "\u{2069}", "\n", "\r\n", "\t", "\0", "\u{200B}", "\u{301}", "한국", "|", "*", "`", "**",
            "\u{E0041}",
        ]
        return (0..<Int.random(in: 0...piecesMax, using: &self))
            .map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }

    /// A number that is often odd.
    mutating func value() -> Double? {
        switch Int.random(in: 0..<12, using: &self) {
        case 0: nil
        case 1: .nan
        case 2: -.infinity
        case 3: 0
        case 4: 1e300
        case 5: -1e308
        case 6: .leastNonzeroMagnitude
        default: Double.random(in: -1000...1000, using: &self)
        }
    }
}

/// Styles from hardly usable to very wide.
let allStyles: [TerminalStyle] = [1, 2, 5, 11, 24, 60, 120, nil].flatMap { width in
    [plain(width), ascii(width), TerminalStyle(width: width, color: .ansi256, unicode: true)]
}
