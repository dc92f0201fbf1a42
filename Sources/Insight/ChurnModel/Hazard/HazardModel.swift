/// The monthly risk of churn over the age of a relationship: a discrete-time hazard, fitted as a logistic regression of
/// person-months on features and time. No proportional-hazards assumption is made.
public struct HazardModel: Sendable, Equatable {
    /// One time function, standardised over the person-months of training.
    struct TimeTerm: Sendable, Equatable {
        let mean: Double
        let scale: Double
        let coefficient: Double
    }

    /// How tables are encoded.
    public let encoder: FeatureEncoder
    /// The person-months and churns of training.
    public let personMonths: Int
    public let churns: Int
    /// The last month with anybody at risk; the risk is taken to stay as it is there.
    public let lastMonth: Int
    let features: LogisticModel
    let timeTerms: [TimeTerm]

    /// Fits the model.
    /// - Throws: ``ChurnModelError/refused(_:)`` below the gate's numbers of churns or person-months without churn,
    ///   ``ChurnModelError/invalidSettings(_:)``.
    public static func fit(
        _ data: SurvivalData,
        settings: LogisticSettings = LogisticSettings(),
        gate: TrainingGate = TrainingGate(),
        threadCount: Int = 1
    ) throws(ChurnModelError) -> HazardModel {
        try settings.validate()
        let rows = (0..<data.table.rowCount).filter { data.exitMonths[$0] > data.entryMonths[$0] }
        let churned = rows.map { data.churned[$0] }
        let churns = churned.count { $0 }
        let months = data.personMonths
        guard churns >= gate.positivesMin, months - churns >= gate.negativesMin else {
            let isChurn = churns < gate.positivesMin
            throw .refused(
                TrainingRefusal(
                    reason: isChurn ? .tooFewPositives : .tooFewNegatives, rows: months, positives: churns,
                    negatives: months - churns,
                    description: "no time-to-churn model was trained: \(churns) churns in \(months) person-months, at "
                        + "least \(gate.positivesMin) churns and \(gate.negativesMin) months without are needed."
                )
            )
        }
        let workers = Workers(threadCount: threadCount)
        let entries = rows.map { data.entryMonths[$0] }
        let exits = rows.map { data.exitMonths[$0] }
        let encoder = FeatureEncoder(fittedTo: data.table)
        let encoded = try encoder.encode(data.table)
        let design = LinearDesign(
            encoded, encoder: encoder, rows: rows, weights: zip(entries, exits).map { Double($1 - $0) },
            workers: workers
        )
        let lastMonth = exits.max() ?? 1
        var atRisk = [Double](repeating: 0, count: lastMonth)
        for (entry, exit) in zip(entries, exits) {
            for month in entry..<exit { atRisk[month] += 1 }
        }
        let raw = (1...lastMonth).map(TimeBasis.values)
        let moments = (0..<TimeBasis.count).map { index in
            LinearDesign.moments(raw.map { $0[index] }, weights: atRisk)
        }
        // A function that never varies (a step behind the last month) gets no say.
        let isUsed = moments.map { $0.scale > 1e-12 }
        let basis = raw.map { values in
            values.indices.map { isUsed[$0] ? (values[$0] - moments[$0].mean) / moments[$0].scale : 0 }
        }
        let objective = HazardObjective(
            design: design, entryMonths: entries, exitMonths: exits, churned: churned, basis: basis,
            penalty: 1 / settings.inversePenalty, workers: workers
        )
        let solution =
            objective.dimension <= settings.newtonColumnsMax + 1
            ? NewtonSolver.solve(objective, settings: settings)
            : LimitedMemorySolver.solve(objective, settings: settings)
        let terms = design.columns.enumerated().map { position, column in
            LogisticModel.Term(
                feature: column.feature, isMissingFlag: column.isMissingFlag, fill: column.fill, mean: column.mean,
                scale: column.scale, coefficient: solution[position + 1]
            )
        }
        return HazardModel(
            encoder: encoder,
            personMonths: months,
            churns: churns,
            lastMonth: lastMonth,
            features: LogisticModel(intercept: solution[0], terms: terms),
            timeTerms: moments.indices.map { index in
                TimeTerm(
                    mean: isUsed[index] ? moments[index].mean : 0, scale: isUsed[index] ? moments[index].scale : 1,
                    coefficient: isUsed[index] ? solution[design.columns.count + 1 + index] : 0
                )
            }
        )
    }

    /// The share of the margin that belongs to a month, counted from 1.
    private func timeMargin(_ month: Int) -> Double {
        var sum = 0.0
        for (term, value) in zip(timeTerms, TimeBasis.values(min(max(month, 1), lastMonth))) {
            sum += term.coefficient * (value - term.mean) / term.scale
        }
        return sum
    }

    /// The share of the margin by completed months; the last entry holds for all later ones.
    var timeMargins: [Double] { (1...max(1, lastMonth)).map(timeMargin) }

    /// The chance to churn in each of the coming months, given that the client is still there when it begins.
    ///
    /// - Parameters:
    ///   - completedMonths: for every row the months already completed, 0 or more.
    ///   - monthsAhead: how many months to look ahead.
    /// - Returns: for every row `monthsAhead` chances.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``; ``ChurnModelError/invalidTable(_:)`` for a wrong number of
    ///   months or negative ones.
    public func hazards(
        _ table: FeatureTable, completedMonths: [Int], monthsAhead: Int
    ) throws(ChurnModelError) -> [[Double]] {
        guard completedMonths.count == table.rowCount, monthsAhead >= 0, completedMonths.allSatisfy({ $0 >= 0 }) else {
            throw .invalidTable(
                "\(completedMonths.count) completed months for \(table.rowCount) rows and \(monthsAhead) months ahead; "
                    + "give one per row and no negative numbers"
            )
        }
        let margins = features.margins(try encoder.encode(table), encoder: encoder)
        let times = timeMargins
        return zip(margins, completedMonths).map { margin, completed in
            (0..<monthsAhead).map { ahead in
                Sigmoid.probability(margin + times[min(completed + ahead, times.count - 1)])
            }
        }
    }

    /// The chance to be still there after each of the coming months: the product of (1 - hazard).
    public func survival(
        _ table: FeatureTable, completedMonths: [Int], monthsAhead: Int
    ) throws(ChurnModelError) -> [[Double]] {
        try hazards(table, completedMonths: completedMonths, monthsAhead: monthsAhead).map { hazards in
            var chance = 1.0
            return hazards.map { hazard in
                chance *= 1 - hazard
                return chance
            }
        }
    }

    /// The first coming month after which fewer than half of such clients are still there.
    /// - Returns: for every row the number of months from now; nil when it lies beyond `monthsMax`.
    public func medianMonthsToChurn(
        _ table: FeatureTable, completedMonths: [Int], monthsMax: Int = 120
    ) throws(ChurnModelError) -> [Int?] {
        try survival(table, completedMonths: completedMonths, monthsAhead: monthsMax).map { curve in
            curve.firstIndex { $0 < 0.5 }.map { $0 + 1 }
        }
    }
}
