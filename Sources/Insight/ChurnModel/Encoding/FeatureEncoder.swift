/// Maps the columns of a table to what the models compute with, as learnt from the training rows.
///
/// Numbers stay numbers; a category becomes one 0/1 feature per frequent level. The encoder is part of a fitted model.
public struct FeatureEncoder: Sendable, Equatable {
    /// The most levels of a category that get a feature of their own; the rest share "other".
    public static let levelsMax = 32

    /// What a source column is.
    public enum Kind: Sendable, Equatable {
        case number
        /// - levels: the levels with a feature of their own, by falling count, then by name.
        /// - hasOther: whether rarer levels occurred in training.
        /// - hasMissing: whether missing values occurred in training; they form a level.
        case category(levels: [String], hasOther: Bool, hasMissing: Bool)
    }

    /// One source column.
    public struct Source: Sendable, Equatable {
        public let name: String
        public let unit: String
        public let isActionable: Bool
        public let kind: Kind
    }

    /// One feature of the models: a number, or "is this level" of a category.
    public struct Feature: Sendable, Equatable {
        /// The name of the source, with `=level` for a category.
        public let name: String
        /// The position of the source.
        public let source: Int
        /// The code of the level in the encoded column; `nil` for a number.
        public let level: UInt8?
    }

    /// The source columns in table order.
    public let sources: [Source]
    /// The features in source order; the levels of a category follow each other.
    public let features: [Feature]
    /// For each source the range of its features.
    public let featureRanges: [Range<Int>]

    init(sources: [Source]) {
        self.sources = sources
        var features: [Feature] = []
        var ranges: [Range<Int>] = []
        for (position, source) in sources.enumerated() {
            let first = features.count
            switch source.kind {
            case .number:
                features.append(Feature(name: source.name, source: position, level: nil))
            case .category(let levels, let hasOther, let hasMissing):
                for (code, level) in levels.enumerated() {
                    features.append(Feature(name: "\(source.name)=\(level)", source: position, level: UInt8(code)))
                }
                // Codes follow the features, so that a feature's place among its siblings is its code.
                if hasOther {
                    let code = UInt8(features.count - first)
                    features.append(Feature(name: "\(source.name)=(other)", source: position, level: code))
                }
                if hasMissing {
                    let code = UInt8(features.count - first)
                    features.append(Feature(name: "\(source.name)=(missing)", source: position, level: code))
                }
            }
            ranges.append(first..<features.count)
        }
        self.features = features
        featureRanges = ranges
    }

    /// Learns kinds and levels from a table.
    public init(fittedTo table: FeatureTable) {
        self.init(
            sources: table.columns.map { column in
                Source(
                    name: column.name,
                    unit: column.unit,
                    isActionable: column.isActionable,
                    kind: FeatureEncoder.kind(of: column)
                )
            }
        )
    }

    private static func kind(of column: FeatureColumn) -> Kind {
        guard case .category(let codes, let levels) = column.values else { return .number }
        var counts = [Int](repeating: 0, count: levels.count)
        var missing = 0
        for code in codes {
            if code < 0 { missing += 1 } else { counts[Int(code)] += 1 }
        }
        // The same text may stand behind two codes; it is one level.
        var countByLevel: [String: Int] = [:]
        for (level, count) in zip(levels, counts) where count > 0 {
            countByLevel[level, default: 0] += count
        }
        // The best few of possibly a million levels: each newcomer is compared with the worst of them only.
        var best: [(level: String, count: Int)] = []
        for (level, count) in countByLevel {
            func comesBefore(_ other: (level: String, count: Int)) -> Bool {
                count != other.count ? count > other.count : level < other.level
            }
            if best.count == levelsMax, let worst = best.last {
                guard comesBefore(worst) else { continue }
                best.removeLast()
            }
            best.insert((level, count), at: best.firstIndex(where: comesBefore) ?? best.count)
        }
        return .category(
            levels: best.map(\.level),
            hasOther: countByLevel.count > levelsMax,
            hasMissing: missing > 0
        )
    }

    /// Encodes the table by column name; further columns of the table are ignored.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)`` when a source is missing or of the other kind.
    func encode(_ table: FeatureTable) throws(ChurnModelError) -> EncodedTable {
        var columnsByName: [String: FeatureColumn] = [:]
        for column in table.columns { columnsByName[column.name] = column }
        var encoded: [EncodedTable.Column] = []
        encoded.reserveCapacity(sources.count)
        for source in sources {
            guard let column = columnsByName[source.name] else {
                throw .featureMismatch("the table has no column '\(source.name)'; add it or fit a new model")
            }
            switch (column.values, source.kind) {
            case (.double(let values), .number):
                encoded.append(.number(values.map(EncodedTable.clean)))
            case (.float(let values), .number):
                encoded.append(.number(values.map { EncodedTable.clean(Double($0)) }))
            case (.category(let codes, let levels), .category(let known, _, _)):
                let mapped = levelCodes(of: levels, known: known, other: otherCode(source))
                let missing = missingCode(source)
                encoded.append(.level(codes.map { $0 < 0 ? missing : mapped[Int($0)] }))
            case (_, .number):
                throw .featureMismatch("column '\(source.name)' holds categories where the model knows numbers")
            case (_, .category):
                throw .featureMismatch("column '\(source.name)' holds numbers where the model knows categories")
            }
        }
        return EncodedTable(rowCount: table.rowCount, columns: encoded)
    }

    private func levelCodes(of levels: [String], known: [String], other: UInt8) -> [UInt8] {
        var codes: [String: UInt8] = [:]
        for (code, level) in known.enumerated() { codes[level] = UInt8(code) }
        return levels.map { codes[$0] ?? other }
    }

    /// The code of a level without a feature of its own; matches no feature when training had no such level.
    private func otherCode(_ source: Source) -> UInt8 {
        guard case .category(let levels, true, _) = source.kind else { return .max }
        return UInt8(levels.count)
    }

    private func missingCode(_ source: Source) -> UInt8 {
        // A missing category that training never saw is treated as any other unknown level.
        guard case .category(let levels, let hasOther, true) = source.kind else { return otherCode(source) }
        return UInt8(levels.count) + (hasOther ? 1 : 0)
    }

    /// The features of one source for one value, NaN where a number is missing.
    func features(of value: FeatureValue, source: Int) -> [Double] {
        var result: [Double] = []
        append(value, source: source, to: &result)
        return result
    }

    /// The features of one row of values, one value per source.
    func features(of values: [FeatureValue]) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(features.count)
        for (source, value) in values.enumerated() { append(value, source: source, to: &result) }
        return result
    }

    private func append(_ value: FeatureValue, source: Int, to result: inout [Double]) {
        guard case .category(let levels, _, _) = sources[source].kind else {
            if case .number(let number) = value {
                result.append(EncodedTable.clean(number))
            } else {
                result.append(.nan)
            }
            return
        }
        let code =
            if case .level(let level) = value {
                levels.firstIndex(of: level).map { UInt8($0) } ?? otherCode(sources[source])
            } else {
                missingCode(sources[source])
            }
        for feature in featureRanges[source] { result.append(features[feature].level == code ? 1 : 0) }
    }

    /// The values of one row of a table, one per source.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)`` as ``encode(_:)`` does.
    func values(_ table: FeatureTable, row: Int) throws(ChurnModelError) -> [FeatureValue] {
        var values: [FeatureValue] = []
        values.reserveCapacity(sources.count)
        for source in sources {
            guard let column = table.column(named: source.name) else {
                throw .featureMismatch("the table has no column '\(source.name)'; add it or fit a new model")
            }
            switch (column.isCategory, source.kind) {
            case (false, .number), (true, .category): values.append(column.value(row: row))
            case (_, .number):
                throw .featureMismatch("column '\(source.name)' holds categories where the model knows numbers")
            case (_, .category):
                throw .featureMismatch("column '\(source.name)' holds numbers where the model knows categories")
            }
        }
        return values
    }

    /// The features of one encoded row, NaN where missing.
    func featureVector(_ table: EncodedTable, row: Int) -> [Double] {
        features.map { feature in
            switch table.columns[feature.source] {
            case .number(let values): values[row]
            case .level(let codes): codes[row] == feature.level ? 1 : 0
            }
        }
    }
}
