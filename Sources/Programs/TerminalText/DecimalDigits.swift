/// A number in decimal notation, rounded half away from zero.
///
/// Made from the shortest decimal text that identifies the number, so that 2.675 rounds to 2.68 as a reader expects,
/// though the binary number is slightly smaller. No locale is involved.
struct DecimalDigits {
    /// Whether the rounded number is below zero; never for zero.
    private(set) var isNegative: Bool
    /// Digits before the decimal mark, at least one.
    private(set) var integer: String
    /// Digits after the decimal mark, as many as asked for.
    private(set) var fraction: String

    /// Rounds a finite number to the given digits after the decimal mark; `nil` for NaN and infinities.
    init?(_ value: Double, fractionDigits: Int) {
        guard value.isFinite else { return nil }
        var digits: [UInt8] = []
        var pointPosition: Int?
        var exponent = 0
        var exponentSign = 1
        var isExponent = false
        for byte in value.magnitude.description.utf8 {
            switch byte {
            case 0x30...0x39 where isExponent: exponent = exponent * 10 + Int(byte - 0x30)
            case 0x30...0x39: digits.append(byte - 0x30)
            case 0x2E: pointPosition = digits.count
            case 0x65: isExponent = true
            case 0x2D: exponentSign = -1
            default: break
            }
        }
        self.init(
            isNegative: value < 0, digits: digits,
            pointPosition: (pointPosition ?? digits.count) + exponentSign * exponent, fractionDigits: fractionDigits)
    }

    /// Rounds an integer number of 10⁻ˢ units, s being `scale`, exactly.
    init(_ value: Int64, scale: Int, fractionDigits: Int) {
        let digits = value.magnitude.description.utf8.map { $0 - 0x30 }
        self.init(
            isNegative: value < 0, digits: digits, pointPosition: digits.count - scale, fractionDigits: fractionDigits)
    }

    /// - Parameter pointPosition: how many of the digits stand before the decimal mark; may be negative.
    private init(isNegative: Bool, digits: [UInt8], pointPosition: Int, fractionDigits: Int) {
        let fractionDigits = max(0, fractionDigits)
        // One zero in front takes the carry of the rounding.
        var kept: [UInt8] = [0]
        let keptCount = pointPosition + fractionDigits
        if pointPosition < 0 { kept.append(contentsOf: repeatElement(0, count: min(-pointPosition, fractionDigits))) }
        kept.append(contentsOf: digits.prefix(max(0, keptCount)))
        if keptCount > digits.count { kept.append(contentsOf: repeatElement(0, count: keptCount - digits.count)) }
        if keptCount >= 0, keptCount < digits.count, digits[keptCount] >= 5 {
            var index = kept.count - 1
            while kept[index] == 9 {
                kept[index] = 0
                index -= 1
            }
            kept[index] += 1
        }
        let text = kept.map { $0 + 0x30 }
        let whole = text.dropLast(fractionDigits).drop { $0 == 0x30 }
        integer = whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self)
        fraction = String(decoding: text.suffix(fractionDigits), as: UTF8.self)
        self.isNegative = isNegative && kept.contains { $0 != 0 }
    }

    /// The number with commas between groups of three digits.
    var grouped: String {
        var text = isNegative ? "-" : ""
        text.reserveCapacity(integer.utf8.count * 4 / 3 + fraction.utf8.count + 2)
        var remaining = integer.utf8.count
        for digit in integer {
            text.append(digit)
            remaining -= 1
            if remaining > 0, remaining % 3 == 0 { text.append(",") }
        }
        if !fraction.isEmpty {
            text.append(".")
            text += fraction
        }
        return text
    }
}
