/// A shift of all probabilities on the log-odds scale that restores the observed base rate.
public struct Recentring: Sendable, Equatable {
    /// Observed divided by expected churners outside this range calls for re-centring.
    public static let tolerance = 0.8...1.25

    /// What is added to the log-odds of every probability.
    public let offset: Double

    /// A known shift.
    public init(offset: Double) {
        self.offset = offset
    }

    /// Finds the shift that makes the mean probability equal to the observed share.
    /// - Returns: nil when there are no rows or only one class, because then no finite shift does.
    public init?(probabilities: [Double], labels: [Bool]) {
        let positives = labels.count { $0 }
        guard positives > 0, positives < labels.count, probabilities.count == labels.count else { return nil }
        let observed = Double(positives)
        let margins = probabilities.map(Sigmoid.logit)
        // The expected number of churners rises with the shift: bisection cannot fail.
        var lower = -60.0
        var upper = 60.0
        for _ in 0..<100 {
            let middle = (lower + upper) / 2
            var expected = 0.0
            for margin in margins { expected += Sigmoid.probability(margin + middle) }
            if expected < observed { lower = middle } else { upper = middle }
        }
        offset = (lower + upper) / 2
    }

    /// The shifted probability.
    public func probability(_ probability: Double) -> Double {
        offset == 0 ? probability : Sigmoid.probability(Sigmoid.logit(probability) + offset)
    }
}
