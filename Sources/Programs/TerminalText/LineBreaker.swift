/// Finds where to break text into lines.
///
/// Lines break at blanks, after which the blanks are dropped, and on either side of wide characters, which scripts
/// without blanks allow. A word longer than a line is broken behind a separator if it has one, otherwise anywhere. A
/// number stays with a percent sign behind it.
enum LineBreaker {
    /// What matters of one grapheme cluster.
    struct Unit: Hashable {
        enum Kind: UInt8 { case blank, lineFeed, digit, percent, separator, punctuation, other }

        var kind: Kind
        var width: UInt8

        init(_ character: Character) {
            if let ascii = character.asciiValue {
                self.init(ascii: ascii)
            } else {
                self.init(
                    kind: character.isPunctuation ? .punctuation : .other, width: DisplayWidth.columns(character))
            }
        }

        init(ascii: UInt8) {
            let kind: Kind =
                switch ascii {
                case 0x20: .blank
                case 0x0A: .lineFeed
                case 0x25: .percent
                case 0x30...0x39: .digit
                // & , - . / : ; = ? @ _
                case 0x26, 0x2C...0x2F, 0x3A, 0x3B, 0x3D, 0x3F, 0x40, 0x5F: .separator
                // ! " ' ) ] }
                case 0x21, 0x22, 0x27, 0x29, 0x5D, 0x7D: .punctuation
                default: .other
                }
            self.init(kind: kind, width: 1)
        }

        private init(kind: Kind, width: Int) {
            self.kind = kind
            self.width = UInt8(width)
        }
    }

    /// The lines as ranges of units, blanks at their ends excluded. Line feeds are obeyed; no text gives one empty
    /// line.
    ///
    /// - Parameters:
    ///   - units: the text.
    ///   - firstWidth: columns of the first line; below 1 counts as 1.
    ///   - width: columns of each further line; below 1 counts as 1. A wide character in a single column overhangs.
    static func lines(_ units: [Unit], firstWidth: Int, width: Int) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        repeat {
            let end = units[start...].firstIndex { $0.kind == .lineFeed } ?? units.count
            breakParagraph(units, start..<end, firstWidth: lines.isEmpty ? firstWidth : width, width: width, &lines)
            start = end + 1
        } while start <= units.count
        return lines
    }

    private static func breakParagraph(
        _ units: [Unit], _ paragraph: Range<Int>, firstWidth: Int, width: Int, _ lines: inout [Range<Int>]
    ) {
        var lineStart = paragraph.lowerBound
        var room = max(1, firstWidth)
        while true {
            var used = 0
            var end = lineStart
            while end < paragraph.upperBound, used + Int(units[end].width) <= room {
                used += Int(units[end].width)
                end += 1
            }
            if end == paragraph.upperBound {
                lines.append(trimmed(units, lineStart..<end))
                return
            }
            let next = breakPoint(units, lineStart..<end, limit: paragraph.upperBound)
            lines.append(trimmed(units, lineStart..<next))
            lineStart = next
            while lineStart < paragraph.upperBound, units[lineStart].kind == .blank { lineStart += 1 }
            if lineStart == paragraph.upperBound { return }
            room = max(1, width)
        }
    }

    /// The index of the first unit of the next line, when the fitting units are those of the range.
    private static func breakPoint(_ units: [Unit], _ fitting: Range<Int>, limit: Int) -> Int {
        // Blanks in front are an indentation, not a place to break.
        let firstInk = units[fitting].firstIndex { $0.kind != .blank } ?? fitting.upperBound
        var index = fitting.upperBound
        while index > firstInk {
            if canBreak(units, before: index, limit: limit) { return index }
            index -= 1
        }
        // A break right at the beginning of a long word would leave a stub.
        index = fitting.upperBound
        while index - fitting.lowerBound > max(1, fitting.count / 2) {
            if units[index - 1].kind == .separator { return index }
            index -= 1
        }
        return max(fitting.upperBound, fitting.lowerBound + 1)
    }

    private static func canBreak(_ units: [Unit], before index: Int, limit: Int) -> Bool {
        let next = units[index]
        let previous = units[index - 1]
        if next.kind == .blank {
            let isPercent = index + 1 < limit && units[index + 1].kind == .percent
            return !(isPercent && previous.kind == .digit)
        }
        if previous.kind == .blank {
            return !(next.kind == .percent && index >= 2 && units[index - 2].kind == .digit)
        }
        return (next.width == 2 || previous.width == 2)
            && next.kind != .punctuation && next.kind != .separator && next.kind != .percent
    }

    private static func trimmed(_ units: [Unit], _ line: Range<Int>) -> Range<Int> {
        var end = line.upperBound
        while end > line.lowerBound, units[end - 1].kind == .blank { end -= 1 }
        return line.lowerBound..<end
    }
}
