public import ChurnModel
public import Records

/// Learns churn from past days, and judges what was learned. Pure: days, settings and seed are arguments, so that the
/// same ones give the same bytes.
public struct ChurnTraining: Sendable {
    public let settings: ChurnSettings
    public let kind: ChurnKind
    /// Who the days' rows are, in words.
    public let population: String
    /// The as-of day of the data.
    public let trainedOn: Day
    /// The version of the program.
    public let program: String
    public let threadCount: Int

    public init(
        settings: ChurnSettings, kind: ChurnKind, population: String, trainedOn: Day, program: String,
        threadCount: Int = 1
    ) {
        self.settings = settings
        self.kind = kind
        self.population = population
        self.trainedOn = trainedOn
        self.program = "\(program), features \(FeatureRegistry.version), bundle \(ChurnModelBundle.schemaVersion)"
        self.threadCount = threadCount
    }

    /// Trains on all days.
    /// - Parameter days: in any order, with label windows that are over.
    /// - Throws: ``ChurnModelError/refused(_:)`` in words when there is too little to learn from.
    public func train(
        _ days: [ChurnDay], isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(ChurnModelError) -> ChurnModelBundle {
        let rows = thinned(days)
        let whole = try data(rows)
        let redundant = ChurnTable.redundant(whole.table)
        let learned = try without(Set(redundant.map(\.name)), whole)
        let model = try fit(learned, settings: fitSettings, isCancelled: isCancelled)
        let hazard = try hazard(model, rows: rows, table: learned.table)
        if isCancelled() { throw .cancelled }
        let verdict = ChurnTraining.verdict(model.report)
        return ChurnModelBundle(
            model: model, hazard: hazard, correlations: correlations(learned.table, model.report),
            program: program, leftOut: redundant.map { "\($0.name): \($0.reason)" },
            hasPassedGate: verdict.passes, verdict: verdict.text)
    }

    /// Fits the same recipe on the days whose label windows end before a later day, as it would have been done then.
    func trainBefore(
        _ day: Day, _ days: [ChurnDay], isCancelled: @escaping @Sendable () -> Bool
    ) throws(ChurnModelError) -> FittedChurnModel {
        let earlier = thinned(days.filter { $0.asOf.advanced(by: settings.horizonDays) <= day })
        let whole = try data(earlier)
        let learned = try without(Set(ChurnTable.redundant(whole.table).map(\.name)), whole)
        return try fit(learned, settings: fitSettings, isCancelled: isCancelled)
    }

    private var fitSettings: ChurnModelSettings {
        var result = ChurnModelSettings()
        result.seed = settings.seed
        result.threadCount = threadCount
        result.boosting.roundsMax = settings.treesMax
        result.boosting.watchesLatestSnapshot = settings.spacingDays >= settings.horizonDays
        result.trainedOnDay = Int(trainedOn.rawValue)
        result.labelDefinition = LabelDefinition(
            kind: LabelDefinition.Kind(kind), horizonDays: settings.horizonDays,
            population: population)
        return result
    }

    // MARK: Rows

    /// The rows of one day that are learned from, in the order of the customers' hashes: that of the tables depends on
    /// the order of the drops.
    struct DayRows {
        let day: ChurnDay
        let rows: [Int]
    }

    func thinned(_ days: [ChurnDay]) -> [DayRows] {
        let total = days.reduce(0) { $0 + $1.customers.count }
        let share = Double(settings.rowsMax) / Double(max(1, total))
        let limit = share >= 1 ? UInt64.max : UInt64(share * 0x1p64)
        return days.sorted { $0.asOf < $1.asOf }.map { day in
            let kept = day.customers.indices.filter { day.customers[$0] ^ settings.seed &* 0x9E37_79B9 <= limit }
            return DayRows(day: day, rows: kept.sorted { day.customers[$0] < day.customers[$1] })
        }
    }

    private func data(_ days: [DayRows]) throws(ChurnModelError) -> TrainingData {
        let used = days.filter { !$0.rows.isEmpty }
        return try TrainingData(
            table: ChurnTable.table(used.map { ($0.day.features, $0.rows) }),
            labels: used.flatMap { part in part.rows.map { part.day.churned[$0] } },
            groups: used.flatMap { part in part.rows.map { part.day.customers[$0] } },
            snapshots: used.enumerated().flatMap { index, part in part.rows.map { _ in index } },
            // The snapshot is taken at the end of its day.
            snapshotDays: used.map { Int($0.day.asOf.rawValue) + 1 },
            baselineScores: used.flatMap { part in part.rows.map { part.day.rulesScores[$0] } },
            rivalScores: used.allSatisfy { $0.day.standing != nil }
                ? used.flatMap { part in part.rows.map { part.day.standing?.daysSinceSeen[$0] ?? 0 } } : nil)
    }

    private func without(_ names: Set<String>, _ data: TrainingData) throws(ChurnModelError) -> TrainingData {
        let columns = data.table.columns.filter { !names.contains($0.name) }
        // A table without columns has no rows; the gate says it better.
        guard !columns.isEmpty else { return data }
        return try TrainingData(
            table: FeatureTable(columns: columns), labels: data.labels, groups: data.groups,
            snapshots: data.snapshots, snapshotDays: data.snapshotDays, baselineScores: data.baselineScores,
            rivalScores: data.rivalScores)
    }

    // MARK: The time course

    private static let hazardFeaturesMax = 15
    /// The months of the time course.
    static let monthDays = 30

    /// A row covers the months until the next snapshot; what happened later belongs to the rows of that one.
    private func hazard(
        _ model: FittedChurnModel, rows: [DayRows], table: FeatureTable
    ) throws(ChurnModelError) -> HazardModel? {
        guard kind != .inactivity else { return nil }
        let months = max(1, min(settings.spacingDays, settings.horizonDays) / ChurnTraining.monthDays)
        var entries: [Int] = []
        var exits: [Int] = []
        var churned: [Bool] = []
        for part in rows {
            for row in part.rows {
                let tenure = part.day.features.value(.tenureDays, row: row)
                let entry = min(1_000, max(0, Int(tenure) / ChurnTraining.monthDays))
                let days = Int(part.day.daysToChurn[row])
                let month = (days + ChurnTraining.monthDays - 1) / ChurnTraining.monthDays
                let churns = days > 0 && month <= months
                entries.append(entry)
                exits.append(entry + (churns ? month : months))
                churned.append(churns)
            }
        }
        let wanted = Set(model.report.importance.prefix(ChurnTraining.hazardFeaturesMax).map(\.feature))
        let columns = table.columns.filter { wanted.contains($0.name) && $0.name != ClientFeature.tenureDays.name }
        guard !columns.isEmpty else { return nil }
        do {
            return try HazardModel.fit(
                SurvivalData(
                    table: FeatureTable(columns: columns), entryMonths: entries, exitMonths: exits, churned: churned),
                threadCount: threadCount)
        } catch {
            // Too few churns in single months: the probability stands without a time course.
            if case .refused = error { return nil }
            throw error
        }
    }

    // MARK: The verdict

    private static func verdict(_ report: ValidationReport) -> (passes: Bool, text: String) {
        guard let area = report.chosen.areaUnderROC else {
            return (false, "the examined rows hold one class only, so that nothing is known of the ranking")
        }
        func shown(_ value: Double) -> String { ChurnText.decimal(value, 3) }
        guard area.lower > 0.5 else {
            return (
                false,
                "the model ranks no better than chance (AUC \(shown(area.value)), 95 % from \(shown(area.lower))); the "
                    + "rules stay in force"
            )
        }
        guard let rules = report.baseline?.areaUnderROC.value else {
            return (true, "the model ranks better than chance (AUC \(shown(area.value)))")
        }
        guard area.value > rules else {
            return (
                false,
                "the rules rank these rows as well (AUC \(shown(rules)) against \(shown(area.value))); they stay in force"
            )
        }
        return (
            true,
            "the model ranks better than the rules on the same rows (AUC \(shown(area.value)) against \(shown(rules)))"
        )
    }
}

extension LabelDefinition.Kind {
    fileprivate init(_ kind: ChurnKind) {
        self =
            switch kind {
            case .left: .left
            case .explicit: .explicit
            case .inactivity: .inactivity
            }
    }
}
