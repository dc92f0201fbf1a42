/// Asks all splits of an ensemble about one row: a word per tree, with a bit for every split that is set when the row goes
/// left. Explanations and what-ifs read these words and never the row again.
struct SplitAnswers: Sendable {
    private struct Split {
        var threshold: Double
        /// Of the laid-out row.
        var place: Int32
    }

    /// A step of the walk from the root to a leaf: a leaf leads to itself.
    private struct Step {
        var left: Int32
        /// 1 where a row that does not go left takes the node behind, 0 in a leaf.
        var whenRight: UInt16
        var number: UInt16
        var value: Double
    }

    /// The splits of a tree in the order of their numbers.
    private let splits: [Split]
    private let splitStarts: [Int32]
    private let steps: [Step]
    private let roots: [(start: Int32, depth: Int32)]
    private let featureCount: Int

    var treeCount: Int { roots.count }

    /// - Parameter numbers: for every tree the numbers of ``TreePartition``.
    init(_ ensemble: TreeEnsemble, numbers: [[Int]]) {
        featureCount = ensemble.featureCount
        var splits: [Split] = []
        var splitStarts: [Int32] = [0]
        var steps: [Step] = []
        var roots: [(start: Int32, depth: Int32)] = []
        for (tree, numbers) in zip(ensemble.trees, numbers) {
            let first = splits.count
            roots.append((Int32(steps.count), Int32(tree.depth)))
            splits.append(
                contentsOf: repeatElement(Split(threshold: 0, place: 0), count: tree.nodes.count { !$0.isLeaf }))
            for (position, node) in tree.nodes.enumerated() {
                if node.isLeaf {
                    steps.append(Step(left: Int32(position), whenRight: 0, number: 0, value: node.value))
                    continue
                }
                // Finite numbers never exceed the greatest one, so only the infinity of a missing value does.
                splits[first + numbers[position]] = Split(
                    threshold: min(node.threshold, .greatestFiniteMagnitude),
                    place: node.feature + (node.missingLeft ? Int32(ensemble.featureCount) : 0))
                steps.append(
                    Step(left: node.left, whenRight: 1, number: UInt16(numbers[position]), value: node.value))
            }
            splitStarts.append(Int32(splits.count))
        }
        self.splits = splits
        self.splitStarts = splitStarts
        self.steps = steps
        self.roots = roots
    }

    /// The answers of every tree.
    /// - Parameter features: one row, NaN where missing.
    func words(_ features: [Double]) -> [UInt64] {
        // Every feature twice, with a missing value on the far right and on the far left, so that one comparison
        // decides wherever a split sends it.
        var row = features
        row.append(contentsOf: features)
        for feature in 0..<featureCount where features[feature].isNaN {
            row[feature] = .infinity
            row[featureCount + feature] = -.infinity
        }
        return [UInt64](unsafeUninitializedCapacity: treeCount) { words, initialized in
            // Unsafe pointers: this loop is a good part of an explanation. Places come from trees whose features were
            // checked when they were grown or decoded.
            row.withUnsafeBufferPointer { row in
                splits.withUnsafeBufferPointer { splits in
                    splitStarts.withUnsafeBufferPointer { starts in
                        var at = 0
                        for tree in 0..<(starts.count - 1) {
                            var word: UInt64 = 0
                            let end = Int(starts[tree + 1])
                            var number: UInt64 = 0
                            while at < end {
                                let split = splits[at]
                                // Without a branch, which would be mispredicted every other time.
                                let goesLeft: UInt64 = row[Int(split.place)] <= split.threshold ? 1 : 0
                                word |= goesLeft &<< number
                                number &+= 1
                                at &+= 1
                            }
                            words.initializeElement(at: tree, to: word)
                        }
                    }
                }
            }
            initialized = treeCount
        }
    }

    /// The value of the leaf to which the answers lead.
    @inline(__always)
    func leafValue(_ tree: Int, _ word: UInt64) -> Double {
        steps.withUnsafeBufferPointer { steps in
            // Links were checked when the trees were grown or decoded.
            let (start, depth) = roots[tree]
            var position = Int(start)
            for _ in 0..<depth {
                let step = steps[position]
                let isRight = ~(word &>> UInt64(step.number)) & 1
                position = Int(start &+ step.left) &+ Int(isRight & UInt64(step.whenRight))
            }
            return steps[position].value
        }
    }

    /// The value of every tree's leaf.
    func leafValues(_ words: [UInt64]) -> [Double] { words.indices.map { leafValue($0, words[$0]) } }
}
