/// One regression tree of an ensemble. Children always stand behind their parent.
public struct DecisionTree: Sendable, Equatable {
    /// One node: a split, or a leaf when `feature` is -1. The right child follows the left one.
    public struct Node: Sendable, Equatable {
        /// The feature that is compared, in the numbering of ``FeatureEncoder``; -1 in a leaf.
        public var feature: Int32
        /// The highest bin that goes left.
        public var bin: UInt8
        /// The highest value that goes left; +infinity when only missing values go right.
        public var threshold: Double
        /// Whether missing values go left.
        public var missingLeft: Bool
        /// The position of the left child; -1 in a leaf.
        public var left: Int32
        /// The position of the right child; -1 in a leaf.
        public var right: Int32
        /// The step in log-odds of the rows of this node, before the learning rate.
        public var value: Double
        /// The number of training rows.
        public var cover: Int32

        /// Whether the node has no children.
        public var isLeaf: Bool { feature < 0 }

        static func leaf(value: Double, cover: Int) -> Node {
            Node(
                feature: -1, bin: 0, threshold: 0, missingLeft: false, left: -1, right: -1, value: value,
                cover: Int32(cover)
            )
        }

        /// Whether a value (NaN when missing) goes left.
        @inline(__always)
        func goesLeft(_ number: Double) -> Bool {
            missingLeft ? !(number > threshold) : number <= threshold
        }
    }

    /// The nodes; the root comes first.
    public let nodes: [Node]

    /// The most splits between the root and a leaf.
    public var depth: Int {
        var depths = [Int](repeating: 0, count: nodes.count)
        var deepest = 0
        for (position, node) in nodes.enumerated() where !node.isLeaf {
            depths[Int(node.left)] = depths[position] + 1
            depths[Int(node.right)] = depths[position] + 1
            deepest = max(deepest, depths[position] + 1)
        }
        return deepest
    }

    /// The value of the leaf that a row of features falls into.
    func value(_ features: [Double]) -> Double {
        var node = nodes[0]
        while !node.isLeaf {
            node = nodes[Int(node.goesLeft(features[Int(node.feature)]) ? node.left : node.right)]
        }
        return node.value
    }
}
