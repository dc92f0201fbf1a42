/// Reads a file of comma-separated values that an operator keeps beside aurad.yaml: one record per line, a header that
/// names the columns in any order, comments from `#` at the start of a line.
struct CommaSeparatedFile {
    struct Field {
        var text: String
        /// In Unicode scalars from 1.
        var column: Int
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
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var line = 0
        while start < bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            var content = bytes[start..<end]
            if content.last == UInt8(ascii: "\r") { content.removeLast() }
            start = end + 1
            if content.first == UInt8(ascii: "#") || content.allSatisfy({ $0 == UInt8(ascii: " ") }) { continue }
            guard let fields = fields(content, line: line, &problems) else { continue }
            if headerCount == 0 {
                guard readHeader(fields, line: line, &problems) else { return }
            } else if fields.count == headerCount {
                body(line, order.map { $0.map { fields[$0] } }, &problems)
            } else {
                let position = FilePosition(line: line, column: fields[min(fields.count - 1, headerCount)].column)
                let present = zip(columns, order).filter { $0.1 != nil }.map(\.0)
                problems.add(
                    .syntax, at: position, "", found: "\(fields.count) fields",
                    expected: "\(headerCount): \(present.joined(separator: ","))",
                    advice: fields.count > headerCount ? surplusAdvice : nil)
            }
        }
        if headerCount == 0 {
            problems.add(
                .missingKey, at: FilePosition(line: max(1, line), column: 1), "", found: "no header",
                expected: "the header \(columns.joined(separator: ","))")
        }
    }

    // MARK: Lines

    /// The fields of a line without surrounding spaces; a field may be quoted. Nil after a problem.
    private func fields(_ line: ArraySlice<UInt8>, line number: Int, _ problems: inout ProblemList) -> [Field]? {
        var result: [Field] = []
        var index = line.startIndex
        var column = 1
        while true {
            while index < line.endIndex, line[index] == UInt8(ascii: " ") {
                index += 1
                column += 1
            }
            let startColumn = column
            var text: [UInt8] = []
            let isQuoted = index < line.endIndex && line[index] == UInt8(ascii: "\"")
            if isQuoted {
                index += 1
                column += 1
                var isClosed = false
                while index < line.endIndex {
                    let byte = line[index]
                    index += 1
                    if byte & 0xC0 != 0x80 { column += 1 }
                    if byte == UInt8(ascii: "\"") {
                        isClosed = true
                        break
                    }
                    text.append(byte)
                }
                if !isClosed {
                    problems.add(
                        .syntax, at: FilePosition(line: number, column: startColumn), "",
                        found: "a quotation mark that is never closed", expected: "a closing quotation mark on the line"
                    )
                    return nil
                }
            }
            while index < line.endIndex, line[index] != UInt8(ascii: ",") {
                if isQuoted, line[index] != UInt8(ascii: " ") {
                    problems.add(
                        .syntax, at: FilePosition(line: number, column: column), "",
                        found: "text after the closing quotation mark", expected: "a comma or the end of the line")
                    return nil
                }
                if !isQuoted { text.append(line[index]) }
                if line[index] & 0xC0 != 0x80 { column += 1 }
                index += 1
            }
            while !isQuoted, text.last == UInt8(ascii: " ") { text.removeLast() }
            result.append(Field(text: String(decoding: text, as: UTF8.self), column: startColumn))
            if index >= line.endIndex { return result }
            index += 1
            column += 1
        }
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
            let position = FilePosition(line: line, column: field.column)
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
