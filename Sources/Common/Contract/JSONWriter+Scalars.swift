extension JSONWriter {
    /// Writes `null`.
    @inline(__always)
    public mutating func null() { word("null") }

    /// Writes `true` or `false`.
    @inline(__always)
    public mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

    @inline(__always)
    private mutating func word(_ text: StaticString) {
        guard begin(text.utf8CodeUnitCount) else { return }
        put(text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Writes an integer exactly.
    public mutating func integer(_ value: Int64) {
        guard begin(20) else { return }
        if value < 0 { put(0x2D) }
        digits(value.magnitude)
    }

    /// Writes an integer exactly.
    @inline(__always)
    public mutating func integer(_ value: Int) { integer(Int64(value)) }

    /// Writes the shortest decimal that reads back as the same number; NaN and infinities are `null`.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        guard begin(32) else { return }
        // Most numbers of an answer have few decimals. When value·10^6, rounded, divided by 10^6 gives the value again,
        // those decimals identify it: below 10^15 (15 significant digits) two different decimals are never the same
        // Double, so after dropping trailing zeros this is the shortest.
        let magnitude = value.magnitude
        if magnitude < 1e9 {
            let scaled = (magnitude * 1e6).rounded()
            if scaled / 1e6 == magnitude, !(magnitude == 0 && value.sign == .minus) {
                if value < 0 { put(0x2D) }
                decimal(UInt64(scaled))
                return
            }
        }
        shortest(value)
    }

    /// The general case: the standard library's shortest digits, without its `.0` for whole numbers.
    @inline(never)
    private mutating func shortest(_ value: Double) {
        var text = value.description
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            var length = bytes.count
            if length > 2, bytes[length - 1] == 0x30, bytes[length - 2] == 0x2E, value != 0 { length -= 2 }
            put(start, count: length)
        }
    }

    /// Writes money held in millionths as an exact decimal: 12_340_000 is `12.34`. No trailing zeros, no rounding.
    public mutating func money(microUnits: Int64) {
        guard begin(24) else { return }
        if microUnits < 0 { put(0x2D) }
        decimal(microUnits.magnitude)
    }

    /// A piece of a string: a number with at most two decimals, a whole one without; `unknown` for NaN and infinities.
    public mutating func piece(rounded value: Double) {
        guard value.isFinite else { return piece("unknown") }
        let hundredths = (value * 100).rounded()
        guard hundredths.magnitude < 1e11 else {
            let rounded = hundredths / 100
            return piece(rounded.magnitude < 1e15 ? String(Int64(rounded)) : String(rounded))
        }
        guard reserve(24) else { return }
        if hundredths < 0 { put(0x2D) }
        decimal(UInt64(hundredths.magnitude) * 10_000)
    }

    /// Puts `millionths` / 10^6 without trailing zeros; at most 21 bytes.
    @inline(__always)
    private mutating func decimal(_ millionths: UInt64) {
        let (whole, part) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
        digits(whole)
        guard part != 0 else { return }
        var fraction = UInt32(truncatingIfNeeded: part)
        var places = 6
        while fraction % 10 == 0 {
            fraction /= 10
            places -= 1
        }
        put(0x2E)
        let target = next
        for place in stride(from: places - 1, through: 0, by: -1) {
            target[place] = UInt8(truncatingIfNeeded: 0x30 + fraction % 10)
            fraction /= 10
        }
        advance(places)
    }

    /// Puts a number's digits; at most 20 bytes, for which the caller has made room.
    @inline(__always)
    private mutating func digits(_ value: UInt64) {
        if value < 10 {
            put(UInt8(truncatingIfNeeded: 0x30 + value))
            return
        }
        let length = Self.digitCount(value)
        let target = next
        var rest = value
        var position = length
        while rest >= 100 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 100)
            rest = quotient
            position -= 2
            target[position] = UInt8(truncatingIfNeeded: 0x30 + remainder / 10)
            target[position + 1] = UInt8(truncatingIfNeeded: 0x30 + remainder % 10)
        }
        if rest >= 10 {
            target[0] = UInt8(truncatingIfNeeded: 0x30 + rest / 10)
            target[1] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
        } else {
            target[0] = UInt8(truncatingIfNeeded: 0x30 + rest)
        }
        advance(length)
    }

    @inline(__always)
    private static func digitCount(_ value: UInt64) -> Int {
        var count = 1
        var bound: UInt64 = 10
        while value >= bound {
            count += 1
            let (next, overflowed) = bound.multipliedReportingOverflow(by: 10)
            if overflowed { break }
            bound = next
        }
        return count
    }
}
