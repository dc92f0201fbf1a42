/// An amount of money in integer micro-units (millionths) of its currency; inside the house that is the base currency
/// unless a name says otherwise. Sums of integers are exact and do not depend on their order.
public struct Money: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Micro-units.
    public var rawValue: Int64

    @inlinable
    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static let zero = Money(rawValue: 0)

    @inlinable
    public static func < (lhs: Money, rhs: Money) -> Bool { lhs.rawValue < rhs.rawValue }

    /// Exact decimal with as few decimals as needed, at most six: `12`, `12.5`, `-0.000001`.
    public var description: String {
        let magnitude = rawValue.magnitude
        let whole = magnitude / 1_000_000
        var fraction = Int(magnitude % 1_000_000)
        let sign = rawValue < 0 ? "-" : ""
        if fraction == 0 { return "\(sign)\(whole)" }
        var width = 6
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        return "\(sign)\(whole).\(padded(fraction, width))"
    }

    /// The amount as a floating-point number of whole units; for ratios and display, never for sums.
    @inlinable
    public var units: Double { Double(rawValue) / 1_000_000 }
}

/// An exact decimal exchange rate: `mantissa / 10^scale` units of the base currency for one unit of the currency.
public struct ExchangeRate: Hashable, Sendable {
    public var mantissa: Int64
    /// Powers of ten below the unit, 0…12.
    public var scale: Int

    public init(mantissa: Int64, scale: Int) {
        self.mantissa = mantissa
        self.scale = scale
    }

    public static let one = ExchangeRate(mantissa: 1, scale: 0)

    /// A positive decimal number with at most 12 decimals, or nil.
    public init?(_ text: some StringProtocol) {
        var mantissa: Int64 = 0
        var scale = 0
        var seenMark = false
        var digits = 0
        for byte in text.utf8 {
            if byte == 46, !seenMark {
                seenMark = true
                continue
            }
            guard byte >= 48, byte <= 57 else { return nil }
            let (shifted, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = shifted.addingReportingOverflow(Int64(byte - 48))
            if overflow || overflow2 { return nil }
            mantissa = sum
            digits += 1
            if seenMark { scale += 1 }
        }
        guard digits > 0, mantissa > 0, scale <= 12 else { return nil }
        while scale > 0, mantissa % 10 == 0 {
            mantissa /= 10
            scale -= 1
        }
        self.init(mantissa: mantissa, scale: scale)
    }

    /// `micro` units of the currency in micro-units of the base currency, rounded half to even;
    /// nil when the result does not fit.
    @inlinable
    public func converted(_ micro: Int64) -> Int64? {
        if scale == 0 {
            let (product, overflow) = micro.multipliedReportingOverflow(by: mantissa)
            return overflow ? nil : product
        }
        let divisor = ExchangeRate.powersOfTen[scale]
        let (product, overflow) = micro.multipliedReportingOverflow(by: mantissa)
        if !overflow { return product.dividedHalfEven(by: divisor) }
        let wide = Int128(micro) * Int128(mantissa)
        var (quotient, remainder) = wide.quotientAndRemainder(dividingBy: Int128(divisor))
        let twice = remainder.magnitude * 2
        let limit = UInt128(divisor)
        if twice > limit || (twice == limit && quotient & 1 != 0) { quotient += wide < 0 ? -1 : 1 }
        return Int64(exactly: quotient)
    }

    @usableFromInline
    static let powersOfTen: [Int64] = (0...12).map { exponent in (0..<exponent).reduce(1) { value, _ in value * 10 } }
}

extension Int64 {
    /// The quotient, rounded half to even.
    /// - Precondition: `divisor` is above 0.
    @inlinable
    public func dividedHalfEven(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        let twice = remainder.magnitude &* 2
        guard twice > divisor.magnitude || (twice == divisor.magnitude && quotient & 1 != 0) else { return quotient }
        return quotient + (self < 0 ? -1 : 1)
    }
}
