public import Contract
public import Records
public import Snapshots

/// Which clients a question is about.
public struct ClientFilter: Sendable, Hashable {
    /// Operators as they are written, those of two characters first.
    private static let comparisons: [RiskRule.Comparison] = [
        .lessOrEqual, .greaterOrEqual, .notEqual, .equal, .less, .greater,
    ]

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

    public static let riskLevels = RiskScores.Level.allCases.map(\.name)

    /// Reads the filter parameters that every reading method takes.
    public init(_ parameters: inout Parameters) throws(Problem) {
        segments = try parameters.texts("segment")
        regions = try parameters.texts("region")
        tiers = try parameters.texts("tier")
        products = try parameters.texts("product")
        risks = try parameters.texts("risk")
        for risk in risks where !ClientFilter.riskLevels.contains(risk) {
            throw Problem(
                .invalidParams, "parameter \"risk\" is \"\(risk)\"",
                hint: "expected one of \(ClientFilter.riskLevels.joined(separator: ", "))")
        }
        searches = try parameters.texts("search").map { $0.lowercased() }
        for text in try parameters.texts("where") { try add(condition: text) }
    }

    private mutating func add(condition text: String) throws(Problem) {
        for comparison in ClientFilter.comparisons {
            guard let range = text.range(of: comparison.rawValue) else { continue }
            let name = text[..<range.lowerBound].trimmed
            let value = text[range.upperBound...].trimmed
            if let key = SortKey(name), key.field != .customerID, key.field != .name {
                guard let number = Double(value), number.isFinite else { break }
                conditions.append(Condition(key: key, range: MetricRange(comparison, number)))
                return
            }
            if comparison == .equal, !name.isEmpty, !value.isEmpty {
                attributes[name, default: []].append(value)
                return
            }
            throw Problem(
                .invalidParams, "parameter \"where\" names no metric: \"\(name)\"",
                hint: "metrics: \(SortKey.names.dropFirst(2).joined(separator: ", "))")
        }
        throw Problem(
            .invalidParams, "parameter \"where\" is \"\(text)\"",
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
            let known = AttributeTest.names + snapshot.silver.clients.attributeNames
            throw Problem(
                .invalidParams, "parameter \"where\" names neither a metric nor an attribute: \"\(name)\"",
                hint: "attributes: \(known.joined(separator: ", ")); metrics: "
                    + SortKey.names.dropFirst(2).joined(separator: ", "))
        }
    }

    /// The groups that pass, by index.
    func groups(_ snapshot: Snapshot) -> [Bool] {
        let dimensions = snapshot.gold.dimensions
        func allowed(_ wanted: [String], _ dimension: ClientDimensions.Dimension) -> [Bool]? {
            wanted.isEmpty ? nil : dimension.values.map { wanted.contains($0) }
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

extension Substring {
    /// Without white space at its ends.
    fileprivate var trimmed: String {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

extension String {
    /// The first place of an ASCII text.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
