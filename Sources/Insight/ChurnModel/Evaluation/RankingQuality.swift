import Glibc

/// How well scores rank churners above the others.
public enum RankingQuality {
    /// The area under the ROC curve: the chance that a churner scores above a retained client, ties counting half.
    ///
    /// The standard error is that of DeLong, DeLong and Clarke-Pearson (1988), computed from mid-ranks; the interval is
    /// taken on the log-odds scale. For an area of exactly 0 or 1 the error is unknown from the data and the interval
    /// follows the rule of three on the smaller class.
    /// - Returns: nil when only one class occurs.
    public static func areaUnderROC(scores: [Double], labels: [Bool]) -> Interval? {
        let positives = labels.count { $0 }
        let negatives = labels.count - positives
        guard positives > 0, negatives > 0, scores.count == labels.count else { return nil }
        // For every tie: rows below it among the other class, half of its own.
        let ties = RankedRows(scores: scores, labels: labels).ties
        var negativesBelow = Double(negatives)
        var positivesAbove = 0.0
        var positiveMoments = (sum: 0.0, squares: 0.0)
        var negativeMoments = (sum: 0.0, squares: 0.0)
        for tie in ties {
            let up = Double(tie.positives)
            let down = Double(tie.rows - tie.positives)
            negativesBelow -= down
            let overNegatives = (negativesBelow + down / 2) / Double(negatives)
            let underPositives = (positivesAbove + up / 2) / Double(positives)
            positiveMoments.sum += up * overNegatives
            positiveMoments.squares += up * overNegatives * overNegatives
            negativeMoments.sum += down * underPositives
            negativeMoments.squares += down * underPositives * underPositives
            positivesAbove += up
        }
        let area = positiveMoments.sum / Double(positives)
        func variance(_ moments: (sum: Double, squares: Double), _ count: Int) -> Double {
            guard count > 1 else { return 0.25 }
            let mean = moments.sum / Double(count)
            return max(0, moments.squares - Double(count) * mean * mean) / Double(count - 1)
        }
        let error =
            (variance(positiveMoments, positives) / Double(positives)
            + variance(negativeMoments, negatives) / Double(negatives)).squareRoot()
        let reach = min(1, 3 / Double(min(positives, negatives)))
        if area >= 1 { return Interval(value: 1, standardError: error, lower: 1 - reach, upper: 1) }
        if area <= 0 { return Interval(value: 0, standardError: error, lower: 0, upper: reach) }
        let odds = log(area / (1 - area))
        let width = 1.959963984540054 * error / (area * (1 - area))
        return Interval(
            value: area, standardError: error, lower: Sigmoid.probability(odds - width),
            upper: Sigmoid.probability(odds + width)
        )
    }

    /// Average precision, the step-wise area under the precision-recall curve.
    /// - Returns: nil without churners.
    public static func averagePrecision(scores: [Double], labels: [Bool]) -> Double? {
        let ranked = RankedRows(scores: scores, labels: labels)
        guard ranked.positiveCount > 0 else { return nil }
        var rows = 0.0
        var positives = 0.0
        var sum = 0.0
        for tie in ranked.ties {
            rows += Double(tie.rows)
            positives += Double(tie.positives)
            sum += Double(tie.positives) * positives / rows
        }
        return sum / Double(ranked.positiveCount)
    }

    /// The share of churners in the given top share of the ranking, divided by their share overall.
    /// - Returns: nil without churners or when the top share holds no row.
    public static func lift(scores: [Double], labels: [Bool], topShare: Double) -> Double? {
        let ranked = RankedRows(scores: scores, labels: labels)
        let size = Int(topShare * Double(ranked.rowCount))
        guard ranked.positiveCount > 0, size > 0 else { return nil }
        let top = ranked.slices([size])[0]
        return top.positives / top.rows / (Double(ranked.positiveCount) / Double(ranked.rowCount))
    }
}
