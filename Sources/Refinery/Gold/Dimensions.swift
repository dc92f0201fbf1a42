import Records

/// Derives the attributes clients are grouped by, with the defaults of the data contract: segment and tier default to
/// the
/// subscription type, region to that of the country.
enum Dimensions {
    static let otherRegion = "OTHER"

    static func derive(_ clients: ClientTable, positions: [UInt32], settings: GoldSettings) -> ClientDimensions {
        var result = ClientDimensions()
        let bySegment = Lookup(clients.subscriptionType) { settings.segmentOfSubscriptionType[$0] ?? $0 }
        result.segment = dimension(positions, clients.segment, bySegment.values, clients.subscriptionType.codes)
        result.tier = tier(clients, positions: positions)
        let byCountry = Lookup(clients.location) { country in
            country.isEmpty ? otherRegion : settings.regionOfCountry[country.lowercased()] ?? otherRegion
        }
        result.region = dimension(positions, clients.region, byCountry.values, clients.location.codes)
        result.product = dimension(positions, clients.product, [""], nil)
        return result
    }

    /// The plans alone.
    static func tier(_ clients: ClientTable, positions: [UInt32]) -> ClientDimensions.Dimension {
        dimension(
            positions, clients.tier, Lookup(clients.subscriptionType) { $0 }.values, clients.subscriptionType.codes)
    }

    /// A value for every code of a column.
    private struct Lookup {
        let values: [String]

        init(_ column: CodedColumn, _ value: (String) -> String) {
            values = column.dictionary.values.map(value)
        }
    }

    /// The column's own value where there is one, otherwise the fallback's value of the fallback code.
    private static func dimension(
        _ positions: [UInt32], _ column: CodedColumn, _ fallback: [String], _ fallbackCodes: [UInt32]?
    ) -> ClientDimensions.Dimension {
        // Values in the order of their bytes, so that codes do not depend on the order of the drops.
        var used = Set<String>()
        var ownUsed = [Bool](repeating: false, count: column.dictionary.values.count)
        var fallbackUsed = [Bool](repeating: false, count: fallback.count)
        for client in positions {
            let own = Int(column.codes[Int(client)])
            if own != 0 { ownUsed[own] = true } else { fallbackUsed[Int(fallbackCodes?[Int(client)] ?? 0)] = true }
        }
        for (code, value) in column.dictionary.values.enumerated() where ownUsed[code] { used.insert(value) }
        for (code, value) in fallback.enumerated() where fallbackUsed[code] { used.insert(value) }
        used.remove("")
        // 65,535 groups are more than anyone looks at; the values beyond count as unknown.
        let sorted = used.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(Int(UInt16.max) - 1)
        var codeOfValue: [String: UInt16] = ["": 0]
        for (index, value) in sorted.enumerated() { codeOfValue[value] = UInt16(index + 1) }
        let ownCodes = column.dictionary.values.map { codeOfValue[$0] ?? 0 }
        let fallbackValues = fallback.map { codeOfValue[$0] ?? 0 }
        var result = ClientDimensions.Dimension()
        result.values = [""] + sorted
        result.codes = positions.map { client in
            let own = Int(column.codes[Int(client)])
            return own != 0 ? ownCodes[own] : fallbackValues[Int(fallbackCodes?[Int(client)] ?? 0)]
        }
        return result
    }
}
