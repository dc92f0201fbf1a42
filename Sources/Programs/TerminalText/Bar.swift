/// Horizontal bars in steps of an eighth of a column.
public enum Bar {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// A bar for a share of a fixed width, padded with blanks to that width: `█████▌    `.
    ///
    /// - Parameters:
    ///   - fraction: 0…1; values outside are limited, unknown values (`nil`, NaN) give an empty bar.
    ///   - width: columns of the whole bar.
    ///   - unicode: block elements if true, otherwise `#`, rounded to whole columns.
    public static func text(fraction: Double?, width: Int, unicode: Bool) -> String {
        let width = max(0, width)
        let filled = filledText(fraction: fraction, width: width, unicode: unicode)
        return filled + String(repeating: " ", count: width - filled.count)
    }

    /// A signed bar around a middle line of one column, for contributions: `    ██▌│      ` or `       │███   `.
    ///
    /// - Parameters:
    ///   - fraction: -1…1; values outside are limited, unknown values give the middle line only.
    ///   - width: columns of the whole bar, middle line included; an even width leaves one column unused at the right.
    public static func diverging(fraction: Double?, width: Int, unicode: Bool) -> String {
        let half = max(0, (width - 1) / 2)
        let fraction = fraction.flatMap { $0.isNaN ? nil : min(max($0, -1), 1) } ?? 0
        let middle = unicode ? "│" : "|"
        let blank = String(repeating: " ", count: half)
        let rest = String(repeating: " ", count: max(0, width - 2 * half - 1))
        guard fraction < 0 else {
            return blank + middle + text(fraction: fraction, width: half, unicode: unicode) + rest
        }
        // Blocks grow from the left only, so leftward bars are rounded to half columns.
        let halves = Int((-fraction * Double(half) * 2).rounded())
        let full = unicode ? halves / 2 : (halves + 1) / 2
        let left =
            (unicode && halves % 2 == 1 ? "▐" : "") + String(repeating: unicode ? "█" : "#", count: full)
        return String(repeating: " ", count: half - left.count) + left + middle + blank + rest
    }

    static func filledText(fraction: Double?, width: Int, unicode: Bool) -> String {
        guard let fraction, !fraction.isNaN else { return "" }
        let share = min(max(fraction, 0), 1)
        guard unicode else { return String(repeating: "#", count: Int((share * Double(width)).rounded())) }
        let steps = Int((share * Double(width) * 8).rounded())
        return String(repeating: "█", count: steps / 8) + eighths[steps % 8]
    }
}
