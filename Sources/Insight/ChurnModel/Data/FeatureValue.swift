/// One value of one feature.
public enum FeatureValue: Sendable, Hashable, CustomStringConvertible {
    case number(Double)
    case level(String)
    case missing

    /// A finite number, or missing.
    public init(number: Double) {
        self = number.isFinite ? .number(number == 0 ? 0 : number) : .missing
    }

    public var description: String {
        switch self {
        case .number(let number):
            if number == number.rounded(), abs(number) < 1e15 { "\(Int64(number))" } else { "\(number)" }
        case .level(let level): level
        case .missing: "missing"
        }
    }
}
