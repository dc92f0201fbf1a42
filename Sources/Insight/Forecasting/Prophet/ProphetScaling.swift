/// How observations and times are brought to the model's scale and back.
struct ProphetScaling: Sendable, Equatable {
    /// First observed timestamp.
    var start: Int64
    /// Seconds from the first to the last observed timestamp, > 0.
    var timeSpanSeconds: Double
    var yMinimum: Double
    /// > 0
    var yScale: Double
    /// Whether rows carry their own floor (logistic growth with a floor column).
    var hasFloorColumn: Bool
    /// The floor of rows without one of their own: min y with minmax scaling, else 0.
    var commonFloor: Double

    /// The scaling of an ascending, observed history.
    init(history: ForecastSeries, settings: ProphetSettings) {
        let start = history.timestamps.first ?? 0
        self.start = start
        timeSpanSeconds = Double((history.timestamps.last ?? 0) - start)
        hasFloorColumn = settings.growth == .logistic && history.floor != nil
        var smallest = Double.infinity
        var largest = -Double.infinity
        for value in history.values {
            smallest = min(smallest, value)
            largest = max(largest, value)
        }
        commonFloor = 0
        switch settings.scaling {
        case .absmax:
            yMinimum = 0
            yScale = max(abs(smallest), abs(largest))
            if hasFloorColumn, let floor = history.floor {
                var least = Double.infinity
                var most = 0.0
                for (value, floor) in zip(history.values, floor) {
                    least = min(least, abs(value - floor))
                    most = max(most, abs(value - floor))
                }
                yMinimum = least
                yScale = most
            }
        case .minmax:
            yMinimum = smallest
            yScale = largest - smallest
            if hasFloorColumn, let floor = history.floor {
                yMinimum = floor.min() ?? 0
                yScale = (history.capacity?.max() ?? largest) - yMinimum
            } else {
                commonFloor = smallest
            }
        }
        if yScale == 0 { yScale = 1 }
    }

    init(
        start: Int64,
        timeSpanSeconds: Double,
        yMinimum: Double,
        yScale: Double,
        hasFloorColumn: Bool,
        commonFloor: Double
    ) {
        self.start = start
        self.timeSpanSeconds = timeSpanSeconds
        self.yMinimum = yMinimum
        self.yScale = yScale
        self.hasFloorColumn = hasFloorColumn
        self.commonFloor = commonFloor
    }

    /// Time on the scale where the history spans 0...1.
    func scaledTime(_ timestamp: Int64) -> Double {
        Double(timestamp - start) / timeSpanSeconds
    }

    /// The floor of every row of `frame`.
    func floors(of frame: FutureFrame) throws(ForecastError) -> [Double] {
        guard hasFloorColumn else { return [Double](repeating: commonFloor, count: frame.timestamps.count) }
        guard let floor = frame.floor else { throw .missingColumn(name: "floor") }
        for (row, value) in floor.enumerated() where !value.isFinite {
            throw .nonFiniteValue(column: "floor", row: row)
        }
        return floor
    }

    /// The scaled capacity of every row, checked to lie above the floor.
    func capacities(of frame: FutureFrame, floors: [Double]) throws(ForecastError) -> [Double] {
        guard let capacity = frame.capacity else { throw .missingColumn(name: "cap") }
        var scaled = [Double](repeating: 0, count: capacity.count)
        for row in capacity.indices {
            guard capacity[row].isFinite else { throw .nonFiniteValue(column: "cap", row: row) }
            guard capacity[row] > floors[row] else {
                throw .capacityNotAboveFloor(row: row, capacity: capacity[row], floor: floors[row])
            }
            scaled[row] = (capacity[row] - floors[row]) / yScale
        }
        return scaled
    }
}
