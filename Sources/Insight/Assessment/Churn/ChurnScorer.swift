public import ChurnModel
import Dispatch
public import Records

/// The model in force at work: scores all clients of a generation, and explains single ones when asked.
public struct ChurnScorer: Sendable {
    public let version: String
    public let bundle: ChurnModelBundle
    private let names: Set<String>

    private static let rowsAtOnce = 4096

    /// - Throws: ``ChurnModelError/featureMismatch(_:)`` when the model reads columns that are not there any more.
    public init(version: String, bundle: ChurnModelBundle) throws(ChurnModelError) {
        self.version = version
        self.bundle = bundle
        names = Set(bundle.model.encoder.sources.map(\.name))
        let nobody = ClientFeatures(
            asOf: Day(rawValue: 0), positions: [], numbers: [],
            categories: ClientCategory.allCases.map { _ in ClientFeatures.Levels(codes: [], names: []) })
        _ = try bundle.model.margins(ChurnTable.table(nobody, only: names))
    }

    /// The day of the data the model was trained on; nil when the file does not say.
    public var trainedOn: Day? {
        bundle.model.record.trainedOnDay.map { Day(rawValue: Int32(truncatingIfNeeded: $0)) }
    }

    public var facts: ChurnModelFacts {
        let definition = bundle.model.labelDefinition
        return ChurnModelFacts(
            version: version, horizonDays: definition.horizonDays, labelKind: definition.kind.rawValue,
            population: definition.population, trainedOn: trainedOn ?? Day(rawValue: 0))
    }

    /// - Parameters:
    ///   - count: positions of the gold tables.
    ///   - isAtRisk: whether a position belongs to the population; others get no probability.
    public func score(
        count: Int, features: any FeatureSource, isAtRisk: @Sendable (Int) -> Bool
    ) -> ChurnScores {
        let chunk = ChurnScorer.rowsAtOnce
        let chunks = (count + chunk - 1) / chunk
        let probabilities = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            buffer.initialize(repeating: .nan)
            // Safe: iteration i writes the positions of chunk i and reads only immutable tables.
            nonisolated(unsafe) let buffer = buffer
            DispatchQueue.concurrentPerform(iterations: chunks) { index in
                let range = index * chunk..<min(count, (index + 1) * chunk)
                let table = features.features(of: range)
                // The columns were checked when the model was put in force.
                guard let scored = try? bundle.model.predict(ChurnTable.table(table, only: names)) else { return }
                for (row, position) in range.enumerated() where isAtRisk(position) {
                    buffer[position] = scored[row]
                }
            }
            filled = count
        }
        return scores(probabilities, features)
    }

    /// Scores the positions whose features may differ; the others keep what the same model said of them on the same day.
    /// The result is that of ``score(count:features:isAtRisk:)``.
    /// - Parameter changed: ascending.
    public func rescore(
        _ previous: ChurnScores, changed: [Int], features: any FeatureSource, isAtRisk: (Int) -> Bool
    ) -> ChurnScores {
        var probabilities = previous.probability
        for start in stride(from: 0, to: changed.count, by: ChurnScorer.rowsAtOnce) {
            let chosen = Array(changed[start..<min(changed.count, start + ChurnScorer.rowsAtOnce)])
            let table = features.features(at: chosen)
            let scored = try? bundle.model.predict(ChurnTable.table(table, only: names))
            for (row, position) in chosen.enumerated() {
                probabilities[position] = isAtRisk(position) ? scored?[row] ?? .nan : .nan
            }
        }
        return scores(probabilities, features)
    }

    private func scores(_ probabilities: [Double], _ features: any FeatureSource) -> ChurnScores {
        var scores = ChurnScores(probability: probabilities)
        scores.model = facts
        scores.explainer = RowExplainer(scorer: self, features: features, probabilities: probabilities)
        return scores
    }

    private struct RowExplainer: ChurnExplainer {
        let scorer: ChurnScorer
        let features: any FeatureSource
        let probabilities: [Double]

        func explain(_ position: Int) -> ChurnExplanation? {
            guard probabilities.indices.contains(position), !probabilities[position].isNaN else { return nil }
            return scorer.explain(features.features(of: position..<position + 1))
        }
    }

    // MARK: One client

    private static let contributionsShown = 8
    private static let changesShown = 3
    private static let monthsMax = 60

    /// - Parameter features: of one row.
    func explain(_ features: ClientFeatures) -> ChurnExplanation? {
        guard features.rowCount == 1, let table = try? ChurnTable.table(features, only: names),
            let explanation = try? bundle.model.explain(table, row: 0)
        else { return nil }
        let words = ChurnText(features)
        let shown = explanation.contributions.filter { abs($0.contribution) > 1e-9 }
            .prefix(ChurnScorer.contributionsShown)
        let changes = ((try? bundle.model.whatWouldHelp(table, row: 0)) ?? []).filter(ChurnScorer.isWorthSaying)
            .prefix(ChurnScorer.changesShown)
        var months: Int?
        if let hazard = bundle.hazard {
            let tenure = max(0, Int(features.value(.tenureDays, row: 0)) / 30)
            let known = Set(hazard.encoder.sources.map(\.name))
            if let table = try? ChurnTable.table(features, only: known) {
                months =
                    (try? hazard.medianMonthsToChurn(
                        table, completedMonths: [tenure], monthsMax: ChurnScorer.monthsMax))?.first ?? nil
            }
        }
        return ChurnExplanation(
            base: explanation.base, margin: explanation.margin, probability: explanation.probability,
            contributions: shown.map { contribution in
                ChurnExplanation.Contribution(
                    feature: contribution.feature, value: ChurnScorer.value(contribution.value),
                    unit: contribution.unit, contribution: contribution.contribution,
                    text: words.contribution(contribution.feature, contribution.contribution))
            },
            otherContributions: explanation.margin - explanation.base
                - shown.reduce(0) { $0 + $1.contribution },
            changes: changes.map { change in
                ChurnExplanation.Change(
                    feature: change.feature, from: ChurnScorer.value(change.current),
                    to: ChurnScorer.value(change.proposed), probability: change.proposedProbability,
                    text: ChurnText.change(change))
            },
            medianMonths: months, monthsMax: bundle.hazard == nil ? nil : ChurnScorer.monthsMax)
    }

    /// A change for the better in the feature itself that also changes the probability by a tenth of it or more.
    private static func isWorthSaying(_ change: WhatIf) -> Bool {
        guard change.proposedProbability <= 0.9 * change.currentProbability,
            case (.number(let from), .number(let to)) = (change.current, change.proposed)
        else { return false }
        return switch FeatureRegistry.definition(change.feature)?.aim {
        case .more: to > from
        case .less: to < from
        case nil: false
        }
    }

    private static func value(_ value: FeatureValue) -> ChurnExplanation.Value {
        switch value {
        case .number(let number): .number(number)
        case .level(let level): .level(level)
        case .missing: .unknown
        }
    }
}
