public import Records

/// From which probability of leaving on a client is at which level of risk: so many times what is usual among current
/// clients, within bounds.
public struct ModelLevels: Sendable, Equatable {
    /// Where a level begins: `multiple` times the base rate, but not below `least` and not above `most`.
    public struct Bound: Sendable, Equatable {
        public var multiple: Double
        public var least: Double
        public var most: Double

        public init(multiple: Double, least: Double, most: Double) {
            self.multiple = multiple
            self.least = least
            self.most = most
        }

        /// - Parameter baseRate: what is not a number is no rate: then the least counts.
        public func probability(baseRate: Double) -> Double {
            let wanted = baseRate > 0 ? multiple * baseRate : 0
            return min(most, max(least, wanted))
        }
    }

    public var medium: Bound
    public var high: Bound
    public var critical: Bound

    public init(
        medium: Bound = Bound(multiple: 2, least: 0.1, most: 0.3),
        high: Bound = Bound(multiple: 4, least: 0.25, most: 0.5),
        critical: Bound = Bound(multiple: 8, least: 0.5, most: 0.8)
    ) {
        self.medium = medium
        self.high = high
        self.critical = critical
    }

    /// The probabilities themselves, for a base rate: the share of current clients who leave within the horizon.
    public func levels(baseRate: Double) -> RiskLevels {
        RiskLevels(
            medium: medium.probability(baseRate: baseRate), high: high.probability(baseRate: baseRate),
            critical: critical.probability(baseRate: baseRate))
    }
}
