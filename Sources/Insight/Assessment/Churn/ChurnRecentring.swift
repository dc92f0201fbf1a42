public import ChurnModel

extension ChurnModelBundle {
    /// The same model with its base rate set to that of a day whose label window is over, for when the ranking holds and
    /// the level does not. The shares of the features stay as they are.
    ///
    /// - Returns: nil where the level holds, see ``Recentring/tolerance``, or the day has one class only.
    public func recentred(on day: ChurnDay) throws(ChurnModelError) -> ChurnModelBundle? {
        let moved = try model.recentred(on: ChurnTable.table(day.features), labels: day.churned)
        guard moved.recentring != model.recentring else { return nil }
        return ChurnModelBundle(
            model: moved, hazard: hazard, correlations: correlations, program: program, leftOut: leftOut,
            hasPassedGate: hasPassedGate, verdict: verdict)
    }
}
