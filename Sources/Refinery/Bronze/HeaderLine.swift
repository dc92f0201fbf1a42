import Records

/// The header line of delimited text: what delimits it, and which columns it names.
struct HeaderLine {
    let delimiter: UInt8
    /// What ends a line: a line feed, or a carriage return where no line feed follows it.
    let lineEnd: UInt8
    /// By position; a name that stands twice is there twice.
    let names: [String]
    /// Where a name stands for the second time, with where it stood first.
    let repeats: [(first: Int, second: Int)]
    /// The header ends with a delimiter.
    let lastIsUnnamed: Bool

    static let delimiters: [UInt8] = [44, 59, 9, 124]

    /// Where the first line ends, and what ends it.
    enum End {
        case at(Int, lineEnd: UInt8)
        /// It is not among the bytes.
        case notYet
    }

    /// The end of the header, quotes respected. Of a last block the end of the text will do.
    static func end(_ bytes: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int, isLast: Bool) -> End {
        var quoted = false
        for at in start..<end {
            if bytes[at] == 34 { quoted.toggle() }
            if quoted { continue }
            if bytes[at] == 10 { return .at(at, lineEnd: 10) }
            guard bytes[at] == 13 else { continue }
            // Several of them before a line feed are one end, made by a program that wrote it twice.
            var next = at + 1
            while next < end, bytes[next] == 13 { next += 1 }
            if next == end, !isLast { return .notYet }
            if next < end, bytes[next] == 10 { return .at(next, lineEnd: 10) }
            return .at(at, lineEnd: 13)
        }
        return isLast ? .at(end, lineEnd: 10) : .notYet
    }

    /// The delimiter that a line `sep=;` in front of the header names, as spreadsheet programs write it; nil for any other
    /// line.
    static func separator(_ line: UnsafeBufferPointer<UInt8>) -> UInt8? {
        var text = line[...]
        while let last = text.last, last == 13 || last == 34 || (last == 32 && text.count > 5) {
            text = text.dropLast()
        }
        if text.first == 34 { text = text.dropFirst() }
        guard text.count == 5, let named = text.last, named > 32 || named == 9, named < 127, named != 34 else {
            return nil
        }
        return text.dropLast().map { $0 | 0x20 }.elementsEqual("sep=".utf8.map { $0 | 0x20 }) ? named : nil
    }

    /// Splits the header by the delimiter that is named or, where none is, by the one that yields the most columns the
    /// category knows.
    init(
        _ text: UnsafeBufferPointer<UInt8>, category: Category, line: Int, delimiter named: UInt8?, lineEnd: UInt8,
        limits: BronzeReader.Limits
    ) throws(DropRefusal) {
        let known = Dictionary(
            category.columns.map { (ColumnName.matchKey($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        var best: (score: Int, count: Int, delimiter: UInt8, raw: [String]) = (-1, 0, 44, [])
        for delimiter in named.map({ [$0] }) ?? HeaderLine.delimiters {
            let raw = HeaderLine.split(text, by: delimiter)
            let score = Set(raw.map(ColumnName.matchKey)).filter { known[$0] != nil }.count
            if score > best.score || (score == best.score && raw.count > best.count) {
                best = (score, raw.count, delimiter, raw)
            }
        }
        guard best.count <= limits.columnsMax else { throw .tooManyColumns(line: line, limit: limits.columnsMax) }
        delimiter = best.delimiter
        self.lineEnd = lineEnd
        lastIsUnnamed = best.count > 1 && best.raw.last.map { ColumnName.folded($0).isEmpty } ?? false
        let names = try ColumnName.resolve(best.raw, category: category)
        var firstPosition: [String: Int] = [:]
        var repeats: [(first: Int, second: Int)] = []
        for (position, name) in names.enumerated() {
            if let first = firstPosition[name] {
                repeats.append((first, position))
            } else {
                firstPosition[name] = position
            }
        }
        self.names = names
        self.repeats = repeats
    }

    private static func split(_ text: UnsafeBufferPointer<UInt8>, by delimiter: UInt8) -> [String] {
        var fields: [String] = []
        var current: [UInt8] = []
        var quoted = false
        var at = 0
        while at < text.count {
            let byte = text[at]
            if quoted {
                if byte == 34 {
                    if at + 1 < text.count, text[at + 1] == 34 {
                        current.append(34)
                        at += 1
                    } else {
                        quoted = false
                    }
                } else {
                    current.append(byte)
                }
            } else if byte == 34, current.allSatisfy({ $0 == 32 || $0 == 9 }) {
                current.removeAll(keepingCapacity: true)
                quoted = true
            } else if byte == delimiter {
                fields.append(String(decoding: current, as: UTF8.self))
                current.removeAll(keepingCapacity: true)
            } else if byte != 13 {
                current.append(byte)
            }
            at += 1
        }
        fields.append(String(decoding: current, as: UTF8.self))
        return fields
    }
}
