/// What followed the same days of earlier years, relative to the level that was known then: the part of a yearly
/// season that a single earlier year can show.
///
/// The share of it that is expected to come again is estimated over the whole history: from every fortnight that has a
/// year before it, how much of what that year showed did come. Histories that have few such fortnights lean on the
/// share that is usual for series with a yearly season.
struct YearlyEcho {
    /// 0...1; how much of what earlier years show is expected again.
    let share: Double
    private let sums: PrefixSums
    private let shape: Shape

    /// Lengths in steps of the grid.
    private struct Shape {
        /// Whole weeks, so that weekdays meet.
        var year: Int
        /// The level is the mean of so many steps.
        var level: Int
        /// Steps on either side of one that are averaged with it.
        var margin: Int
        /// What is expected is compared with what came in blocks of so many steps, so many ahead.
        var block: Int
        var blockCount: Int
    }

    private static let yearsMax = 6
    /// Places in the history the share is estimated at, at most.
    private static let placesMax = 104
    private static let usualShare = 0.75
    /// The usual share counts like so many places: about a year of them.
    private static let usualWeight = 26.0

    /// Nil where the history has no year before its end, or steps other than days: the models of longer steps
    /// have a yearly season as soon as there are two years, and a single one is too few numbers.
    ///
    /// - Parameters:
    ///   - values: grid values without their weekly season, NaN where missing.
    ///   - step: spacing of the grid.
    ///   - known: the share; nil to estimate it.
    init?(_ values: [Double], step: CalendarStep, share known: Double? = nil) {
        guard step == .day else { return nil }
        shape = Shape(year: 364, level: 28, margin: 3, block: 14, blockCount: 6)
        guard values.count >= shape.year + shape.level else { return nil }
        sums = PrefixSums(values)
        if let known {
            share = known
            return
        }
        var expectedSquares = 0.0
        var products = 0.0
        var places = 0.0
        var place = values.count - shape.block
        while place >= shape.year + shape.level, places < Double(Self.placesMax) {
            if let (square, product) = Self.agreement(sums, shape, place: place, end: values.count) {
                expectedSquares += square
                products += product
                places += 1
            }
            place -= shape.block
        }
        let prior = places > 0 ? expectedSquares / places * Self.usualWeight : 1
        // The first months of a series are often its beginnings, and no season: what they show is not taken on trust.
        let extra = Double(values.count - shape.year) / Double(shape.year)
        let usual = Self.usualShare * min(1, max(0, 3 * extra - 0.5))
        let estimate = (products + usual * prior) / (expectedSquares + prior + 1e-300)
        share = min(1, max(0, estimate))
    }

    /// Mean square of what earlier years show after a place, and its mean product with what came; nil without either.
    private static func agreement(
        _ sums: PrefixSums, _ shape: Shape, place: Int, end: Int
    ) -> (square: Double, product: Double)? {
        guard let level = sums.mean(place - shape.level, place) else { return nil }
        var square = 0.0
        var product = 0.0
        var count = 0.0
        for block in 0..<shape.blockCount {
            let first = place + block * shape.block
            guard first + shape.block <= end else { break }
            guard let came = sums.mean(first, first + shape.block),
                let expected = shown(sums, shape, place: place, level: level, from: first, to: first + shape.block)
            else { continue }
            square += expected * expected
            product += expected * (came - level)
            count += 1
        }
        return count > 0 ? (square / count, product / count) : nil
    }

    /// The mean over earlier years of values in `from..<to` minus the level before `place`, those years' levels scaled
    /// to today's where all are positive.
    private static func shown(
        _ sums: PrefixSums, _ shape: Shape, place: Int, level: Double, from: Int, to: Int
    ) -> Double? {
        var total = 0.0
        var count = 0.0
        for year in 1...yearsMax {
            let back = year * shape.year
            guard place - back >= shape.level else { break }
            guard let before = sums.mean(place - back - shape.level, place - back),
                let after = sums.mean(from - back - shape.margin, to - back + shape.margin)
            else { continue }
            let ratio = level > 0 && before > 0 ? min(4, max(0.25, level / before)) : 1
            total += (after - before) * ratio
            count += 1
        }
        return count > 0 ? total / count : nil
    }

    /// What is expected `distance` >= 1 steps ahead, relative to the present level; in units of the values.
    func forecast(_ distance: Int) -> Double {
        let end = sums.count
        // Beyond a year the last one is repeated.
        let ahead = (distance - 1) % shape.year
        guard let level = sums.mean(end - shape.level, end) else { return 0 }
        let shown = Self.shown(sums, shape, place: end, level: level, from: end + ahead, to: end + ahead + 1)
        return share * (shown ?? 0)
    }
}

/// Means over ranges of a series with missing values, each in constant time.
struct PrefixSums {
    private var sums: [Double]
    private var counts: [Double]
    let count: Int

    /// - Parameter values: NaN where missing.
    init(_ values: [Double]) {
        count = values.count
        sums = [Double](repeating: 0, count: values.count + 1)
        counts = sums
        for (index, value) in values.enumerated() {
            sums[index + 1] = sums[index] + (value.isNaN ? 0 : value)
            counts[index + 1] = counts[index] + (value.isNaN ? 0 : 1)
        }
    }

    /// The mean of `from..<to`, as far as it lies within the series; nil where nothing was observed.
    func mean(_ from: Int, _ to: Int) -> Double? {
        let from = min(max(0, from), count)
        let to = min(max(0, to), count)
        guard to > from, counts[to] > counts[from] else { return nil }
        return (sums[to] - sums[from]) / (counts[to] - counts[from])
    }
}
