/// The cleaned texts of a table and the room its columns would like.
struct TableMeasure {
    /// A cleaned cell.
    struct Cell {
        var text: DisplayText
        var attributes: TextAttributes
        /// Columns before the decimal mark; 0 outside of decimal columns.
        var integerWidth = 0
    }

    /// The columns, completed for rows that are longer than the list of titles.
    let columns: [Table.Column]
    let titles: [DisplayText]
    /// Cells by row and column, `columns.count` for each row.
    let rows: [Cell]
    let footers: [Cell]
    let rowCount: Int
    let footerCount: Int
    /// Per column: the widest text, title excluded.
    let contentWidths: [Int]
    /// Per decimal column: the most columns before the decimal mark; the content width for others.
    let integerWidths: [Int]
    /// Per decimal column: the most columns from the decimal mark on.
    let fractionWidths: [Int]

    init(_ table: Table, style: TerminalStyle) {
        let count = (table.rows + table.footers).reduce(table.columns.count) { max($0, $1.count) }
        let columns =
            table.columns
            + Array(repeating: Table.Column("", priority: 0), count: count - table.columns.count)
        var contentWidths = [Int](repeating: 0, count: count)
        var integerWidths = contentWidths
        var fractionWidths = contentWidths

        func measured(_ rows: [[Table.Cell]]) -> [Cell] {
            var cells: [Cell] = []
            cells.reserveCapacity(rows.count * count)
            for row in rows {
                for index in 0..<count {
                    guard index < row.count else {
                        cells.append(Cell(text: .empty, attributes: .plain))
                        continue
                    }
                    let column = columns[index]
                    let breaks: DisplayText.LineBreaks =
                        column.overflow == .wrap ? (style.width == nil ? .blank : .kept) : .shown
                    var cell = Cell(
                        text: DisplayText(row[index].text, unicode: style.unicode, lineBreaks: breaks),
                        attributes: row[index].attributes)
                    if column.alignment == .decimal {
                        cell.integerWidth = Self.integerWidth(cell.text)
                        integerWidths[index] = max(integerWidths[index], cell.integerWidth)
                        fractionWidths[index] = max(fractionWidths[index], cell.text.width - cell.integerWidth)
                        contentWidths[index] = integerWidths[index] + fractionWidths[index]
                    } else {
                        contentWidths[index] = max(contentWidths[index], cell.text.width)
                    }
                    cells.append(cell)
                }
            }
            return cells
        }
        rows = measured(table.rows)
        footers = measured(table.footers)
        rowCount = table.rows.count
        footerCount = table.footers.count
        titles = columns.map { DisplayText($0.title, unicode: style.unicode, lineBreaks: .blank) }
        self.columns = columns
        self.contentWidths = contentWidths
        self.integerWidths = integerWidths
        self.fractionWidths = fractionWidths
    }

    /// Columns before the decimal mark: before the first point between digits, otherwise up to the last digit of the
    /// first number; all of a text without digits.
    static func integerWidth(_ text: DisplayText) -> Int {
        var source = text.text
        let offset = source.withUTF8 { bytes -> Int in
            func isDigit(_ index: Int) -> Bool { index < bytes.count && (0x30...0x39).contains(bytes[index]) }
            guard var index = bytes.indices.first(where: { isDigit($0) }) else { return bytes.count }
            while isDigit(index) || (index < bytes.count && bytes[index] == 0x2C && isDigit(index + 1)) { index += 1 }
            return index
        }
        if offset == source.utf8.count { return text.width }
        let isAscii = text.width == source.utf8.count
        return isAscii ? offset : DisplayWidth.columns(String(source.utf8.prefix(offset)) ?? source)
    }
}
