internal import TerminalText

/// A bar that begins where another ended: for parts that add up.
enum OffsetBar {
    /// The bar from `start` to `end` on a scale from 0 to `scale`.
    ///
    /// - Parameters:
    ///   - width: columns of the whole scale.
    ///   - unicode: block elements if true, otherwise `#`.
    static func text(from start: Double, to end: Double, scale: Double, width: Int, unicode: Bool) -> String {
        guard scale > 0, start.isFinite, end.isFinite, scale.isFinite else { return "" }
        func column(_ value: Double) -> Int { Int((min(max(value / scale, 0), 1) * Double(width)).rounded()) }
        let lower = column(min(start, end))
        let upper = column(max(start, end))
        guard start != end else { return String(repeating: " ", count: lower) + (unicode ? "▏" : "|") }
        // What is there is seen, however little it is.
        let length = max(1, upper - lower)
        let first = min(lower, max(0, width - length))
        return String(repeating: " ", count: first) + String(repeating: unicode ? "█" : "#", count: length)
    }
}
