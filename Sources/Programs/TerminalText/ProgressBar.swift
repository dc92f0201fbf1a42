/// A line that tells how far a long operation is:
/// `engagement.csv  [█████▌    ] 55 %  5.5 M rows  1.2 M rows/s  ETA 3 s`.
///
/// A pure function of the state: the caller repaints it over itself. On a narrow terminal the pace goes first, then the
/// count, then the remaining time; at last the label is cut.
public struct ProgressBar: Sendable, Hashable, TerminalRenderable {
    /// What is counted.
    public enum Unit: Sendable, Hashable {
        /// Bytes, shown in KiB, MiB and so on.
        case bytes
        /// Rows.
        case rows
        /// Anything else, by its plural.
        case items(String)
    }

    /// What is worked on.
    public var label: String
    /// How much is done; negative counts as 0.
    public var done: Int
    /// How much there is to do, or `nil` if that is unknown.
    public var total: Int?
    /// What is counted.
    public var unit: Unit
    /// Seconds since the beginning.
    public var elapsedSeconds: Double

    /// The state of an operation.
    public init(_ label: String, done: Int, total: Int?, unit: Unit, elapsedSeconds: Double) {
        self.label = label
        self.done = max(0, done)
        self.total = total.map { max(0, $0) }
        self.unit = unit
        self.elapsedSeconds = elapsedSeconds.isFinite ? max(0, elapsedSeconds) : 0
    }

    /// The line; one, whatever happens.
    public func lines(_ style: TerminalStyle) -> [StyledLine] { [line(style)] }

    /// The line, never wider than the style.
    public func line(_ style: TerminalStyle) -> StyledLine {
        let number = HumanNumber(style)
        let label = DisplayText(label, unicode: style.unicode)
        let fraction = total.map { $0 > 0 ? min(1, Double(done) / Double($0)) : 1 }
        let isComplete = total.map { done >= $0 } ?? false
        // Rounded down: 100 % means done.
        let percent = fraction.map { "\(Int($0 * 100)) %" } ?? ""
        var tails: [(importance: Int, text: String)] = [(2, count(Double(done), number))]
        let pace = elapsedSeconds > 0 ? Double(done) / elapsedSeconds : 0
        // Slower than one in ten seconds is no pace to speak of.
        if pace >= 0.1 { tails.append((1, count(min(pace, 1e15), number) + "/s")) }
        if let timing = timing(isComplete: isComplete, fraction: fraction, number) { tails.append((3, timing)) }

        // From everything to the bare minimum, the first that fits.
        let columns = style.columns
        let barWidths = [30, 20, 10]
        for importance in 1...4 {
            let kept = tails.filter { $0.importance >= importance }.map(\.text)
            let parts = ([percent] + kept).filter { !$0.isEmpty }
            let tailWidth = parts.isEmpty ? 0 : 1 + parts.joined(separator: "  ").count
            for barWidth in barWidths {
                let needed = label.width + (label.width > 0 ? 2 : 0) + barWidth + 2 + tailWidth
                guard needed <= columns || (importance == 4 && barWidth == barWidths.last) else { continue }
                // Long bars only where everything else is shown.
                guard importance == 1 || barWidth == 10 else { continue }
                let labelRoom = max(0, columns - barWidth - 2 - tailWidth - 2)
                return assembled(
                    label.truncated(to: labelRoom, unicode: style.unicode), barWidth: barWidth, fraction: fraction,
                    parts: parts, isComplete: isComplete, style)
            }
        }
        return StyledLine()
    }

    private func assembled(
        _ label: DisplayText, barWidth: Int, fraction: Double?, parts: [String], isComplete: Bool,
        _ style: TerminalStyle
    ) -> StyledLine {
        var line = StyledLine()
        line.append(label, TextAttributes(.strong))
        if label.width > 0 { line.appendSpaces(2) }
        line.append(clean: "[", width: 1, TextAttributes(.muted))
        if let fraction {
            line.append(
                clean: Bar.text(fraction: fraction, width: barWidth, unicode: style.unicode), width: barWidth,
                TextAttributes(isComplete ? .good : .history))
        } else {
            // A block that wanders to and fro shows life where no end is known.
            let block = max(1, barWidth / 4)
            let range = barWidth - block
            let step = Int(min(elapsedSeconds * 4, 1e9)) % max(1, 2 * range)
            let position = step <= range ? step : 2 * range - step
            line.appendSpaces(position)
            line.append(
                clean: String(repeating: style.unicode ? "█" : "#", count: block), width: block,
                TextAttributes(.history))
            line.appendSpaces(range - position)
        }
        line.append(clean: "]", width: 1, TextAttributes(.muted))
        line.appendSpaces(1)
        line.append(parts.joined(separator: "  "), style: style)
        return line.clipped(to: style.columns)
    }

    private func count(_ value: Double, _ number: HumanNumber) -> String {
        switch unit {
        case .bytes: number.bytes(Int(min(value, 9e18)))
        case .rows: number.compact(value) + " rows"
        case .items(let name): number.compact(value) + " " + name
        }
    }

    /// Tenths of seconds would only flicker.
    private static func clock(_ seconds: Double, _ number: HumanNumber) -> String {
        seconds < 59.5 ? "\(Int(seconds.rounded())) s" : number.duration(seconds: seconds)
    }

    /// The remaining time at the mean pace so far, or the elapsed time where no end is known or all is done.
    private func timing(isComplete: Bool, fraction: Double?, _ number: HumanNumber) -> String? {
        guard elapsedSeconds > 0 else { return nil }
        if isComplete { return "in " + number.duration(seconds: elapsedSeconds) }
        guard let fraction else { return Self.clock(elapsedSeconds, number) }
        // The first moments say nothing about the rest.
        guard fraction > 0, elapsedSeconds >= 0.5 else { return nil }
        let remaining = elapsedSeconds / fraction - elapsedSeconds
        return "ETA " + Self.clock(max(1, remaining.rounded(.up)), number)
    }
}
