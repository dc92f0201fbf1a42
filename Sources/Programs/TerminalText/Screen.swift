/// A full terminal screen as a grid of cells, into which lines and boxes are drawn.
///
/// Drawing outside of the grid is cut off. Wide characters take two cells; drawing over one half blanks the other.
public struct Screen: Sendable, Hashable {
    /// A rectangle of cells; row 0 and column 0 are at the top left.
    public struct Area: Sendable, Hashable {
        /// The topmost row.
        public var row: Int
        /// The leftmost column.
        public var column: Int
        /// How many rows.
        public var rows: Int
        /// How many columns.
        public var columns: Int

        /// An area. Negative sizes count as 0.
        public init(row: Int, column: Int, rows: Int, columns: Int) {
            self.row = row
            self.column = column
            self.rows = max(0, rows)
            self.columns = max(0, columns)
        }

        /// The area without so many cells at each side.
        public func inset(rows: Int = 1, columns: Int = 1) -> Area {
            Area(
                row: row + rows, column: column + columns, rows: self.rows - 2 * rows,
                columns: self.columns - 2 * columns)
        }

        /// The area cut into side-by-side parts whose widths are as the weights, the gaps between them left out.
        public func columnsDivided(by weights: [Int], gap: Int = 1) -> [Area] {
            Self.divided(columns, by: weights, gap: gap).map { start, length in
                Area(row: row, column: column + start, rows: rows, columns: length)
            }
        }

        /// The area cut into parts below each other whose heights are as the weights, the gaps between them left out.
        public func rowsDivided(by weights: [Int], gap: Int = 0) -> [Area] {
            Self.divided(rows, by: weights, gap: gap).map { start, length in
                Area(row: row + start, column: column, rows: length, columns: columns)
            }
        }

        private static func divided(_ length: Int, by weights: [Int], gap: Int) -> [(start: Int, length: Int)] {
            let weights = weights.map { max(0, $0) }
            let total = max(1, weights.reduce(0, +))
            let room = max(0, length - gap * max(0, weights.count - 1))
            var before = 0
            return weights.enumerated().map { index, weight in
                // Differences of rounded borders share out the remainder without loss.
                let start = room * before / total
                before += weight
                return (start + index * gap, room * before / total - start)
            }
        }
    }

    /// What one cell shows.
    struct Cell: Sendable, Hashable {
        /// A grapheme cluster; empty in the right half of a wide character.
        var character: String
        var attributes: TextAttributes
        /// Whether the character takes this cell and the next.
        var isWide = false

        static let blank = Cell(character: " ", attributes: .plain)
        var isContinuation: Bool { character.isEmpty }
    }

    /// How many rows.
    public let rows: Int
    /// How many columns.
    public let columns: Int
    private(set) var cells: [Cell]

    /// An empty screen. Sizes are limited to 1…1000.
    public init(rows: Int, columns: Int) {
        self.rows = min(max(rows, 1), 1000)
        self.columns = min(max(columns, 1), 1000)
        cells = Array(repeating: .blank, count: self.rows * self.columns)
    }

    /// All of the screen.
    public var area: Area { Area(row: 0, column: 0, rows: rows, columns: columns) }

    /// The characters of a row, without blanks at the end.
    public func text(row: Int) -> String {
        guard row >= 0, row < rows else { return "" }
        var text = cells[(row * columns)..<((row + 1) * columns)].map(\.character).joined()
        while text.utf8.last == 0x20 { text.removeLast() }
        return text
    }

    /// Blanks an area.
    public mutating func clear(_ area: Area) {
        for row in max(0, area.row)..<max(max(0, area.row), min(rows, area.row + area.rows)) {
            let first = max(0, area.column)
            let end = min(columns, area.column + area.columns)
            for column in first..<max(first, end) { put(.blank, row: row, column: column) }
        }
    }

    /// Writes one character and mends wide characters it cuts in half.
    mutating func put(_ cell: Cell, row: Int, column: Int) {
        guard row >= 0, row < rows, column >= 0, column < columns else { return }
        // The right half of a wide character has no room in the last column.
        guard !cell.isWide || column + 1 < columns else {
            put(Cell(character: " ", attributes: cell.attributes), row: row, column: column)
            return
        }
        let index = row * columns + column
        release(index)
        if cell.isWide { release(index + 1) }
        cells[index] = cell
        if cell.isWide { cells[index + 1] = Cell(character: "", attributes: cell.attributes) }
    }

    /// Blanks the other half of the wide character that has one half in this cell.
    private mutating func release(_ index: Int) {
        if cells[index].isContinuation {
            cells[index - 1] = .blank
            cells[index] = .blank
        } else if cells[index].isWide {
            cells[index] = .blank
            cells[index + 1] = .blank
        }
    }
}
