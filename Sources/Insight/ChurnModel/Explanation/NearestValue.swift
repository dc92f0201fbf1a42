/// Picks readable numbers inside intervals.
enum NearestValue {
    /// The value of (above, upTo] inside the range that is nearest to the origin; nil when there is none.
    static func find(
        above: Double, upTo: Double, range: ClosedRange<Double>, origin: Double, isIntegral: Bool
    ) -> Double? {
        let upper = min(upTo, range.upperBound)
        guard upper >= range.lowerBound, above < upper else { return nil }
        if isIntegral {
            let top = upper.rounded(.down)
            let bottom = above < range.lowerBound ? range.lowerBound : above.rounded(.down) + 1
            return bottom <= top ? min(max(origin.rounded(), bottom), top) : nil
        }
        if origin > upper { return upper }
        if above < range.lowerBound { return max(origin, range.lowerBound) }
        return origin > above ? origin : readable(above: above, upTo: upper)
    }

    /// A number just above a limit with as few decimals as fit into the lower tenth of the interval.
    private static func readable(above: Double, upTo: Double) -> Double {
        let highest = above + (upTo - above) / 10
        var power = 1.0
        for _ in 0..<12 {
            let candidate = ((above * power).rounded(.down) + 1) / power
            if candidate > above, candidate <= highest { return candidate }
            power *= 10
        }
        return above.nextUp
    }
}
