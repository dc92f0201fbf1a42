/// One metric as it is known outside: the same name, formula and unit on every surface.
public struct MetricDefinition: Sendable, Equatable {
    public enum Unit: String, Sendable {
        case count
        case days
        case hours
        case money
        /// 0…1.
        case fraction
        /// A ratio of two numbers of one kind.
        case ratio
        /// 0…100.
        case score
        /// 1…5.
        case rating
        /// −100…100.
        case points
        /// 0…10, an answer to a survey.
        case answer

        /// For people; nil where there is nothing to say.
        public var text: String? {
            switch self {
            case .count, .ratio, .money, .fraction: nil
            case .days: "days"
            case .hours: "hours"
            case .score: "0…100"
            case .rating: "1…5"
            case .points: "−100…100"
            case .answer: "0…10"
            }
        }
    }

    /// Which way is better.
    public enum Direction: String, Sendable {
        case higherIsBetter = "higher_is_better"
        case lowerIsBetter = "lower_is_better"
        case neutral
    }

    public let name: String
    public let title: String
    public let unit: Unit
    public let direction: Direction
    public let formula: String
    /// Whether it may be unknown of a client, and then is null.
    public let canBeUnknown: Bool
    /// Whether a count or a number of days has no fraction; a mean of them does.
    public let isWhole: Bool

    public init(
        _ name: String, _ title: String, _ unit: Unit, _ direction: Direction, _ formula: String,
        canBeUnknown: Bool = false, isWhole: Bool = true
    ) {
        self.canBeUnknown = canBeUnknown
        self.isWhole = isWhole
        self.name = name
        self.title = title
        self.unit = unit
        self.direction = direction
        self.formula = formula
    }
}
