import ChurnModel
import Records

/// The model in force made ready to explain one client after the other. A reference, so that handing it on costs nothing.
final class ClientExplainer: Sendable {
    private let model: ModelExplainer
    private let sources: [ModelSource]
    private let sourceOfName: [String: Int]
    private let time: TimeToChurn?
    private let timeSources: [ModelSource]
    /// By source the levels that the model knows; empty for a number.
    private let levels: [[String]]

    private static let monthsAhead = 60
    private static let otherLevel: Int32 = -2

    /// - Throws: ``ChurnModelError/featureMismatch(_:)`` when the model reads columns that are not there any more.
    init(_ bundle: ChurnModelBundle) throws(ChurnModelError) {
        model = ModelExplainer(bundle.model)
        let names = bundle.model.encoder.sources.map(\.name)
        sources = try names.map { name throws(ChurnModelError) in try ModelSource(name) }
        levels = bundle.model.encoder.sources.map { source in
            if case .category(let levels, _, _) = source.kind { levels } else { [] }
        }
        sourceOfName = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        time = bundle.hazard.map { TimeToChurn($0, monthsAhead: ClientExplainer.monthsAhead) }
        timeSources = try (time?.columns ?? []).map { name throws(ChurnModelError) in
            try ModelSource(name)
        }
    }

    /// Whether an explanation takes some tens of microseconds only.
    var isQuick: Bool { model.isQuick }

    // MARK: Working it out

    /// - Parameter features: holds the row.
    func explain(_ features: ClientFeatures, row: Int) -> PackedExplanation? {
        guard let client = try? model.row(sources.map { $0.value(features, row: row) }) else { return nil }
        var result = PackedExplanation()
        let explanation = model.explain(client, limit: PackedExplanation.sharesMax)
        result.margin = explanation.margin
        result.base = explanation.base
        for contribution in explanation.contributions where abs(contribution.contribution) > 1e-9 {
            guard let source = sourceOfName[contribution.feature] else { continue }
            result.shares[Int(result.shareCount)] = share(source, contribution, features, row: row)
            result.shareCount += 1
        }
        for change in model.whatWouldHelp(client).lazy.filter(ClientExplainer.isWorthSaying)
            .prefix(PackedExplanation.changesMax)
        {
            guard let source = sourceOfName[change.feature], case .number(let to) = change.proposed else { continue }
            var packed = PackedExplanation.Change()
            packed.source = Int32(source)
            if case .number(let from) = change.current { packed.from = from }
            packed.to = to
            packed.marginChange = change.marginChange
            result.changes[Int(result.changeCount)] = packed
            result.changeCount += 1
        }
        let tenure = max(0, Int(features.value(.tenureDays, row: row)))
        if let time,
            let outlook = try? time.outlook(
                timeSources.map { $0.value(features, row: row) }, completedMonths: tenure / ChurnTraining.monthDays)
        {
            let days = Double(ChurnTraining.monthDays)
            result.medianDays = outlook.medianMonths.map { Int32(($0 * days).rounded(.up)) } ?? -1
            result.meanDays = Int32((outlook.meanMonths * days).rounded())
        }
        return result
    }

    private func share(
        _ source: Int, _ contribution: Explanation.Contribution, _ features: ClientFeatures, row: Int
    ) -> PackedExplanation.Share {
        var share = PackedExplanation.Share()
        share.source = Int32(source)
        share.contribution = contribution.contribution
        switch contribution.value {
        case .number(let number): share.value = number
        case .level(let level):
            share.level = levels[source].firstIndex(of: level).map { Int32($0) } ?? ClientExplainer.otherLevel
        case .missing: break
        }
        if case .number(let feature) = sources[source], let pair = ChurnText.pair(feature) {
            share.now = features.value(pair.now, row: row)
            share.before = features.value(pair.before, row: row)
        }
        return share
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

    // MARK: Saying it

    /// - Parameter features: of the client, one row; asked for only where he has a level that the model does not know.
    func text(_ packed: PackedExplanation, features: () -> ClientFeatures) -> ChurnExplanation {
        let probability = model.probability(packed.margin)
        var contributions: [ChurnExplanation.Contribution] = []
        contributions.reserveCapacity(Int(packed.shareCount))
        var rest = packed.margin - packed.base
        for place in 0..<Int(packed.shareCount) {
            let share = packed.shares[place]
            contributions.append(contribution(share, features))
            rest -= share.contribution
        }
        return ChurnExplanation(
            base: packed.base, margin: packed.margin, probability: probability, contributions: contributions,
            otherContributions: rest,
            changes: (0..<Int(packed.changeCount)).map { place in
                let change = packed.changes[place]
                let definition = sources[Int(change.source)].definition
                let proposed = model.probability(packed.margin + change.marginChange)
                return ChurnExplanation.Change(
                    feature: definition.name, from: change.from.isNaN ? .unknown : .number(change.from),
                    to: .number(change.to), probability: proposed,
                    text: ChurnText.change(
                        definition, from: change.from, to: change.to, probability: probability, proposed: proposed))
            },
            time: packed.meanDays < 0
                ? nil
                : ChurnExplanation.Time(
                    medianDays: packed.medianDays < 0 ? nil : Int(packed.medianDays), meanDays: Int(packed.meanDays),
                    monthsAhead: ClientExplainer.monthsAhead, monthDays: ChurnTraining.monthDays))
    }

    private func contribution(
        _ share: PackedExplanation.Share, _ features: () -> ClientFeatures
    ) -> ChurnExplanation.Contribution {
        let source = sources[Int(share.source)]
        let definition = source.definition
        let value: ChurnExplanation.Value
        let words: String
        switch source {
        case .number(let feature):
            value = share.value.isNaN ? .unknown : .number(share.value)
            words = FeatureWords.words(feature, value: share.value, now: share.now, before: share.before)
        case .category(let category):
            let known = levels[Int(share.source)]
            let level =
                if share.level == ClientExplainer.otherLevel {
                    features().level(category, row: 0)
                } else {
                    share.level < 0 ? nil : known[Int(share.level)]
                }
            value = level.map { .level($0) } ?? .unknown
            words = ChurnText.words(definition, level: level)
        }
        return ChurnExplanation.Contribution(
            feature: definition.name, value: value, unit: definition.unit.rawValue, contribution: share.contribution,
            words: words,
            text: ChurnText.associated(words, share.contribution))
    }
}
