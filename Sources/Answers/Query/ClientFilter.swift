public import Contract
public import Records
public import Snapshots

/// Which clients a question is about.
public struct ClientFilter: Sendable, Hashable {
    public enum Comparison: String, Sendable, CaseIterable {
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case notEqual = "!="
        case equal = "=="
        case less = "<"
        case greater = ">"
    }

    public struct Condition: Sendable, Hashable {
        public var key: SortKey
        public var comparison: Comparison
        public var number: Double
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
        for comparison in Comparison.allCases {
            guard let range = text.range(of: comparison.rawValue) else { continue }
            let name = text[..<range.lowerBound].trimmed
            let value = text[range.upperBound...].trimmed
            if let key = SortKey(name), key.field != .customerID, key.field != .name {
                guard let number = Double(value), number.isFinite else { break }
                conditions.append(Condition(key: key, comparison: comparison, number: number))
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

    /// - Parameter hidden: the contact data, for those who are shown none of it: a filter would tell what it holds.
    /// - Throws: what names an attribute that clients do not have; a misspelt name is not to look like an empty result.
    public func validate(_ snapshot: Snapshot, hiding hidden: ContactColumns? = nil) throws(Problem) {
        if let name = attributes.keys.sorted().first(where: { hidden?.contains($0) == true }) {
            throw Problem(
                .forbidden, "parameter \"where\" names contact data, which is not shown to your role: \"\(name)\"",
                hint: "contact_columns: in aurad.yaml says what is contact data, roles: who sees it")
        }
        for name in attributes.keys.sorted() where Matcher.column(name, snapshot.silver.clients) == nil {
            let known =
                Matcher.attributeNames
                + snapshot.silver.clients.attributeNames.filter { hidden?.contains($0) != true }
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

    /// How many clients pass, when that follows from counts; nil when it takes a walk.
    func total(_ snapshot: Snapshot) -> Int? {
        guard searches.isEmpty, conditions.isEmpty, attributes.isEmpty else { return nil }
        let levels = RiskScores.Level.allCases.filter { risks.isEmpty || risks.contains($0.name) }
        var total = 0
        for (group, passes) in groups(snapshot).enumerated() where passes {
            for level in levels { total += Int(snapshot.countsByGroupAndRisk[group * 4 + Int(level.rawValue)]) }
        }
        return total
    }

    /// All positions that pass, as flags, worked out column by column: the narrow and cheap ones first.
    /// - Parameter groups: the groups that pass.
    func flags(_ snapshot: Snapshot, groups: [Bool]) -> [Bool] {
        var flags = snapshot.groups.groupOfPosition.map { groups[Int($0)] }
        if !risks.isEmpty {
            let allowed = RiskScores.Level.allCases.map { risks.contains($0.name) }
            let levels = snapshot.assessments.risk.level
            for position in flags.indices where !allowed[Int(levels[position].rawValue)] { flags[position] = false }
        }
        for condition in conditions { condition.narrow(&flags, snapshot) }
        let matcher = Matcher(self, snapshot, groups: groups)
        if matcher.looksAtText {
            for position in flags.indices where flags[position] { flags[position] = matcher.textMatches(position) }
        }
        return flags
    }

    struct Matcher {
        private let snapshot: Snapshot
        private let groups: [Bool]
        private let risks: [Bool]?
        private let searches: [[UInt8]]
        private let attributes: [(column: CodedColumn, codes: Set<UInt32>)]

        init(_ filter: ClientFilter, _ snapshot: Snapshot, groups: [Bool]) {
            self.snapshot = snapshot
            self.groups = groups
            risks = filter.risks.isEmpty ? nil : RiskScores.Level.allCases.map { filter.risks.contains($0.name) }
            searches = filter.searches.map { Array($0.utf8) }
            let clients = snapshot.silver.clients
            attributes = filter.attributes.sorted { $0.key < $1.key }.map { name, values in
                let column = Matcher.column(name, clients) ?? CodedColumn()
                return (column, Set(values.compactMap { column.dictionary.code(of: $0) }))
            }
        }

        static let attributeNames = ["industry", "owner", "location", "gender", "subscription_type"]

        static func column(_ name: String, _ clients: ClientTable) -> CodedColumn? {
            switch name {
            case "industry": clients.industry
            case "owner": clients.owner
            case "location": clients.location
            case "gender": clients.gender
            case "subscription_type": clients.subscriptionType
            default: clients.attributeNames.firstIndex(of: name).map { clients.attributes[$0] }
            }
        }

        /// Whether a position passes what dimensions and risk say.
        func dimensionsMatch(_ position: Int) -> Bool {
            guard groups[Int(snapshot.groups.groupOfPosition[position])] else { return false }
            return risks?[Int(snapshot.assessments.risk.level[position].rawValue)] ?? true
        }

        var looksAtText: Bool { !attributes.isEmpty || !searches.isEmpty }

        /// Whether a position passes what attributes and names say.
        func textMatches(_ position: Int) -> Bool {
            let client = Int(snapshot.gold.clients[position])
            for (column, codes) in attributes {
                guard client < column.codes.count, codes.contains(column.codes[client]) else { return false }
            }
            for search in searches where !contains(search, client) { return false }
            return true
        }

        /// Whether the id or the name contains the text, whatever its case.
        private func contains(_ needle: [UInt8], _ client: Int) -> Bool {
            let clients = snapshot.silver.clients
            if clients.id.withBytes(at: client, { TextSearch.contains($0, needle) }) { return true }
            if clients.name.withBytes(at: client, { TextSearch.contains($0, needle) }) { return true }
            // Case folding beyond ASCII needs the whole text.
            guard needle.contains(where: { $0 >= 0x80 }), let name = clients.name[client] else { return false }
            return name.lowercased().utf8.count > 0
                && Array(name.lowercased().utf8).withUnsafeBufferPointer { TextSearch.contains($0, needle) }
        }
    }
}

extension ClientFilter.Condition {
    /// Clears the flags of positions that do not fulfil the condition; an unknown value fulfils none, not even `!=`.
    fileprivate func narrow(_ flags: inout [Bool], _ snapshot: Snapshot) {
        let number = number
        switch comparison {
        case .less: key.narrow(&flags, snapshot) { $0 < number }
        case .lessOrEqual: key.narrow(&flags, snapshot) { $0 <= number }
        case .greater: key.narrow(&flags, snapshot) { $0 > number }
        case .greaterOrEqual: key.narrow(&flags, snapshot) { $0 >= number }
        case .equal: key.narrow(&flags, snapshot) { $0 == number }
        case .notEqual: key.narrow(&flags, snapshot) { $0 != number }
        }
    }
}

enum TextSearch {
    /// Whether `text`, with ASCII letters in lower case, contains `needle`.
    static func contains(_ text: UnsafeBufferPointer<UInt8>, _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        guard text.count >= needle.count else { return false }
        for start in 0...(text.count - needle.count) where lower(text[start]) == first {
            var offset = 1
            while offset < needle.count, lower(text[start + offset]) == needle[offset] { offset += 1 }
            if offset == needle.count { return true }
        }
        return false
    }

    @inline(__always)
    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
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
