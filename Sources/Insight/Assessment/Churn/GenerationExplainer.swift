import Records

/// Explains the clients of one generation.
final class GenerationExplainer: ChurnExplainer {
    private let explainer: ClientExplainer
    private let features: any FeatureSource
    private let probabilities: [Double]

    init(_ explainer: ClientExplainer, features: any FeatureSource, probabilities: [Double]) {
        self.explainer = explainer
        self.features = features
        self.probabilities = probabilities
    }

    var isQuick: Bool { explainer.isQuick }
    var model: ObjectIdentifier { ObjectIdentifier(explainer) }

    func explain(_ positions: [Int]) -> [PackedExplanation?] {
        let scored = positions.filter { probabilities.indices.contains($0) && !probabilities[$0].isNaN }
        guard !scored.isEmpty else { return positions.map { _ in nil } }
        let table = features.features(at: scored)
        var row = 0
        return positions.map { position in
            guard row < scored.count, scored[row] == position else { return nil }
            defer { row += 1 }
            return explainer.explain(table, row: row)
        }
    }

    func text(_ packed: PackedExplanation, of position: Int) -> ChurnExplanation {
        explainer.text(packed) { features.features(of: position..<position + 1) }
    }
}
