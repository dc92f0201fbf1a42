/// Exact path-dependent Shapley values of a tree ensemble.
///
/// The algorithm of Lundberg, Erion and Lee ("Consistent Individualized Feature Attribution for Tree Ensembles",
/// algorithm 2): it walks each tree once and keeps, for the features on the path, how many subsets of which size reach
/// the node. The background is the training cover of the nodes. Cost: trees · leaves · depth².
public struct TreeShapley: Sendable {
    /// One feature on the path from the root.
    private struct PathElement {
        var feature: Int32
        /// The share of the training rows that goes this way when the feature is unknown.
        var zeroFraction: Double
        /// 1 when the row goes this way, 0 when not.
        var oneFraction: Double
        /// The weight of the subsets of this size.
        var weight: Double
    }

    private let ensemble: TreeEnsemble
    /// The expected margin over the training rows.
    let base: Double
    private let depthMax: Int

    /// Prepares the expected margin.
    public init(_ ensemble: TreeEnsemble) {
        self.ensemble = ensemble
        var expected = 0.0
        var deepest = 0
        for tree in ensemble.trees {
            expected += TreeShapley.expectedValue(tree)
            deepest = max(deepest, tree.depth)
        }
        base = ensemble.base + ensemble.learningRate * expected
        depthMax = deepest
    }

    /// The mean of the leaf values over the training rows.
    private static func expectedValue(_ tree: DecisionTree) -> Double {
        var sum = 0.0
        for node in tree.nodes where node.isLeaf { sum += node.value * Double(node.cover) }
        return sum / Double(max(1, tree.nodes[0].cover))
    }

    /// The shares of one row of features (NaN where missing).
    public func values(_ features: [Double]) -> ShapleyValues {
        var shares = [Double](repeating: 0, count: ensemble.featureCount)
        let levels = depthMax + 2
        var path = [PathElement](
            repeating: PathElement(feature: -1, zeroFraction: 0, oneFraction: 0, weight: 0),
            count: levels * (levels + 1) / 2 + levels
        )
        path.withUnsafeMutableBufferPointer { buffer in
            // Unsafe pointer: the path of a child is a copy of its parent's one level further on in the same memory.
            guard let start = buffer.baseAddress else { return }
            for tree in ensemble.trees where tree.nodes.count > 1 {
                visit(
                    tree, node: 0, features: features, shares: &shares, parentPath: start, depth: 0,
                    entering: PathElement(feature: -1, zeroFraction: 1, oneFraction: 1, weight: 0)
                )
            }
        }
        return ShapleyValues(base: base, values: shares.map { $0 * ensemble.learningRate })
    }

    private func visit(
        _ tree: DecisionTree,
        node position: Int,
        features: [Double],
        shares: inout [Double],
        parentPath: UnsafeMutablePointer<PathElement>,
        depth: Int,
        entering: PathElement
    ) {
        var depth = depth
        let path = parentPath + depth
        path.update(from: parentPath, count: depth)
        extend(path, depth: depth, entering)
        let node = tree.nodes[position]
        if node.isLeaf {
            guard depth > 0 else { return }
            for index in 1...depth {
                let element = path[index]
                let weight = unwoundSum(path, depth: depth, index: index)
                shares[Int(element.feature)] += weight * (element.oneFraction - element.zeroFraction) * node.value
            }
            return
        }
        let goesLeft = node.goesLeft(features[Int(node.feature)])
        let hot = Int(goesLeft ? node.left : node.right)
        let cold = Int(goesLeft ? node.right : node.left)
        let cover = Double(max(1, node.cover))
        var zero = 1.0
        var one = 1.0
        if depth > 0, let seen = (1...depth).first(where: { path[$0].feature == node.feature }) {
            zero = path[seen].zeroFraction
            one = path[seen].oneFraction
            unwind(path, depth: depth, index: seen)
            depth -= 1
        }
        visit(
            tree, node: hot, features: features, shares: &shares, parentPath: path, depth: depth + 1,
            entering: PathElement(
                feature: node.feature, zeroFraction: zero * Double(tree.nodes[hot].cover) / cover, oneFraction: one,
                weight: 0
            )
        )
        visit(
            tree, node: cold, features: features, shares: &shares, parentPath: path, depth: depth + 1,
            entering: PathElement(
                feature: node.feature, zeroFraction: zero * Double(tree.nodes[cold].cover) / cover, oneFraction: 0,
                weight: 0
            )
        )
    }

    /// Adds a feature to the path and updates the subset weights.
    private func extend(_ path: UnsafeMutablePointer<PathElement>, depth: Int, _ entering: PathElement) {
        path[depth] = entering
        path[depth].weight = depth == 0 ? 1 : 0
        let size = Double(depth + 1)
        for index in stride(from: depth - 1, through: 0, by: -1) {
            path[index + 1].weight += entering.oneFraction * path[index].weight * Double(index + 1) / size
            path[index].weight = entering.zeroFraction * path[index].weight * Double(depth - index) / size
        }
    }

    /// Takes a feature off the path again.
    private func unwind(_ path: UnsafeMutablePointer<PathElement>, depth: Int, index: Int) {
        let one = path[index].oneFraction
        let zero = path[index].zeroFraction
        var next = path[depth].weight
        let size = Double(depth + 1)
        for position in stride(from: depth - 1, through: 0, by: -1) {
            if one != 0 {
                let kept = path[position].weight
                path[position].weight = next * size / (Double(position + 1) * one)
                next = kept - path[position].weight * zero * Double(depth - position) / size
            } else {
                path[position].weight = path[position].weight * size / (zero * Double(depth - position))
            }
        }
        for position in index..<depth {
            path[position].feature = path[position + 1].feature
            path[position].zeroFraction = path[position + 1].zeroFraction
            path[position].oneFraction = path[position + 1].oneFraction
        }
    }

    /// The sum of the weights that ``unwind(_:depth:index:)`` would leave.
    private func unwoundSum(_ path: UnsafeMutablePointer<PathElement>, depth: Int, index: Int) -> Double {
        let one = path[index].oneFraction
        let zero = path[index].zeroFraction
        var next = path[depth].weight
        var total = 0.0
        let size = Double(depth + 1)
        for position in stride(from: depth - 1, through: 0, by: -1) {
            if one != 0 {
                let share = next * size / (Double(position + 1) * one)
                total += share
                next = path[position].weight - share * zero * Double(depth - position) / size
            } else {
                total += path[position].weight * size / (zero * Double(depth - position))
            }
        }
        return total
    }
}
