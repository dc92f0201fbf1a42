/// A tree cut into pieces near its leaves, and its splits numbered so that the answers of all of them fit into one word.
///
/// What a piece contributes to an explanation depends on few yes-or-no answers: for every feature above the piece whether
/// the row meets all its conditions there, and those of the splits inside the piece.
struct TreePartition {
    /// A feature on the way from the root to a piece.
    struct PathFeature {
        let feature: Int32
        /// The share of the training rows that goes this way when the feature is unknown.
        var zeroFraction: Double
        /// The splits on the way that ask for it, and the answer that leads on.
        var conditions: [(node: Int, goesLeft: Bool)]
    }

    /// The part of the tree below a node.
    struct Piece {
        let root: Int
        /// Its splits by position in the tree; their numbers follow each other in this order.
        let splits: [Int]
        /// Distinct features, in the order of their first split from the root.
        let path: [PathFeature]
    }

    let pieces: [Piece]
    /// The bit of every split; -1 for a leaf.
    let numbers: [Int]

    /// Splits that a tree may have.
    static let splitsMax = 64

    /// - Parameter answersMax: the most answers that a piece may depend on; its table has a row for every combination.
    /// - Returns: nil for a tree that is too large or too deep.
    init?(_ tree: DecisionTree, answersMax: Int) {
        let nodes = tree.nodes
        guard nodes.count(where: { !$0.isLeaf }) <= TreePartition.splitsMax else { return nil }
        // Children stand behind their parent, so that this order sees them first.
        var splitCount = [Int](repeating: 0, count: nodes.count)
        for position in nodes.indices.reversed() where !nodes[position].isLeaf {
            let node = nodes[position]
            splitCount[position] = 1 + splitCount[Int(node.left)] + splitCount[Int(node.right)]
        }
        var pieces: [Piece] = []
        var numbers = [Int](repeating: -1, count: nodes.count)
        var above: [Int] = []
        var pending: [(node: Int, path: [PathFeature])] = [(0, [])]
        while let (position, path) = pending.popLast() {
            if path.count + splitCount[position] <= answersMax {
                pieces.append(Piece(root: position, splits: TreePartition.splits(nodes, below: position), path: path))
                continue
            }
            let node = nodes[position]
            guard !node.isLeaf else { return nil }
            above.append(position)
            for goesLeft in [false, true] {
                let child = Int(goesLeft ? node.left : node.right)
                let share = Double(nodes[child].cover) / Double(max(1, node.cover))
                pending.append((child, TreePartition.extended(path, node.feature, share, (position, goesLeft))))
            }
        }
        var next = 0
        for split in pieces.flatMap(\.splits) + above {
            numbers[split] = next
            next += 1
        }
        self.pieces = pieces
        self.numbers = numbers
    }

    private static func splits(_ nodes: [DecisionTree.Node], below root: Int) -> [Int] {
        var result: [Int] = []
        var pending = [root]
        while let position = pending.popLast() {
            let node = nodes[position]
            guard !node.isLeaf else { continue }
            result.append(position)
            pending.append(Int(node.right))
            pending.append(Int(node.left))
        }
        return result
    }

    /// The path with one more condition.
    static func extended(
        _ path: [PathFeature], _ feature: Int32, _ share: Double, _ condition: (node: Int, goesLeft: Bool)
    ) -> [PathFeature] {
        var result = path
        if let seen = result.firstIndex(where: { $0.feature == feature }) {
            result[seen].zeroFraction *= share
            result[seen].conditions.append(condition)
        } else {
            result.append(PathFeature(feature: feature, zeroFraction: share, conditions: [condition]))
        }
        return result
    }
}
