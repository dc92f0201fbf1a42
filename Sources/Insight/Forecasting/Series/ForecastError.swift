/// Why a forecast could not be made. Every description says what was found and what to do about it.
public enum ForecastError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer observed (non-missing) rows than a model needs.
    case tooFewObservations(found: Int, needed: Int)
    /// All observed rows carry the same timestamp, so no time axis can be formed.
    case singleTimestamp
    /// A column's length differs from the number of timestamps.
    case lengthMismatch(column: String, found: Int, expected: Int)
    /// A value that must be finite is infinite or missing. `row` counts from 0 in the order given.
    case nonFiniteValue(column: String, row: Int)
    /// A column the settings ask for was not handed in.
    case missingColumn(name: String)
    /// A capacity that is not above its floor.
    case capacityNotAboveFloor(row: Int, capacity: Double, floor: Double)
    /// A setting outside its range.
    case invalidSetting(name: String, reason: String)
    /// A component name that cannot be used.
    case invalidName(name: String, reason: String)
    /// A mistake in the holiday table.
    case invalidHoliday(name: String, reason: String)
    /// A changepoint before the first or after the last observation (seconds since 1970 UTC).
    case changepointOutsideHistory(timestamp: Int64)
    /// A timestamp too far from 1970 to be computed with.
    case timestampOutOfRange(row: Int)
    /// Cross-validation cannot be laid out over this history.
    case crossValidation(reason: String)
    /// The optimiser found no finite optimum.
    case noFiniteOptimum
    /// Bytes that are not a model written by this module.
    case corruptModel(reason: String)
    /// A hierarchy whose parts do not fit together.
    case invalidHierarchy(reason: String)

    public var description: String {
        switch self {
        case .tooFewObservations(let found, let needed):
            "found \(found) observed rows, at least \(needed) are needed: wait for more data or hand in a pooled pattern"
        case .singleTimestamp:
            "all observed rows carry one timestamp: hand in rows of at least two different times"
        case .lengthMismatch(let column, let found, let expected):
            "column \(column) has \(found) values for \(expected) timestamps: hand in one value per timestamp"
        case .nonFiniteValue(let column, let row):
            "column \(column) has no finite value in row \(row): correct it (only y may be missing)"
        case .missingColumn(let name):
            "column \(name) is required by the settings but absent: hand it in for the history and the future"
        case .capacityNotAboveFloor(let row, let capacity, let floor):
            "capacity \(capacity) is not above floor \(floor) in row \(row): raise the capacity or lower the floor"
        case .invalidSetting(let name, let reason):
            "setting \(name): \(reason)"
        case .invalidName(let name, let reason):
            "component name \"\(name)\" cannot be used: \(reason)"
        case .invalidHoliday(let name, let reason):
            "holiday \"\(name)\": \(reason)"
        case .changepointOutsideHistory(let timestamp):
            "changepoint \(timestamp) lies outside the history: give one between the first and the last observation"
        case .timestampOutOfRange(let row):
            "timestamp in row \(row) is more than 100,000 years from 1970: give seconds, not milli- or nanoseconds"
        case .crossValidation(let reason):
            "cross-validation: \(reason)"
        case .noFiniteOptimum:
            "no finite optimum was found: check the scale of the regressors and the prior scales"
        case .corruptModel(let reason):
            "the bytes are not a readable model: \(reason); fit it again"
        case .invalidHierarchy(let reason):
            "hierarchy: \(reason)"
        }
    }
}
