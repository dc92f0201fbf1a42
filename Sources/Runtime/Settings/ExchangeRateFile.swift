import Records

/// Reads fx.csv: `date,currency,rate_to_base`, one rate per line, comma-separated, comments from `#` at the start of a
/// line. A rate holds from its day on until the next one of its currency.
struct ExchangeRateFile {
    static let columns = ["date", "currency", "rate_to_base"]

    /// Nil where it is not known.
    private let baseCurrency: String?
    private var steps: [(currency: String, step: ExchangeRates.Step)] = []
    /// The rate and the line of a currency and day, to find a second one.
    private var known: [Key: (rate: ExchangeRate, line: Int)] = [:]

    private struct Key: Hashable {
        var currency: String
        var day: Day
    }

    /// - Returns: the steps of all currencies but the base currency, which needs none.
    static func parse(
        _ bytes: [UInt8], baseCurrency: String?, problems: inout ProblemList
    ) -> [(currency: String, step: ExchangeRates.Step)] {
        var file = ExchangeRateFile(baseCurrency: baseCurrency)
        CommaSeparatedFile.forEachRecord(
            bytes, columns: columns, requiredCount: columns.count, surplusAdvice: "write decimals with a point",
            problems: &problems
        ) { line, fields, problems in
            file.readRate(fields.compactMap { $0 }, line: line, &problems)
        }
        return file.steps
    }

    private init(baseCurrency: String?) { self.baseCurrency = baseCurrency }

    private mutating func readRate(
        _ fields: [CommaSeparatedFile.Field], line: Int, _ problems: inout ProblemList
    ) {
        guard fields.count == Self.columns.count else { return }
        func position(_ column: Int) -> FilePosition { fields[column].position }
        let dayText = fields[0].text
        let currency = fields[1].text
        let rateText = fields[2].text
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
