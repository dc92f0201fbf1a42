/// Whether one model is better than another beyond noise, judged on the same rows.
public struct ModelComparison: Sendable, Equatable {
    /// The outcome in one word.
    public enum Verdict: String, Sendable, Equatable {
        case challengerBetter
        case championBetter
        case withinNoise
    }

    /// The number of rows compared.
    public let rows: Int
    /// The mean of (champion's log loss - challenger's log loss); above 0 the challenger is better.
    public let meanImprovement: Double
    /// The standard error of that mean, with the rows of one customer counted as one observation.
    public let standardError: Double
    /// How many standard errors the improvement must exceed.
    public let requiredStandardErrors: Double

    public var verdict: Verdict {
        if meanImprovement > requiredStandardErrors * standardError { return .challengerBetter }
        if meanImprovement < -requiredStandardErrors * standardError { return .championBetter }
        return .withinNoise
    }

    /// Compares two sets of probabilities for the same labels.
    ///
    /// - Parameters:
    ///   - groups: the customer of each row.
    ///   - requiredStandardErrors: 1 for choosing between candidates, 2 for replacing a model in service.
    /// - Throws: ``ChurnModelError/invalidTrainingData(_:)`` when the lengths differ or there are no rows.
    public init(
        champion: [Double],
        challenger: [Double],
        labels: [Bool],
        groups: [UInt64],
        requiredStandardErrors: Double = 2
    ) throws(ChurnModelError) {
        guard !labels.isEmpty, champion.count == labels.count, challenger.count == labels.count,
            groups.count == labels.count
        else {
            throw .invalidTrainingData(
                "a comparison needs the same number of labels, groups and probabilities of both models, at least one; "
                    + "found \(labels.count), \(groups.count), \(champion.count) and \(challenger.count)"
            )
        }
        let old = ProbabilityQuality.logLosses(probabilities: champion, labels: labels)
        let new = ProbabilityQuality.logLosses(probabilities: challenger, labels: labels)
        var sum = 0.0
        for row in labels.indices { sum += old[row] - new[row] }
        let mean = sum / Double(labels.count)
        var places: [UInt64: Int] = [:]
        var sums: [Double] = []
        for row in labels.indices {
            let deviation = old[row] - new[row] - mean
            if let place = places[groups[row]] {
                sums[place] += deviation
            } else {
                places[groups[row]] = sums.count
                sums.append(deviation)
            }
        }
        var squares = 0.0
        for sum in sums { squares += sum * sum }
        let clusters = Double(sums.count)
        rows = labels.count
        meanImprovement = mean
        // One customer alone says nothing about the spread.
        standardError =
            sums.count > 1
            ? (squares * clusters / (clusters - 1)).squareRoot() / Double(labels.count) : .greatestFiniteMagnitude
        self.requiredStandardErrors = requiredStandardErrors
    }

    init(rows: Int, meanImprovement: Double, standardError: Double, requiredStandardErrors: Double) {
        self.rows = rows
        self.meanImprovement = meanImprovement
        self.standardError = standardError
        self.requiredStandardErrors = requiredStandardErrors
    }
}
