public import ChurnModel
public import Records

/// How the model in force holds: its inputs today, and its probabilities on every label window that began after it was
/// trained and is over.
public struct ChurnWatch: Sendable, Equatable {
    public struct Window: Sendable, Equatable {
        /// The day whose probabilities were judged; the window is the horizon after it.
        public let day: Day
        public let drift: CalibrationDrift

        public init(day: Day, drift: CalibrationDrift) {
            self.day = day
            self.drift = drift
        }
    }

    /// In the order of the days.
    public let windows: [Window]
    /// The largest first.
    public let inputs: [InputDrift]
    public let inputsAsOf: Day

    public init(windows: [Window], inputs: [InputDrift], inputsAsOf: Day) {
        self.windows = windows
        self.inputs = inputs
        self.inputsAsOf = inputsAsOf
    }

    /// - Parameters:
    ///   - days: past days with windows that are over; only those from the day of training on are judged.
    ///   - today: the population as of today.
    public static func look(
        _ scorer: ChurnScorer, days: [ChurnDay], today: ClientFeatures, threadCount: Int = 1
    ) throws(ChurnModelError) -> ChurnWatch {
        let model = scorer.bundle.model
        var windows: [Window] = []
        for day in days.sorted(by: { $0.asOf < $1.asOf }) where !day.customers.isEmpty {
            guard let trainedOn = scorer.trainedOn, day.asOf >= trainedOn else { continue }
            windows.append(
                Window(
                    day: day.asOf,
                    drift: try model.calibrationDrift(
                        ChurnTable.table(day.features), labels: day.churned, threadCount: threadCount)))
        }
        var inputs: [InputDrift] = []
        if today.rowCount > 0 {
            inputs = try model.inputDrift(ChurnTable.table(today)).enumerated().sorted {
                (-$0.element.populationStabilityIndex, $0.offset) < (-$1.element.populationStabilityIndex, $1.offset)
            }.map(\.element)
        }
        return ChurnWatch(windows: windows, inputs: inputs, inputsAsOf: today.asOf)
    }

    /// What the latest window that can be judged advises.
    public var advice: CalibrationDrift.Advice? { windows.last { $0.drift.advice != .wait }?.drift.advice }
}
