public import ChurnModel
import Dispatch
public import Records

/// The model in force at work: scores all clients of a generation, and explains single ones when asked.
public struct ChurnScorer: Sendable {
    public let version: String
    public let bundle: ChurnModelBundle
    private let names: Set<String>
    private let explainer: ClientExplainer

    private static let rowsAtOnce = 4096

    /// - Throws: ``ChurnModelError/featureMismatch(_:)`` when the model reads columns that are not there any more.
    public init(version: String, bundle: ChurnModelBundle) throws(ChurnModelError) {
        self.version = version
        self.bundle = bundle
        names = Set(bundle.model.encoder.sources.map(\.name))
        explainer = try ClientExplainer(bundle)
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
            population: definition.population, trainedOn: trainedOn ?? Day(rawValue: 0), baseRate: baseRate)
    }

    private var baseRate: Double {
        let record = bundle.model.record
        guard record.rows > 0 else { return .nan }
        return bundle.model.recentring.probability(Double(record.positives) / Double(record.rows))
    }

    /// What the model says of rows, all of whom are in its population.
    func probabilities(_ features: ClientFeatures) throws(ChurnModelError) -> [Double] {
        try bundle.model.predict(ChurnTable.table(features, only: names))
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
        return scores(ChurnScores(probability: probabilities), features)
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
        return scores(ChurnScores(probability: probabilities, after: previous, changed: changed), features)
    }

    private func scores(_ scores: ChurnScores, _ features: any FeatureSource) -> ChurnScores {
        var scores = scores
        scores.model = facts
        scores.explainer = GenerationExplainer(explainer, features: features, probabilities: scores.probability)
        return scores
    }
}
