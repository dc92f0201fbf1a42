import Glibc

/// A deterministic stream of random numbers: SplitMix64 (Steele, Lea and Flood, 2014).
///
/// A stream is addressed by seed, concern, entity and index, so that what one client does on one day never depends
/// on the order in which clients, days or files are produced.
struct RandomStream: Sendable {
    private(set) var state: UInt64

    /// What a stream is for. Raw values are part of the addressing and must stay distinct.
    enum Concern: UInt64 {
        case signup = 1
        case profile, fate, name, billing, engagement, weekNoise, ticketRate, ticketDetail, survey, calendar, mess
    }

    init(state: UInt64) {
        self.state = state
    }

    init(seed: UInt64, concern: Concern, entity: Int = 0, index: Int = 0) {
        let key = RandomStream.key(seed: seed, concern: concern, entity: entity)
        self.init(key: key, index: index)
    }

    /// A stream below a key made by `key(seed:concern:entity:)`, for hot loops that keep the key.
    init(key: UInt64, index: Int) {
        state = RandomStream.mix(key ^ (UInt64(bitPattern: Int64(index)) &* 0xD1B5_4A32_D192_ED03))
    }

    static func key(seed: UInt64, concern: Concern, entity: Int) -> UInt64 {
        let first = mix(seed &+ concern.rawValue &* 0x9E37_79B9_7F4A_7C15)
        return mix(first ^ (UInt64(bitPattern: Int64(entity)) &* 0xA24B_AED4_963E_E407))
    }

    /// The finaliser of SplitMix64.
    static func mix(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return RandomStream.mix(state)
    }
}

extension RandomStream {
    /// Uniform in [0, 1).
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in [lower, upper).
    mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
        lower + (upper - lower) * unit()
    }

    /// Uniform in 0 ..< bound; `bound` must be positive. The bias of the multiplication is below 2⁻⁴⁰ for the small
    /// bounds used here.
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Uniform in the closed range.
    mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// An element of a table that is not empty.
    mutating func pick<Element>(_ table: [Element]) -> Element {
        table[below(table.count)]
    }

    /// An index drawn in proportion to non-negative weights with a positive sum.
    mutating func index(weights: [Double]) -> Int {
        var rest = unit() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.count - 1
    }

    /// Standard normal (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = sqrt(-2 * log(1 - unit()))
        return radius * cos(2 * Double.pi * unit())
    }

    /// Gamma with the given shape > 0 and mean 1 (Marsaglia and Tsang, 2000).
    mutating func gammaOfMeanOne(shape: Double) -> Double {
        // Below 1 the method draws one shape higher and corrects by a power of a uniform.
        let boosted = shape < 1 ? shape + 1 : shape
        let d = boosted - 1.0 / 3
        let c = 1 / sqrt(9 * d)
        var draw = d
        while true {
            let x = normal()
            let cube = 1 + c * x
            guard cube > 0 else { continue }
            let v = cube * cube * cube
            if log(1 - unit()) < 0.5 * x * x + d - d * v + d * log(v) {
                draw = d * v
                break
            }
        }
        if shape < 1 { draw *= pow(1 - unit(), 1 / shape) }
        return draw / shape
    }

    /// Poisson by sequential search, in parts small enough for exp not to underflow; exact for every mean >= 0.
    mutating func poisson(mean: Double) -> Int {
        var rest = mean
        var count = 0
        while rest > 0 {
            let part = min(rest, 16)
            rest -= part
            var probability = exp(-part)
            var cumulative = probability
            let target = unit()
            var step = 0
            while target >= cumulative, step < 200 {
                step += 1
                probability *= part / Double(step)
                cumulative += probability
            }
            count += step
        }
        return count
    }
}
