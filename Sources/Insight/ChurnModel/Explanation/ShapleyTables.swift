/// Exact path-dependent Shapley values of a tree ensemble, looked up.
///
/// The same numbers as ``TreeShapley``, in the time of a few hundred look-ups: what a piece of a tree contributes depends
/// on a handful of answers, and is worked out once for all their combinations (the idea of Fast TreeSHAP v2, Yang 2021,
/// for pieces of trees instead of single leaves). Costs some kilobytes per tree.
struct ShapleyTables: Sendable {
    private struct Piece {
        /// Of the row for answers that are all no.
        var table: Int32
        var outputs: Int32
        var conditions: Int32
        var outputCount: UInt8
        var conditionCount: UInt8
        /// Where the answers of the piece's own splits stand in the word, and how many they are.
        var shift: UInt8
        var splitCount: UInt8
    }

    /// Whether the row meets all conditions of a feature above a piece.
    private struct Condition {
        var mask: UInt64
        var wanted: UInt64
    }

    /// The expected margin over the training rows.
    let base: Double
    let answers: SplitAnswers
    private let pieces: [Piece]
    private let pieceStarts: [Int32]
    private let conditions: [Condition]
    /// The features that the columns of the tables belong to.
    private let outputs: [Int32]
    /// Log-odds, the learning rate included.
    private let table: [Double]
    private let featureCount: Int
    /// For every tree the bit of every node; -1 for leaves.
    let numbers: [[Int]]

    /// The most answers that a piece may depend on.
    static let answersMax = 8

    /// Bytes that the tables take.
    var byteCount: Int { table.count * 8 }

    /// - Returns: nil when a tree is too large or too deep; ``TreeShapley`` takes any.
    init?(_ ensemble: TreeEnsemble) {
        var building = Building(ensemble)
        var numbers: [[Int]] = []
        for tree in ensemble.trees {
            guard let partition = TreePartition(tree, answersMax: ShapleyTables.answersMax) else { return nil }
            building.add(tree, partition)
            numbers.append(partition.numbers)
            guard building.table.count <= ShapleyTables.valuesMax else { return nil }
        }
        base = TreeShapley(ensemble).base
        answers = SplitAnswers(ensemble, numbers: numbers)
        pieces = building.pieces
        pieceStarts = building.pieceStarts
        conditions = building.conditions
        outputs = building.outputs
        table = building.table
        featureCount = ensemble.featureCount
        self.numbers = numbers
    }

    /// An end to what the tables may take: 64 MB.
    private static let valuesMax = 8 << 20

    /// The share of every feature.
    /// - Parameter words: of ``answers``.
    func values(_ words: [UInt64]) -> ShapleyValues {
        var shares = [Double](repeating: 0, count: featureCount)
        // Unsafe pointers: the bounds checks would cost as much as the sums. Everything was laid out together.
        shares.withUnsafeMutableBufferPointer { shares in
            pieces.withUnsafeBufferPointer { pieces in
                outputs.withUnsafeBufferPointer { outputs in
                    table.withUnsafeBufferPointer { table in
                        for tree in words.indices {
                            let word = words[tree]
                            for position in Int(pieceStarts[tree])..<Int(pieceStarts[tree + 1]) {
                                let piece = pieces[position]
                                let count = Int(piece.outputCount)
                                let row = Int(piece.table) &+ pattern(piece, word) &* count
                                let first = Int(piece.outputs)
                                for column in 0..<count {
                                    shares[Int(outputs[first &+ column])] += table[row &+ column]
                                }
                            }
                        }
                    }
                }
            }
        }
        return ShapleyValues(base: base, values: shares)
    }

    /// The answers that a piece depends on: those of its own splits, then whether the conditions above it are met.
    @inline(__always)
    private func pattern(_ piece: Piece, _ word: UInt64) -> Int {
        conditions.withUnsafeBufferPointer { conditions in
            var bit = 1 &<< Int(piece.splitCount)
            var pattern = Int(truncatingIfNeeded: word &>> UInt64(piece.shift)) & (bit &- 1)
            let first = Int(piece.conditions)
            for at in first..<(first &+ Int(piece.conditionCount)) {
                pattern |= word & conditions[at].mask == conditions[at].wanted ? bit : 0
                bit &<<= 1
            }
            return pattern
        }
    }

    // MARK: Making the tables

    private struct Building {
        let learningRate: Double
        var pieces: [Piece] = []
        var pieceStarts: [Int32] = [0]
        var conditions: [Condition] = []
        var outputs: [Int32] = []
        var table: [Double] = []

        init(_ ensemble: TreeEnsemble) { learningRate = ensemble.learningRate }

        mutating func add(_ tree: DecisionTree, _ partition: TreePartition) {
            for part in partition.pieces {
                var features = part.path.map(\.feature)
                for split in part.splits where !features.contains(tree.nodes[split].feature) {
                    features.append(tree.nodes[split].feature)
                }
                // A tree without splits explains nothing.
                guard !features.isEmpty else { continue }
                pieces.append(
                    Piece(
                        table: Int32(table.count), outputs: Int32(outputs.count), conditions: Int32(conditions.count),
                        outputCount: UInt8(features.count), conditionCount: UInt8(part.path.count),
                        shift: UInt8(part.splits.first.map { partition.numbers[$0] } ?? 0),
                        splitCount: UInt8(part.splits.count)))
                outputs.append(contentsOf: features)
                for feature in part.path {
                    var condition = Condition(mask: 0, wanted: 0)
                    for (node, goesLeft) in feature.conditions {
                        let bit: UInt64 = 1 << UInt64(partition.numbers[node])
                        condition.mask |= bit
                        if goesLeft { condition.wanted |= bit }
                    }
                    conditions.append(condition)
                }
                let start = table.count
                let combinations = 1 << (part.path.count + part.splits.count)
                table.append(contentsOf: repeatElement(0, count: features.count * combinations))
                addLeaves(tree, part, features: features, start: start)
            }
            pieceStarts.append(Int32(pieces.count))
        }

        /// Adds what every leaf of a piece says for every combination of answers.
        private mutating func addLeaves(
            _ tree: DecisionTree, _ piece: TreePartition.Piece, features: [Int32], start: Int
        ) {
            let answerOfSplit = Dictionary(
                piece.splits.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let splitCount = piece.splits.count
            var pending: [(node: Int, path: [TreePartition.PathFeature])] = [(piece.root, piece.path)]
            while let (position, path) = pending.popLast() {
                let node = tree.nodes[position]
                guard node.isLeaf else {
                    for goesLeft in [false, true] {
                        let child = Int(goesLeft ? node.left : node.right)
                        let share = Double(tree.nodes[child].cover) / Double(max(1, node.cover))
                        pending.append(
                            (child, TreePartition.extended(path, node.feature, share, (position, goesLeft))))
                    }
                    continue
                }
                let leaf = LeafShapley.table(path.map(\.zeroFraction))
                let columns = path.map { feature in features.firstIndex(of: feature.feature) ?? 0 }
                // What has to hold of the answers for a feature's conditions to be met.
                let demands = path.enumerated().map { place, feature -> (mask: Int, wanted: Int) in
                    var (mask, wanted) = (0, 0)
                    if place < piece.path.count {
                        mask |= 1 << (splitCount + place)
                        wanted |= 1 << (splitCount + place)
                    }
                    for (split, goesLeft) in feature.conditions {
                        guard let answer = answerOfSplit[split] else { continue }
                        mask |= 1 << answer
                        if goesLeft { wanted |= 1 << answer }
                    }
                    return (mask, wanted)
                }
                let scale = learningRate * node.value
                for pattern in 0..<(1 << (splitCount + piece.path.count)) {
                    var met = 0
                    for (place, demand) in demands.enumerated() where pattern & demand.mask == demand.wanted {
                        met |= 1 << place
                    }
                    for place in path.indices {
                        table[start + pattern * features.count + columns[place]] +=
                            scale * leaf[met * path.count + place]
                    }
                }
            }
        }
    }
}
