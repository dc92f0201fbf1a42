extension FeatureLayout {
    func write(to writer: inout ByteWriter) {
        writer.write(count: seasonalities.count)
        for one in seasonalities {
            Seasonality(
                name: one.name, periodDays: one.periodDays, fourierOrder: one.fourierOrder,
                priorScale: one.priorScale, mode: one.mode, conditionName: one.conditionName
            ).write(to: &writer)
        }
        writer.write(count: holidayColumns.count)
        for column in holidayColumns {
            writer.write(text: column.name)
            writer.write(signed: Int64(column.offsetDays))
            writer.write(double: column.priorScale)
        }
        writer.write(byte: holidaysMode.rawValue)
        writer.write(count: regressors.count)
        for regressor in regressors {
            writer.write(text: regressor.name)
            writer.write(double: regressor.priorScale)
            writer.write(byte: regressor.mode.rawValue)
            writer.write(double: regressor.mean)
            writer.write(double: regressor.standardDeviation)
        }
    }

    init(from reader: inout ByteReader) throws(ForecastError) {
        self.init(seasonalities: [], holidayColumns: [], holidaysMode: .additive, regressors: [])
        for _ in 0..<(try reader.count(ofSize: 1)) {
            let one = try Seasonality(from: &reader)
            guard let scale = one.priorScale, scale > 0, let mode = one.mode, one.fourierOrder > 0, one.periodDays > 0
            else { throw .corruptModel(reason: "a seasonality is incomplete") }
            seasonalities.append(
                ResolvedSeasonality(
                    name: one.name, periodDays: one.periodDays, fourierOrder: one.fourierOrder,
                    priorScale: scale, mode: mode, conditionName: one.conditionName))
        }
        for _ in 0..<(try reader.count(ofSize: 1)) {
            let name = try reader.text()
            let offset = try reader.integer()
            guard abs(offset) <= 366 else { throw .corruptModel(reason: "a holiday is \(offset) days off") }
            holidayColumns.append(HolidayColumn(name: name, offsetDays: offset, priorScale: try reader.finite()))
        }
        holidaysMode = try reader.choice(ProphetSettings.Mode.self)
        for _ in 0..<(try reader.count(ofSize: 1)) {
            let regressor = ResolvedRegressor(
                name: try reader.text(), priorScale: try reader.finite(),
                mode: try reader.choice(ProphetSettings.Mode.self), mean: try reader.finite(),
                standardDeviation: try reader.finite())
            guard regressor.standardDeviation > 0 else { throw .corruptModel(reason: "a regressor has no spread") }
            regressors.append(regressor)
        }
        guard columnCount <= Self.largestColumnCount else {
            throw .corruptModel(reason: "it has \(columnCount) columns")
        }
    }
}
