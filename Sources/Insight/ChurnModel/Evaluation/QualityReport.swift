/// How a model did on rows it did not learn from.
public struct QualityReport: Sendable, Equatable {
    /// The number of rows and of churners among them.
    public let rows: Int
    public let positives: Int
    /// The area under the ROC curve; nil with one class only.
    public let areaUnderROC: Interval?
    /// The area under the precision-recall curve; nil without churners.
    public let averagePrecision: Double?
    /// The mean squared error of the probabilities.
    public let brier: Double
    public let logLoss: Double
    /// Over ten bins of equal numbers of rows.
    public let expectedCalibrationError: Double
    /// Observed divided by expected churners.
    public let observedOverExpected: Double
    /// The lift of the top tenth; nil without churners or with fewer than ten rows.
    public let liftTopTenth: Double?
    public let calibrationCurve: [CalibrationBin]
    public let liftTable: [LiftRow]

    /// Computes all figures; there must be a label for every probability.
    public init(probabilities: [Double], labels: [Bool]) {
        rows = labels.count
        positives = labels.count { $0 }
        areaUnderROC = RankingQuality.areaUnderROC(scores: probabilities, labels: labels)
        averagePrecision = RankingQuality.averagePrecision(scores: probabilities, labels: labels)
        brier = ProbabilityQuality.brier(probabilities: probabilities, labels: labels)
        logLoss = ProbabilityQuality.logLoss(probabilities: probabilities, labels: labels)
        expectedCalibrationError = ProbabilityQuality.expectedCalibrationError(
            probabilities: probabilities, labels: labels
        )
        var expected = 0.0
        for probability in probabilities { expected += probability }
        observedOverExpected = expected > 0 ? Double(positives) / expected : 0
        liftTopTenth = RankingQuality.lift(scores: probabilities, labels: labels, topShare: 0.1)
        calibrationCurve = CalibrationBin.curve(probabilities: probabilities, labels: labels)
        liftTable = LiftRow.table(scores: probabilities, labels: labels)
    }

    init(
        rows: Int, positives: Int, areaUnderROC: Interval?, averagePrecision: Double?, brier: Double, logLoss: Double,
        expectedCalibrationError: Double, observedOverExpected: Double, liftTopTenth: Double?,
        calibrationCurve: [CalibrationBin], liftTable: [LiftRow]
    ) {
        self.rows = rows
        self.positives = positives
        self.areaUnderROC = areaUnderROC
        self.averagePrecision = averagePrecision
        self.brier = brier
        self.logLoss = logLoss
        self.expectedCalibrationError = expectedCalibrationError
        self.observedOverExpected = observedOverExpected
        self.liftTopTenth = liftTopTenth
        self.calibrationCurve = calibrationCurve
        self.liftTable = liftTable
    }
}
