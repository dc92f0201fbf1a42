public import Contract
public import Records
public import Snapshots
import Words

/// Which clients a question is about.
public struct ClientFilter: Sendable, Hashable {
    /// A comparison of a number of every client.
    public struct Comparison: Sendable, Hashable {
        public var key: SortKey
        public var range: MetricRange
    }

    public var segments: [String] = []
    public var regions: [String] = []
    public var tiers: [String] = []
    public var products: [String] = []
    /// Names in the column `owner`; what somebody calls mine has names by now.
    public var owners: [String] = []
    public var risks: [String] = []
    /// Where they stand; empty for everybody.
    public var statuses: [String] = []
    public var searches: [String] = []
    public var conditions: [Comparison] = []
    /// Attributes and their values, by name: several widen.
    public var attributes: [String: [String]] = [:]
    /// The same, of those who have another value: several narrow.
    public var excluded: [String: [String]] = [:]
    /// The contact data that the asker is not shown.
    private let hidden: ContactColumns?

    /// Reads the filter parameters that every reading method takes.
    public init(_ parameters: Parameters) {
        hidden = parameters.hidden
        segments = parameters.texts("segment")
        regions = parameters.texts("region")
        tiers = parameters.texts("tier")
        owners = parameters.texts("owner")
        products = parameters.texts("product")
        risks = parameters.texts("risk")
        statuses = parameters.texts("status")
        searches = parameters.texts("search").map { $0.lowercased() }
        for condition in parameters.conditions("where") {
            switch condition {
            case .metric(let key, let range): conditions.append(Comparison(key: key, range: range))
            case .attribute(let name, let value, true): attributes[name, default: []].append(value)
            case .attribute(let name, let value, false): excluded[name, default: []].append(value)
            }
        }
    }

    public var isEmpty: Bool {
        isDimensional && segments.isEmpty && regions.isEmpty && tiers.isEmpty && products.isEmpty
    }

    /// Whether it only looks at dimensions, so that sums over groups answer it.
    public var isDimensional: Bool { risks.isEmpty && statuses.isEmpty && conditions.isEmpty && !readsText }

    /// Whether it looks at texts of every client.
    var readsText: Bool {
        !searches.isEmpty || !attributes.isEmpty || !excluded.isEmpty || !owners.isEmpty
    }

    /// The same, without those who have left unless somebody asks for them.
    func ofThoseThere() -> ClientFilter {
        guard statuses.isEmpty else { return self }
        var filter = self
        filter.statuses = ClientStatus.allCases.filter { $0 != .left }.map(\.rawValue)
        return filter
    }

    /// - Throws: what names an attribute that clients do not have; a misspelt name is not to look like an empty result.
    public func validate(_ snapshot: Snapshot) throws(Problem) {
        for name in Set(attributes.keys).union(excluded.keys).sorted()
        where !AttributeTest.isKnown(name, snapshot.silver.clients) {
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
