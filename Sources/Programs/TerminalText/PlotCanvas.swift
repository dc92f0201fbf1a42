/// A grid of dots that become braille characters, or of plain characters where there is no Unicode.
struct PlotCanvas {
    /// Size in characters.
    let columns: Int
    let rows: Int
    private let unicode: Bool
    /// Braille patterns, or 1 for a plain mark.
    private var dots: [UInt8]
    private var kinds: [LinePlot.Kind]
    private var isPoint: [Bool]
    private var isBand: [Bool]
    private var markedColumn: Int?

    init(columns: Int, rows: Int, unicode: Bool) {
        self.columns = columns
        self.rows = rows
        self.unicode = unicode
        dots = Array(repeating: 0, count: columns * rows)
        kinds = Array(repeating: .history, count: columns * rows)
        isPoint = Array(repeating: false, count: columns * rows)
        isBand = Array(repeating: false, count: columns * rows)
    }

    /// Dots across.
    var width: Int { unicode ? 2 * columns : columns }
    /// Dots down.
    var height: Int { unicode ? 4 * rows : rows }

    /// Draws a line between two dots (Bresenham's algorithm), dotted for forecasts; dots outside are ignored.
    mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), _ kind: LinePlot.Kind) {
        let distanceX = abs(end.x - start.x)
        let distanceY = -abs(end.y - start.y)
        let stepX = start.x < end.x ? 1 : -1
        let stepY = start.y < end.y ? 1 : -1
        var error = distanceX + distanceY
        var (x, y) = start
        // Every other dot of a forecast is left out; the marks of plain text differ anyway.
        let isDotted = unicode && kind == .forecast
        let isSteep = -distanceY > distanceX
        while true {
            if !isDotted || (isSteep ? y : x) % 2 == 0 { set(x: x, y: y, kind) }
            if x == end.x, y == end.y { return }
            let doubled = 2 * error
            if doubled >= distanceY {
                error += distanceY
                x += stepX
            }
            if doubled <= distanceX {
                error += distanceX
                y += stepY
            }
        }
    }

    /// Draws a value that has no neighbours, large enough to be seen.
    mutating func point(x: Int, y: Int, _ kind: LinePlot.Kind) {
        set(x: x, y: y, kind)
        if let cell = cell(x: x, y: y) { isPoint[cell] = true }
    }

    /// Shades the characters of one column between two heights in dots, at least one.
    mutating func band(column: Int, from top: Int, through bottom: Int) {
        guard column >= 0, column < columns else { return }
        let perRow = unicode ? 4 : 1
        let first = min(max(top, 0), height - 1) / perRow
        let last = min(max(bottom, 0), height - 1) / perRow
        for row in first...max(first, last) { isBand[row * columns + column] = true }
    }

    /// Marks a column by a dotted vertical.
    mutating func mark(column: Int) {
        markedColumn = column
    }

    private func cell(x: Int, y: Int) -> Int? {
        guard x >= 0, x < width, y >= 0, y < height else { return nil }
        return unicode ? y / 4 * columns + x / 2 : y * columns + x
    }

    private mutating func set(x: Int, y: Int, _ kind: LinePlot.Kind) {
        guard let cell = cell(x: x, y: y) else { return }
        kinds[cell] = kind
        guard unicode else {
            dots[cell] = 1
            return
        }
        // The dots of a braille pattern (U+2800 block): 1–3 and 7 down the left side, 4–6 and 8 down the right.
        let left: [UInt8] = [0x01, 0x02, 0x04, 0x40]
        let right: [UInt8] = [0x08, 0x10, 0x20, 0x80]
        dots[cell] |= (x % 2 == 0 ? left : right)[y % 4]
    }

    /// Appends one row of characters to a line.
    func append(row: Int, to line: inout StyledLine) {
        for column in 0..<columns {
            let cell = row * columns + column
            if dots[cell] != 0 {
                line.append(clean: character(cell), width: 1, TextAttributes(Self.role(kinds[cell])))
            } else if isBand[cell] {
                line.append(clean: unicode ? "░" : ".", width: 1, TextAttributes(.muted))
            } else if column == markedColumn {
                line.append(clean: unicode ? "┊" : ":", width: 1, TextAttributes(.muted))
            } else {
                line.appendSpaces(1)
            }
        }
    }

    private func character(_ cell: Int) -> String {
        guard unicode else { return Self.asciiMark(kinds[cell]) }
        if isPoint[cell] { return "●" }
        return Unicode.Scalar(0x2800 + UInt32(dots[cell])).map { String(Character($0)) } ?? " "
    }

    static func asciiMark(_ kind: LinePlot.Kind) -> String {
        switch kind {
        case .history: "*"
        case .forecast: "+"
        case .secondary: "o"
        }
    }

    static func role(_ kind: LinePlot.Kind) -> TextRole {
        switch kind {
        case .history: .history
        case .forecast: .forecast
        case .secondary: .secondary
        }
    }
}
