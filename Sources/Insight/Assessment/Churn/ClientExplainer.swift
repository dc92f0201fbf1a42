import ChurnModel
import Records

/// The model in force made ready to explain one client after the other. A reference, so that handing it on costs nothing.
final class ClientExplainer: Sendable {
    /// Where a value that a model reads stands in the feature table of the house.
    private enum Source: Sendable {
        case number(ClientFeature)
        case category(ClientCategory)

        init(_ name: String) throws(ChurnModelError) {
            if let feature = Source.numbers[name] {
                self = .number(feature)
            } else if let category = Source.categories[name] {
                self = .category(category)
            } else {
                throw .featureMismatch("there is no feature '\(name)'; train a new model")
            }
        }

        func value(_ features: ClientFeatures) -> FeatureValue {
            switch self {
            case .number(let feature): FeatureValue(number: features.value(feature, row: 0))
            case .category(let category): features.level(category, row: 0).map { .level($0) } ?? .missing
            }
        }

        private static let numbers = Dictionary(
            ClientFeature.allCases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        private static let categories = Dictionary(
            ClientCategory.allCases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private let model: ModelExplainer
    private let sources: [Source]
    private let time: TimeToChurn?
    private let timeSources: [Source]

    private static let contributionsShown = 8
    private static let changesShown = 3
    private static let monthsAhead = 60

    /// - Throws: ``ChurnModelError/featureMismatch(_:)`` when the model reads columns that are not there any more.
    init(_ bundle: ChurnModelBundle) throws(ChurnModelError) {
        model = ModelExplainer(bundle.model)
        sources = try bundle.model.encoder.sources.map { source throws(ChurnModelError) in try Source(source.name) }
        time = bundle.hazard.map { TimeToChurn($0, monthsAhead: ClientExplainer.monthsAhead) }
        timeSources = try (time?.columns ?? []).map { name throws(ChurnModelError) in try Source(name) }
    }

    /// Whether an explanation takes some tens of microseconds only.
    var isQuick: Bool { model.isQuick }

    /// - Parameter features: of one row.
    func explain(_ features: ClientFeatures) -> ChurnExplanation? {
        guard features.rowCount == 1, let row = try? model.row(sources.map { $0.value(features) }) else { return nil }
        let explanation = model.explain(row, limit: ClientExplainer.contributionsShown)
        let words = ChurnText(features)
        let shown = explanation.contributions.filter { abs($0.contribution) > 1e-9 }
        let changes = model.whatWouldHelp(row).lazy.filter(ClientExplainer.isWorthSaying)
            .prefix(ClientExplainer.changesShown)
        let tenure = max(0, Int(features.value(.tenureDays, row: 0)))
        let outlook = try? time?.outlook(
            timeSources.map { $0.value(features) }, completedMonths: tenure / ChurnTraining.monthDays)
        return ChurnExplanation(
            base: explanation.base, margin: explanation.margin, probability: explanation.probability,
            contributions: shown.map { contribution in
                ChurnExplanation.Contribution(
                    feature: contribution.feature, value: ClientExplainer.value(contribution.value),
                    unit: contribution.unit, contribution: contribution.contribution,
                    text: words.contribution(contribution.feature, contribution.contribution))
            },
            otherContributions: explanation.margin - explanation.base
                - shown.reduce(0) { $0 + $1.contribution },
            changes: changes.map { change in
                ChurnExplanation.Change(
                    feature: change.feature, from: ClientExplainer.value(change.current),
                    to: ClientExplainer.value(change.proposed), probability: change.proposedProbability,
                    text: ChurnText.change(change))
            }, time: outlook.map(ClientExplainer.time))
    }

    private static func time(_ outlook: TimeToChurn.Outlook) -> ChurnExplanation.Time {
        let days = Double(ChurnTraining.monthDays)
        return ChurnExplanation.Time(
            medianDays: outlook.medianMonths.map { Int(($0 * days).rounded(.up)) },
            meanDays: Int((outlook.meanMonths * days).rounded()), monthsAhead: monthsAhead,
            monthDays: ChurnTraining.monthDays)
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
