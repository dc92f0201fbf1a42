import Records

/// The clients by group and risk level: those of one group and level stand together, and what adds up over them is
/// added up. Questions about dimensions and levels are answered from here, without a look at other clients.
public struct ClientBuckets: Sendable {
    public static let levelCount = RiskScores.Level.allCases.count

    /// Sums over the clients of a bucket.
    public struct Standing: Sendable, Equatable {
        public var customers = 0
        /// Clients with a risk level of at least high.
        public var atRisk = 0
        public var engagement = 0.0
        /// Over the clients that have a health score.
        public var health = 0.0
        public var healthCount = 0

        public init() {}

        public static func += (left: inout Standing, right: Standing) {
            left.customers += right.customers
            left.atRisk += right.atRisk
            left.engagement += right.engagement
            left.health += right.health
            left.healthCount += right.healthCount
        }
    }

    /// A bucket is `group * levelCount + level`; one more entry than there are buckets.
    private let starts: [UInt32]
    /// Ascending inside a bucket.
    private let positions: [UInt32]
    private let standings: [Standing]

    public var count: Int { standings.count }

    init(_ groups: ClientGroups, _ gold: GoldTables, _ assessments: Assessments) {
        let count = gold.count
        let levels = assessments.risk.level
        let bucketCount = groups.count * ClientBuckets.levelCount
        func bucket(_ position: Int) -> Int {
            Int(groups.groupOfPosition[position]) * ClientBuckets.levelCount + Int(levels[position].rawValue)
        }
        var starts = [UInt32](repeating: 0, count: bucketCount + 1)
        var standings = [Standing](repeating: Standing(), count: bucketCount)
        let engagement = gold.metrics.engagementScore
        let health = assessments.health.score
        for position in 0..<count {
            let bucket = bucket(position)
            starts[bucket + 1] += 1
            standings[bucket].engagement += engagement[position]
            if !health[position].isNaN {
                standings[bucket].health += health[position]
                standings[bucket].healthCount += 1
            }
        }
        for bucket in 0..<bucketCount {
            standings[bucket].customers = Int(starts[bucket + 1])
            if bucket % ClientBuckets.levelCount >= Int(RiskScores.Level.high.rawValue) {
                standings[bucket].atRisk = Int(starts[bucket + 1])
            }
            starts[bucket + 1] += starts[bucket]
        }
        var next = starts
        positions = [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            for position in 0..<count {
                let bucket = bucket(position)
                buffer[Int(next[bucket])] = UInt32(truncatingIfNeeded: position)
                next[bucket] += 1
            }
            initialized = count
        }
        self.starts = starts
        self.standings = standings
    }

    public subscript(bucket: Int) -> ArraySlice<UInt32> {
        positions[Int(starts[bucket])..<Int(starts[bucket + 1])]
    }

    public func customers(_ bucket: Int) -> Int { standings[bucket].customers }

    /// Sums over the clients of a group.
    public func standing(ofGroup group: Int) -> Standing {
        var sum = Standing()
        for level in 0..<ClientBuckets.levelCount { sum += standings[group * ClientBuckets.levelCount + level] }
        return sum
    }
}
