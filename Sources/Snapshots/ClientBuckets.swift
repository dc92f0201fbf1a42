public import Records
import Words

/// The clients by group and risk level: those of one group and level stand together, those who have left after them, and
/// what adds up over them is added up. Questions about dimensions and levels are answered from here, without a look at
/// other clients.
public struct ClientBuckets: Sendable {
    /// The levels, and one place more for those who have left.
    public static let levelCount = RiskScores.Level.allCases.count + 1
    public static let left = levelCount - 1

    /// The place of a level among those of a group; nil is that of who has left.
    @inline(__always)
    public static func place(_ level: RiskScores.Level?) -> Int { level.map { Int($0.rawValue) } ?? left }

    /// Sums over the clients of a bucket.
    public struct Standing: Sendable, Equatable {
        /// Who is there, whether he has begun or not.
        public var clients = 0
        /// Of these, who has begun.
        public var customers = 0
        /// Clients with a risk level of at least high.
        public var atRisk = 0
        /// What they are worth a month, micro-units.
        public var atRiskMRR: Int64 = 0
        /// What is at stake with who is there, micro-units, and of how many that is known.
        public var valueAtRisk: Int64 = 0
        public var valueAtRiskCount = 0
        /// What who is there is worth a month, and how many are worth anything.
        public var mrr: Int64 = 0
        public var payers = 0
        public var openTickets = 0
        /// Of who is there; the health too.
        public var engagement = 0.0
        /// Over the clients that have a health score.
        public var health = 0.0
        public var healthCount = 0

        public init() {}

        /// Enters a client who is there.
        mutating func add(_ gold: GoldTables, _ columns: Columns, _ position: Int, _ level: RiskScores.Level) {
            clients += 1
            if gold.status[position].isCustomer { customers += 1 }
            let mrr = max(0, columns.mrr[position])
            if mrr > 0 {
                self.mrr = self.mrr.addingSaturated(mrr)
                payers += 1
            }
            if level >= .high {
                atRisk += 1
                atRiskMRR = atRiskMRR.addingSaturated(mrr)
            }
            if let value = columns.risk.valueAtRisk(position) {
                valueAtRisk = valueAtRisk.addingSaturated(value)
                valueAtRiskCount += 1
            }
            openTickets += max(0, Int(columns.openTickets[position]))
            engagement += columns.engagement[position]
            if !columns.health[position].isNaN {
                health += columns.health[position]
                healthCount += 1
            }
        }

        public static func += (left: inout Standing, right: Standing) {
            left.clients += right.clients
            left.customers += right.customers
            left.atRisk += right.atRisk
            left.atRiskMRR = left.atRiskMRR.addingSaturated(right.atRiskMRR)
            left.valueAtRisk = left.valueAtRisk.addingSaturated(right.valueAtRisk)
            left.valueAtRiskCount += right.valueAtRiskCount
            left.mrr = left.mrr.addingSaturated(right.mrr)
            left.payers += right.payers
            left.openTickets += right.openTickets
            left.engagement += right.engagement
            left.health += right.health
            left.healthCount += right.healthCount
        }
    }

    /// What is added up, taken out of the tables once.
    struct Columns {
        let mrr: [Int64]
        let openTickets: [Int32]
        let engagement, health: [Double]
        let risk: RiskScores

        init(_ gold: GoldTables, _ assessments: Assessments) {
            mrr = gold.metrics.mrr
            openTickets = gold.metrics.openTickets
            engagement = gold.metrics.engagementScore
            health = assessments.health.score
            risk = assessments.risk
        }
    }

    /// What adds up over some clients; those who have left count for nothing.
    public static func standing(
        of positions: some Sequence<Int>, _ gold: GoldTables, _ assessments: Assessments
    ) -> Standing {
        let columns = Columns(gold, assessments)
        var standing = Standing()
        for position in positions {
            if let level = assessments.risk.level[position] { standing.add(gold, columns, position, level) }
        }
        return standing
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
            Int(groups.groupOfPosition[position]) * ClientBuckets.levelCount + ClientBuckets.place(levels[position])
        }
        var starts = [UInt32](repeating: 0, count: bucketCount + 1)
        var standings = [Standing](repeating: Standing(), count: bucketCount)
        let columns = Columns(gold, assessments)
        for position in 0..<count {
            let bucket = bucket(position)
            starts[bucket + 1] += 1
            if let level = levels[position] { standings[bucket].add(gold, columns, position, level) }
        }
        for bucket in 0..<bucketCount { starts[bucket + 1] += starts[bucket] }
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

    /// All clients of a bucket, those who have left too.
    public func size(_ bucket: Int) -> Int { Int(starts[bucket + 1] - starts[bucket]) }

    /// Sums over the clients of a group.
    public func standing(ofGroup group: Int) -> Standing {
        var sum = Standing()
        for level in 0..<ClientBuckets.levelCount { sum += standings[group * ClientBuckets.levelCount + level] }
        return sum
    }
}
