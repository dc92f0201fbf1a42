import Glibc

/// Fits logistic regression with an L2 penalty.
public enum LogisticRegression {
    /// A fitted regression with what is needed to use it.
    public struct Fitted: Sendable {
        /// How tables are encoded.
        public let encoder: FeatureEncoder
        /// Coefficients and standardisation.
        public let model: LogisticModel

        /// The margin (log-odds) of every row.
        public func margins(_ table: FeatureTable) throws(ChurnModelError) -> [Double] {
            model.margins(try encoder.encode(table), encoder: encoder)
        }
    }

    /// Fits all rows.
    /// - Throws: ``ChurnModelError/invalidSettings(_:)``, or ``ChurnModelError/refused(_:)`` when only one class occurs.
    public static func fit(
        _ data: TrainingData,
        settings: LogisticSettings = LogisticSettings(),
        threadCount: Int = 1
    ) throws(ChurnModelError) -> Fitted {
        try settings.validate()
        if let refusal = TrainingGate.refusalOfOneClass(data.labels) { throw .refused(refusal) }
        let encoder = FeatureEncoder(fittedTo: data.table)
        let encoded = try encoder.encode(data.table)
        let model = fit(
            encoded, encoder: encoder, labels: data.labels, rows: Array(0..<data.rowCount), settings: settings,
            workers: Workers(threadCount: threadCount)
        )
        return Fitted(encoder: encoder, model: model)
    }

    /// Fits some rows of an encoded table; both classes must occur among them.
    static func fit(
        _ table: EncodedTable,
        encoder: FeatureEncoder,
        labels: [Bool],
        rows: [Int],
        settings: LogisticSettings,
        workers: Workers
    ) -> LogisticModel {
        path(
            table, encoder: encoder, labels: labels, rows: rows, settings: settings, factors: [1], workers: workers)[0]
    }

    /// The same with one model for every factor on the inverse penalty, in their order.
    static func path(
        _ table: EncodedTable,
        encoder: FeatureEncoder,
        labels: [Bool],
        rows: [Int],
        settings: LogisticSettings,
        factors: [Double],
        workers: Workers
    ) -> [LogisticModel] {
        let design = LinearDesign(table, encoder: encoder, rows: rows, workers: workers)
        let labels = rows.map { labels[$0] }
        // Each solution is a good start for the next one.
        var solved: [Double]?
        return factors.map { factor in
            let objective = LogisticObjective(
                design: design, labels: labels, penalty: 1 / (settings.inversePenalty * factor), workers: workers
            )
            let solution =
                design.columns.count <= settings.newtonColumnsMax
                ? NewtonSolver.solve(objective, settings: settings, start: solved)
                : LimitedMemorySolver.solve(objective, settings: settings)
            solved = solution
            let terms = design.columns.enumerated().map { position, column in
                LogisticModel.Term(
                    feature: column.feature, isMissingFlag: column.isMissingFlag, fill: column.fill,
                    mean: column.mean, scale: column.scale, coefficient: solution[position + 1]
                )
            }
            return LogisticModel(intercept: solution[0], terms: terms)
        }
    }
}
