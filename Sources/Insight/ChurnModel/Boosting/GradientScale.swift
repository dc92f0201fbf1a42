/// How first and second derivatives are held as integers while histograms are summed.
///
/// A row becomes two 64-bit words: the first derivative in fixed point, and the second derivative in fixed point above
/// a counter of 1. Integer sums do not depend on the order of the rows, so histograms, differences of histograms and
/// therefore trees are the same for any order of rows and any number of threads, duplicated columns tie exactly, and one
/// addition of a pair does the work of three. The scales use all bits that the number of rows leaves free: a second
/// derivative is exact to 2^-51 with 60 rows, to 2^-29 with 100,000 and to 2^-23, the precision of a float, with a
/// million; a first derivative much finer.
struct GradientScale: Sendable {
    /// The first and second derivative with counter; sums of rows have the same shape.
    typealias Sums = SIMD2<Int64>

    let countBits: Int64
    let countMask: Int64
    let gradientScale: Double
    let hessianScale: Double
    let gradientUnit: Double
    let hessianUnit: Double

    init(rowCount: Int, weightMax: Double) {
        let rowBits = Int.bitWidth - max(rowCount, 1).leadingZeroBitCount
        countBits = Int64(rowBits)
        countMask = (1 << Int64(rowBits)) - 1
        // |g| <= weight and h <= weight / 4; both sums must stay inside 62 bits.
        let weightBits = Int(weightMax.exponent) + 1
        let gradientBits = min(62 - rowBits - weightBits, 56)
        let hessianBits = min(62 - rowBits - rowBits - (weightBits - 2), 56)
        gradientScale = Double(sign: .plus, exponent: gradientBits, significand: 1)
        hessianScale = Double(sign: .plus, exponent: hessianBits, significand: 1)
        gradientUnit = 1 / gradientScale
        hessianUnit = 1 / hessianScale
    }

    @inline(__always)
    func pack(gradient: Double, hessian: Double) -> Sums {
        let first = Int64(gradient * gradientScale)
        let second = Int64(hessian * hessianScale + 0.5)
        return Sums(first, second << countBits | 1)
    }

    @inline(__always)
    func gradient(_ sums: Sums) -> Double { Double(sums.x) * gradientUnit }

    @inline(__always)
    func hessian(_ sums: Sums) -> Double { Double(sums.y >> countBits) * hessianUnit }

    @inline(__always)
    func count(_ sums: Sums) -> Int { Int(sums.y & countMask) }
}
