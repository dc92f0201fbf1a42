import Testing

@testable import ChurnModel

struct ShapleyTablesTests {
    private func ensemble(
        leaves: Int, depth: Int, rounds: Int, seed: UInt64
    ) throws -> (
        data: TrainingData, fitted: GradientBoosting.Fitted
    ) {
        let data = try SyntheticChurn.data(rows: 900, seed: seed, missingShare: 0.15)
        var settings = SyntheticChurn.quickBoosting
        settings.leavesMax = leaves
        settings.depthMax = depth
        settings.rowsPerLeafMin = 3
        return (data, try GradientBoosting.fit(data, settings: settings, rounds: rounds))
    }

    /// Trees that are cut into many pieces, with features that are asked for above and inside of them.
    @Test(arguments: [(15, 6), (40, 12), (60, 9)]) func lookUpsAgreeWithTheWalk(leaves: Int, depth: Int) throws {
        let (data, fitted) = try ensemble(leaves: leaves, depth: depth, rounds: 8, seed: 7)
        let tables = try #require(ShapleyTables(fitted.ensemble))
        let walk = TreeShapley(fitted.ensemble)
        let encoded = try fitted.encoder.encode(data.table)
        for row in stride(from: 0, to: 900, by: 13) {
            let features = fitted.encoder.featureVector(encoded, row: row)
            let words = tables.answers.words(features)
            let (fast, slow) = (tables.values(words), walk.values(features))
            for feature in fast.values.indices { #expect(abs(fast.values[feature] - slow.values[feature]) < 1e-10) }
            let leafValues = tables.answers.leafValues(words)
            for (tree, value) in zip(fitted.ensemble.trees, leafValues) { #expect(tree.value(features) == value) }
        }
    }

    @Test func everyLeafLiesInOnePieceAndEverySplitHasABit() throws {
        let (_, fitted) = try ensemble(leaves: 40, depth: 10, rounds: 5, seed: 8)
        for tree in fitted.ensemble.trees {
            let partition = try #require(TreePartition(tree, answersMax: 6))
            let splits = tree.nodes.indices.filter { !tree.nodes[$0].isLeaf }
            #expect(Set(splits.map { partition.numbers[$0] }) == Set(0..<splits.count))
            var leaves: [Int] = []
            for piece in partition.pieces {
                #expect(piece.path.count + piece.splits.count <= 6)
                let first = piece.splits.first.map { partition.numbers[$0] } ?? 0
                #expect(piece.splits.map { partition.numbers[$0] } == Array(first..<first + piece.splits.count))
                var pending = [piece.root]
                while let position = pending.popLast() {
                    let node = tree.nodes[position]
                    if node.isLeaf { leaves.append(position) } else { pending += [Int(node.left), Int(node.right)] }
                }
            }
            #expect(leaves.sorted() == tree.nodes.indices.filter { tree.nodes[$0].isLeaf })
        }
    }

    /// A chain of splits on features of their own: more answers on the way to its end than a table has room for.
    @Test func treesBeyondTheTablesAreWalked() throws {
        let depth = ShapleyTables.answersMax + 1
        var nodes: [DecisionTree.Node] = []
        for level in 0..<depth {
            nodes.append(
                DecisionTree.Node(
                    feature: Int32(level), bin: 1, threshold: 0.5, missingLeft: false, left: Int32(2 * level + 1),
                    right: Int32(2 * level + 2), value: 0, cover: Int32(1 << (depth - level))))
            nodes.append(.leaf(value: Double(level), cover: 1 << (depth - level - 1)))
        }
        nodes.append(.leaf(value: -3, cover: 1))
        let deep = TreeEnsemble(
            base: 0, learningRate: 1, featureCount: depth, cuts: [], trees: [DecisionTree(nodes: nodes)])
        #expect(ShapleyTables(deep) == nil)
        let (_, fitted) = try ensemble(leaves: 200, depth: 20, rounds: 2, seed: 9)
        #expect(fitted.ensemble.trees.contains { $0.nodes.count > 2 * TreePartition.splitsMax })
        #expect(ShapleyTables(fitted.ensemble) == nil)
    }

    /// What is looked up is what trying all values finds, and a short list is the head of the long one.
    @Test func explainersAgreeWithTryingEverything() throws {
        let data = try SyntheticChurn.data(rows: 1_000, seed: 11, missingShare: 0.2)
        var settings = SyntheticChurn.quickSettings
        for candidates in [ChurnModelSettings.Candidates.boostedOnly, .logisticOnly] {
            settings.candidates = candidates
            let model = try fit(data, settings: settings)
            let explainer = ModelExplainer(model)
            #expect(explainer.isQuick)
            let margins = try model.margins(data.table)
            var found = 0
            for number in stride(from: 0, to: 1_000, by: 9) {
                let row = try explainer.row(model.encoder.values(data.table, row: number))
                #expect(row.margin == margins[number] || abs(row.margin - margins[number]) < 1e-12)
                let all = explainer.explain(row)
                #expect(Array(all.contributions.prefix(2)) == explainer.explain(row, limit: 2).contributions)
                #expect(all == (try model.explain(data.table, row: number)))
                let changes = explainer.whatWouldHelp(row)
                for (source, description) in model.encoder.sources.enumerated() where description.isActionable {
                    let plain = model.bestValue(
                        source: source, current: row.values[source], vector: row.features)
                    let fast = changes.first { $0.feature == description.name }
                    #expect((plain.map { $0.change < -1e-8 } ?? false) == (fast != nil))
                    guard let plain, let fast else { continue }
                    found += 1
                    #expect(fast.proposed == plain.value && abs(fast.marginChange - plain.change) < 2e-9)
                }
            }
            #expect(found > 100)
            #expect(throws: ChurnModelError.self) { try explainer.row([]) }
        }
    }
}
