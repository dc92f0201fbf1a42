/// What a client's cover is worth a month over some days, exactly: `amount * multiplier / divisor` micro-units of its
/// currency. Covers of one price that follow each other are one piece. What a client is worth on a day is the sum of the
/// pieces that hold on it.
public struct WorthPiece: Sendable, Equatable, BitwiseCopyable {
    public var amount: Int64
    public var multiplier: Int64
    /// Above 0.
    public var divisor: Int64
    public var from: Int32
    /// The last day, grace included.
    public var through: Int32
    /// Index into ``LedgerRates/currencies``.
    public var currency: UInt32

    init(_ amount: Int64, _ monthly: (multiplier: Int64, divisor: Int64), _ currency: UInt32, _ days: (Int32, Int32)) {
        self.amount = amount
        multiplier = monthly.multiplier
        divisor = monthly.divisor
        (from, through) = days
        self.currency = currency
    }

    @inline(__always)
    func isWorthSame(as other: WorthPiece) -> Bool {
        amount == other.amount && multiplier == other.multiplier && divisor == other.divisor
            && currency == other.currency
    }

    @inline(__always)
    func holds(on day: Int32) -> Bool { from <= day && day <= through }

    /// Most pieces can be added up over this denominator: it is a multiple of all numbers of months up to 16, and of what
    /// weeks need.
    static let commonDivisor: Int64 = 720_720

    /// The numerator over the common denominator; nil when that is none of its.
    @inline(__always)
    var common: Int128? {
        let (factor, rest) = WorthPiece.commonDivisor.quotientAndRemainder(dividingBy: divisor)
        return rest == 0 ? Int128(amount) &* Int128(multiplier &* factor) : nil
    }

    var numerator: Int128 { Int128(amount) * Int128(multiplier) }
}
