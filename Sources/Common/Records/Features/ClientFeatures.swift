/// Rows of `ai_model_features`: what a churn model reads of some clients as of a day.
public struct ClientFeatures: Sendable, Equatable {
    /// The codes of one category.
    public struct Levels: Sendable, Equatable {
        /// By row; -1 where unknown.
        public var codes: [Int32]
        /// By code.
        public var names: [String]

        public init(codes: [Int32], names: [String]) {
            self.codes = codes
            self.names = names
        }
    }

    public let asOf: Day
    /// The positions of the rows in the gold tables of that day, ascending.
    public let positions: [Int32]
    /// Column by column in the order of ``ClientFeature``; NaN where unknown. Amounts are in units of the base currency.
    public let numbers: [Double]
    /// By ``ClientCategory``.
    public let categories: [Levels]

    public var rowCount: Int { positions.count }

    public init(asOf: Day, positions: [Int32], numbers: [Double], categories: [Levels]) {
        self.asOf = asOf
        self.positions = positions
        self.numbers = numbers
        self.categories = categories
    }

    @inlinable
    public func value(_ feature: ClientFeature, row: Int) -> Double { numbers[feature.rawValue * rowCount + row] }

    /// A whole column.
    public func column(_ feature: ClientFeature) -> ArraySlice<Double> {
        numbers[feature.rawValue * rowCount..<(feature.rawValue + 1) * rowCount]
    }

    /// Some of the rows, in the order given.
    public func rows(_ rows: [Int]) -> ClientFeatures {
        var picked: [Double] = []
        picked.reserveCapacity(rows.count * ClientFeature.allCases.count)
        for feature in ClientFeature.allCases {
            let column = column(feature)
            for row in rows { picked.append(column[column.startIndex + row]) }
        }
        return ClientFeatures(
            asOf: asOf, positions: rows.map { positions[$0] }, numbers: picked,
            categories: categories.map { levels in Levels(codes: rows.map { levels.codes[$0] }, names: levels.names) })
    }

    /// Nil when unknown.
    public func level(_ category: ClientCategory, row: Int) -> String? {
        let levels = categories[category.rawValue]
        let code = levels.codes[row]
        return code < 0 ? nil : levels.names[Int(code)]
    }
}

/// Works out features of clients when they are asked for: they follow from silver and gold, so that no generation has to
/// carry them.
public protocol FeatureSource: Sendable {
    /// - Parameter positions: of the gold tables the source was made for.
    func features(of positions: Range<Int>) -> ClientFeatures
    /// - Parameter positions: ascending.
    func features(at positions: [Int]) -> ClientFeatures
}
