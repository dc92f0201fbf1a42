public import Records

/// How many clients at each level of the rules there were on the company's own past days, and how many of them left within
/// the horizon: what a level of the rules is worth as a probability.
public struct RuleShares: Sendable, Equatable {
    /// By level.
    private var clients = [Int](repeating: 0, count: RiskScores.Level.allCases.count)
    private var leavers = [Int](repeating: 0, count: RiskScores.Level.allCases.count)

    /// Of fewer clients a share says nothing.
    private static let clientsLeast = 30

    public init() {}

    /// Adds a current client of a day whose horizon is over.
    @inline(__always)
    public mutating func add(_ level: RiskScores.Level, left: Bool) { add(level, clients: 1, leavers: left ? 1 : 0) }

    public mutating func add(_ level: RiskScores.Level, clients count: Int, leavers leaving: Int) {
        clients[Int(level.rawValue)] += count
        leavers[Int(level.rawValue)] += leaving
    }

    public mutating func merge(_ other: RuleShares) {
        for level in RiskScores.Level.allCases {
            add(level, clients: other.clients[Int(level.rawValue)], leavers: other.leavers[Int(level.rawValue)])
        }
    }

    /// The probability of leaving by level, lowest first; empty while no window is over.
    ///
    /// A level of too few clients takes the next lower one to it until there are enough, the lowest the next higher one:
    /// neighbours are alike, and a seldom level is not set back to what is usual among all. One client who left and one
    /// who stayed are added to each, so that no share is 0 or 1.
    public var probabilities: [Double] {
        let total = clients.reduce(0, +)
        guard total > 0 else { return [] }
        // From the highest level down; each pool ends at its lowest level.
        var pools: [(lowest: Int, clients: Int, leavers: Int)] = []
        var pool = (clients: 0, leavers: 0)
        for level in clients.indices.reversed() {
            pool.clients += clients[level]
            pool.leavers += leavers[level]
            if pool.clients >= RuleShares.clientsLeast {
                pools.append((level, pool.clients, pool.leavers))
                pool = (0, 0)
            }
        }
        if pools.last?.lowest != 0 {
            let last = pools.popLast()
            pools.append((0, (last?.clients ?? 0) + pool.clients, (last?.leavers ?? 0) + pool.leavers))
        }
        var result = [Double](repeating: 0, count: clients.count)
        var level = clients.count
        for pool in pools {
            while level > pool.lowest {
                level -= 1
                result[level] = Double(pool.leavers + 1) / Double(pool.clients + 2)
            }
        }
        return result
    }
}
