/// Boosting on one binned table: trains on some of its rows, watched on others.
struct BoostingProblem: Sendable {
    let table: BinnedTable
    let labels: [Bool]
    let settings: BoostingSettings
    let signs: [Int8]
    let workers: Workers

    /// What a training run leaves behind.
    struct Run: Sendable {
        let base: Double
        let trees: [DecisionTree]
        /// The log loss on the watched rows after every tree; empty without watched rows.
        let watchedLogLoss: [Double]
        /// The number of trees with the lowest watched log loss; all trees without watched rows.
        let bestRounds: Int
    }

    /// Trains `rounds` trees at most. With watched rows it stops when they have not improved for the patience.
    ///
    /// - Parameters:
    ///   - rows: ascending row numbers to learn from; both classes must occur.
    ///   - watched: row numbers that are only looked at.
    func train(rows: [Int32], rounds: Int, watched: [Int32] = []) -> Run {
        let grower = TreeGrower(table: table, rows: rows, settings: settings, signs: signs, workers: workers)
        let base = baseMargin(rows)
        var margins = [Double](repeating: base, count: table.rowCount)
        var trees: [DecisionTree] = []
        var losses: [Double] = []
        var bestRounds = 0
        var bestLoss = Double.infinity
        for round in 1...rounds {
            derive(grower, margins: margins, rows: rows)
            let grown = grower.grow()
            trees.append(grown.tree)
            if workers.isCancelled() { break }
            for leaf in grown.leaves {
                let step = settings.learningRate * leaf.value
                for position in leaf.rows { margins[Int(grower.rows[position])] += step }
            }
            if watched.isEmpty {
                bestRounds = round
                // A tree that could not split moves nothing any more, and neither would those after it.
                if grown.tree.nodes.count == 1, abs(grown.tree.nodes[0].value) < 1e-12 { break }
                continue
            }
            advance(watched, by: grown.tree, margins: &margins)
            let loss = logLoss(watched, margins: margins)
            losses.append(loss)
            if loss < bestLoss - settings.improvementMin {
                bestLoss = loss
                bestRounds = round
            } else if round - bestRounds >= settings.patienceRounds {
                break
            }
        }
        return Run(base: base, trees: trees, watchedLogLoss: losses, bestRounds: max(1, bestRounds))
    }

    private func baseMargin(_ rows: [Int32]) -> Double {
        var positives = 0
        for row in rows where labels[Int(row)] { positives += 1 }
        let positive = settings.positiveWeight * Double(positives)
        return Sigmoid.logit(positive / (positive + Double(rows.count - positives)))
    }

    /// First and second derivatives of the weighted log loss at the margins.
    private func derive(_ grower: TreeGrower, margins: [Double], rows: [Int32]) {
        let blockSize = 8_192
        let blockCount = (rows.count + blockSize - 1) / blockSize
        let scale = grower.scale
        let positiveWeight = settings.positiveWeight
        // Every block writes the derivatives of its own rows only.
        nonisolated(unsafe) let derivatives = grower.derivatives
        margins.withUnsafeBufferPointer { margins in
            rows.withUnsafeBufferPointer { rows in
                labels.withUnsafeBufferPointer { labels in
                    workers.forEach(blockCount) { block in
                        for position in (block * blockSize)..<min((block + 1) * blockSize, rows.count) {
                            let row = Int(rows[position])
                            let probability = Sigmoid.probability(margins[row])
                            let weight = labels[row] ? positiveWeight : 1
                            let target = labels[row] ? 1.0 : 0.0
                            derivatives[row] = scale.pack(
                                gradient: weight * (probability - target),
                                hessian: max(weight * probability * (1 - probability), 1e-16)
                            )
                        }
                    }
                }
            }
        }
    }

    private func advance(_ rows: [Int32], by tree: DecisionTree, margins: inout [Double]) {
        let columnOf = tree.nodes.map { $0.isLeaf ? 0 : column(of: Int($0.feature)) }
        table.bins.withUnsafeBufferPointer { bins in
            for row in rows {
                var position = 0
                while !tree.nodes[position].isLeaf {
                    let node = tree.nodes[position]
                    let bin = bins[columnOf[position] * table.rowCount + Int(row)]
                    position = Int(goesLeft(bin, node: node, column: columnOf[position]) ? node.left : node.right)
                }
                margins[Int(row)] += settings.learningRate * tree.nodes[position].value
            }
        }
    }

    private func column(of feature: Int) -> Int {
        table.columns.firstIndex { $0.features.contains(feature) } ?? 0
    }

    @inline(__always)
    private func goesLeft(_ bin: UInt8, node: DecisionTree.Node, column: Int) -> Bool {
        let features = table.columns[column]
        if features.isCategory { return Int(bin) != Int(node.feature) - features.features.lowerBound }
        return bin == 0 ? node.missingLeft : bin <= node.bin
    }

    private func logLoss(_ rows: [Int32], margins: [Double]) -> Double {
        var sum = 0.0
        for row in rows { sum += Sigmoid.logLoss(margin: margins[Int(row)], label: labels[Int(row)]) }
        return sum / Double(rows.count)
    }
}
