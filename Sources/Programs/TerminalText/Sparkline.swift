/// A series as a word-sized chart: `▁▂▄▆█ ▇▅`. Unknown values are gaps.
public struct Sparkline: Sendable, Hashable {
    /// What the lowest and the highest level stand for.
    public enum Scale: Sendable, Hashable {
        /// The smallest and the largest known value.
        case range
        /// Zero (or the smallest value, if below) and the largest value.
        case fromZero
        /// Given values; what lies outside is drawn at the nearest level.
        case fixed(lower: Double, upper: Double)
    }

    /// The values in order; `nil`, NaN and infinities are gaps.
    public var values: [Double?]
    /// What the levels stand for.
    public var scale: Scale

    /// A sparkline.
    public init(_ values: [Double?], scale: Scale = .range) {
        self.values = values
        self.scale = scale
    }

    private static let unicodeLevels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    // Without block elements height is told by ink.
    private static let asciiLevels: [Character] = [".", ":", "-", "=", "+", "*", "%", "#"]

    /// The chart as text, one character for each value; a dash if no value is known.
    ///
    /// - Parameters:
    ///   - width: at most so many characters; longer series show the means of equal stretches.
    ///   - unicode: block elements if true, otherwise ASCII.
    public func text(width: Int? = nil, unicode: Bool) -> String {
        let cells = Self.condensed(values.map { $0.flatMap { $0.isFinite ? $0 : nil } }, to: width)
        let known = cells.compactMap { $0 }
        guard let smallest = known.min(), let largest = known.max() else { return unicode ? "–" : "-" }
        let (lower, upper) =
            switch scale {
            case .range: (smallest, largest)
            case .fromZero: (min(0, smallest), max(0, largest))
            case .fixed(let lower, let upper): (lower, upper)
            }
        let levels = unicode ? Self.unicodeLevels : Self.asciiLevels
        var text = ""
        for cell in cells {
            guard let cell else {
                text.append(" ")
                continue
            }
            // Halves keep the span of the largest doubles finite.
            let span = upper / 2 - lower / 2
            // A constant series runs in the middle.
            let share = span > 0 ? (cell / 2 - lower / 2) / span : 0.5
            let level = Int((min(max(share, 0), 1) * Double(levels.count - 1)).rounded())
            text.append(levels[level])
        }
        return text
    }

    /// Means of the known values of equal stretches; the values themselves if they are few enough.
    private static func condensed(_ values: [Double?], to width: Int?) -> [Double?] {
        guard let width, values.count > width else { return values }
        let count = max(1, width)
        return (0..<count).map { index in
            let known = values[(index * values.count / count)..<((index + 1) * values.count / count)].compactMap { $0 }
            return known.isEmpty ? nil : known.reduce(0) { $0 + $1 / Double(known.count) }
        }
    }
}
