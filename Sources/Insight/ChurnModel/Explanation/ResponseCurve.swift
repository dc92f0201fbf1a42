/// The margin of one row as a function of one feature, everything else being as it is (an individual conditional
/// expectation, Goldstein et al. 2015): for an ensemble of trees a step function.
struct ResponseCurve: Sendable {
    /// A tree that reads the feature.
    private struct Reader {
        var tree: Int32
        var cells: Int32
        /// The splits that ask for the feature.
        var mask: UInt64
    }

    /// The answers of a tree's splits on the feature from a step of the curve on.
    private struct Cell {
        var step: Int32
        var answers: UInt64
    }

    /// A step of the curve that holds values worth proposing.
    private struct Step {
        /// Values above `above` up to `upTo`.
        var above: Double
        var upTo: Double
        var number: Int
    }

    private let readers: [Reader]
    private let cells: [Cell]
    private let cellStarts: [Int32]
    private let steps: [Step]
    private let stepCount: Int
    private let range: ClosedRange<Double>
    private let median: Double
    private let isIntegral: Bool
    private let learningRate: Double

    /// - Parameters:
    ///   - numbers: for every tree the bits of its nodes.
    /// - Returns: nil when no tree reads the feature, or training saw no value of it.
    init?(_ ensemble: TreeEnsemble, numbers: [[Int]], feature: Int, profile: InputProfile.Source) {
        guard let range = profile.range, let median = profile.median else { return nil }
        self.range = range
        self.median = median
        isIntegral = profile.isIntegral
        learningRate = ensemble.learningRate
        let reading = ensemble.trees.indices.filter { tree in
            ensemble.trees[tree].nodes.contains { Int($0.feature) == feature }
        }
        guard !reading.isEmpty else { return nil }
        var distinct: Set<Double> = []
        for tree in reading {
            for node in ensemble.trees[tree].nodes where Int(node.feature) == feature && range.contains(node.threshold)
            {
                distinct.insert(node.threshold)
            }
        }
        // Step k holds the values above edge k - 1 up to edge k; the last one those above all edges.
        let edges = distinct.sorted()
        let numberOfEdge = Dictionary(
            edges.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        stepCount = edges.count + 1
        steps = (0...edges.count).compactMap { number in
            let step = Step(
                above: number == 0 ? -.infinity : edges[number - 1],
                upTo: number == edges.count ? .infinity : edges[number],
                number: number)
            let value = NearestValue.find(
                above: step.above, upTo: step.upTo, range: range, origin: median, isIntegral: profile.isIntegral)
            return value == nil ? nil : step
        }
        var readers: [Reader] = []
        var cells: [Cell] = []
        var cellStarts: [Int32] = [0]
        for tree in reading {
            let nodes = ensemble.trees[tree].nodes
            let asking = nodes.indices.filter { Int(nodes[$0].feature) == feature }
            // The last step on which a split is answered with left.
            let lastLeft = asking.map { node in
                nodes[node].threshold < range.lowerBound ? -1 : numberOfEdge[nodes[node].threshold] ?? edges.count
            }
            let bits = asking.map { UInt64(1) << UInt64(numbers[tree][$0]) }
            readers.append(Reader(tree: Int32(tree), cells: Int32(cells.count), mask: bits.reduce(0, |)))
            for step in Set([0] + lastLeft.filter { 0..<edges.count ~= $0 }.map { $0 + 1 }).sorted() {
                var answers: UInt64 = 0
                for (bit, last) in zip(bits, lastLeft) where step <= last { answers |= bit }
                cells.append(Cell(step: Int32(step), answers: answers))
            }
            cellStarts.append(Int32(cells.count))
        }
        self.readers = readers
        self.cells = cells
        self.cellStarts = cellStarts
    }

    /// The value nearest to the current one among those that lower the margin most.
    /// - Parameters:
    ///   - current: NaN when missing.
    ///   - words: the answers of the row.
    ///   - leafValues: where these lead.
    /// - Returns: nil when no value lowers the margin.
    func best(
        current: Double, words: [UInt64], leafValues: [Double], answers: SplitAnswers
    ) -> (value: Double, change: Double)? {
        // By how much the sum of the leaf values grows from each step to the next; the first entry stands against the
        // row as it is.
        var curve = [Double](repeating: 0, count: stepCount)
        for (reader, at) in zip(readers, readers.indices) {
            let tree = Int(reader.tree)
            let rest = words[tree] & ~reader.mask
            var before = leafValues[tree]
            for position in Int(cellStarts[at])..<Int(cellStarts[at + 1]) {
                let value = answers.leafValue(tree, rest | cells[position].answers)
                curve[Int(cells[position].step)] += value - before
                before = value
            }
        }
        var sum = 0.0
        for step in curve.indices {
            sum += curve[step]
            curve[step] = sum * learningRate
        }
        guard let lowest = steps.lazy.map({ curve[$0.number] }).min(), lowest < -ResponseCurve.noise else { return nil }
        let origin = current.isNaN ? median : current
        var best: (value: Double, change: Double)?
        for step in steps where curve[step.number] <= lowest + ResponseCurve.noise {
            guard
                let value = NearestValue.find(
                    above: step.above, upTo: step.upTo, range: range, origin: origin, isIntegral: isIntegral)
            else { continue }
            if let best, (abs(best.value - origin), best.value) <= (abs(value - origin), value) { continue }
            best = (value, curve[step.number])
        }
        return best
    }

    /// Margins that differ by less differ by rounding only.
    private static let noise = 1e-9
}
