/// Scores many rows with an ensemble.
///
/// Rows are taken in blocks that fit the nearest cache together with the features the trees use. Missing values are
/// replaced by -infinity or +infinity according to where the node sends them, so that one comparison decides a step;
/// leaves lead to themselves, so that all rows of a block take the same number of steps without a branch.
struct EnsembleScorer: Sendable {
    /// A node: the next one is `left`, plus 1 when the number is above the threshold.
    private struct Step {
        var threshold: Double
        /// The start of the laid-out feature.
        var column: Int32
        var left: Int32
    }

    /// A feature as the trees read it.
    private struct Layout: Hashable {
        let feature: Int32
        let missingLeft: Bool
    }

    private static let blockSize = 64

    private let ensemble: TreeEnsemble
    private let encoder: FeatureEncoder
    private let layouts: [Layout]
    private let steps: [Step]
    private let values: [Double]
    private let roots: [(start: Int, depth: Int)]

    init(ensemble: TreeEnsemble, encoder: FeatureEncoder) {
        self.ensemble = ensemble
        self.encoder = encoder
        var places: [Layout: Int32] = [:]
        var layouts: [Layout] = []
        var steps: [Step] = []
        var values: [Double] = []
        var roots: [(start: Int, depth: Int)] = []
        for tree in ensemble.trees {
            roots.append((steps.count, tree.depth))
            for (position, node) in tree.nodes.enumerated() {
                values.append(node.value)
                if node.isLeaf {
                    steps.append(Step(threshold: .infinity, column: 0, left: Int32(position)))
                    continue
                }
                let layout = Layout(feature: node.feature, missingLeft: node.missingLeft)
                let place = places[layout] ?? Int32(layouts.count * EnsembleScorer.blockSize)
                if places.updateValue(place, forKey: layout) == nil { layouts.append(layout) }
                // Finite numbers never exceed the greatest one, so only the infinity of a missing value does.
                let threshold = min(node.threshold, .greatestFiniteMagnitude)
                steps.append(Step(threshold: threshold, column: place, left: node.left))
            }
        }
        self.layouts = layouts
        self.steps = steps
        self.values = values
        self.roots = roots
    }

    /// The margin of every row.
    func margins(_ table: EncodedTable, workers: Workers) -> [Double] {
        let size = EnsembleScorer.blockSize
        let blockCount = (table.rowCount + size - 1) / size
        let parallel = table.rowCount * ensemble.trees.count > 100_000 ? workers : Workers(threadCount: 1)
        // Several blocks per piece of work, so that handing them out costs nothing.
        let pieceCount = (blockCount + 15) / 16
        return [Double](unsafeUninitializedCapacity: table.rowCount) { buffer, initialized in
            // Every block writes the margins of its own rows only.
            nonisolated(unsafe) let margins = buffer
            parallel.forEach(pieceCount) { piece in
                var features = [Double](repeating: 0, count: max(1, layouts.count) * size)
                var sums = [Double](repeating: 0, count: size)
                for block in (piece * 16)..<min((piece + 1) * 16, blockCount) {
                    let rows = (block * size)..<min((block + 1) * size, table.rowCount)
                    fill(&features, from: table, rows: rows)
                    addTrees(to: &sums, features: features)
                    for (offset, row) in rows.enumerated() {
                        margins.initializeElement(at: row, to: ensemble.base + ensemble.learningRate * sums[offset])
                    }
                }
            }
            initialized = table.rowCount
        }
    }

    private func fill(_ features: inout [Double], from table: EncodedTable, rows: Range<Int>) {
        for (position, layout) in layouts.enumerated() {
            let start = position * EnsembleScorer.blockSize
            let feature = encoder.features[Int(layout.feature)]
            switch table.columns[feature.source] {
            case .number(let values):
                let missing = layout.missingLeft ? -Double.infinity : Double.infinity
                for (offset, row) in rows.enumerated() {
                    let value = values[row]
                    features[start + offset] = value.isNaN ? missing : value
                }
            case .level(let codes):
                for (offset, row) in rows.enumerated() {
                    features[start + offset] = codes[row] == feature.level ? 1 : 0
                }
            }
        }
    }

    /// Sums the leaf values of all trees for a block. Rows behind the last one of a short block are walked for nothing.
    private func addTrees(to sums: inout [Double], features: [Double]) {
        // Unsafe pointers: this walk is nearly the whole cost of scoring. All positions come from trees whose links were
        // checked when they were grown or decoded.
        features.withUnsafeBufferPointer { features in
            steps.withUnsafeBufferPointer { steps in
                values.withUnsafeBufferPointer { values in
                    sums.withUnsafeMutableBufferPointer { sums in
                        guard let features = features.baseAddress, let steps = steps.baseAddress,
                            let values = values.baseAddress, let sums = sums.baseAddress
                        else { return }
                        for row in 0..<EnsembleScorer.blockSize { sums[row] = 0 }
                        for (start, depth) in roots {
                            EnsembleScorer.walk(
                                steps + start, values: values + start, depth: depth, features: features, sums: sums
                            )
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func next(
        _ position: Int, _ tree: UnsafePointer<Step>, _ features: UnsafePointer<Double>
    ) -> Int {
        let step = tree[position]
        let isAbove = features[Int(step.column)] > step.threshold
        return Int(step.left) &+ (isAbove ? 1 : 0)
    }

    private static func walk(
        _ tree: UnsafePointer<Step>,
        values: UnsafePointer<Double>,
        depth: Int,
        features: UnsafePointer<Double>,
        sums: UnsafeMutablePointer<Double>
    ) {
        var row = 0
        // Eight rows at a time: the steps of one row depend on each other, those of different rows do not.
        while row < blockSize {
            let block = features + row
            var (first, second, third, fourth) = (0, 0, 0, 0)
            var (fifth, sixth, seventh, eighth) = (0, 0, 0, 0)
            for _ in 0..<depth {
                first = next(first, tree, block)
                second = next(second, tree, block + 1)
                third = next(third, tree, block + 2)
                fourth = next(fourth, tree, block + 3)
                fifth = next(fifth, tree, block + 4)
                sixth = next(sixth, tree, block + 5)
                seventh = next(seventh, tree, block + 6)
                eighth = next(eighth, tree, block + 7)
            }
            sums[row] += values[first]
            sums[row + 1] += values[second]
            sums[row + 2] += values[third]
            sums[row + 3] += values[fourth]
            sums[row + 4] += values[fifth]
            sums[row + 5] += values[sixth]
            sums[row + 6] += values[seventh]
            sums[row + 7] += values[eighth]
            row += 8
        }
    }
}
