extension Screen {
    /// The bytes that turn one screen into another on a terminal, few of them.
    ///
    /// Works with every terminal that knows cursor positions (CUP, CUF), erasing (EL, ED) and SGR of ECMA-48.
    /// Attributes are reset at the end; where the cursor ends is not specified.
    ///
    /// - Parameters:
    ///   - previous: what the terminal shows; `nil`, or a screen of another size, if that is not known.
    ///   - color: the colours that may be used.
    public func update(from previous: Screen?, color: TerminalStyle.ColorDepth) -> [UInt8] {
        var writer = ScreenWriter(color: color)
        var known = previous
        if known == nil || known?.rows != rows || known?.columns != columns {
            writer.clear()
            known = Screen(rows: rows, columns: columns)
        }
        guard let known else { return [] }
        for row in 0..<rows {
            let line = (row * columns)..<((row + 1) * columns)
            guard cells[line] != known.cells[line] else { continue }
            update(row, from: known, &writer)
        }
        return writer.finished()
    }

    private func update(_ row: Int, from known: Screen, _ writer: inout ScreenWriter) {
        let base = row * columns
        func isChanged(_ column: Int) -> Bool { cells[base + column] != known.cells[base + column] }
        // From here on the new row is blank; erasing is shorter than writing blanks.
        var blankStart = columns
        while blankStart > 0, cells[base + blankStart - 1] == .blank { blankStart -= 1 }
        let remains = (blankStart..<columns).filter(isChanged)
        // Three bytes erase, so fewer blanks are simply written.
        let isErased = remains.count > 3
        let end = isErased ? blankStart : columns

        var column = 0
        while column < end {
            guard isChanged(column) else {
                column += 1
                continue
            }
            writer.move(row: row, column: column) { gapStart in
                // A short stretch of equal cells is cheaper to write again than to jump over.
                let gap = cells[(base + gapStart)..<(base + column)]
                let isSimple = gap.allSatisfy { $0.attributes == .plain && !$0.isWide && $0.character.utf8.count == 1 }
                return isSimple ? gap.map(\.character).joined() : nil
            }
            // A right half never changes without its left half, which brings it along.
            let cell = cells[base + column]
            writer.write(cell)
            column += cell.isWide ? 2 : 1
        }
        if isErased {
            writer.move(row: row, column: blankStart) { _ in nil }
            writer.eraseToEndOfRow()
        }
    }
}

/// Bytes for a terminal whose cursor and attributes are tracked.
private struct ScreenWriter {
    private let color: TerminalStyle.ColorDepth
    private var output: [UInt8] = []
    private var row: Int?
    private var column = 0
    private var attributes: TextAttributes? = .plain

    init(color: TerminalStyle.ColorDepth) {
        self.color = color
    }

    private mutating func emit(_ text: String) {
        output.append(contentsOf: text.utf8)
    }

    mutating func clear() {
        emit("\u{1B}[0m\u{1B}[2J")
        row = nil
    }

    /// Moves the cursor the cheapest way; `fill` gives the plain text of the cells in between, if it is that.
    mutating func move(row: Int, column: Int, fill: (Int) -> String?) {
        if self.row == row, self.column == column { return }
        if self.row == row, self.column < column {
            let distance = column - self.column
            if distance <= 3, attributes == .plain || color == .none, let text = fill(self.column) {
                emit(text)
            } else {
                emit(distance == 1 ? "\u{1B}[C" : "\u{1B}[\(distance)C")
            }
        } else {
            emit(column == 0 ? "\u{1B}[\(row + 1)H" : "\u{1B}[\(row + 1);\(column + 1)H")
        }
        self.row = row
        self.column = column
    }

    mutating func write(_ cell: Screen.Cell) {
        select(cell.attributes)
        emit(cell.character)
        column += cell.isWide ? 2 : 1
        // Terminals disagree about the width of joined and selected emoji, so after one the position is not trusted.
        if cell.character.unicodeScalars.count > 1 { row = nil }
    }

    mutating func eraseToEndOfRow() {
        // Erased cells take the current background.
        select(.plain)
        emit("\u{1B}[K")
    }

    private mutating func select(_ wanted: TextAttributes) {
        guard color != .none, attributes != wanted else { return }
        let parameters = wanted.sgrParameters(color)
        if attributes?.sgrParameters(color) != parameters {
            if parameters.isEmpty {
                emit("\u{1B}[0m")
            } else {
                emit(attributes == .plain ? "\u{1B}[\(parameters)m" : "\u{1B}[0;\(parameters)m")
            }
        }
        attributes = wanted
    }

    mutating func finished() -> [UInt8] {
        select(.plain)
        return output
    }
}

/// What a full-screen program sends when it begins and ends.
public enum ScreenControl {
    /// Switches to the alternate screen, hides the cursor and clears.
    public static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
    /// Resets attributes, shows the cursor and goes back to the screen as it was before.
    public static let leave = "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"
    /// Tells the terminal to show nothing until `endUpdate` (synchronized output, ignored where unknown).
    public static let beginUpdate = "\u{1B}[?2026h"
    /// Ends what `beginUpdate` began.
    public static let endUpdate = "\u{1B}[?2026l"
}
