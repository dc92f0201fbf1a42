import ChurnModel
import Records

/// Brings the feature table of the house into the one the model reads.
enum ChurnTable {
    /// - Parameter names: the columns wanted; all when nil.
    static func table(
        _ features: ClientFeatures, only names: Set<String>? = nil
    ) throws(ChurnModelError) -> FeatureTable {
        var columns: [FeatureColumn] = []
        for feature in ClientFeature.allCases {
            let definition = feature.definition
            guard names?.contains(definition.name) ?? true else { continue }
            columns.append(column(definition, .double(Array(features.column(feature)))))
        }
        for category in ClientCategory.allCases {
            let definition = category.definition
            guard names?.contains(definition.name) ?? true else { continue }
            let levels = features.categories[category.rawValue]
            columns.append(column(definition, .category(codes: levels.codes, levels: levels.names)))
        }
        return try FeatureTable(columns: columns)
    }

    /// Several days' rows below each other. Levels are coded in the order of their names, because codes of the house
    /// depend on the order of the drops.
    static func table(_ parts: [(features: ClientFeatures, rows: [Int])]) throws(ChurnModelError) -> FeatureTable {
        let count = parts.reduce(0) { $0 + $1.rows.count }
        var columns: [FeatureColumn] = []
        for feature in ClientFeature.allCases {
            var values: [Double] = []
            values.reserveCapacity(count)
            for part in parts {
                let column = part.features.column(feature)
                for row in part.rows { values.append(column[column.startIndex + row]) }
            }
            columns.append(column(feature.definition, .double(values)))
        }
        for category in ClientCategory.allCases {
            var names = Set<String>()
            for part in parts {
                let levels = part.features.categories[category.rawValue]
                for row in part.rows where levels.codes[row] >= 0 { names.insert(levels.names[Int(levels.codes[row])]) }
            }
            let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let codeOfName = Dictionary(
                sorted.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
            var codes: [Int32] = []
            codes.reserveCapacity(count)
            for part in parts {
                let levels = part.features.categories[category.rawValue]
                let mapped = levels.names.map { codeOfName[$0] ?? -1 }
                for row in part.rows { codes.append(levels.codes[row] < 0 ? -1 : mapped[Int(levels.codes[row])]) }
            }
            columns.append(column(category.definition, .category(codes: codes, levels: sorted)))
        }
        return try FeatureTable(columns: columns)
    }

    private static func column(_ definition: FeatureDefinition, _ values: FeatureColumn.Values) -> FeatureColumn {
        FeatureColumn(
            name: definition.name, unit: definition.unit.rawValue, isActionable: definition.aim != nil,
            values: values)
    }

    /// Columns that say nothing (one value) or nothing new (the same rows together as an earlier column).
    static func redundant(_ table: FeatureTable) -> [(name: String, reason: String)] {
        var result: [(name: String, reason: String)] = []
        var seen: [UInt64: [Int]] = [:]
        var patterns: [[Int32]] = []
        var names: [String] = []
        for column in table.columns {
            let pattern = pattern(of: column)
            if pattern.allSatisfy({ $0 == 0 }) {
                result.append((column.name, "the same for all"))
                continue
            }
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for place in pattern { hash = (hash ^ UInt64(UInt32(bitPattern: place))) &* 0x100_0000_01B3 }
            if let twin = seen[hash]?.first(where: { patterns[$0] == pattern }) {
                result.append((column.name, "the same as \(names[twin])"))
                continue
            }
            seen[hash, default: []].append(patterns.count)
            patterns.append(pattern)
            names.append(column.name)
        }
        return result
    }

    /// The values numbered in the order of their appearance: equal for columns that divide the rows alike.
    private static func pattern(of column: FeatureColumn) -> [Int32] {
        switch column.values {
        case .double(let values):
            var places: [UInt64: Int32] = [:]
            return values.map { value in
                let bits = value.isNaN ? UInt64.max : (value == 0 ? 0 : value).bitPattern
                return place(of: bits, &places)
            }
        case .float(let values):
            return pattern(of: FeatureColumn(name: column.name, values: .double(values.map(Double.init))))
        case .category(let codes, _):
            var places: [Int32: Int32] = [:]
            return codes.map { code in
                place(of: max(code, -1), &places)
            }
        }
    }

    private static func place<Key: Hashable>(of key: Key, _ places: inout [Key: Int32]) -> Int32 {
        if let known = places[key] { return known }
        let next = Int32(places.count)
        places[key] = next
        return next
    }
}
