extension ProphetSettings {
    func write(to writer: inout ByteWriter) {
        writer.write(byte: growth.rawValue)
        switch changepoints {
        case .automatic(let count, let range):
            writer.write(byte: 0)
            writer.write(signed: Int64(count))
            writer.write(double: range)
        case .given(let timestamps):
            writer.write(byte: 1)
            writer.write(count: timestamps.count)
            for timestamp in timestamps { writer.write(signed: timestamp) }
        }
        writer.write(double: changepointPriorScale)
        for choice in [yearlySeasonality, weeklySeasonality, dailySeasonality] { choice.write(to: &writer) }
        writer.write(count: seasonalities.count)
        for seasonality in seasonalities { seasonality.write(to: &writer) }
        writer.write(byte: seasonalityMode.rawValue)
        writer.write(double: seasonalityPriorScale)
        writer.write(count: holidays.count)
        for holiday in holidays { holiday.write(to: &writer) }
        Self.write(holidaysMode, to: &writer)
        writer.write(double: holidaysPriorScale)
        writer.write(count: regressors.count)
        for regressor in regressors { regressor.write(to: &writer) }
        writer.write(byte: scaling.rawValue)
        writer.write(double: intervalWidth)
        switch uncertainty {
        case .exact: writer.write(byte: 0)
        case .simulated(let paths):
            writer.write(byte: 1)
            writer.write(signed: Int64(paths))
        case .simulatedChangepoints(let paths):
            writer.write(byte: 2)
            writer.write(signed: Int64(paths))
        case .none: writer.write(byte: 3)
        }
        writer.write(byte: peak.rawValue)
    }

    init(from reader: inout ByteReader) throws(ForecastError) {
        self.init()
        growth = try reader.choice(Growth.self)
        if try reader.flag() {
            var timestamps: [Int64] = []
            for _ in 0..<(try reader.count(ofSize: 1)) { timestamps.append(try reader.signed()) }
            changepoints = .given(timestamps)
        } else {
            changepoints = .automatic(count: try reader.integer(), range: try reader.finite())
        }
        changepointPriorScale = try reader.finite()
        yearlySeasonality = try SeasonalityChoice(from: &reader)
        weeklySeasonality = try SeasonalityChoice(from: &reader)
        dailySeasonality = try SeasonalityChoice(from: &reader)
        for _ in 0..<(try reader.count(ofSize: 1)) { seasonalities.append(try Seasonality(from: &reader)) }
        seasonalityMode = try reader.choice(Mode.self)
        seasonalityPriorScale = try reader.finite()
        for _ in 0..<(try reader.count(ofSize: 1)) { holidays.append(try Holiday(from: &reader)) }
        holidaysMode = try Self.readMode(from: &reader)
        holidaysPriorScale = try reader.finite()
        for _ in 0..<(try reader.count(ofSize: 1)) { regressors.append(try Regressor(from: &reader)) }
        scaling = try reader.choice(Scaling.self)
        intervalWidth = try reader.finite()
        switch try reader.byte() {
        case 0: uncertainty = .exact
        case 1: uncertainty = .simulated(paths: try reader.integer())
        case 2: uncertainty = .simulatedChangepoints(paths: try reader.integer())
        case 3: uncertainty = .none
        case let other: throw .corruptModel(reason: "found \(other) for the kind of uncertainty")
        }
        peak = try reader.choice(Peak.self)
    }

    static func write(_ mode: Mode?, to writer: inout ByteWriter) { writer.write(byte: mode.map(\.rawValue) ?? 255) }

    static func readMode(from reader: inout ByteReader) throws(ForecastError) -> Mode? {
        let raw = try reader.byte()
        if raw == 255 { return nil }
        guard let mode = Mode(rawValue: raw) else { throw .corruptModel(reason: "found \(raw) for a mode") }
        return mode
    }
}

extension SeasonalityChoice {
    func write(to writer: inout ByteWriter) {
        switch self {
        case .automatic: writer.write(signed: -2)
        case .on: writer.write(signed: -1)
        case .off: writer.write(signed: 0)
        case .order(let order): writer.write(signed: Int64(order) + 1)
        }
    }

    init(from reader: inout ByteReader) throws(ForecastError) {
        switch try reader.integer() {
        case -2: self = .automatic
        case -1: self = .on
        case 0: self = .off
        case let order where order > 0: self = .order(order - 1)
        case let other: throw .corruptModel(reason: "found \(other) for a seasonality")
        }
    }
}

extension Seasonality {
    func write(to writer: inout ByteWriter) {
        writer.write(text: name)
        writer.write(double: periodDays)
        writer.write(count: fourierOrder)
        writer.write(optional: priorScale)
        ProphetSettings.write(mode, to: &writer)
        writer.write(flag: conditionName != nil)
        if let conditionName { writer.write(text: conditionName) }
    }

    init(from reader: inout ByteReader) throws(ForecastError) {
        self.init(
            name: try reader.text(), periodDays: try reader.finite(), fourierOrder: Int(try reader.unsigned() & 0xFFFF),
            priorScale: try reader.optional(), mode: try ProphetSettings.readMode(from: &reader))
        if try reader.flag() { conditionName = try reader.text() }
    }
}

extension Holiday {
    func write(to writer: inout ByteWriter) {
        writer.write(text: name)
        writer.write(signed: Int64(dayNumber))
        writer.write(signed: Int64(lowerWindowDays))
        writer.write(signed: Int64(upperWindowDays))
        writer.write(optional: priorScale)
    }

    init(from reader: inout ByteReader) throws(ForecastError) {
        self.init(
            name: try reader.text(), dayNumber: try reader.integer(), lowerWindowDays: try reader.integer(),
            upperWindowDays: try reader.integer(), priorScale: try reader.optional())
    }
}

extension Regressor {
    func write(to writer: inout ByteWriter) {
        writer.write(text: name)
        writer.write(optional: priorScale)
        writer.write(byte: standardisation.rawValue)
        ProphetSettings.write(mode, to: &writer)
    }

    init(from reader: inout ByteReader) throws(ForecastError) {
        self.init(
            name: try reader.text(), priorScale: try reader.optional(),
            standardisation: try reader.choice(Standardisation.self), mode: try ProphetSettings.readMode(from: &reader))
    }
}
