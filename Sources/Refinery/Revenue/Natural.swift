/// A whole number of any size: for the few sums of fractions that no machine word holds.
struct Natural: Equatable {
    /// Least significant first, without leading zeros.
    private(set) var limbs: [UInt64] = []

    init(_ value: UInt128) {
        limbs = [UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64)]
        trim()
    }

    private mutating func trim() { while limbs.last == 0 { limbs.removeLast() } }

    mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let product = limbs[index].multipliedFullWidth(by: factor)
            let (low, overflow) = product.low.addingReportingOverflow(carry)
            limbs[index] = low
            // The high half of a product of two words is at most its largest value less one.
            carry = product.high &+ (overflow ? 1 : 0)
        }
        if carry > 0 { limbs.append(carry) }
        trim()
    }

    func multiplied(by factor: UInt128) -> Natural {
        var low = self
        low.multiply(by: UInt64(truncatingIfNeeded: factor))
        let high = UInt64(truncatingIfNeeded: factor >> 64)
        if high == 0 { return low }
        var shifted = self
        shifted.multiply(by: high)
        if !shifted.limbs.isEmpty { shifted.limbs.insert(0, at: 0) }
        low += shifted
        return low
    }

    static func += (lhs: inout Natural, rhs: Natural) {
        var carry = false
        for index in 0..<max(lhs.limbs.count, rhs.limbs.count) {
            if index == lhs.limbs.count { lhs.limbs.append(0) }
            let other = index < rhs.limbs.count ? rhs.limbs[index] : 0
            let (sum, first) = lhs.limbs[index].addingReportingOverflow(other)
            let (total, second) = sum.addingReportingOverflow(carry ? 1 : 0)
            lhs.limbs[index] = total
            carry = first || second
        }
        if carry { lhs.limbs.append(1) }
    }

    static func < (lhs: Natural, rhs: Natural) -> Bool {
        if lhs.limbs.count != rhs.limbs.count { return lhs.limbs.count < rhs.limbs.count }
        for index in lhs.limbs.indices.reversed() where lhs.limbs[index] != rhs.limbs[index] {
            return lhs.limbs[index] < rhs.limbs[index]
        }
        return false
    }
}
