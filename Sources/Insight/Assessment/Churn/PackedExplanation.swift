import ChurnModel
import Records

/// An explanation as plain numbers, some hundred bytes long, so that those of all clients can be kept. Names, units and
/// sentences are made of it when it is asked for.
struct PackedExplanation: Sendable {
    /// Where a value that a model reads stands in the feature table of the house.
    enum Source: Sendable {
        case number(ClientFeature)
        case category(ClientCategory)

        init(_ name: String) throws(ChurnModelError) {
            if let feature = Source.numbers[name] {
                self = .number(feature)
            } else if let category = Source.categories[name] {
                self = .category(category)
            } else {
                throw .featureMismatch("there is no feature '\(name)'; train a new model")
            }
        }

        func value(_ features: ClientFeatures, row: Int) -> FeatureValue {
            switch self {
            case .number(let feature): FeatureValue(number: features.value(feature, row: row))
            case .category(let category): features.level(category, row: row).map { .level($0) } ?? .missing
            }
        }

        var definition: FeatureDefinition {
            switch self {
            case .number(let feature): feature.definition
            case .category(let category): category.definition
            }
        }

        private static let numbers = Dictionary(
            ClientFeature.allCases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        private static let categories = Dictionary(
            ClientCategory.allCases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What one source contributes.
    struct Share: Sendable {
        /// Of the model's encoder.
        var source: Int32 = 0
        /// By ``LevelNames``; -1 for a number, and where unknown.
        var level: Int32 = -1
        /// Log-odds.
        var contribution = 0.0
        /// NaN where unknown.
        var value = Double.nan
        /// The same measure of now and of the time before, where ``ChurnText`` sets them side by side.
        var now = Double.nan
        var before = Double.nan
    }

    /// What another value of one source would change.
    struct Change: Sendable {
        var source: Int32 = 0
        var from = Double.nan
        var to = 0.0
        var marginChange = 0.0
    }

    static let sharesMax = 8
    static let changesMax = 3

    /// Log-odds before calibration.
    var margin = 0.0
    var base = 0.0
    /// The largest first; only the first ``shareCount`` mean something.
    var shares = InlineArray<8, Share>(repeating: Share())
    var shareCount: UInt8 = 0
    var changes = InlineArray<3, Change>(repeating: Change())
    var changeCount: UInt8 = 0
    /// -1 beyond the months looked ahead.
    var medianDays: Int32 = -1
    /// -1 without a model of the time to churn.
    var meanDays: Int32 = -1
}

/// Names of levels by small numbers that are never given anew.
struct LevelNames {
    private(set) var names: [String] = []
    private var numbers: [String: Int32] = [:]

    mutating func number(_ name: String) -> Int32 {
        if let known = numbers[name] { return known }
        let next = Int32(names.count)
        numbers[name] = next
        names.append(name)
        return next
    }
}
