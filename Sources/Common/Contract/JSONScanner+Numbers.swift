extension JSONScanner {
    /// A number of the text.
    enum Number {
        case integer(Int64)
        case double(Double)
    }

    /// Powers of ten that `Double` holds exactly.
    private static let exactPowersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    @inline(__always)
    private func isDigit(at offset: Int) -> Bool {
        offset < end && base[offset] &- 0x30 < 10
    }

    /// Takes a number; `at` stands on its first byte, a digit or a minus sign.
    @inline(__always)
    mutating func number() throws(JSONError) -> Number {
        let start = at
        var position = at
        let negative = base[position] == 0x2D
        if negative { position += 1 }
        guard isDigit(at: position) else {
            throw position < end ? failure(.invalidNumber, start) : failure(.unexpectedEnd, end)
        }
        let firstDigit = position
        var magnitude: UInt64 = 0
        while isDigit(at: position) {
            magnitude = magnitude &* 10 &+ UInt64(base[position] &- 0x30)
            position += 1
        }
        let integerDigits = position - firstDigit
        if base[firstDigit] == 0x30, integerDigits > 1 { throw failure(.invalidNumber, start) }
        guard position < end, base[position] == 0x2E || base[position] | 0x20 == 0x65 else {
            at = position
            // Eighteen digits cannot overflow; nineteen and more take the careful path.
            if integerDigits <= 18 {
                if negative, magnitude == 0 { return .double(-0.0) }
                return .integer(negative ? -Int64(magnitude) : Int64(magnitude))
            }
            return try longInteger(start: start, stop: position)
        }
        return try fractional(
            start: start, from: position, negative: negative, magnitude: magnitude, digits: integerDigits)
    }

    private func longInteger(start: Int, stop: Int) throws(JSONError) -> Number {
        let negative = base[start] == 0x2D
        var value: Int64 = 0
        for offset in (negative ? start + 1 : start)..<stop {
            let digit = Int64(base[offset] &- 0x30)
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedSum) =
                negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflowed || overflowedSum { return .double(try decimal(start: start, stop: stop)) }
            value = sum
        }
        return .integer(value)
    }

    /// Fraction and exponent. `from` stands on the point or the exponent letter.
    private mutating func fractional(
        start: Int, from: Int, negative: Bool, magnitude leading: UInt64, digits leadingDigits: Int
    ) throws(JSONError) -> Number {
        var position = from
        var magnitude = leading
        var digits = leadingDigits
        var exponent = 0
        if base[position] == 0x2E {
            position += 1
            let first = position
            while isDigit(at: position) {
                magnitude = magnitude &* 10 &+ UInt64(base[position] &- 0x30)
                position += 1
            }
            guard position > first else {
                throw position < end ? failure(.invalidNumber, start) : failure(.unexpectedEnd, end)
            }
            digits += position - first
            exponent = first - position
        }
        if position < end, base[position] | 0x20 == 0x65 {
            position += 1
            var negativeExponent = false
            if position < end, base[position] == 0x2B || base[position] == 0x2D {
                negativeExponent = base[position] == 0x2D
                position += 1
            }
            let first = position
            var value = 0
            while isDigit(at: position) {
                // Saturates: whatever is beyond 10,000 is zero or out of range anyway.
                if value < 10_000 { value = value * 10 + Int(base[position] &- 0x30) }
                position += 1
            }
            guard position > first else {
                throw position < end ? failure(.invalidNumber, start) : failure(.unexpectedEnd, end)
            }
            exponent += negativeExponent ? -value : value
        }
        at = position
        // W. D. Clinger, How to read floating point numbers accurately (1990): when the digits and the power of ten are
        // both exact in a Double, one multiplication or division rounds once and hence correctly.
        if digits > 19 {
            // Zeros before the first other digit do not count.
            for offset in start..<position where base[offset] != 0x2D && base[offset] != 0x2E {
                guard base[offset] == 0x30 else { break }
                digits -= 1
            }
        }
        if digits <= 19, magnitude <= 1 << 53, (-22...22).contains(exponent) {
            let value = Double(magnitude)
            let scaled =
                exponent < 0 ? value / Self.exactPowersOfTen[-exponent] : value * Self.exactPowersOfTen[exponent]
            return .double(negative ? -scaled : scaled)
        }
        if digits <= 19, (-27...27).contains(exponent) {
            let value = Self.scaled(magnitude, byPowerOfTen: exponent)
            return .double(negative ? -value : value)
        }
        return .double(try decimal(start: start, stop: position))
    }

    /// 5^0…5^27: all that fit 64 bits.
    private static let powersOfFive: [UInt64] = {
        var powers: [UInt64] = [1]
        for _ in 0..<27 { powers.append(powers[powers.count - 1] * 5) }
        return powers
    }()

    /// `magnitude`·10^`exponent`, rounded once, for exponents -27…27.
    ///
    /// 10^k is 5^k·2^k and 5^k is exact in 64 bits, so product and quotient are exact integers of 128 bits, or a
    /// quotient and the fact of a remainder. Cut to 64 bits with a sticky last bit they have at least ten bits more
    /// than `Double` keeps, and the conversion rounds as if it had seen all of them.
    static func scaled(_ magnitude: UInt64, byPowerOfTen exponent: Int) -> Double {
        guard magnitude != 0 else { return 0 }
        let zeros = magnitude.leadingZeroBitCount
        let normalized = magnitude << UInt64(zeros)
        let significand: UInt64
        let binaryExponent: Int
        if exponent < 0 {
            let divisor = powersOfFive[-exponent]
            let divisorZeros = divisor.leadingZeroBitCount
            let (quotient, remainder) = (divisor << UInt64(divisorZeros))
                .dividingFullWidth((normalized >> 1, normalized << 63))
            significand = quotient | (remainder == 0 ? 0 : 1)
            binaryExponent = divisorZeros - zeros - 63 + exponent
        } else {
            let factor = powersOfFive[exponent]
            let factorZeros = factor.leadingZeroBitCount
            let (high, low) = normalized.multipliedFullWidth(by: factor << UInt64(factorZeros))
            significand = high | (low == 0 ? 0 : 1)
            binaryExponent = 64 - zeros - factorZeros + exponent
        }
        return Double(sign: .plus, exponent: binaryExponent, significand: Double(significand))
    }

    /// The general case, left to the standard library.
    @inline(never)
    private func decimal(start: Int, stop: Int) throws(JSONError) -> Double {
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: stop - start), as: UTF8.self)
        guard let value = Double(text) else { throw failure(.invalidNumber, start) }
        guard value.isFinite else { throw failure(.numberOutOfRange, start) }
        return value
    }
}
