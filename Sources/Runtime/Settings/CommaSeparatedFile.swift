/// Reads a file of comma-separated values that an operator keeps beside aurad.yaml: records as in RFC 4180, a header that
/// names the columns in any order, comments from `#` at the start of a line.
///
/// A field in quotation marks may hold commas, line ends and, doubled, quotation marks. It is not the reader of drops: that
/// one is made for millions of rows of a category, and knows neither comments nor the column of a mistake in a line.
struct CommaSeparatedFile {
    struct Field {
        var text: String
        /// Where it begins: a record with line ends in it has fields in more than one line.
        var position: FilePosition
    }

    private let bytes: [UInt8]
    /// All columns there may be.
    private let columns: [String]
    /// So many of them, from the first on, must be there.
    private let requiredCount: Int
    /// What to do about a line with too many fields.
    private let surplusAdvice: String
    /// Where each of `columns` stands, once the header was read; nil where the file does not have it.
    private var order: [Int?] = []
    private var headerCount = 0

    /// Hands every record below the header to `body`: its line, and its fields in the order of `columns`, nil where the
    /// file does not have one. Lines with another number of fields than the header are problems and are left out.
    static func forEachRecord(
        _ bytes: [UInt8], columns: [String], requiredCount: Int, surplusAdvice: String, problems: inout ProblemList,
        _ body: (_ line: Int, _ fields: [Field?], _ problems: inout ProblemList) -> Void
    ) {
        guard UTF8Text.decode(bytes, problems: &problems) != nil else { return }
        var file = CommaSeparatedFile(
            bytes: bytes, columns: columns, requiredCount: requiredCount, surplusAdvice: surplusAdvice)
        file.parse(&problems, body)
    }

    private init(bytes: [UInt8], columns: [String], requiredCount: Int, surplusAdvice: String) {
        self.bytes = bytes
        self.columns = columns
        self.requiredCount = requiredCount
        self.surplusAdvice = surplusAdvice
    }

    private mutating func parse(
        _ problems: inout ProblemList, _ body: (Int, [Field?], inout ProblemList) -> Void
    ) {
        var cursor = Cursor(bytes)
        while !cursor.isAtEnd {
            if cursor.isAtLineWithoutRecord {
                cursor.skipLine()
                continue
            }
            let start = cursor
            guard let fields = fields(&cursor, &problems) else {
                // What follows is read line by line again, so that one mark too few does not hide all other mistakes.
                cursor = start
                cursor.skipLine()
                continue
            }
            if headerCount == 0 {
                guard readHeader(fields, line: start.line, &problems) else { return }
            } else if fields.count == headerCount {
                body(start.line, order.map { $0.map { fields[$0] } }, &problems)
            } else {
                let present = zip(columns, order).filter { $0.1 != nil }.map(\.0)
                problems.add(
                    .syntax, at: fields[min(fields.count - 1, headerCount)].position, "",
                    found: "\(fields.count) fields",
                    expected: "\(headerCount): \(present.joined(separator: ","))",
                    advice: fields.count > headerCount ? surplusAdvice : nil)
            }
        }
        if headerCount == 0 {
            problems.add(
                .missingKey, at: FilePosition(line: max(1, cursor.lastLine), column: 1), "", found: "no header",
                expected: "the header \(columns.joined(separator: ","))")
        }
    }

    // MARK: Records

    /// A place in the bytes, with its line and column.
    private struct Cursor {
        private let bytes: [UInt8]
        private var index: Int
        private(set) var line = 1
        /// In Unicode scalars from 1.
        private(set) var column = 1

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        }

        var isAtEnd: Bool { index >= bytes.count }
        var position: FilePosition { FilePosition(line: line, column: column) }
        /// The last line that has anything in it.
        var lastLine: Int { column == 1 ? line - 1 : line }

        /// The byte here; nil at the end of the line, be it LF, CR LF or the end of the file.
        var byteInLine: UInt8? { isAtEnd || lineEndLength > 0 ? nil : bytes[index] }

        private var lineEndLength: Int {
            if bytes[index] == UInt8(ascii: "\n") { return 1 }
            guard bytes[index] == UInt8(ascii: "\r") else { return 0 }
            if index + 1 == bytes.count { return 1 }
            return bytes[index + 1] == UInt8(ascii: "\n") ? 2 : 0
        }

        /// A comment, or nothing but spaces.
        var isAtLineWithoutRecord: Bool {
            if byteInLine == UInt8(ascii: "#") { return true }
            var ahead = self
            ahead.skipSpaces()
            return ahead.byteInLine == nil
        }

        /// The next byte, whatever it is; nil at the end of the file.
        mutating func next() -> UInt8? {
            guard !isAtEnd else { return nil }
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            return byte
        }

        mutating func skipSpaces() { while byteInLine == UInt8(ascii: " ") { _ = next() } }

        /// To the start of the next line.
        mutating func skipLine() {
            while byteInLine != nil { _ = next() }
            skipLineEnd()
        }

        mutating func skipLineEnd() {
            guard !isAtEnd else { return }
            for _ in 0..<lineEndLength { _ = next() }
        }
    }

    /// The fields of a record without surrounding spaces, with the cursor behind its end. Nil after a problem.
    private func fields(_ cursor: inout Cursor, _ problems: inout ProblemList) -> [Field]? {
        var result: [Field] = []
        while true {
            cursor.skipSpaces()
            let position = cursor.position
            var text: [UInt8] = []
            if cursor.byteInLine == UInt8(ascii: "\"") {
                guard let quoted = quoted(&cursor) else {
                    problems.add(
                        .syntax, at: position, "", found: "a quotation mark that is never closed",
                        expected: "a closing quotation mark",
                        advice: "a quotation mark inside a field in quotation marks is written twice")
                    return nil
                }
                text = quoted
                cursor.skipSpaces()
                if let byte = cursor.byteInLine, byte != UInt8(ascii: ",") {
                    problems.add(
                        .syntax, at: cursor.position, "", found: "text after the closing quotation mark",
                        expected: "a comma or the end of the line",
                        advice: cursor.line > position.line
                            ? "the field begins in line \(position.line): is a quotation mark missing there?" : nil)
                    return nil
                }
            } else {
                while let byte = cursor.byteInLine, byte != UInt8(ascii: ",") {
                    text.append(byte)
                    _ = cursor.next()
                }
                while text.last == UInt8(ascii: " ") { text.removeLast() }
            }
            result.append(Field(text: String(decoding: text, as: UTF8.self), position: position))
            guard cursor.byteInLine != nil else {
                cursor.skipLineEnd()
                return result
            }
            _ = cursor.next()
        }
    }

    /// What stands between two quotation marks, doubled ones made single; nil when the second one is missing.
    private func quoted(_ cursor: inout Cursor) -> [UInt8]? {
        var text: [UInt8] = []
        _ = cursor.next()
        while let byte = cursor.next() {
            if byte == UInt8(ascii: "\"") {
                guard cursor.byteInLine == UInt8(ascii: "\"") else { return text }
                _ = cursor.next()
            }
            text.append(byte)
        }
        return nil
    }

    /// False where the lines below cannot be understood.
    private mutating func readHeader(_ fields: [Field], line: Int, _ problems: inout ProblemList) -> Bool {
        let header = columns.joined(separator: ",")
        let expected = "the header \(header)"
        let names = fields.map { $0.text.lowercased() }
        if fields.count == 1, names[0].contains(where: { $0 == ";" || $0 == "\t" || $0 == "|" }) {
            problems.add(
                .syntax, at: FilePosition(line: line, column: 1), "", found: Wording.quoted(fields[0].text),
                expected: expected, advice: "separate the columns with commas")
            return false
        }
        if Set(names).isDisjoint(with: columns) {
            problems.add(
                .missingKey, at: FilePosition(line: line, column: 1), "",
                found: "no header, but \(Wording.quoted(fields.map(\.text).joined(separator: ",")))", expected: expected
            )
            return false
        }
        var isFine = true
        for (index, field) in fields.enumerated() {
            let position = field.position
            if !columns.contains(names[index]) {
                isFine = false
                problems.add(
                    .unknownKey, at: position, "", found: "the unknown column \(Wording.quoted(field.text))",
                    expected: expected, advice: NearestName.advice(field.text, in: columns))
            } else if names[..<index].contains(names[index]) {
                isFine = false
                problems.add(
                    .duplicateKey, at: position, names[index], found: "the column \(Wording.quoted(field.text)) again",
                    expected: expected)
            }
        }
        for column in columns.prefix(requiredCount) where !names.contains(column) {
            // A misspelt column has been reported already.
            if fields.count >= requiredCount, !isFine { continue }
            isFine = false
            problems.add(
                .missingKey, at: FilePosition(line: line, column: 1), "", found: "no column \(Wording.quoted(column))",
                expected: expected)
        }
        order = columns.map { names.firstIndex(of: $0) }
        headerCount = fields.count
        return isFine
    }
}
