/// Designs by the calendar they were built for, so that series observed at the same times share one.
struct DesignCache {
    private let settings: ProphetSettings
    private let keeping: [FeatureLayout.ResolvedSeasonality]?
    private var entries: [Key: ProphetDesign] = [:]

    /// Designs kept; a batch over more calendars builds some of them again.
    private static let capacity = 64

    private struct Key: Hashable {
        let timestamps: [Int64]
        let regressors: [String: [Double]]
        let conditions: [String: [Bool]]
    }

    /// - Parameter keeping: resolved seasonalities every design is to use, or nil to resolve them per calendar.
    init(settings: ProphetSettings, keeping: [FeatureLayout.ResolvedSeasonality]? = nil) {
        self.settings = settings
        self.keeping = keeping
    }

    /// The design of an ascending, observed history.
    mutating func design(for observed: ForecastSeries) throws(ForecastError) -> ProphetDesign {
        let names = Set(settings.regressors.map(\.name))
        let conditions = Set(settings.seasonalities.compactMap(\.conditionName))
        let key = Key(
            timestamps: observed.timestamps,
            regressors: observed.regressors.filter { names.contains($0.key) },
            conditions: observed.conditions.filter { conditions.contains($0.key) }
        )
        if let design = entries[key] { return design }
        let design = try ProphetDesign(history: observed, settings: settings, keeping: keeping)
        if entries.count >= Self.capacity { entries.removeAll() }
        entries[key] = design
        return design
    }
}
