public import ChurnModel
public import Records
public import RiskValue

/// How the company's own past bears out what is said of risk: of the clients who were there on past days, who left within
/// the horizon, and where the rules, the health score, the days since a client was last seen, and the model had put them.
///
/// Each window is the horizon after a day, and over. The model is judged on the windows only that began when it was
/// trained, or later.
public struct RiskRecord: Sendable, Equatable {
    /// What ranks clients.
    public enum Measure: String, Sendable, CaseIterable {
        case model
        case rules
        case health
        /// The simplest rival: days since the client was last seen.
        case lastSeen = "last_seen"
    }

    /// How one measure ranked the clients of one day.
    public struct Ranking: Sendable, Equatable {
        /// The area under the ROC curve; nil where nobody left or everybody did, or nobody has a value.
        public var areaUnderROC: Double?
        /// The share of leavers among the tenth that was put at the top; nil with fewer than ten clients.
        public var topTenthYield: Double?
        /// Leavers that were expected: the sum of the probabilities, or of what each level was worth on the other windows.
        /// Nil where nothing says it.
        public var expected: Double?

        public init(areaUnderROC: Double? = nil, topTenthYield: Double? = nil, expected: Double? = nil) {
            self.areaUnderROC = areaUnderROC
            self.topTenthYield = topTenthYield
            self.expected = expected
        }
    }

    public struct Window: Sendable, Equatable {
        public var day: Day
        /// Clients who were there, as many as were looked at.
        public var clients: Int
        /// How many of them left within the horizon.
        public var left: Int
        /// The model has none on days before it was trained.
        public var rankings: [Measure: Ranking]

        public init(day: Day, clients: Int, left: Int, rankings: [Measure: Ranking]) {
            self.day = day
            self.clients = clients
            self.left = left
            self.rankings = rankings
        }

        /// The share of leavers.
        public var rate: Double? { clients > 0 ? Double(left) / Double(clients) : nil }
    }

    /// Clients at a level, over all windows together.
    public struct LevelCount: Sendable, Equatable {
        public var clients: Int
        public var left: Int

        public init(clients: Int = 0, left: Int = 0) {
            self.clients = clients
            self.left = left
        }

        public var rate: Double? { clients > 0 ? Double(left) / Double(clients) : nil }
    }

    public var horizonDays: Int
    /// Stands for the settings that it was made by.
    public var settings: String
    /// How much data there was: rows of all tables.
    public var records: Int
    /// The latest last.
    public var windows: [Window]
    /// By level of the rules, lowest first.
    public var ruleLevels: [LevelCount]
    /// By level of health, the best first.
    public var healthLevels: [LevelCount]

    public init(
        horizonDays: Int, settings: String, records: Int, windows: [Window], ruleLevels: [LevelCount],
        healthLevels: [LevelCount]
    ) {
        self.horizonDays = horizonDays
        self.settings = settings
        self.records = records
        self.windows = windows
        self.ruleLevels = ruleLevels
        self.healthLevels = healthLevels
    }

    /// Whether it tells of other settings, or of much less data than there is by now: who hands over the past file by file
    /// is not to be told of a part of it.
    public func isOutdated(settings: String, records: Int) -> Bool {
        self.settings != settings || Double(records) > 1.1 * Double(self.records)
    }

    /// What a level of the rules is worth as a probability.
    public var shares: RuleShares {
        var shares = RuleShares()
        for (level, count) in zip(RiskScores.Level.allCases, ruleLevels) {
            shares.add(level, clients: count.clients, leavers: count.left)
        }
        return shares
    }

    /// The mean of a measure's areas under the curve, weighed by the leavers of each window; nil without any.
    public func areaUnderROC(_ measure: Measure) -> Double? {
        var (sum, weight) = (0.0, 0.0)
        for window in windows {
            guard let area = window.rankings[measure]?.areaUnderROC else { continue }
            sum += area * Double(window.left)
            weight += Double(window.left)
        }
        return weight > 0 ? sum / weight : nil
    }
}

extension RiskRecord {
    /// - Parameters:
    ///   - days: with label windows that are over; those that nobody was asked about count for nothing.
    ///   - scorer: the model in force.
    public static func make(
        days: [ChurnDay], horizonDays: Int, settings: String, records: Int, scorer: ChurnScorer?
    ) throws(ChurnModelError) -> RiskRecord {
        let days = days.filter { $0.standing != nil && !$0.customers.isEmpty }.sorted { $0.asOf < $1.asOf }
        let counts = days.map { DayCounts($0) }
        var windows: [Window] = []
        for (index, day) in days.enumerated() {
            guard let standing = day.standing else { continue }
            let others = DayCounts.sum(counts.indices.lazy.filter { $0 != index }.map { counts[$0] })
            var rankings: [Measure: Ranking] = [
                .rules: ranking(
                    day.rulesScores, day.churned,
                    expected: others.expected(ofRules: standing.ruleLevels, hasOthers: days.count > 1)),
                .health: ranking(
                    standing.healthScores.map { -$0 }, day.churned,
                    expected: others.expected(ofHealth: standing.healthLevels, hasOthers: days.count > 1)),
                .lastSeen: ranking(standing.daysSinceSeen, day.churned, expected: nil),
            ]
            if let scorer, let trainedOn = scorer.trainedOn, day.asOf >= trainedOn {
                let probabilities = try scorer.probabilities(day.features)
                rankings[.model] = ranking(probabilities, day.churned, expected: probabilities.sorted().reduce(0, +))
            }
            windows.append(
                Window(
                    day: day.asOf, clients: day.customers.count, left: day.churned.count { $0 }, rankings: rankings))
        }
        let all = DayCounts.sum(counts)
        return RiskRecord(
            horizonDays: horizonDays, settings: settings, records: records, windows: windows, ruleLevels: all.rules,
            healthLevels: all.health)
    }

    /// Clients without a value are left out of the ranking.
    private static func ranking(_ scores: [Double], _ labels: [Bool], expected: Double?) -> Ranking {
        let known = scores.indices.filter { !scores[$0].isNaN }
        let (scores, labels) = (known.map { scores[$0] }, known.map { labels[$0] })
        let overall = labels.isEmpty ? 0 : Double(labels.count { $0 }) / Double(labels.count)
        return Ranking(
            areaUnderROC: RankingQuality.areaUnderROC(scores: scores, labels: labels)?.value,
            topTenthYield: RankingQuality.lift(scores: scores, labels: labels, topShare: 0.1).map { $0 * overall },
            expected: expected)
    }
}

/// Clients and leavers of a day by level.
private struct DayCounts {
    var rules = [RiskRecord.LevelCount](repeating: .init(), count: RiskScores.Level.allCases.count)
    var health = [RiskRecord.LevelCount](repeating: .init(), count: HealthScores.Level.allCases.count)

    init() {}

    init(_ day: ChurnDay) {
        guard let standing = day.standing else { return }
        for row in day.churned.indices {
            rules[Int(standing.ruleLevels[row].rawValue)].add(left: day.churned[row])
            if let level = standing.healthLevels[row] { health[Int(level.rawValue)].add(left: day.churned[row]) }
        }
    }

    static func sum(_ counts: some Sequence<DayCounts>) -> DayCounts {
        counts.reduce(into: DayCounts()) { sum, day in
            for level in sum.rules.indices { sum.rules[level].add(day.rules[level]) }
            for level in sum.health.indices { sum.health[level].add(day.health[level]) }
        }
    }

    func expected(ofRules levels: [RiskScores.Level], hasOthers: Bool) -> Double? {
        guard hasOthers else { return nil }
        // Level by level: a sum does not depend on the order of the clients.
        return RiskScores.Level.allCases.reduce(0) { sum, level in
            sum + Double(levels.count { $0 == level }) * rules[Int(level.rawValue)].smoothed
        }
    }

    func expected(ofHealth levels: [HealthScores.Level?], hasOthers: Bool) -> Double? {
        guard hasOthers else { return nil }
        // Who has no health is expected to leave as all others together do.
        let all = rules.reduce(into: RiskRecord.LevelCount()) { $0.add($1) }
        return HealthScores.Level.allCases.reduce(Double(levels.count { $0 == nil }) * all.smoothed) { sum, level in
            sum + Double(levels.count { $0 == level }) * health[Int(level.rawValue)].smoothed
        }
    }
}

extension RiskRecord.LevelCount {
    fileprivate mutating func add(left: Bool) {
        clients += 1
        self.left += left ? 1 : 0
    }

    fileprivate mutating func add(_ other: RiskRecord.LevelCount) {
        clients += other.clients
        left += other.left
    }

    /// One who left and one who stayed are added.
    fileprivate var smoothed: Double { Double(left + 1) / Double(clients + 2) }
}
