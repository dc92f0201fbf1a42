import Foundation
import Testing

@testable import ChurnModel

/// The published reference vector: cuts, trees, margins, probabilities and Shapley values.
@Suite(.enabled(if: SharedData.isPresent, "shared data folder not found"))
struct GoldenVectorTests {
    struct Golden: Decodable {
        struct Parameters: Decodable {
            let lr: Double
            let rounds: Int
            let leaves: Int
            let lam: Double
            let min_rows: Int
            let min_hess: Double
            let max_bins_incl_missing: Int
            let max_depth: Int
        }
        struct Samples: Decodable {
            let X: [[Double?]]
            let y: [Int]
        }
        struct Node: Decodable {
            let feature: Int
            let bin: Int
            let missing_left: Int
            let left: Int
            let right: Int
            let value: Double
            let cover: Int
        }
        struct Row: Decodable {
            let row: Int
            let bins: [Int]
            let margin: Double
            let p: Double
            let shap_base: Double
            let shap: [Double]
        }
        let params: Parameters
        let data: Samples
        let base: Double
        let cuts: [[Double]]
        let trees: [[Node]]
        let rows: [Row]
        let logloss: Double
    }

    let golden: Golden
    let data: TrainingData
    let fitted: GradientBoosting.Fitted

    init() throws {
        let bytes = try Data(contentsOf: SharedData.root.appendingPathComponent("reference/gbdt_golden.json"))
        let golden = try JSONDecoder().decode(Golden.self, from: bytes)
        let columns = golden.cuts.indices.map { feature in
            FeatureColumn(name: "x\(feature)", values: .double(golden.data.X.map { $0[feature] ?? .nan }))
        }
        data = try TrainingData(
            table: FeatureTable(columns: columns),
            labels: golden.data.y.map { $0 == 1 },
            groups: golden.data.y.indices.map { UInt64($0) }
        )
        var settings = BoostingSettings()
        settings.learningRate = golden.params.lr
        settings.leavesMax = golden.params.leaves
        settings.depthMax = golden.params.max_depth
        settings.lambda = golden.params.lam
        settings.rowsPerLeafMin = golden.params.min_rows
        settings.hessianPerLeafMin = golden.params.min_hess
        settings.binsMax = golden.params.max_bins_incl_missing
        fitted = try GradientBoosting.fit(data, settings: settings, rounds: golden.params.rounds)
        self.golden = golden
    }

    @Test func cutsAndBaseAreExact() {
        #expect(fitted.ensemble.cuts == golden.cuts)
        #expect(abs(fitted.ensemble.base - golden.base) < 1e-12)
    }

    @Test func treesAreTheSame() {
        #expect(fitted.ensemble.trees.count == golden.trees.count)
        for (tree, expected) in zip(fitted.ensemble.trees, golden.trees) {
            #expect(tree.nodes.count == expected.count)
            for (node, wanted) in zip(tree.nodes, expected) {
                #expect(Int(node.feature) == wanted.feature)
                #expect(Int(node.bin) == wanted.bin)
                #expect(node.missingLeft == (wanted.missing_left == 1))
                #expect(Int(node.left) == wanted.left)
                #expect(Int(node.right) == wanted.right)
                #expect(Int(node.cover) == wanted.cover)
                #expect(abs(node.value - wanted.value) < 1e-12)
            }
        }
    }

    @Test func marginsProbabilitiesAndShapleyValuesAreExact() throws {
        let margins = try fitted.margins(data.table)
        for row in golden.rows {
            #expect(abs(margins[row.row] - row.margin) < 1e-12)
            #expect(abs(Sigmoid.probability(margins[row.row]) - row.p) < 1e-12)
            let shapley = try fitted.shapley(data.table, row: row.row)
            let features = try fitted.encoder.featureVector(fitted.encoder.encode(data.table), row: row.row)
            let tables = try #require(ShapleyTables(fitted.ensemble))
            let lookedUp = tables.values(tables.answers.words(features))
            #expect(abs(lookedUp.base - row.shap_base) < 1e-12)
            for (share, wanted) in zip(lookedUp.values, row.shap) { #expect(abs(share - wanted) < 1e-12) }
            #expect(abs(shapley.base - row.shap_base) < 1e-12)
            for (share, wanted) in zip(shapley.values, row.shap) { #expect(abs(share - wanted) < 1e-12) }
            #expect(abs(shapley.base + shapley.values.reduce(0, +) - row.margin) < 1e-12)
        }
        var loss = 0.0
        for (margin, label) in zip(margins, data.labels) { loss += Sigmoid.logLoss(margin: margin, label: label) }
        #expect(abs(loss / 60 - golden.logloss) < 1e-12)
    }
}
