/// One input of the model for every row of a table, stored as a column.
public struct FeatureColumn: Sendable, Equatable {
    /// The values of a column, one per row.
    public enum Values: Sendable, Equatable {
        /// Numbers; NaN and infinities are missing, and -0.0 is 0.0. Booleans are 0 and 1.
        case double([Double])
        /// Numbers in single precision, for wide tables; the same rules as ``double(_:)``.
        case float([Float])
        /// Categories: `codes[row]` is a position in `levels`; a negative code is missing.
        case category(codes: [Int32], levels: [String])

        /// The number of rows.
        public var count: Int {
            switch self {
            case .double(let values): values.count
            case .float(let values): values.count
            case .category(let codes, _): codes.count
            }
        }
    }

    /// The name by which a fitted model finds the column again.
    public let name: String
    /// The unit of the numbers, for display only; empty when there is none.
    public let unit: String
    /// Whether the business can influence the value, so that ``FittedChurnModel/whatWouldHelp(_:row:)`` may offer it.
    public let isActionable: Bool
    /// The values, one per row.
    public let values: Values

    /// Creates a column.
    public init(name: String, unit: String = "", isActionable: Bool = false, values: Values) {
        self.name = name
        self.unit = unit
        self.isActionable = isActionable
        self.values = values
    }

    /// Creates a column of categories from text; `nil` is missing. Levels are kept in order of appearance.
    public init(name: String, unit: String = "", isActionable: Bool = false, texts: [String?]) {
        var positions: [String: Int32] = [:]
        var levels: [String] = []
        let codes = texts.map { text -> Int32 in
            guard let text else { return -1 }
            if let position = positions[text] { return position }
            let position = Int32(levels.count)
            positions[text] = position
            levels.append(text)
            return position
        }
        self.init(name: name, unit: unit, isActionable: isActionable, values: .category(codes: codes, levels: levels))
    }

    /// Whether the column carries categories.
    public var isCategory: Bool {
        if case .category = values { true } else { false }
    }

    /// The value of one row; anything that is not a finite number or a known level is missing.
    public func value(row: Int) -> FeatureValue {
        switch values {
        case .double(let values): FeatureValue(number: values[row])
        case .float(let values): FeatureValue(number: Double(values[row]))
        case .category(let codes, let levels):
            codes[row] < 0 ? .missing : .level(levels[Int(codes[row])])
        }
    }

    func rows(_ rows: [Int]) -> FeatureColumn {
        let picked: Values =
            switch values {
            case .double(let values): .double(rows.map { values[$0] })
            case .float(let values): .float(rows.map { values[$0] })
            case .category(let codes, let levels): FeatureColumn.pick(rows, codes: codes, levels: levels)
            }
        return FeatureColumn(name: name, unit: unit, isActionable: isActionable, values: picked)
    }

    /// A few rows of a column with very many levels keep only the levels they use.
    private static func pick(_ rows: [Int], codes: [Int32], levels: [String]) -> Values {
        guard rows.count < levels.count else {
            return .category(codes: rows.map { codes[$0] }, levels: levels)
        }
        var places: [Int32: Int32] = [:]
        var kept: [String] = []
        let picked = rows.map { row -> Int32 in
            let code = codes[row]
            guard code >= 0 else { return -1 }
            if let place = places[code] { return place }
            let place = Int32(kept.count)
            places[code] = place
            kept.append(levels[Int(code)])
            return place
        }
        return .category(codes: picked, levels: kept)
    }
}
