/// The rows to predict: timestamps and the companions the settings ask for.
public struct FutureFrame: Sendable, Equatable {
    /// Seconds since 1970 UTC, in any order; predictions come back sorted by time.
    public var timestamps: [Int64]
    /// Saturation level per row, needed by logistic growth.
    public var capacity: [Double]?
    /// Lower saturation level per row, used by logistic growth.
    public var floor: [Double]?
    /// Named regressor columns.
    public var regressors: [String: [Double]]
    /// Named condition columns of conditional seasonalities.
    public var conditions: [String: [Bool]]

    public init(
        timestamps: [Int64],
        capacity: [Double]? = nil,
        floor: [Double]? = nil,
        regressors: [String: [Double]] = [:],
        conditions: [String: [Bool]] = [:]
    ) {
        self.timestamps = timestamps
        self.capacity = capacity
        self.floor = floor
        self.regressors = regressors
        self.conditions = conditions
    }

    /// `count` steps of `step` strictly after `last` (seconds since 1970 UTC).
    public init(after last: Int64, count: Int, step: CalendarStep) {
        self.init(timestamps: step.timestamps(after: last, count: count))
    }

    static let largestTimestamp: Int64 = 3_155_760_000_000

    /// Checks lengths and timestamps.
    func validate() throws(ForecastError) {
        let count = timestamps.count
        for (row, timestamp) in timestamps.enumerated()
        where timestamp > Self.largestTimestamp || timestamp < -Self.largestTimestamp {
            throw .timestampOutOfRange(row: row)
        }
        if let capacity, capacity.count != count {
            throw .lengthMismatch(column: "cap", found: capacity.count, expected: count)
        }
        if let floor, floor.count != count {
            throw .lengthMismatch(column: "floor", found: floor.count, expected: count)
        }
        for (name, column) in regressors where column.count != count {
            throw .lengthMismatch(column: name, found: column.count, expected: count)
        }
        for (name, column) in conditions where column.count != count {
            throw .lengthMismatch(column: name, found: column.count, expected: count)
        }
    }

    /// Rows in ascending time; rows of one time keep their order.
    func sorted() -> FutureFrame {
        let order = stableAscendingOrder(of: timestamps)
        return FutureFrame(
            timestamps: order.map { timestamps[$0] },
            capacity: capacity.map { column in order.map { column[$0] } },
            floor: floor.map { column in order.map { column[$0] } },
            regressors: regressors.mapValues { column in order.map { column[$0] } },
            conditions: conditions.mapValues { column in order.map { column[$0] } }
        )
    }
}

/// Row indices in ascending order of `timestamps`; equal timestamps keep their order.
func stableAscendingOrder(of timestamps: [Int64]) -> [Int] {
    var ascending = true
    for row in 1..<max(1, timestamps.count) where timestamps[row] < timestamps[row - 1] {
        ascending = false
        break
    }
    if ascending { return Array(timestamps.indices) }
    return timestamps.indices.sorted {
        timestamps[$0] == timestamps[$1] ? $0 < $1 : timestamps[$0] < timestamps[$1]
    }
}
