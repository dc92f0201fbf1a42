/// Grows trees best-first on one set of rows.
///
/// The grower owns the memory that is used again for every tree: the row order, the packed derivatives and the
/// histograms. It lives inside one fit and is never shared.
final class TreeGrower {
    typealias Sums = GradientScale.Sums

    /// A grown tree and, for every leaf, which rows fell into it (positions in ``rows``).
    struct Grown {
        let tree: DecisionTree
        let leaves: [(rows: Range<Int>, value: Double)]
    }

    private struct Candidate {
        var node: Int
        var rows: Range<Int>
        var depth: Int
        var bounds: SplitSearch.Node
        var slot: Int
        var split: SplitSearch.Split
    }

    /// The row numbers, grouped by leaf after ``grow()``.
    let rows: UnsafeMutablePointer<Int32>
    /// The packed derivatives, indexed by row number.
    let derivatives: UnsafeMutablePointer<Sums>
    let rowCount: Int
    let scale: GradientScale

    private let table: BinnedTable
    private let settings: BoostingSettings
    private let search: SplitSearch
    private let workers: Workers
    /// The columns that can separate rows, four at a time.
    private let units: [[Int]]
    private let activeColumnCount: Int
    private let offsets: [Int]
    private let histogramSize: Int
    private let firstRows: [Int32]
    private let spareRows: UnsafeMutablePointer<Int32>
    private let ordered: UnsafeMutablePointer<Sums>
    private var slots: [UnsafeMutablePointer<Sums>] = []
    private var freeSlots: [Int] = []

    init(table: BinnedTable, rows: [Int32], settings: BoostingSettings, signs: [Int8], workers: Workers) {
        self.table = table
        self.settings = settings
        self.workers = workers
        scale = GradientScale(rowCount: rows.count, weightMax: max(1, settings.positiveWeight))
        search = SplitSearch(
            scale: scale,
            lambda: settings.lambda,
            rowsMin: settings.rowsPerLeafMin,
            hessianMin: settings.hessianPerLeafMin,
            signs: signs.contains { $0 != 0 } ? signs : []
        )
        let active = table.columns.indices.filter { !table.columns[$0].isConstant }
        activeColumnCount = active.count
        units = stride(from: 0, to: active.count, by: 4).map { Array(active[$0..<min($0 + 4, active.count)]) }
        var offset = 0
        offsets = table.columns.map { column in
            defer { offset += column.lastBin + 1 }
            return offset
        }
        histogramSize = offset
        rowCount = rows.count
        firstRows = rows
        self.rows = .allocate(capacity: max(rows.count, 1))
        spareRows = .allocate(capacity: max(rows.count, 1))
        ordered = .allocate(capacity: max(rows.count, 1))
        derivatives = .allocate(capacity: max(table.rowCount, 1))
        derivatives.initialize(repeating: Sums(0, 0), count: max(table.rowCount, 1))
        ordered.initialize(repeating: Sums(0, 0), count: max(rows.count, 1))
        self.rows.initialize(repeating: 0, count: max(rows.count, 1))
        spareRows.initialize(repeating: 0, count: max(rows.count, 1))
    }

    deinit {
        rows.deallocate()
        spareRows.deallocate()
        ordered.deallocate()
        derivatives.deallocate()
        for slot in slots { slot.deallocate() }
    }

    /// Grows one tree from the derivatives as they stand.
    func grow() -> Grown {
        firstRows.withUnsafeBufferPointer { first in
            if let base = first.baseAddress { rows.update(from: base, count: rowCount) }
        }
        var nodes: [DecisionTree.Node] = []
        var leafRows: [Int: Range<Int>] = [:]
        var candidates: [Candidate] = []
        var total = Sums(0, 0)
        for position in 0..<rowCount { total &+= derivatives[Int(rows[position])] }
        let root = SplitSearch.Node(sums: total, lower: -.infinity, upper: .infinity)
        nodes.append(.leaf(value: search.value(total, lower: -.infinity, upper: .infinity), cover: rowCount))
        leafRows[0] = 0..<rowCount
        if rowCount >= 2 * settings.rowsPerLeafMin {
            let slot = takeSlot()
            if let split = searchRoot(slot: slot, node: root) {
                candidates.append(
                    Candidate(node: 0, rows: 0..<rowCount, depth: 0, bounds: root, slot: slot, split: split)
                )
            } else {
                freeSlots.append(slot)
            }
        }
        var leafCount = 1
        while leafCount < settings.leavesMax, let chosen = bestCandidate(candidates) {
            let parent = candidates.remove(at: chosen)
            let isLast = leafCount + 1 == settings.leavesMax
            let children = split(parent, nodes: &nodes)
            leafRows[parent.node] = nil
            for child in children { leafRows[child.node] = child.rows }
            leafCount += 1
            if isLast {
                freeSlots.append(parent.slot)
            } else {
                enqueue(children, parent: parent, candidates: &candidates)
            }
        }
        for candidate in candidates { freeSlots.append(candidate.slot) }
        let leaves = leafRows.sorted { $0.key < $1.key }.map { (rows: $0.value, value: nodes[$0.key].value) }
        return Grown(tree: DecisionTree(nodes: nodes), leaves: leaves)
    }

    /// The candidate with the highest gain; the oldest of equals.
    private func bestCandidate(_ candidates: [Candidate]) -> Int? {
        var best: Int?
        var bestGain = 1e-12
        for (position, candidate) in candidates.enumerated() where candidate.split.gain > bestGain {
            best = position
            bestGain = candidate.split.gain
        }
        return best
    }

    private struct Child {
        let node: Int
        let rows: Range<Int>
        let depth: Int
        let bounds: SplitSearch.Node
    }

    /// Makes the split of the candidate: two nodes behind the parent and its rows in two groups.
    private func split(_ parent: Candidate, nodes: inout [DecisionTree.Node]) -> [Child] {
        let split = parent.split
        let column = table.columns[split.column]
        let leftCount = partition(parent.rows, split: split)
        let threshold =
            if split.isCategory { 0.5 } else if split.bin <= column.cuts.count {
                column.cuts[split.bin - 1]
            } else { Double.infinity }
        let leftNode = nodes.count
        nodes[parent.node].feature = Int32(split.feature)
        nodes[parent.node].bin = UInt8(split.bin)
        nodes[parent.node].threshold = threshold
        nodes[parent.node].missingLeft = split.missingLeft
        nodes[parent.node].left = Int32(leftNode)
        nodes[parent.node].right = Int32(leftNode + 1)
        nodes.append(.leaf(value: split.leftValue, cover: leftCount))
        nodes.append(.leaf(value: split.rightValue, cover: parent.rows.count - leftCount))
        var leftBounds = parent.bounds
        var rightBounds = parent.bounds
        leftBounds.sums = split.left
        rightBounds.sums = parent.bounds.sums &- split.left
        let sign = search.signs.isEmpty ? 0 : search.signs[split.feature]
        if sign != 0 {
            let middle = (split.leftValue + split.rightValue) / 2
            if sign > 0 {
                leftBounds.upper = min(leftBounds.upper, middle)
                rightBounds.lower = max(rightBounds.lower, middle)
            } else {
                leftBounds.lower = max(leftBounds.lower, middle)
                rightBounds.upper = min(rightBounds.upper, middle)
            }
        }
        let middle = parent.rows.lowerBound + leftCount
        return [
            Child(
                node: leftNode, rows: parent.rows.lowerBound..<middle, depth: parent.depth + 1, bounds: leftBounds
            ),
            Child(
                node: leftNode + 1, rows: middle..<parent.rows.upperBound, depth: parent.depth + 1,
                bounds: rightBounds
            ),
        ]
    }

    /// Moves the rows that go left to the front of the range, keeping the order on both sides.
    private func partition(_ range: Range<Int>, split: SplitSearch.Split) -> Int {
        let start = rows + range.lowerBound
        var leftCount = 0
        var rightCount = 0
        table.bins.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let bins = base + split.column * table.rowCount
            if split.isCategory {
                for position in 0..<range.count {
                    let row = start[position]
                    let goesRight = bins[Int(row)] == split.level ? 1 : 0
                    start[leftCount] = row
                    spareRows[rightCount] = row
                    rightCount += goesRight
                    leftCount += 1 - goesRight
                }
            } else {
                // Without its own rule bin 0 would always be left of every threshold; adding 255 to all bins when
                // missing goes right makes it the highest instead.
                let shift: UInt8 = split.missingLeft ? 0 : 255
                let limit = UInt8(split.bin) &+ shift
                for position in 0..<range.count {
                    let row = start[position]
                    let goesLeft = bins[Int(row)] &+ shift <= limit ? 1 : 0
                    start[leftCount] = row
                    spareRows[rightCount] = row
                    leftCount += goesLeft
                    rightCount += 1 - goesLeft
                }
            }
        }
        (start + leftCount).update(from: spareRows, count: rightCount)
        return leftCount
    }

    /// Builds the histograms of two new leaves, from the smaller one's rows and the parent, and queues what can split.
    private func enqueue(_ children: [Child], parent: Candidate, candidates: inout [Candidate]) {
        let canSplit = children.map { child in
            child.depth < settings.depthMax && child.rows.count >= 2 * settings.rowsPerLeafMin
        }
        guard canSplit.contains(true) else {
            freeSlots.append(parent.slot)
            return
        }
        let smaller = children[0].rows.count <= children[1].rows.count ? 0 : 1
        let smallSlot = takeSlot()
        let slotOf = smaller == 0 ? [smallSlot, parent.slot] : [parent.slot, smallSlot]
        order(children[smaller].rows)
        let found = runUnits(rowCount: children[smaller].rows.count) { [self] unit in
            buildHistograms(unit, rows: children[smaller].rows, slot: smallSlot)
            subtract(unit, slots[smallSlot], from: slots[parent.slot])
            return children.indices.map { side in
                canSplit[side] ? searchUnit(unit, slot: slotOf[side], node: children[side].bounds) : nil
            }
        }
        for side in children.indices {
            if let split = SplitMerge.best(found.map { $0[side] }) {
                candidates.append(
                    Candidate(
                        node: children[side].node, rows: children[side].rows, depth: children[side].depth,
                        bounds: children[side].bounds, slot: slotOf[side], split: split
                    )
                )
            } else {
                freeSlots.append(slotOf[side])
            }
        }
    }

    private func searchRoot(slot: Int, node: SplitSearch.Node) -> SplitSearch.Split? {
        order(0..<rowCount)
        let found = runUnits(rowCount: rowCount) { [self] unit in
            buildHistograms(unit, rows: 0..<rowCount, slot: slot)
            return [searchUnit(unit, slot: slot, node: node)]
        }
        return SplitMerge.best(found.map { $0[0] })
    }

    /// Runs one piece of work per unit of columns; small nodes are not worth waking other threads for.
    private func runUnits(
        rowCount: Int,
        _ body: ([Int]) -> [SplitSearch.Split?]
    ) -> [[SplitSearch.Split?]] {
        let isWorthIt = (rowCount + 1_024) * activeColumnCount > 60_000
        return (isWorthIt ? workers : Workers(threadCount: 1)).map(units.count) { body(units[$0]) }
    }

    /// Copies the derivatives of the rows into the order in which the histogram loop reads them.
    private func order(_ range: Range<Int>) {
        for position in range { ordered[position] = derivatives[Int(rows[position])] }
    }

    private func buildHistograms(_ unit: [Int], rows range: Range<Int>, slot: Int) {
        let histogram = slots[slot]
        for column in unit {
            (histogram + offsets[column]).update(
                repeating: Sums(0, 0), count: table.columns[column].lastBin + 1
            )
        }
        table.bins.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            HistogramBuilder.add(
                columns: unit.map { base + $0 * table.rowCount },
                histograms: unit.map { histogram + offsets[$0] },
                rows: rows + range.lowerBound,
                ordered: ordered + range.lowerBound,
                count: range.count
            )
        }
    }

    private func subtract(
        _ unit: [Int], _ child: UnsafeMutablePointer<Sums>, from parent: UnsafeMutablePointer<Sums>
    ) {
        for column in unit {
            for entry in offsets[column]...(offsets[column] + table.columns[column].lastBin) {
                parent[entry] &-= child[entry]
            }
        }
    }

    private func searchUnit(_ unit: [Int], slot: Int, node: SplitSearch.Node) -> SplitSearch.Split? {
        SplitMerge.best(
            unit.map { column in
                search.best(
                    table.columns[column], position: column, histogram: UnsafePointer(slots[slot] + offsets[column]),
                    node: node
                )
            }
        )
    }

    private func takeSlot() -> Int {
        if let slot = freeSlots.popLast() { return slot }
        let memory = UnsafeMutablePointer<Sums>.allocate(capacity: max(histogramSize, 1))
        memory.initialize(repeating: Sums(0, 0), count: max(histogramSize, 1))
        slots.append(memory)
        return slots.count - 1
    }
}
