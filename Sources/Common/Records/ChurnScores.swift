/// What the churn model in force says of every client, by position of the gold tables.
public struct ChurnScores: Sendable {
    /// Nil where no model is in force: then the rules rank the clients.
    public var model: ChurnModelFacts?
    /// Days of silence after which a client was not scored; nil without such a limit.
    public var populationDays: Int?
    /// Probability of churn within the horizon; NaN for clients outside the model's population, and without a model.
    public let probability: [Double]
    /// The probabilities that are known, ascending.
    public private(set) var ranked: [Double] = []
    /// Their mean; NaN without any.
    public private(set) var mean = Double.nan
    public var explainer: (any ChurnExplainer)?
    /// The positions whose features may differ from those of the generation before; nil when any may.
    public private(set) var changed: [Int]?
    /// The table that the model reads, for exports; there with and without a model.
    public var features: (any FeatureSource)?

    public init(probability: [Double]) {
        self.probability = probability
        ranked = probability.filter { !$0.isNaN }
        ranked.sort()
        if !ranked.isEmpty { mean = ranked.reduce(0, +) / Double(ranked.count) }
    }

    /// The same as of all probabilities, from those of before: cheaper than to sort all anew.
    /// - Parameter changed: the positions that may differ from `previous`, which has as many.
    public init(probability: [Double], after previous: ChurnScores, changed: [Int]) {
        self.probability = probability
        self.changed = changed
        func sorted(_ values: [Double]) -> [Double] {
            changed.map { values[$0] }.filter { !$0.isNaN }.sorted()
        }
        let (gone, come) = (sorted(previous.probability), sorted(probability))
        ranked.reserveCapacity(previous.ranked.count + come.count - gone.count)
        var (leaving, coming) = (0, 0)
        for value in previous.ranked {
            if leaving < gone.count, gone[leaving] == value {
                leaving += 1
                continue
            }
            while coming < come.count, come[coming] <= value {
                ranked.append(come[coming])
                coming += 1
            }
            ranked.append(value)
        }
        ranked.append(contentsOf: come[coming...])
        if !ranked.isEmpty { mean = ranked.reduce(0, +) / Double(ranked.count) }
    }

    /// The share of the scored clients whose probability is not above this one, 0…1; NaN where it is unknown.
    public func percentile(_ position: Int) -> Double {
        let value = probability[position]
        guard !value.isNaN, !ranked.isEmpty else { return .nan }
        var low = 0
        var high = ranked.count
        while low < high {
            let middle = (low + high) / 2
            if ranked[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return Double(low) / Double(ranked.count)
    }
}

/// Which model spoke.
public struct ChurnModelFacts: Sendable, Equatable {
    /// The name of the model's file.
    public var version: String
    public var horizonDays: Int
    /// `left`, `explicit` or `inactivity`.
    public var labelKind: String
    /// Who was scored, in words.
    public var population: String
    public var trainedOn: Day
    /// The share of such clients who churned within the horizon, on the windows it was trained on; where it was re-centred
    /// since, at the level it was set to.
    public var baseRate: Double

    public init(
        version: String, horizonDays: Int, labelKind: String, population: String, trainedOn: Day, baseRate: Double
    ) {
        self.version = version
        self.horizonDays = horizonDays
        self.labelKind = labelKind
        self.population = population
        self.trainedOn = trainedOn
        self.baseRate = baseRate
    }
}

/// Explains scores of single clients when it is asked to.
public protocol ChurnExplainer: Sendable {
    /// Whether an explanation takes no longer than it takes to hand the question to another thread.
    var isQuick: Bool { get }
    /// The same for two explainers when the same features have the same explanation.
    var model: ObjectIdentifier { get }
    /// - Parameter positions: ascending.
    /// - Returns: one per position; nil for a client outside the population.
    func explain(_ positions: [Int]) -> [PackedExplanation?]
    /// Names, units and sentences of an explanation.
    func text(_ packed: PackedExplanation, of position: Int) -> ChurnExplanation
}

extension ChurnExplainer {
    /// Nil for a client outside the population.
    public func explain(_ position: Int) -> ChurnExplanation? {
        explain([position]).first.flatMap { $0 }.map { text($0, of: position) }
    }
}

/// Why a client has the probability he has. Features are associated with the risk; nothing is said about causes.
public struct ChurnExplanation: Sendable, Equatable {
    /// The value of a feature.
    public enum Value: Sendable, Equatable {
        case number(Double)
        case level(String)
        case unknown
    }

    public struct Contribution: Sendable, Equatable {
        public var feature: String
        public var value: Value
        public var unit: String
        /// Log-odds; above 0 the value goes with a higher risk than that of an average client.
        public var contribution: Double
        /// The value in words.
        public var words: String
        /// The same, and which way it goes.
        public var text: String

        public init(
            feature: String, value: Value, unit: String, contribution: Double, words: String, text: String
        ) {
            self.feature = feature
            self.value = value
            self.unit = unit
            self.contribution = contribution
            self.words = words
            self.text = text
        }
    }

    /// How the probability would read with another value of one feature: an answer of the model, not a promise.
    public struct Change: Sendable, Equatable {
        public var feature: String
        public var from: Value
        public var to: Value
        public var probability: Double
        public var text: String

        public init(feature: String, from: Value, to: Value, probability: Double, text: String) {
            self.feature = feature
            self.from = from
            self.to = to
            self.probability = probability
            self.text = text
        }
    }

    /// Log-odds of an average client.
    public var base: Double
    /// Log-odds of this one, before calibration: `base`, the contributions and `otherContributions` add up to it.
    public var margin: Double
    public var probability: Double
    /// The largest first.
    public var contributions: [Contribution]
    /// The sum over all features that are not listed.
    public var otherContributions: Double
    public var changes: [Change]
    /// Nil when there is no model of the time to churn.
    public var time: Time?

    /// When a client is expected to leave, counted from the as-of day.
    public struct Time: Sendable, Equatable {
        /// Days until fewer than half of such clients are left; nil beyond `monthsAhead`.
        public var medianDays: Int?
        /// The mean number of days that such clients stay; those who outstay `monthsAhead` are counted with these.
        public var meanDays: Int
        /// How many months the model looks ahead.
        public var monthsAhead: Int
        /// How long such a month is.
        public var monthDays: Int

        public init(medianDays: Int?, meanDays: Int, monthsAhead: Int, monthDays: Int) {
            self.medianDays = medianDays
            self.meanDays = meanDays
            self.monthsAhead = monthsAhead
            self.monthDays = monthDays
        }

        /// Whole months until fewer than half of such clients are left.
        public var medianMonths: Int? { medianDays.map { max(1, ($0 + monthDays - 1) / monthDays) } }
    }

    public init(
        base: Double, margin: Double, probability: Double, contributions: [Contribution], otherContributions: Double,
        changes: [Change], time: Time?
    ) {
        self.base = base
        self.margin = margin
        self.probability = probability
        self.contributions = contributions
        self.otherContributions = otherContributions
        self.changes = changes
        self.time = time
    }
}
