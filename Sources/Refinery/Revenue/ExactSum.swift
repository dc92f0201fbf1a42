import Records

/// A sum of fractions, compared and rounded without ever being rounded before.
struct ExactSum {
    struct Term {
        var numerator: Int128
        var divisor: Int64
        var rate: ExchangeRate
    }

    private var terms: [Term] = []

    var isEmpty: Bool { terms.isEmpty }

    mutating func removeAll() { terms.removeAll(keepingCapacity: true) }

    /// - Parameter divisor: above 0.
    mutating func add(_ numerator: Int128, over divisor: Int64, at rate: ExchangeRate) {
        if numerator != 0, rate.mantissa != 0 {
            terms.append(Term(numerator: numerator, divisor: divisor, rate: rate))
        }
    }

    /// -1, 0 or 1.
    var sign: Int {
        if terms.isEmpty { return 0 }
        if terms.allSatisfy({ $0.numerator > 0 }) { return 1 }
        if terms.allSatisfy({ $0.numerator < 0 }) { return -1 }
        let (positive, negative, _) = fraction
        return positive == negative ? 0 : negative < positive ? 1 : -1
    }

    /// The sum, rounded half to even; below 0 it counts as 0, above what fits as the largest that does.
    var rounded: Int64 {
        if terms.isEmpty { return 0 }
        if terms.count == 1, let result = ExactSum.rounded(terms[0]) { return max(0, result) }
        let (positive, negative, denominator) = fraction
        if !(negative < positive) { return 0 }
        /// Whether the sum is at least `twice / 2`.
        func reaches(_ twice: UInt128) -> Bool {
            var bound = denominator.multiplied(by: twice)
            bound += negative.multiplied(by: 2)
            return !(positive.multiplied(by: 2) < bound)
        }
        var low: UInt64 = 0
        var high = UInt64(Int64.max)
        while low < high {
            let middle = high - (high - low) / 2
            if reaches(UInt128(middle) * 2) { low = middle } else { high = middle - 1 }
        }
        let half = UInt128(low) * 2 + 1
        guard low < UInt64(Int64.max), reaches(half) else { return Int64(low) }
        var bound = denominator.multiplied(by: half)
        bound += negative.multiplied(by: 2)
        let isTie = bound == positive.multiplied(by: 2)
        return Int64(isTie && low % 2 == 0 ? low : low + 1)
    }

    /// The sum is `(positive - negative) / denominator`.
    private var fraction: (positive: Natural, negative: Natural, denominator: Natural) {
        var positive = Natural(0)
        var negative = Natural(0)
        var denominator = Natural(1)
        let sorted = terms.sorted { ($0.rate.scale, $0.divisor) < ($1.rate.scale, $1.divisor) }
        var at = 0
        while at < sorted.count {
            let (divisor, scale) = (sorted[at].divisor, sorted[at].rate.scale)
            var more = Natural(0)
            var less = Natural(0)
            while at < sorted.count, sorted[at].divisor == divisor, sorted[at].rate.scale == scale {
                let product = Natural(sorted[at].numerator.magnitude)
                    .multiplied(by: UInt128(sorted[at].rate.mantissa.magnitude))
                if sorted[at].numerator > 0 { more += product } else { less += product }
                at += 1
            }
            let factor = UInt128(divisor.magnitude) * UInt128(ExactSum.powersOfTen[scale])
            positive = positive.multiplied(by: factor)
            positive += ExactSum.product(more, denominator)
            negative = negative.multiplied(by: factor)
            negative += ExactSum.product(less, denominator)
            denominator = denominator.multiplied(by: factor)
        }
        return (positive, negative, denominator)
    }

    private static func product(_ lhs: Natural, _ rhs: Natural) -> Natural {
        var result = Natural(0)
        // Horner's rule over the words of the shorter one.
        let (short, long) = lhs.limbs.count < rhs.limbs.count ? (lhs, rhs) : (rhs, lhs)
        for limb in short.limbs.reversed() {
            result = result.multiplied(by: 1 << 64)
            var part = long
            part.multiply(by: limb)
            result += part
        }
        return result
    }

    /// One fraction in machine words; nil when it does not fit them.
    @inline(__always)
    static func rounded(_ term: Term) -> Int64? {
        let scale = powersOfTen[term.rate.scale]
        if let numerator = Int64(exactly: term.numerator) {
            let (product, overflow) = numerator.multipliedReportingOverflow(by: term.rate.mantissa)
            let (divisor, tooLarge) = term.divisor.multipliedReportingOverflow(by: scale)
            if !overflow, !tooLarge { return product.dividedHalfEven(by: divisor) }
        }
        let (product, overflow) = term.numerator.multipliedReportingOverflow(by: Int128(term.rate.mantissa))
        if overflow { return nil }
        let divisor = Int128(term.divisor) * Int128(scale)
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
        let twice = remainder.magnitude * 2
        let isUp = twice > divisor.magnitude || (twice == divisor.magnitude && quotient & 1 != 0)
        return Int64(clamping: isUp ? quotient + (product < 0 ? -1 : 1) : quotient)
    }

    private static let powersOfTen: [Int64] = (0...12).map { exponent in
        (0..<exponent).reduce(1) { value, _ in value * 10 }
    }
}
