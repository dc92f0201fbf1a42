import Glibc

/// Makes the forecasts of a hierarchy add up.
///
/// Weighted least squares (Hyndman, Lee and Wang 2016): the bottom values that are closest to all base forecasts,
/// each deviation measured in its own error variance. With the bottom variances V and the groups' variances W the
/// solution is `b + V S' (S V S' + W)^-1 (a - S b)`, which costs one factorisation of the order of the number of
/// groups however many bottom series there are.
public struct Reconciliation: Sendable {
    /// Forecasts that add up.
    public struct Result: Sendable, Equatable {
        /// One value per bottom series.
        public var bottom: [Double]
        /// One list per level, one value per group: exactly the sum of its bottom values, in any order of adding.
        public var groups: [[Double]]
    }

    private let hierarchy: ForecastHierarchy
    private let bottomVariances: [Double]
    private let groupVariances: [Double]
    private let nonNegative: Bool

    /// - Parameters:
    ///   - bottomVariances: error variance of each bottom forecast, >= 0; 0 keeps it as it is.
    ///   - groupVariances: one list per level, >= 0; 0 makes the group's forecast binding, infinity ignores it.
    ///   - nonNegative: whether no bottom value may fall below 0.
    public init(
        hierarchy: ForecastHierarchy,
        bottomVariances: [Double],
        groupVariances: [[Double]],
        nonNegative: Bool = true
    ) throws(ForecastError) {
        guard bottomVariances.count == hierarchy.bottomCount else {
            throw .lengthMismatch(
                column: "bottom variances", found: bottomVariances.count, expected: hierarchy.bottomCount)
        }
        guard bottomVariances.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw .invalidHierarchy(reason: "a bottom variance is negative or not finite: give error variances")
        }
        try Self.check(groupVariances, hierarchy, name: "group variances")
        guard groupVariances.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else {
            throw .invalidHierarchy(reason: "a group variance is negative or missing: give error variances")
        }
        self.hierarchy = hierarchy
        self.bottomVariances = bottomVariances
        self.groupVariances = groupVariances.flatMap { $0 }
        self.nonNegative = nonNegative
    }

    private static func check(
        _ values: [[Double]],
        _ hierarchy: ForecastHierarchy,
        name: String
    ) throws(ForecastError) {
        guard values.count == hierarchy.levels.count else {
            throw .lengthMismatch(column: name, found: values.count, expected: hierarchy.levels.count)
        }
        for (list, level) in zip(values, hierarchy.levels) where list.count != level.groupCount {
            throw .lengthMismatch(column: "\(name) of \(level.name)", found: list.count, expected: level.groupCount)
        }
    }

    /// Reconciles one set of base forecasts (one step ahead, or one total).
    ///
    /// - Parameters:
    ///   - bottom: one base forecast per bottom series.
    ///   - groups: one list per level, one base forecast per group.
    public func reconcile(bottom: [Double], groups: [[Double]]) throws(ForecastError) -> Result {
        guard bottom.count == hierarchy.bottomCount else {
            throw .lengthMismatch(column: "bottom forecasts", found: bottom.count, expected: hierarchy.bottomCount)
        }
        try Self.check(groups, hierarchy, name: "group forecasts")
        for (row, value) in bottom.enumerated() where !value.isFinite {
            throw .nonFiniteValue(column: "bottom forecasts", row: row)
        }
        let targets = groups.flatMap { $0 }
        for (row, value) in targets.enumerated() where !value.isFinite {
            throw .nonFiniteValue(column: "group forecasts", row: row)
        }
        var free = [Bool](repeating: true, count: bottom.count)
        var values = try adjusted(bottom, targets, free: free)
        if nonNegative {
            // Values that fall below 0 are held at 0 and the others settled again; one that is held but would be
            // pulled above 0 is let go. Each round fixes what is wrong, few rounds are ever needed.
            for _ in 0..<50 {
                var changed = false
                let pulls = pull(values, targets)
                for index in values.indices {
                    if free[index], values[index] < 0 {
                        free[index] = false
                        changed = true
                    } else if !free[index] {
                        let wanted = bottom[index] + bottomVariances[index] * pulls[index]
                        if wanted > 1e-9 * (abs(bottom[index]) + 1) {
                            free[index] = true
                            changed = true
                        }
                    }
                }
                guard changed else { break }
                values = try adjusted(bottom, targets, free: free)
            }
            for index in values.indices where values[index] < 0 { values[index] = 0 }
        }
        return exact(values)
    }

    /// The least-squares solution with the bottom series that are not free held at 0.
    private func adjusted(_ bottom: [Double], _ targets: [Double], free: [Bool]) throws(ForecastError) -> [Double] {
        let used = groupVariances.indices.filter { groupVariances[$0].isFinite }
        let order = used.count
        guard order > 0 else { return bottom.indices.map { free[$0] ? bottom[$0] : 0 } }
        var place = [Int](repeating: -1, count: hierarchy.groupCount)
        for (index, group) in used.enumerated() { place[group] = index }
        var matrix = [Double](repeating: 0, count: order * order)
        var gaps = used.map { targets[$0] }
        for series in bottom.indices where free[series] {
            let members = memberships(series).compactMap { place[$0] >= 0 ? place[$0] : nil }
            for row in members {
                gaps[row] -= bottom[series]
                for column in members { matrix[row * order + column] += bottomVariances[series] }
            }
        }
        for (index, group) in used.enumerated() { matrix[index * order + index] += groupVariances[group] }
        // Groups that repeat others (a total beside all segments, with variance 0) are dependent rows.
        guard let factor = CholeskyFactor(matrix, order: order, relativeTolerance: 1e-11) else {
            throw .invalidHierarchy(reason: "the variances differ by too many orders of magnitude: bring them closer")
        }
        let multipliers = factor.solve(gaps)
        return bottom.indices.map { series in
            guard free[series] else { return 0 }
            var pull = 0.0
            for group in memberships(series) where place[group] >= 0 { pull += multipliers[place[group]] }
            return bottom[series] + bottomVariances[series] * pull
        }
    }

    /// The pull of the groups on every bottom series: the sum of what each group still lacks over its variance.
    private func pull(_ values: [Double], _ targets: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: hierarchy.groupCount)
        for series in values.indices { for group in memberships(series) { sums[group] += max(0, values[series]) } }
        var forces = [Double](repeating: 0, count: hierarchy.groupCount)
        for group in forces.indices where groupVariances[group].isFinite && groupVariances[group] > 0 {
            forces[group] = (targets[group] - sums[group]) / groupVariances[group]
        }
        return values.indices.map { series in memberships(series).reduce(0) { $0 + forces[$1] } }
    }

    private func memberships(_ series: Int) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(hierarchy.levels.count)
        for (level, first) in zip(hierarchy.levels, hierarchy.firstGroups) {
            result.append(first + level.groups[series])
        }
        return result
    }

    /// Rounds to a binary unit small enough not to matter (2^-50 of the sum of absolute values) and large enough
    /// that every partial sum is exact.
    private func exact(_ values: [Double]) -> Result {
        let size = values.reduce(0) { $0 + abs($1) }
        guard size > 0 else { return Result(bottom: values, groups: hierarchy.sums(values)) }
        let exponent = max(-1000, Int(ilogb(size)) + 1 - 50)
        let unit = scalbn(1, Int32(exponent))
        let rounded = values.map { ($0 / unit).rounded() * unit }
        return Result(bottom: rounded, groups: hierarchy.sums(rounded))
    }
}
