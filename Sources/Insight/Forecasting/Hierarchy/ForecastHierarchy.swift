/// A two-way hierarchy: bottom series and the groups each of them adds up to.
///
/// One level per way of grouping, for example one with a single group (the total), one by segment, one by region
/// and one by segment and region.
public struct ForecastHierarchy: Sendable, Equatable {
    /// One way of grouping the bottom series.
    public struct Level: Sendable, Equatable {
        public var name: String
        /// Group of each bottom series, 0..<groupCount.
        public var groups: [Int]
        public var groupCount: Int

        public init(name: String, groups: [Int], groupCount: Int) {
            self.name = name
            self.groups = groups
            self.groupCount = groupCount
        }
    }

    public let bottomCount: Int
    public let levels: [Level]
    /// Index of each level's first group in the list of all groups.
    let firstGroups: [Int]
    public let groupCount: Int

    /// Most groups: reconciliation factors a matrix of that order.
    static let largestGroupCount = 4000

    /// - Throws: `invalidHierarchy` when a level does not name a group for each bottom series.
    public init(bottomCount: Int, levels: [Level]) throws(ForecastError) {
        guard bottomCount > 0 else { throw .invalidHierarchy(reason: "there is no bottom series") }
        var firstGroups: [Int] = []
        var count = 0
        for level in levels {
            guard level.groups.count == bottomCount else {
                throw .invalidHierarchy(
                    reason: "level \(level.name) groups \(level.groups.count) of \(bottomCount) series: name a group "
                        + "for each")
            }
            guard level.groupCount > 0, level.groups.allSatisfy({ $0 >= 0 && $0 < level.groupCount }) else {
                throw .invalidHierarchy(
                    reason: "level \(level.name) names a group outside 0..<\(level.groupCount): correct it")
            }
            firstGroups.append(count)
            count += level.groupCount
        }
        guard count <= Self.largestGroupCount else {
            throw .invalidHierarchy(
                reason: "found \(count) groups, at most \(Self.largestGroupCount) are supported: drop a level")
        }
        self.bottomCount = bottomCount
        self.levels = levels
        self.firstGroups = firstGroups
        groupCount = count
    }

    /// Sums of bottom values per level and group.
    public func sums(_ bottom: [Double]) -> [[Double]] {
        levels.map { level in
            var result = [Double](repeating: 0, count: level.groupCount)
            for (index, group) in level.groups.enumerated() { result[group] += bottom[index] }
            return result
        }
    }
}
