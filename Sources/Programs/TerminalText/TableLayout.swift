/// Which columns of a table are shown, and how wide.
struct TableLayout {
    /// Indices of the shown columns, from left to right.
    let visible: [Int]
    /// Indices of the hidden columns, from left to right.
    let hidden: [Int]
    /// The width of each shown column, in the order of `visible`.
    let widths: [Int]

    /// Columns of the whole table.
    var totalWidth: Int { widths.reduce(0, +) + max(0, widths.count - 1) * Table.gapWidth }

    /// Fits the columns into a width; `nil` gives each the room it likes.
    init(_ measure: TableMeasure, width: Int?) {
        let all = Array(measure.columns.indices)
        guard let width else {
            visible = all
            hidden = []
            widths = all.map { Demand(measure, $0).natural }
            return
        }
        var shown = all
        while true {
            let demands = shown.map { Demand(measure, $0) }
            let room = width - max(0, shown.count - 1) * Table.gapWidth
            if let fitted = Self.fit(demands, into: room) {
                visible = shown
                widths = fitted
                break
            }
            let candidates = shown.indices.filter { measure.columns[shown[$0]].priority != Table.Column.required }
            // `<=` prefers the rightmost of equals.
            let victim = candidates.reduce(nil as Int?) { best, next in
                guard let best else { return next }
                return measure.columns[shown[next]].priority <= measure.columns[shown[best]].priority ? next : best
            }
            guard let victim, shown.count > 1 else {
                // Nothing more can go: narrow what is left, whatever it is.
                (visible, widths) = Self.squeeze(shown, demands.map(\.minimum), width: width)
                break
            }
            shown.remove(at: victim)
        }
        let kept = Set(visible)
        hidden = all.filter { !kept.contains($0) }
    }

    /// The widths at which a column begins to lose something, from comfortable to unusable.
    private struct Demand {
        /// Everything on one line, title included.
        var natural: Int
        /// All content on one line, the title broken between words.
        var compact: Int
        var ideal: Int
        var minimum: Int

        init(_ measure: TableMeasure, _ index: Int) {
            let column = measure.columns[index]
            let content = measure.contentWidths[index]
            let titleWord = measure.titles[index].text.split(separator: " ").reduce(0) {
                max($0, DisplayWidth.columns(String($1)))
            }
            natural = max(1, content, measure.titles[index].width)
            compact = max(1, content, titleWord)
            guard column.overflow != .never else {
                ideal = compact
                minimum = compact
                return
            }
            minimum = max(1, min(compact, column.minimumWidth ?? 8))
            ideal = max(minimum, min(compact, column.idealWidth ?? compact))
        }
    }

    /// Widths within the room, taken from the widest columns first, level by level; `nil` if the minimum does not fit.
    private static func fit(_ demands: [Demand], into room: Int) -> [Int]? {
        var upper = demands.map(\.natural)
        for lower in [demands.map(\.compact), demands.map(\.ideal), demands.map(\.minimum)] {
            if upper.reduce(0, +) <= room { return upper }
            if lower.reduce(0, +) <= room { return lowered(upper, notBelow: lower, to: room) }
            upper = lower
        }
        return nil
    }

    /// Cuts the widest columns down to a common level until the sum fits. The sum of `lower` fits.
    private static func lowered(_ widths: [Int], notBelow lower: [Int], to room: Int) -> [Int] {
        func cut(_ level: Int) -> [Int] { widths.indices.map { max(lower[$0], min(widths[$0], level)) } }
        var low = 0
        var high = widths.max() ?? 0
        // The highest level that fits.
        while low < high {
            let middle = (low + high + 1) / 2
            if cut(middle).reduce(0, +) <= room { low = middle } else { high = middle - 1 }
        }
        var result = cut(low)
        var rest = room - result.reduce(0, +)
        for index in result.indices where rest > 0 && result[index] == low && widths[index] > low {
            result[index] += 1
            rest -= 1
        }
        return result
    }

    /// Narrows columns that may not be hidden below their minimum; where not even a column each is left, the last go.
    private static func squeeze(_ shown: [Int], _ minimums: [Int], width: Int) -> ([Int], [Int]) {
        let fitting = max(1, min(shown.count, (width + Table.gapWidth) / (1 + Table.gapWidth)))
        let kept = Array(shown.prefix(fitting))
        let room = width - (fitting - 1) * Table.gapWidth
        let ones = [Int](repeating: 1, count: fitting)
        let wanted = Array(minimums.prefix(fitting))
        return (kept, wanted.reduce(0, +) <= room ? wanted : lowered(wanted, notBelow: ones, to: max(room, fitting)))
    }
}
