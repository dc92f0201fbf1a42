import Testing

@testable import TerminalText

/// A small terminal: enough of ECMA-48 to show what a screen update does.
private struct TerminalModel {
    var cells: [[String]]
    var looks: [[String]]
    private var row = 0
    private var column = 0
    private var look = ""
    let columns: Int

    init(rows: Int, columns: Int) {
        self.columns = columns
        cells = Array(repeating: Array(repeating: "?", count: columns), count: rows)
        looks = Array(repeating: Array(repeating: "", count: columns), count: rows)
    }

    /// Obeys bytes; returns false for anything it does not know.
    mutating func feed(_ bytes: [UInt8]) -> Bool {
        let characters = Array(String(decoding: bytes, as: UTF8.self))
        var index = 0
        while index < characters.count {
            guard characters[index] == "\u{1B}" else {
                let width = DisplayWidth.columns(characters[index])
                guard row < cells.count, column + width <= columns else { return false }
                cells[row][column] = String(characters[index])
                looks[row][column] = look
                if width == 2 {
                    cells[row][column + 1] = ""
                    looks[row][column + 1] = look
                }
                column += width
                index += 1
                continue
            }
            guard index + 1 < characters.count, characters[index + 1] == "[",
                let end = characters[(index + 2)...].firstIndex(where: { $0.isLetter })
            else { return false }
            let parameters = String(characters[(index + 2)..<end])
            switch characters[end] {
            case "H":
                let numbers = parameters.split(separator: ";").compactMap { Int($0) }
                row = (numbers.first ?? 1) - 1
                column = (numbers.count > 1 ? numbers[1] : 1) - 1
            case "C": column += Int(parameters) ?? 1
            case "J":
                for row in cells.indices { blank(row, from: 0) }
            case "K": blank(row, from: column)
            case "m":
                look =
                    parameters == "0" ? "" : parameters.hasPrefix("0;") ? String(parameters.dropFirst(2)) : parameters
            default: return false
            }
            index = end + 1
        }
        return true
    }

    private mutating func blank(_ row: Int, from column: Int) {
        for column in column..<columns {
            cells[row][column] = " "
            looks[row][column] = look
        }
    }

    func shows(_ screen: Screen, _ color: TerminalStyle.ColorDepth) -> Bool {
        for row in 0..<screen.rows {
            for column in 0..<screen.columns {
                let cell = screen.cells[row * screen.columns + column]
                guard cells[row][column] == cell.character, looks[row][column] == cell.attributes.sgrParameters(color)
                else { return false }
            }
        }
        return true
    }
}

struct ScreenTests {
    @Test func boxesAndTables() {
        var screen = Screen(rows: 6, columns: 30)
        let parts = screen.area.columnsDivided(by: [1, 2])
        screen.box(parts[0], title: "A long title", style: plain(nil))
        let inner = screen.box(parts[1], title: "北京", style: plain(nil))
        let used = screen.draw(
            Table(columns: [.init("Name")], rows: [["Acme"], ["Zürich Rück"], ["x"]]), in: inner, style: plain(nil))
        #expect(used == 4)
        let text = (0..<screen.rows).map { screen.text(row: $0) }.joined(separator: "\n")
        expectSnapshot(
            text + "\n",
            """
            ╭─ A… ──╮ ╭─ 北京 ───────────╮
            │       │ │Name              │
            │       │ │───────────       │
            │       │ │Acme              │
            │       │ │Zürich Rück       │
            ╰───────╯ ╰──────────────────╯
            """)
        #expect(screen.text(row: 99) == "")
    }

    @Test func asciiBox() {
        var screen = Screen(rows: 3, columns: 12)
        screen.box(screen.area, title: "KPI", style: ascii(nil))
        #expect(screen.text(row: 0) == "+- KPI ----+")
        #expect(screen.text(row: 1) == "|          |")
    }

    @Test func areas() {
        let area = Screen.Area(row: 2, column: 3, rows: 10, columns: 21)
        #expect(area.columnsDivided(by: [1, 1]).map(\.columns) == [10, 10])
        #expect(area.columnsDivided(by: [1, 2, -4]).map(\.columns) == [6, 13, 0])
        #expect(area.rowsDivided(by: [1, 2]).map(\.row) == [2, 5])
        #expect(area.rowsDivided(by: []).isEmpty)
        #expect(area.inset(rows: 9, columns: 1) == Screen.Area(row: 11, column: 4, rows: 0, columns: 19))
    }

    @Test func drawingOutsideIsCutOff() {
        var screen = Screen(rows: 2, columns: 5)
        screen.draw(StyledLine("abcdefgh", style: plain(nil)), row: 0, column: -2, columns: 20)
        screen.draw(StyledLine("xyz", style: plain(nil)), row: 7, column: 0, columns: 20)
        screen.draw(StyledLine("a北京", style: plain(nil)), row: 1, column: 2, columns: 4)
        #expect(screen.text(row: 0) == "cdefg")
        #expect(screen.text(row: 1) == "  a北")
        screen.box(Screen.Area(row: 0, column: 0, rows: 1, columns: 9), title: "x", style: plain(nil))
        screen.box(Screen.Area(row: -1, column: -1, rows: 9, columns: 9), title: "x", style: plain(nil))
        #expect(
            screen.draw(Markdown("x"), in: Screen.Area(row: 0, column: 0, rows: 0, columns: 0), style: plain(nil)) == 0)
        screen.box(Screen.Area(row: 0, column: 0, rows: 2, columns: 20), title: "", style: plain(nil))
        screen.clear(Screen.Area(row: -5, column: -5, rows: 50, columns: 50))
        #expect(screen == Screen(rows: 2, columns: 5))
        screen.clear(Screen.Area(row: 50, column: 50, rows: 5, columns: 5))
        #expect(Screen(rows: -1, columns: .max).columns == 1000)
    }

    @Test func wideCharactersAreNeverHalved() {
        var screen = Screen(rows: 1, columns: 6)
        screen.draw(StyledLine("北京", style: plain(nil)), row: 0, column: 0, columns: 6)
        screen.draw(StyledLine("x", style: plain(nil)), row: 0, column: 1, columns: 6)
        #expect(screen.text(row: 0) == " x京")
        screen.draw(StyledLine("京", style: plain(nil)), row: 0, column: 1, columns: 6)
        #expect(screen.text(row: 0) == " 京")
        screen.draw(StyledLine("y", style: plain(nil)), row: 0, column: 1, columns: 6)
        #expect(screen.text(row: 0) == " y")
        screen.draw(StyledLine("12345京", style: plain(nil)), row: 0, column: 0, columns: 9)
        #expect(screen.text(row: 0) == "12345")
    }

    @Test func smallChangesAreFewBytes() {
        var before = Screen(rows: 24, columns: 80)
        before.box(before.area, title: "Dashboard", style: plain(nil))
        before.draw(StyledLine("clients 1,234", style: plain(nil)), row: 3, column: 4, columns: 40)
        #expect(before.update(from: before, color: .ansi256).isEmpty)
        var after = before
        after.draw(StyledLine("clients 1,235", style: plain(nil)), row: 3, column: 4, columns: 40)
        #expect(String(decoding: after.update(from: before, color: .ansi16), as: UTF8.self) == "\u{1B}[4;17H5")
        after = before
        after.draw(StyledLine("x1x345678901y", style: plain(nil)), row: 5, column: 4, columns: 40)
        var last = after
        last.draw(StyledLine("y1y345678901z", style: plain(nil)), row: 5, column: 4, columns: 40)
        // Close changes are joined by writing what is between them, distant ones by a jump.
        #expect(
            String(decoding: last.update(from: after, color: .none), as: UTF8.self) == "\u{1B}[6;5Hy1y\u{1B}[9Cz")
        #expect(
            before.update(from: Screen(rows: 3, columns: 80), color: .none) == before.update(from: nil, color: .none))
        var cleared = Screen(rows: 1, columns: 40)
        cleared.draw(
            StyledLine("some text that goes away", TextAttributes(.bad), style: plain(nil)), row: 0, column: 0,
            columns: 40)
        #expect(
            String(decoding: Screen(rows: 1, columns: 40).update(from: cleared, color: .ansi16), as: UTF8.self)
                == "\u{1B}[1H\u{1B}[K")
    }

    @Test func updatesTurnOneScreenIntoTheOther() {
        var generator = SeededGenerator(state: 23)
        let roles = TextRole.allCases
        for color in TerminalStyle.ColorDepth.allCases {
            var shown = Screen(rows: 8, columns: 30)
            var terminal = TerminalModel(rows: 8, columns: 30)
            let isFirstUnderstood = terminal.feed(shown.update(from: nil, color: color))
            #expect(isFirstUnderstood)
            for _ in 0..<300 {
                var next = shown
                for _ in 0..<Int.random(in: 0...4, using: &generator) {
                    let row = Int.random(in: -1...8, using: &generator)
                    let column = Int.random(in: -3...30, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0:
                        next.clear(
                            .init(row: row, column: column, rows: 3, columns: Int.random(in: 0...30, using: &generator))
                        )
                    case 1:
                        next.box(
                            .init(row: row, column: column, rows: 4, columns: 12), title: generator.text(piecesMax: 3),
                            style: plain(nil))
                    default:
                        let attributes = TextAttributes(
                            roles.randomElement(using: &generator) ?? .normal,
                            background: Bool.random(using: &generator) ? 17 : nil)
                        let line = StyledLine(generator.text(), attributes, style: plain(nil))
                        next.draw(line, row: row, column: column, columns: 25)
                    }
                }
                let isUnderstood = terminal.feed(next.update(from: shown, color: color))
                #expect(isUnderstood)
                #expect(terminal.shows(next, color))
                shown = next
            }
        }
    }

    @Test func controlSequencesComeInPairs() {
        #expect(ScreenControl.enter.contains("?1049h") && ScreenControl.leave.contains("?1049l"))
        #expect(ScreenControl.enter.contains("?25l") && ScreenControl.leave.contains("?25h"))
        #expect(ScreenControl.beginUpdate.dropLast() == ScreenControl.endUpdate.dropLast())
    }
}
