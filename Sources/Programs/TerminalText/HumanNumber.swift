/// Numbers as people read them, the same in every locale: a comma groups thousands, a point is the decimal mark, the
/// minus sign is the one of the keyboard so that a figure can be copied into a spreadsheet.
///
/// Rounding is half away from zero. What is unknown (`nil`, NaN, infinite) shows as a dash, never as a number.
public struct HumanNumber: Sendable, Hashable {
    /// Whether characters beyond ASCII may be used.
    public var unicode: Bool

    /// A formatter for output that may or may not use characters beyond ASCII.
    public init(unicode: Bool) {
        self.unicode = unicode
    }

    /// A formatter for a style.
    public init(_ style: TerminalStyle) {
        unicode = style.unicode
    }

    /// What stands for an unknown value.
    public var unknown: String { unicode ? "–" : "-" }

    /// A whole number with grouped thousands: `1,234,567`.
    public func integer(_ value: Int?) -> String {
        guard let value else { return unknown }
        return DecimalDigits(Int64(value), scale: 0, fractionDigits: 0).grouped
    }

    /// A number with grouped thousands and a fixed count of fraction digits: `1,234.50`.
    public func decimal(_ value: Double?, fractionDigits: Int = 2) -> String {
        value.flatMap { DecimalDigits($0, fractionDigits: fractionDigits) }?.grouped ?? unknown
    }

    /// A difference: like `decimal` with a plus sign when above zero.
    public func signed(_ value: Double?, fractionDigits: Int = 2) -> String {
        Self.signed(decimal(value, fractionDigits: fractionDigits), value: value)
    }

    /// A fraction (0…1) as a percentage: 0.123 is `12.3 %`.
    public func percent(_ fraction: Double?, fractionDigits: Int = 1) -> String {
        guard let fraction, (fraction * 100).isFinite else { return unknown }
        return decimal(fraction * 100, fractionDigits: fractionDigits) + " %"
    }

    /// A difference of fractions in percentage points: -0.012 is `-1.2 pp`.
    public func percentagePoints(_ difference: Double?, fractionDigits: Int = 1) -> String {
        guard let difference, (difference * 100).isFinite else { return unknown }
        return signed(difference * 100, fractionDigits: fractionDigits) + " pp"
    }

    /// An amount with its ISO 4217 code: `1,234.50 EUR`.
    public func money(_ amount: Double?, currency: String, fractionDigits: Int = 2) -> String {
        guard let amount, amount.isFinite else { return unknown }
        return decimal(amount, fractionDigits: fractionDigits) + " " + currency
    }

    /// An amount in millionths of the currency with its ISO 4217 code, rounded exactly.
    public func money(microUnits: Int64?, currency: String, fractionDigits: Int = 2) -> String {
        guard let microUnits else { return unknown }
        return DecimalDigits(microUnits, scale: 6, fractionDigits: fractionDigits).grouped + " " + currency
    }

    /// A number with three significant digits at most and a unit prefix: `950`, `1.2 k`, `12 M`, `3.4 G`, `5 T`.
    ///
    /// Below 100 fractions are shown (`0.25`, `3.5`); magnitudes under 0.001 in exponent form.
    public func compact(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        var scaled = value
        for prefix in ["", " k", " M", " G", " T"] {
            // 999.5 and above would round to four digits.
            if scaled.magnitude < 999.5 { return Self.short(scaled, isWhole: prefix.isEmpty) + prefix }
            scaled /= 1000
        }
        return Self.exponential(value)
    }

    /// A money amount in compact form: `1.2 M EUR`.
    public func compactMoney(_ amount: Double?, currency: String) -> String {
        guard let amount, amount.isFinite else { return unknown }
        return compact(amount) + " " + currency
    }

    /// A size in bytes with binary prefixes (IEC 80000-13): `512 B`, `1.5 KiB`, `12 MiB`.
    public func bytes(_ count: Int?) -> String {
        guard let count else { return unknown }
        var scaled = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] {
            if scaled.magnitude < 999.5 { return Self.short(scaled, isWhole: unit == "B") + " " + unit }
            scaled /= 1024
        }
        return Self.short(scaled, isWhole: false) + " EiB"
    }

    private static func signed(_ text: String, value: Double?) -> String {
        guard let value, value > 0, text.utf8.contains(where: { (0x31...0x39).contains($0) }) else { return text }
        return "+" + text
    }

    /// Two or three significant digits of a magnitude below 1000: `0.25`, `1.2`, `12`, `950`. Unscaled numbers lose
    /// superfluous zeros (`3`, not `3.0`).
    private static func short(_ value: Double, isWhole: Bool) -> String {
        let magnitude = value.magnitude
        if isWhole, magnitude == magnitude.rounded() {
            return DecimalDigits(value, fractionDigits: 0)?.grouped ?? ""
        }
        if magnitude > 0, magnitude < 0.001 { return exponential(value) }
        let fractionDigits = magnitude < 0.0995 ? 3 : magnitude < 0.995 ? 2 : magnitude < 9.95 ? 1 : 0
        return DecimalDigits(value, fractionDigits: fractionDigits)?.grouped ?? ""
    }

    /// One digit after the mark and a power of ten: `1.2e-05`.
    private static func exponential(_ value: Double) -> String {
        var mantissa = value
        var exponent = 0
        while mantissa.magnitude >= 9.95 {
            mantissa /= 10
            exponent += 1
        }
        while mantissa.magnitude > 0, mantissa.magnitude < 0.995 {
            mantissa *= 10
            exponent -= 1
        }
        let digits = String(exponent.magnitude)
        let sign = exponent < 0 ? "-" : "+"
        return (DecimalDigits(mantissa, fractionDigits: 1)?.grouped ?? "") + "e" + sign
            + (digits.utf8.count < 2 ? "0" : "") + digits
    }
}
