/// On which lines staged rows stand. Rows follow each other line by line almost everywhere, so that the places where they do
/// not are enough.
struct StagedLines {
    /// From a row on: by how much its line is further than its number.
    private var steps: [(row: Int, offset: Int)] = []
    private var isFull = false

    /// Files of nothing but steps are told no further: what is on which line there is not worth their memory.
    private static let stepsMax = 1 << 20

    /// - Precondition: rows come in their order, without gaps.
    @inline(__always)
    mutating func note(row: Int, line: Int) {
        if let last = steps.last, last.offset == line &- row { return }
        step(row: row, offset: line &- row)
    }

    @inline(never)
    private mutating func step(row: Int, offset: Int) {
        guard !isFull else { return }
        isFull = steps.count >= StagedLines.stepsMax
        steps.append((row, offset))
    }

    /// The line of a staged row; nil when it is not known.
    subscript(row: Int) -> Int? {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].row <= row { low = middle + 1 } else { high = middle }
        }
        guard low > 0, !(isFull && low == steps.count) else { return nil }
        return row + steps[low - 1].offset
    }
}
