import Records

/// What the amounts of a file say of how it writes numbers.
public struct AmountEvidence: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A number whose point can only stand before decimals: `12.50`, `1,234.56`.
    static let pointDecimals = AmountEvidence(rawValue: 1)
    /// The same of a comma: `12,50`, `1.234,56`, `1.234.567`.
    static let commaDecimals = AmountEvidence(rawValue: 2)
    /// `1.000`, which is one or a thousand.
    static let eitherByPoint = AmountEvidence(rawValue: 4)
    /// `1,000`, which is one or a thousand.
    static let eitherByComma = AmountEvidence(rawValue: 8)

    /// Whether `1.000` was rightly taken for one, and there is no other number that must be read again.
    var agreesWithPoints: Bool {
        if contains(.eitherByComma) { return false }
        return !contains(.eitherByPoint) || self.isSuperset(of: .pointDecimals) && !contains(.commaDecimals)
    }
}

/// Amounts as people and programs write them, beyond digits with a point: decimal commas and marks between thousands, signs of
/// the currency, parentheses for what is below zero, powers of ten, and decimals that come from binary fractions.
struct AmountText {
    /// What the other amounts of the file say; nil while it is read for the first time.
    let evidence: AmountEvidence?

    typealias Outcome = NumberParser.Amount

    /// Decimals beyond the sixth come from a binary fraction where a number has so many digits; they are rounded.
    private static let tailDigits = 12

    /// - Parameters:
    ///   - currency: of the row.
    ///   - seen: gets what the amount says of the others.
    func read(_ text: UnsafeBufferPointer<UInt8>, currency: () -> String, seen: inout AmountEvidence) -> Outcome {
        var text = AmountText.plain(text)[...]
        var isNegative = false
        var signs = 0
        var currencies = 0
        while true {
            while text.first == 32 { text.removeFirst() }
            while text.last == 32 { text.removeLast() }
            guard let first = text.first, let last = text.last else { return .rejected(.notAnAmount) }
            if first == 45 || first == 43 {
                isNegative = first == 45
                signs += 1
                text.removeFirst()
            } else if first == 40, last == 41, text.count > 2 {
                isNegative = true
                signs += 1
                text = text.dropFirst().dropLast()
            } else if AmountText.isCurrency(first) || AmountText.isCurrency(last) {
                let isPrefix = AmountText.isCurrency(first)
                let sign =
                    isPrefix
                    ? Array(text.prefix { AmountText.isCurrency($0) })
                    : Array(text.reversed().prefix { AmountText.isCurrency($0) }.reversed())
                guard let known = CurrencySigns.currencies(of: String(decoding: sign, as: UTF8.self)) else {
                    return .rejected(.notAnAmount)
                }
                guard known.contains(currency()) else { return .rejected(.otherCurrencySign) }
                currencies += 1
                text = isPrefix ? text.dropFirst(sign.count) : text.dropLast(sign.count)
            } else {
                break
            }
        }
        guard signs <= 1, currencies <= 1 else { return .rejected(.notAnAmount) }
        return number(text, isNegative: isNegative, seen: &seen)
    }

    /// A number without a sign, as digits and a power of ten.
    private func number(_ text: ArraySlice<UInt8>, isNegative: Bool, seen: inout AmountEvidence) -> Outcome {
        var mantissa = text
        var exponent = 0
        if let mark = text.firstIndex(where: { $0 == 101 || $0 == 69 }) {
            mantissa = text[..<mark]
            guard let power = Int(String(decoding: text[(mark + 1)...], as: UTF8.self)), abs(power) <= 40,
                mantissa.allSatisfy({ AmountText.isDigit($0) || $0 == 46 })
            else { return .rejected(.notAnAmount) }
            exponent = power
        }
        guard let split = AmountText.split(mantissa) else { return .rejected(.notAnAmount) }
        var (digits, decimals) = (split.digits, split.decimals)
        if exponent == 0 {
            seen.formUnion(split.evidence)
            if let isDecimal = isDecimal(split.evidence) {
                if !isDecimal { decimals = 0 }
            } else {
                return .rejected(.ambiguousAmount)
            }
        }
        digits = Array(digits.drop { $0 == 0 })
        return AmountText.micro(digits, decimals: decimals - exponent, isNegative: isNegative)
    }

    /// Whether the last mark of a number stands before decimals; nil where nothing tells.
    func isDecimal(_ number: AmountEvidence) -> Bool? {
        let isByPoint = number.contains(.eitherByPoint)
        guard isByPoint || number.contains(.eitherByComma) else { return true }
        guard let evidence else {
            // The first reading takes a point for what it mostly is. A comma is looked at again.
            return isByPoint ? true : nil
        }
        switch (evidence.contains(.pointDecimals), evidence.contains(.commaDecimals)) {
        case (true, false): return isByPoint
        case (false, true): return !isByPoint
        // One number with a decimal comma, and the point is no decimal one.
        case (true, true): return isByPoint ? false : nil
        case (false, false): return nil
        }
    }

    /// Digits without marks, how many of them are decimals, and what the marks say of other numbers.
    private static func split(
        _ text: ArraySlice<UInt8>
    ) -> (digits: [UInt8], decimals: Int, evidence: AmountEvidence)? {
        var marks: [(byte: UInt8, digitsBefore: Int)] = []
        var digits: [UInt8] = []
        for byte in text {
            if isDigit(byte) { digits.append(byte - 48) } else { marks.append((byte, digits.count)) }
        }
        guard !digits.isEmpty, marks.allSatisfy({ [46, 44, 32, 39].contains($0.byte) }) else { return nil }
        guard let last = marks.last else { return (digits, 0, []) }
        let thousands = marks.dropLast()
        // What stands between thousands is one and the same.
        if let first = thousands.first, !thousands.allSatisfy({ $0.byte == first.byte }) { return nil }
        let behind = digits.count - last.digitsBefore
        let isGrouped = areThousands(thousands.map(\.digitsBefore) + [last.digitsBefore])
        let decimalEvidence: AmountEvidence = last.byte == 46 ? .pointDecimals : .commaDecimals
        if last.byte == 32 || last.byte == 39 || thousands.first?.byte == last.byte {
            guard areThousands(marks.map(\.digitsBefore) + [digits.count]),
                thousands.allSatisfy({ $0.byte == last.byte })
            else { return nil }
            let evidence: AmountEvidence = last.byte == 46 ? .commaDecimals : last.byte == 44 ? .pointDecimals : []
            return (digits, 0, evidence)
        }
        if !thousands.isEmpty { return isGrouped ? (digits, behind, decimalEvidence) : nil }
        guard behind == 3, (1...3).contains(last.digitsBefore), digits[0] != 0 else {
            return (digits, behind, decimalEvidence)
        }
        return (digits, behind, last.byte == 46 ? .eitherByPoint : .eitherByComma)
    }

    /// Whether marks stand between thousands: one to three digits, then three each.
    private static func areThousands(_ places: [Int]) -> Bool {
        guard let first = places.first, (1...3).contains(first) else { return false }
        return zip(places, places.dropFirst()).allSatisfy { $1 - $0 == 3 }
    }

    /// In micro-units.
    /// - Parameters:
    ///   - digits: without zeros in front.
    ///   - decimals: below zero where zeros follow the digits.
    private static func micro(_ digits: [UInt8], decimals: Int, isNegative: Bool) -> Outcome {
        if digits.isEmpty { return .rejected(.amountIsZero) }
        var digits = digits
        var isRoundedUp = false
        if decimals > 6 {
            let excess = decimals - 6
            let rest = Array(repeating: 0, count: max(0, excess - digits.count)) + digits.suffix(excess)
            if rest.contains(where: { $0 != 0 }) {
                var significant = digits
                while significant.last == 0 { significant.removeLast() }
                guard significant.count >= tailDigits else { return .rejected(.tooManyDecimals) }
            }
            digits = digits.dropLast(excess)
            let isOdd = digits.last.map { !$0.isMultiple(of: 2) } ?? false
            isRoundedUp = rest[0] > 5 || (rest[0] == 5 && (isOdd || rest.dropFirst().contains { $0 != 0 }))
        } else {
            guard digits.count + 6 - decimals <= 19 else { return .rejected(.amountTooLarge) }
            digits += Array(repeating: 0, count: 6 - decimals)
        }
        guard digits.count <= 19 else { return .rejected(.amountTooLarge) }
        let value = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) } + (isRoundedUp ? 1 : 0)
        if value == 0 { return .rejected(.amountIsZero) }
        guard value <= UInt64(NumberParser.amountMax) else { return .rejected(.amountTooLarge) }
        return .value(isNegative ? -Int64(value) : Int64(value))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    /// A byte of a currency's sign: letters, `$`, and all that is not ASCII.
    private static func isCurrency(_ byte: UInt8) -> Bool {
        byte == 36 || (byte | 32) &- 97 < 26 || byte >= 0x80
    }

    /// With one kind of blank, minus and apostrophe each.
    private static func plain(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let others: [(bytes: [UInt8], plain: UInt8)] = [
            ([0xC2, 0xA0], 32), ([0xE2, 0x80, 0xAF], 32), ([0xE2, 0x80, 0x89], 32), ([9], 32),
            ([0xE2, 0x88, 0x92], 45),
            ([0xE2, 0x80, 0x99], 39),
        ]
        var result: [UInt8] = []
        var at = 0
        while at < text.count {
            if let other = others.first(where: { text[at...].starts(with: $0.bytes) }) {
                result.append(other.plain)
                at += other.bytes.count
            } else {
                result.append(text[at])
                at += 1
            }
        }
        return result
    }
}

/// The signs that currencies are written with.
enum CurrencySigns {
    private static let signs: [String: Set<String>] = [
        "$": [
            "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "BSD", "BBD", "BMD", "JMD",
            "TTD",
            "FJD", "NAD", "XCD", "UYU",
        ],
        "US$": ["USD"], "A$": ["AUD"], "AU$": ["AUD"], "C$": ["CAD"], "CA$": ["CAD"], "NZ$": ["NZD"], "HK$": ["HKD"],
        "S$": ["SGD"], "NT$": ["TWD"], "MX$": ["MXN"], "R$": ["BRL"], "€": ["EUR"],
        "£": ["GBP", "EGP", "LBP", "GIP", "FKP", "SHP"], "¥": ["JPY", "CNY"], "￥": ["JPY", "CNY"], "元": ["CNY", "TWD"],
        "円": ["JPY"], "₹": ["INR"], "₩": ["KRW"], "₽": ["RUB"], "₺": ["TRY"], "₴": ["UAH"], "₪": ["ILS"], "฿": ["THB"],
        "₫": ["VND"], "₱": ["PHP"], "₦": ["NGN"], "₸": ["KZT"], "₾": ["GEL"], "₡": ["CRC"], "₲": ["PYG"], "₵": ["GHS"],
        "kr": ["SEK", "NOK", "DKK", "ISK"], "Kr": ["SEK", "NOK", "DKK", "ISK"], "zł": ["PLN"], "Kč": ["CZK"],
        "Ft": ["HUF"],
        "lei": ["RON"], "Fr": ["CHF"], "SFr": ["CHF"], "лв": ["BGN"], "Rp": ["IDR"], "RM": ["MYR"], "R": ["ZAR"],
    ]

    /// The currencies that a sign stands for, or the one that its three letters name; nil for anything else.
    static func currencies(of sign: String) -> Set<String>? {
        if let known = signs[sign] { return known }
        return sign.utf8.count == 3 && sign.utf8.allSatisfy { $0 >= 65 && $0 <= 90 } ? [sign] : nil
    }
}
