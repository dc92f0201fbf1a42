import Records

/// Splits delimited text byte by byte, the way the rules read: quotes as in RFC 4180, blanks around values left out, a
/// line of its own for every mistake.
/// Slow and plain; the product's reader must say the same.
struct PlainSplitter {
    struct Row: Equatable {
        var line: Int
        /// Nil for a row that is rejected.
        var fields: [[UInt8]]?
    }

    let bytes: [UInt8]
    let delimiter: UInt8
    let columnCount: Int

    /// All rows from `start` on, which stands on line `firstLine`; blank lines are none.
    func rows(from start: Int, firstLine: Int) -> [Row] {
        var rows: [Row] = []
        var at = start
        var line = firstLine
        while at < bytes.count {
            let rowStart = at
            let rowLine = line
            var fields: [[UInt8]] = []
            var isBad = false
            var isUnclosed = false
            var endsBlank = false
            // One field a turn; ends behind the line feed.
            fields: while true {
                let fieldStart = at
                while at < bytes.count, isBlank(bytes[at]) { at += 1 }
                endsBlank = false
                if at < bytes.count, bytes[at] == 34 {
                    guard let (text, next) = quoted(from: at) else {
                        isUnclosed = true
                        break fields
                    }
                    line += text.count { $0 == 10 }
                    if text.contains(0) { isBad = true }
                    at = next
                    var end = at
                    while end < bytes.count, bytes[end] != delimiter, bytes[end] != 10 { end += 1 }
                    var rest = bytes[at..<end]
                    rest = rest.drop(while: isBlank)
                    if end == bytes.count || bytes[end] == 10, rest.last == 13 { rest = rest.dropLast() }
                    if !rest.isEmpty { isBad = true }
                    fields.append(text)
                    at = end
                } else {
                    at = fieldStart
                    var end = at
                    while end < bytes.count, bytes[end] != delimiter, bytes[end] != 10 { end += 1 }
                    var text = bytes[at..<end]
                    if end == bytes.count || bytes[end] == 10, text.last == 13 { text = text.dropLast() }
                    if text.contains(0) { isBad = true }
                    text = text.drop(while: isBlank)
                    while let last = text.last, isBlank(last) { text = text.dropLast() }
                    endsBlank = text.isEmpty
                    fields.append(Array(text))
                    at = end
                }
                if at < bytes.count, bytes[at] == delimiter {
                    at += 1
                    continue
                }
                if at < bytes.count { line += 1 }
                at += 1
                break
            }
            if isUnclosed {
                rows.append(Row(line: rowLine, fields: nil))
                at = rowStart
                while at < bytes.count, bytes[at] != 10 { at += 1 }
                at += 1
                line = rowLine + 1
                continue
            }
            let raw = Array(bytes[rowStart..<min(at - 1, bytes.count)])
            let content = raw.last == 13 ? raw.dropLast() : raw[...]
            if content.allSatisfy(isBlank) { continue }
            // One delimiter too many at the end is none.
            if fields.count == columnCount + 1, endsBlank { fields.removeLast() }
            if fields.count != columnCount || String(validating: raw, as: UTF8.self) == nil { isBad = true }
            rows.append(Row(line: rowLine, fields: isBad ? nil : fields))
        }
        return rows
    }

    private func isBlank(_ byte: UInt8) -> Bool { (byte == 32 || byte == 9) && byte != delimiter }

    /// The text of a quoted field and the place behind its closing quote; nil when it is never closed.
    private func quoted(from start: Int) -> (text: [UInt8], next: Int)? {
        var text: [UInt8] = []
        var at = start + 1
        while at < bytes.count {
            if bytes[at] != 34 {
                text.append(bytes[at])
                at += 1
            } else if at + 1 < bytes.count, bytes[at + 1] == 34 {
                text.append(34)
                at += 2
            } else {
                return (text, at + 1)
            }
        }
        return nil
    }
}
