import Glibc

/// Finds the noise variance at which the variance implied by the residuals of the best parameters equals the
/// variance these parameters were found for.
///
/// The implied variance never falls when the assumed one rises, so plain alternation from above descends to the
/// largest fixed point. Secant steps on the logarithms shorten the way; once a fixed point is passed it is
/// bracketed.
enum VarianceSearch {
    /// - Parameters:
    ///   - start: first assumed variance, > 0.
    ///   - smallest: floor of the search.
    ///   - implied: the implied variance for an assumed one.
    /// - Returns: the variance last handed to `implied`.
    static func fixedPoint(start: Double, smallest: Double, implied: (Double) -> Double) -> Double {
        let least = log(smallest)
        var position = log(max(start, smallest))
        var above: (position: Double, gap: Double)?
        var below: (position: Double, gap: Double)?
        var last: (position: Double, gap: Double)?
        for _ in 0..<100 {
            let gap = max(log(max(implied(exp(position)), smallest * 1e-6)), least) - position
            if abs(gap) < 1e-11 { return exp(position) }
            if gap < 0 { above = (position, gap) } else { below = (position, gap) }
            var next = position + gap
            if let previous = last, previous.gap != gap {
                let secant = position - gap * (position - previous.position) / (gap - previous.gap)
                if let above, let below {
                    let inside =
                        secant > min(above.position, below.position)
                        && secant < max(above.position, below.position)
                    next = inside ? secant : 0.5 * (above.position + below.position)
                } else if secant.isFinite, (secant - position) * gap > 0,
                    abs(secant - position) < 3 * abs(gap) + 0.5
                {
                    next = secant
                }
            }
            if let above, let below, abs(above.position - below.position) < 1e-11 { return exp(position) }
            last = (position, gap)
            next = max(next, least)
            if next == position { return exp(position) }
            position = next
        }
        return exp(position)
    }
}
