import Records

/// Reads fx.csv: `date,currency,rate_to_base`, one rate per line, comma-separated, comments from `#` at the start of a
/// line. A rate holds from its day on until the next one of its currency.
struct ExchangeRateFile {
    static let columns = ["date", "currency", "rate_to_base"]

    private let bytes: [UInt8]
    /// Nil where it is not known.
    private let baseCurrency: String?
    private var steps: [(currency: String, step: ExchangeRates.Step)] = []
    /// The rate and the line of a currency and day, to find a second one.
    private var known: [Key: (rate: ExchangeRate, line: Int)] = [:]
    /// Where each of `columns` stands, once the header was read.
    private var order: [Int]?

    private struct Key: Hashable {
        var currency: String
        var day: Day
    }

    private struct Field {
        var text: String
        /// In Unicode scalars from 1.
        var column: Int
    }

    /// - Returns: the steps of all currencies but the base currency, which needs none.
    static func parse(
        _ bytes: [UInt8], baseCurrency: String?, problems: inout ProblemList
    ) -> [(currency: String, step: ExchangeRates.Step)] {
        guard UTF8Text.decode(bytes, problems: &problems) != nil else { return [] }
        var file = ExchangeRateFile(bytes: bytes, baseCurrency: baseCurrency)
        file.parse(&problems)
        return file.steps
    }

    private init(bytes: [UInt8], baseCurrency: String?) {
        self.bytes = bytes
        self.baseCurrency = baseCurrency
    }

    private mutating func parse(_ problems: inout ProblemList) {
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
            if order == nil {
                guard readHeader(fields, line: line, &problems) else { return }
            } else {
                readRate(fields, line: line, &problems)
            }
        }
        if order == nil {
            problems.add(
                .missingKey, at: FilePosition(line: max(1, line), column: 1), "", found: "no header",
                expected: "the header \(Self.columns.joined(separator: ","))")
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
        let header = Self.columns.joined(separator: ",")
        let expected = "the header \(header)"
        let names = fields.map { $0.text.lowercased() }
        if fields.count == 1, names[0].contains(where: { $0 == ";" || $0 == "\t" || $0 == "|" }) {
            problems.add(
                .syntax, at: FilePosition(line: line, column: 1), "", found: Wording.quoted(fields[0].text),
                expected: expected, advice: "separate the columns with commas")
            return false
        }
        if Set(names).isDisjoint(with: Self.columns) {
            problems.add(
                .missingKey, at: FilePosition(line: line, column: 1), "",
                found: "no header, but \(Wording.quoted(fields.map(\.text).joined(separator: ",")))", expected: expected
            )
            return false
        }
        var isFine = true
        for (index, field) in fields.enumerated() {
            let position = FilePosition(line: line, column: field.column)
            if !Self.columns.contains(names[index]) {
                isFine = false
                problems.add(
                    .unknownKey, at: position, "", found: "the unknown column \(Wording.quoted(field.text))",
                    expected: expected, advice: NearestName.advice(field.text, in: Self.columns))
            } else if names[..<index].contains(names[index]) {
                isFine = false
                problems.add(
                    .duplicateKey, at: position, names[index], found: "the column \(Wording.quoted(field.text)) again",
                    expected: expected)
            }
        }
        for column in Self.columns where !names.contains(column) {
            // A misspelt column has been reported already.
            if fields.count >= Self.columns.count, !isFine { continue }
            isFine = false
            problems.add(
                .missingKey, at: FilePosition(line: line, column: 1), "", found: "no column \(Wording.quoted(column))",
                expected: expected)
        }
        order = Self.columns.compactMap { names.firstIndex(of: $0) }
        return isFine
    }

    private mutating func readRate(_ fields: [Field], line: Int, _ problems: inout ProblemList) {
        guard let order, fields.count == order.count else {
            let position = FilePosition(line: line, column: fields[min(fields.count - 1, Self.columns.count)].column)
            problems.add(
                .syntax, at: position, "", found: "\(fields.count) fields",
                expected: "\(Self.columns.count): \(Self.columns.joined(separator: ","))",
                advice: fields.count > Self.columns.count ? "write decimals with a point" : nil)
            return
        }
        func position(_ column: Int) -> FilePosition { FilePosition(line: line, column: fields[order[column]].column) }
        let dayText = fields[order[0]].text
        let currency = fields[order[1]].text
        let rateText = fields[order[2]].text
        let day = Day(dayText)
        if day == nil {
            problems.add(
                .notAccepted, at: position(0), "date", found: Wording.quoted(dayText), expected: "a day YYYY-MM-DD")
        }
        let isCurrency = CurrencyCode.isKnown(currency)
        if !isCurrency {
            let upper = currency.uppercased()
            problems.add(
                .notAccepted, at: position(1), "currency", found: Wording.quoted(currency),
                expected: "an ISO 4217 currency code in upper case",
                advice: CurrencyCode.isKnown(upper) ? "did you mean \"\(upper)\"?" : nil)
        }
        guard let rate = ExchangeRate(rateText) else {
            problems.add(
                .notAccepted, at: position(2), "rate_to_base", found: Wording.quoted(rateText),
                expected: "a positive decimal number with a point as its mark and at most 12 decimals")
            return
        }
        guard let day, isCurrency else { return }
        if currency == baseCurrency {
            // Money in the base currency is what it is; a rate can only say so.
            if rate != .one {
                problems.add(
                    .conflict, at: position(2), "rate_to_base", found: rateText,
                    expected: "1, for \(currency) is the base currency",
                    advice: "rates are units of the base currency for one unit of the currency")
            }
            return
        }
        let key = Key(currency: currency, day: day)
        if let first = known[key] {
            if first.rate != rate {
                problems.add(
                    .conflict, at: position(2), "rate_to_base",
                    found: "a second rate \(rateText) for \(currency) on \(day)",
                    expected: "one rate for a currency and day", advice: "line \(first.line) has another one")
            }
            return
        }
        known[key] = (rate, line)
        steps.append((currency, ExchangeRates.Step(day: day, rate: rate)))
    }
}
