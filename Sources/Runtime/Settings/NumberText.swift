/// Numbers as they are written in configuration files.
enum NumberText {
    /// A decimal integer without leading zeros, with a sign or not; digits may be grouped by `_`.
    /// Nil when it is none or does not fit.
    static func integer(_ text: String) -> Int? {
        guard isInteger(text) else { return nil }
        return Int(String(text.filter { $0 != "_" && $0 != "+" }))
    }

    /// Whether the text is written like an integer, however large.
    static func isInteger(_ text: String) -> Bool {
        var digits = Array(text.utf8)
        if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { digits.removeFirst() }
        guard let first = digits.first, let last = digits.last, isDigit(first), isDigit(last) else { return false }
        // A leading zero means octal to some readers and nothing to others.
        if first == UInt8(ascii: "0"), digits.count > 1 { return false }
        return digits.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// A finite decimal number, with an exponent or not: `30`, `-0.5`, `1e-06`.
    static func decimal(_ text: String) -> Double? {
        var rest = Array(text.utf8)[...]
        func skipSign() {
            if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { rest.removeFirst() }
        }
        func skipDigits() -> Int {
            let before = rest.count
            while let first = rest.first, isDigit(first) { rest.removeFirst() }
            return before - rest.count
        }
        skipSign()
        guard skipDigits() > 0 else { return nil }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard skipDigits() > 0 else { return nil }
        }
        if let first = rest.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E") {
            rest.removeFirst()
            skipSign()
            guard skipDigits() > 0 else { return nil }
        }
        guard rest.isEmpty, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Millionths of a number 0 or more that is written without an exponent and with at most six decimals.
    static func millionths(_ text: String) -> Int? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, (1...9).contains(whole.count), whole.allSatisfy(isDigit) else {
            return nil
        }
        var value = whole.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        if parts.count == 2 {
            guard (1...6).contains(fraction.count), fraction.allSatisfy(isDigit) else { return nil }
        }
        for position in 0..<6 {
            value = value * 10 + (position < fraction.count ? Int(fraction[position] - UInt8(ascii: "0")) : 0)
        }
        return value
    }

    /// A number of bytes: an integer, or an integer and one of `KiB`, `MiB`, `GiB`.
    static func bytes(_ text: String) -> Int? {
        for (unit, factor) in byteUnits where text.hasSuffix(unit) {
            var digits = text.dropLast(unit.count)
            if digits.last == " " { digits.removeLast() }
            guard let count = integer(String(digits)) else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return integer(text)
    }

    /// The shortest way to write a number of bytes: `16 MiB`, `1000`.
    static func byteText(_ bytes: Int) -> String {
        for (unit, factor) in byteUnits where bytes != 0 && bytes % factor == 0 { return "\(bytes / factor) \(unit)" }
        return String(bytes)
    }

    private static let byteUnits = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    /// The shortest text that reads back as the same number; whole numbers without decimals.
    static func text(_ value: Double) -> String {
        if value == value.rounded(), abs(value) <= 1e15 { return String(Int(value)) }
        return value.description
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
