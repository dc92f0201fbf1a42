public import Contract
public import Records
public import Snapshots

/// Which clients a question is about.
public struct ClientFilter: Sendable, Hashable {
    /// The most conditions of one question.
    public static let conditionsMax = 64
    /// The most texts to search for in one question: each is looked for in every client.
    public static let searchesMax = 16

    /// A comparison of a number of every client.
    public struct Condition: Sendable, Hashable {
        public var key: SortKey
        public var range: MetricRange
    }

    public var segments: [String] = []
    public var regions: [String] = []
    public var tiers: [String] = []
    public var products: [String] = []
    public var risks: [String] = []
    public var searches: [String] = []
    public var conditions: [Condition] = []
    /// Attributes beyond the schema, by name.
    public var attributes: [String: [String]] = [:]
    /// The contact data that the asker is not shown.
    private let hidden: ContactColumns?

    public static let riskLevels = RiskScores.Level.allCases.map(\.name)

    /// Reads the filter parameters that every reading method takes.
    public init(_ parameters: inout Parameters) throws(Problem) {
        hidden = parameters.hidden
        segments = try parameters.texts("segment")
        regions = try parameters.texts("region")
        tiers = try parameters.texts("tier")
        products = try parameters.texts("product")
        risks = try parameters.texts("risk")
        for risk in risks where !ClientFilter.riskLevels.contains(risk) {
            throw Problem(
                .invalidParams, "parameter \"risk\" is \"\(risk.excerpt)\"",
                hint: "expected one of \(ClientFilter.riskLevels.joined(separator: ", "))")
        }
        searches = try parameters.texts("search", valuesMax: ClientFilter.searchesMax).map { $0.lowercased() }
        for text in try parameters.texts("where", valuesMax: ClientFilter.conditionsMax) {
            try add(condition: text, parameters)
        }
    }

    private mutating func add(condition text: String, _ parameters: Parameters) throws(Problem) {
        guard let parts = ConditionText(text) else { throw ClientFilter.unreadable(text) }
        if let key = SortKey(parts.name), key.field != .customerID, key.field != .name {
            guard let number = Double(parts.value), number.isFinite else { throw ClientFilter.unreadable(text) }
            conditions.append(Condition(key: key, range: MetricRange(parts.comparison, number)))
            return
        }
        guard parts.comparison == .equal, !parts.name.isEmpty, !parts.value.isEmpty else {
            throw Problem(
                .invalidParams, "parameter \"where\" names no metric: \"\(parts.name.excerpt)\"",
                hint: "metrics: \(SortKey.names.dropFirst(2).joined(separator: ", "))")
        }
        attributes[try parameters.attribute(parts.name, in: "where"), default: []].append(parts.value)
    }

    private static func unreadable(_ text: String) -> Problem {
        Problem(
            .invalidParams, "parameter \"where\" is \"\(text.excerpt)\"",
            hint: "expected METRIC OPERATOR NUMBER, such as engagement_score<0.5, or ATTRIBUTE==VALUE")
    }

    public var isEmpty: Bool {
        isDimensional && segments.isEmpty && regions.isEmpty && tiers.isEmpty && products.isEmpty
    }

    /// Whether it only looks at dimensions, so that sums over groups answer it.
    public var isDimensional: Bool { risks.isEmpty && searches.isEmpty && conditions.isEmpty && attributes.isEmpty }

    /// - Throws: what names an attribute that clients do not have; a misspelt name is not to look like an empty result.
    public func validate(_ snapshot: Snapshot) throws(Problem) {
        for name in attributes.keys.sorted() where AttributeTest.column(name, snapshot.silver.clients) == nil {
            let known =
                AttributeTest.names
                + snapshot.silver.clients.attributeNames.filter { hidden?.contains($0) != true }
            throw Problem(
                .invalidParams, "parameter \"where\" names neither a metric nor an attribute: \"\(name.excerpt)\"",
                hint: "attributes: \(known.joined(separator: ", ")); metrics: "
                    + SortKey.names.dropFirst(2).joined(separator: ", "))
        }
    }

    /// The groups that pass, by index.
    func groups(_ snapshot: Snapshot) -> [Bool] {
        let dimensions = snapshot.gold.dimensions
        func allowed(_ wanted: [String], _ dimension: ClientDimensions.Dimension) -> [Bool]? {
            if wanted.isEmpty { return nil }
            let wanted = Set(wanted)
            return dimension.values.map { wanted.contains($0) }
        }
        let segment = allowed(segments, dimensions.segment)
        let region = allowed(regions, dimensions.region)
        let tier = allowed(tiers, dimensions.tier)
        let product = allowed(products, dimensions.product)
        return snapshot.groups.groups.map { group in
            (segment?[Int(group.segment)] ?? true) && (region?[Int(group.region)] ?? true)
                && (tier?[Int(group.tier)] ?? true) && (product?[Int(group.product)] ?? true)
        }
    }
}
