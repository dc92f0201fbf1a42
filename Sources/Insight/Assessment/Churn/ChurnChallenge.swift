public import ChurnModel
public import Records

/// Whether a newly trained model replaces the one in force.
public struct ChurnChallenge: Sendable, Equatable {
    public let takes: Bool
    /// Why, in words.
    public let statement: String
    /// Nil when the two could not be judged on the same rows.
    public let comparison: ModelComparison?
    /// Areas under the ROC curve on these rows.
    public let championArea: Double?
    public let challengerArea: Double?

    private init(
        _ takes: Bool, _ statement: String, comparison: ModelComparison? = nil, championArea: Double? = nil,
        challengerArea: Double? = nil
    ) {
        self.takes = takes
        self.statement = statement
        self.comparison = comparison
        self.championArea = championArea
        self.challengerArea = challengerArea
    }

    /// The same result where it is not acted upon.
    public func keptBack(_ reason: String) -> ChurnChallenge {
        ChurnChallenge(
            false, "kept back: \(reason); otherwise: \(statement)", comparison: comparison,
            championArea: championArea, challengerArea: challengerArea)
    }

    /// The model in force.
    public struct Champion: Sendable {
        public let version: String
        public let bundle: ChurnModelBundle

        public init(version: String, bundle: ChurnModelBundle) {
            self.version = version
            self.bundle = bundle
        }

        /// Whether it answers the question that is asked now.
        public func answers(_ training: ChurnTraining) -> Bool {
            let definition = bundle.model.labelDefinition
            return definition.kind.rawValue == training.kind.rawValue
                && definition.horizonDays == training.settings.horizonDays
                && definition.population == training.population
        }

        /// The first day that it has not learned from; nil when that is not known.
        var trainedOn: Day? { bundle.model.record.trainedOnDay.map { Day(rawValue: Int32(truncatingIfNeeded: $0)) } }

        /// The latest of the days that began when it was trained or later: only there it can be judged fairly.
        public func judgedOn(_ days: [Day]) -> Day? {
            guard let trainedOn, let latest = days.max(), latest >= trainedOn else { return nil }
            return latest
        }
    }

    /// Compares the recipe of the challenger, fitted on what was known on the latest day, with the champion on the rows
    /// of that day. Both were made without them.
    public static func judge(
        _ challenger: ChurnModelBundle, _ training: ChurnTraining, days: [ChurnDay], champion: Champion?,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(ChurnModelError) -> ChurnChallenge {
        guard challenger.hasPassedGate else { return ChurnChallenge(false, challenger.verdict) }
        guard let champion else { return ChurnChallenge(true, challenger.verdict) }
        guard champion.answers(training) else {
            return ChurnChallenge(true, "the question has changed since \(champion.version) was trained")
        }
        guard let day = champion.judgedOn(days.map(\.asOf)), let rows = days.first(where: { $0.asOf == day }) else {
            let from = champion.trainedOn.map { $0.advanced(by: training.settings.horizonDays).description }
            return ChurnChallenge(
                false,
                "\(champion.version) stays: no label window that it has not learned from is over before "
                    + (from ?? "it is trained anew"))
        }
        do {
            let table = try ChurnTable.table(rows.features)
            let examined = try training.trainBefore(day, days, isCancelled: isCancelled)
            let theirs = try champion.bundle.model.predict(table, threadCount: training.threadCount)
            let ours = try examined.predict(table, threadCount: training.threadCount)
            let comparison = try ModelComparison(
                champion: theirs, challenger: ours, labels: rows.churned, groups: rows.customers)
            let areas = [theirs, ours].map { RankingQuality.areaUnderROC(scores: $0, labels: rows.churned)?.value }
            let difference = ChurnText.decimal(comparison.meanImprovement, 5)
            let error = ChurnText.decimal(comparison.standardError, 5)
            let measured = "log loss per row better by \(difference) ± \(error) on \(comparison.rows) rows of \(day)"
            let isBetter = comparison.verdict == .challengerBetter
            return ChurnChallenge(
                isBetter,
                isBetter
                    ? "the challenger beats \(champion.version) beyond noise: \(measured)"
                    : "\(champion.version) stays: the challenger is not better beyond noise (\(measured))",
                comparison: comparison, championArea: areas[0], challengerArea: areas[1])
        } catch {
            switch error {
            case .refused(let refusal):
                return ChurnChallenge(
                    false,
                    "\(champion.version) stays: the challenger cannot be tested on \(day) (\(refusal.description))")
            case .featureMismatch(let statement):
                return ChurnChallenge(true, "\(champion.version) cannot read today's features: \(statement)")
            default: throw error
            }
        }
    }
}
