import Testing

@testable import TerminalText

struct TerminalStyleTests {
    private static let linux = ["TERM": "xterm-256color", "LANG": "de_DE.UTF-8"]

    @Test func terminalWithAllItsFaculties() {
        let style = TerminalStyle(environment: Self.linux, isTerminal: true, columns: 132)
        #expect(style == TerminalStyle(width: 132, color: .ansi256, unicode: true))
    }

    @Test func pipeHasNeitherWidthNorColor() {
        let style = TerminalStyle(environment: Self.linux, isTerminal: false, columns: 132)
        #expect(style == TerminalStyle(width: nil, color: .none, unicode: true))
        #expect(style == .plain)
        #expect(style.columns == 80)
    }

    @Test(arguments: [
        (["NO_COLOR": "1"], TerminalStyle.ColorDepth.none), (["NO_COLOR": ""], .ansi256), (["TERM": "dumb"], .none),
        (["TERM": ""], .none), (["TERM": "vt220"], .ansi16), (["TERM": "xterm", "COLORTERM": "truecolor"], .ansi256),
        (["TERM": "xterm-direct"], .ansi256),
    ])
    func colors(changes: [String: String], expected: TerminalStyle.ColorDepth) {
        let environment = Self.linux.merging(changes) { $1 }
        #expect(TerminalStyle(environment: environment, isTerminal: true, columns: 80).color == expected)
    }

    @Test func optionTurnsColorsOff() {
        let style = TerminalStyle(environment: Self.linux, isTerminal: true, columns: 80, colorAllowed: false)
        #expect(style.color == .none)
    }

    @Test(
        arguments: [
            (["LANG": "C"], false), ([:], false), (["LANG": "C.utf8"], true),
            (["LC_ALL": "C", "LANG": "en_US.UTF-8"], false),
            (["LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"], true),
        ] as [([String: String], Bool)])
    func characters(environment: [String: String], expected: Bool) {
        #expect(TerminalStyle(environment: environment, isTerminal: true, columns: 80).unicode == expected)
    }

    @Test func widthOfATerminalThatDoesNotTellIt() {
        #expect(TerminalStyle(environment: ["COLUMNS": "99"], isTerminal: true, columns: nil).width == 99)
        #expect(TerminalStyle(environment: ["COLUMNS": "x"], isTerminal: true, columns: 0).width == 80)
        #expect(TerminalStyle(width: -5, color: .none, unicode: true).width == 1)
    }

    @Test func everyRoleHasItsOwnLookWithColors() {
        for depth in [TerminalStyle.ColorDepth.ansi16, .ansi256] {
            for role in TextRole.allCases where role != .normal {
                #expect(!TextAttributes(role).sgrParameters(depth).isEmpty)
            }
        }
        for role in TextRole.allCases { #expect(TextAttributes(role, isBold: true).sgrParameters(.none) == "") }
        #expect(TextAttributes(.bad, isBold: true, isItalic: true).sgrParameters(.ansi16) == "1;3;31")
        #expect(TextAttributes(.strong, isBold: true).sgrParameters(.ansi16) == "1")
        let shaded = TextAttributes(.bad, foreground: 231, background: 17)
        #expect(shaded.sgrParameters(.ansi256) == "38;5;231;48;5;17")
        #expect(shaded.sgrParameters(.ansi16) == "31")
    }

    @Test func linesKeepBlanksBack() {
        var line = StyledLine("  a ", TextAttributes(.bad), style: plain(80))
        #expect(line.text == "  a")
        #expect(line.width == 3)
        line.appendSpaces(-3)
        line.append(StyledLine(" b  ", style: plain(80)))
        #expect(line.text == "  a  b")
        line.append(StyledLine())
        line.append("   ", style: plain(80))
        #expect(line.width == 6)
        #expect(!line.isEmpty)
        #expect(line.clipped(to: 3).text == "  a")
        #expect(line.clipped(to: 5).text == "  a")
        let bytes = [line].encoded(TerminalStyle(width: 80, color: .ansi16, unicode: true))
        #expect(String(decoding: bytes, as: UTF8.self) == "  \u{1B}[31ma\u{1B}[0m  b\n")
    }
}
