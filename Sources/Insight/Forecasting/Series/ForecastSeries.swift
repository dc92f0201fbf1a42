/// One observed series and its optional companions, one value per timestamp.
///
/// Timestamps are whole seconds since 1970-01-01T00:00:00 UTC, in any order; duplicates and gaps are allowed.
public struct ForecastSeries: Sendable, Equatable {
    /// Seconds since 1970 UTC.
    public var timestamps: [Int64]
    /// The observations; NaN marks a missing one.
    public var values: [Double]
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
        values: [Double],
        capacity: [Double]? = nil,
        floor: [Double]? = nil,
        regressors: [String: [Double]] = [:],
        conditions: [String: [Bool]] = [:]
    ) {
        self.timestamps = timestamps
        self.values = values
        self.capacity = capacity
        self.floor = floor
        self.regressors = regressors
        self.conditions = conditions
    }

    /// The rows at `rows`, in that order, with all companions.
    public func selecting(rows: [Int]) -> ForecastSeries {
        ForecastSeries(
            timestamps: rows.map { timestamps[$0] },
            values: rows.map { values[$0] },
            capacity: capacity.map { column in rows.map { column[$0] } },
            floor: floor.map { column in rows.map { column[$0] } },
            regressors: regressors.mapValues { column in rows.map { column[$0] } },
            conditions: conditions.mapValues { column in rows.map { column[$0] } }
        )
    }

    /// Checks that every companion has one value per timestamp and that no timestamp or value is unusable.
    func validate() throws(ForecastError) {
        let count = timestamps.count
        guard values.count == count else {
            throw .lengthMismatch(column: "y", found: values.count, expected: count)
        }
        for (row, value) in values.enumerated() where value.isInfinite {
            throw .nonFiniteValue(column: "y", row: row)
        }
        try future.validate()
    }

    /// The companions without the observations.
    var future: FutureFrame {
        FutureFrame(
            timestamps: timestamps,
            capacity: capacity,
            floor: floor,
            regressors: regressors,
            conditions: conditions
        )
    }
}
