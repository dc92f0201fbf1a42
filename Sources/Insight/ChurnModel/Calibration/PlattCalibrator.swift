import Glibc

/// Platt scaling: a logistic curve over the margin.
///
/// Targets are (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2) (Platt 1999); fitted by Newton's method with step halving.
public struct PlattCalibrator: Sendable, Equatable {
    /// The factor on the margin.
    public let slope: Double
    /// What is added to it.
    public let intercept: Double

    /// A curve with known parameters.
    public init(slope: Double, intercept: Double) {
        self.slope = slope
        self.intercept = intercept
    }

    /// The least factor on the margin: a curve that falls would turn the ranking and every explanation around.
    static let slopeMin = 0.01

    /// Fits the curve with a slope of ``slopeMin`` at least; both classes must occur.
    public init(margins: [Double], labels: [Bool]) {
        let positives = Double(labels.count { $0 })
        let negatives = Double(labels.count) - positives
        let high = (positives + 1) / (positives + 2)
        let low = 1 / (negatives + 2)
        let targets = labels.map { $0 ? high : low }
        let free = PlattCalibrator.fit(margins: margins, targets: targets)
        self =
            free.slope >= PlattCalibrator.slopeMin
            ? free : PlattCalibrator.fit(margins: margins, targets: targets, slope: PlattCalibrator.slopeMin)
    }

    /// The curve that minimises the cross entropy to the targets, by Newton's method with step halving.
    /// - Parameter fixed: the slope, where only the intercept is looked for.
    static func fit(margins: [Double], targets: [Double], slope fixed: Double? = nil) -> PlattCalibrator {
        var slope = fixed ?? 1.0
        var intercept = 0.0
        func loss(_ slope: Double, _ intercept: Double) -> Double {
            var sum = 0.0
            for (margin, target) in zip(margins, targets) {
                let value = slope * margin + intercept
                // -t ln p - (1 - t) ln(1 - p) without overflow.
                sum += (value > 0 ? value * (1 - target) : -value * target) + log1p(exp(-abs(value)))
            }
            return sum
        }
        var current = loss(slope, intercept)
        for _ in 0..<100 {
            var (firstSlope, firstIntercept) = (0.0, 0.0)
            var (slopeSlope, slopeIntercept, interceptIntercept) = (1e-12, 0.0, 1e-12)
            for (margin, target) in zip(margins, targets) {
                let probability = Sigmoid.probability(slope * margin + intercept)
                let residual = probability - target
                let weight = probability * (1 - probability)
                firstSlope += residual * margin
                firstIntercept += residual
                slopeSlope += weight * margin * margin
                slopeIntercept += weight * margin
                interceptIntercept += weight
            }
            guard fixed == nil && abs(firstSlope) > 1e-10 || abs(firstIntercept) > 1e-10 else { break }
            let determinant = slopeSlope * interceptIntercept - slopeIntercept * slopeIntercept
            guard fixed != nil || determinant > 0, determinant.isFinite else { break }
            let stepSlope =
                fixed == nil ? (interceptIntercept * firstSlope - slopeIntercept * firstIntercept) / determinant : 0
            let stepIntercept =
                fixed == nil
                ? (slopeSlope * firstIntercept - slopeIntercept * firstSlope) / determinant
                : firstIntercept / interceptIntercept
            var share = 1.0
            var hasImproved = false
            while share > 1e-10 {
                let next = loss(slope - share * stepSlope, intercept - share * stepIntercept)
                if next < current {
                    slope -= share * stepSlope
                    intercept -= share * stepIntercept
                    current = next
                    hasImproved = true
                    break
                }
                share /= 2
            }
            if !hasImproved { break }
        }
        return PlattCalibrator(slope: slope, intercept: intercept)
    }

    /// The probability of a margin.
    public func probability(_ margin: Double) -> Double {
        Sigmoid.probability(slope * margin + intercept)
    }
}
