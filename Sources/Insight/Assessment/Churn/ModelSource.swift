import ChurnModel
import Records

/// Where a value that a model reads stands in the feature table of the house.
enum ModelSource: Sendable {
    case number(ClientFeature)
    case category(ClientCategory)

    init(_ name: String) throws(ChurnModelError) {
        if let feature = ModelSource.numbers[name] {
            self = .number(feature)
        } else if let category = ModelSource.categories[name] {
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
