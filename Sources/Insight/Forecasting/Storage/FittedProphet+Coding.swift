extension FittedProphet {
    /// The model as bytes: equal models give equal bytes.
    public func encoded() -> [UInt8] {
        ModelEnvelope.seal(.prophet) { write(to: &$0) }
    }

    /// Reads a model written by `encoded()`.
    ///
    /// - Throws: `corruptModel` for anything else.
    public init(decoding bytes: [UInt8]) throws(ForecastError) {
        var reader = try ModelEnvelope.open(bytes, kind: .prophet)
        try self.init(from: &reader)
        guard reader.isAtEnd else { throw .corruptModel(reason: "there are bytes left over") }
    }

    func write(to writer: inout ByteWriter) {
        settings.write(to: &writer)
        writer.write(double: parameters.rate)
        writer.write(double: parameters.offset)
        writer.write(double: parameters.noise)
        writer.write(doubles: parameters.rateChanges)
        writer.write(doubles: parameters.coefficients)
        writer.write(count: changepointTimestamps.count)
        for timestamp in changepointTimestamps { writer.write(signed: timestamp) }
        writer.write(doubles: changepointTimes)
        writer.write(optional: logDensity)
        writer.write(count: rowCount)
        writer.write(signed: lastTimestamp)
        switch step {
        case .seconds(let seconds):
            writer.write(byte: 0)
            writer.write(signed: seconds)
        case .months(let months):
            writer.write(byte: 1)
            writer.write(signed: Int64(months))
        }
        layout.write(to: &writer)
        writer.write(signed: scaling.start)
        writer.write(double: scaling.timeSpanSeconds)
        writer.write(double: scaling.yMinimum)
        writer.write(double: scaling.yScale)
        writer.write(flag: scaling.hasFloorColumn)
        writer.write(double: scaling.commonFloor)
    }

    init(from reader: inout ByteReader) throws(ForecastError) {
        let settings = try ProphetSettings(from: &reader)
        let rate = try reader.finite()
        let offset = try reader.finite()
        let noise = try reader.finite()
        let parameters = ProphetParameters(
            rate: rate, offset: offset, rateChanges: try reader.doubles(), coefficients: try reader.doubles(),
            noise: noise)
        var changepointTimestamps: [Int64] = []
        for _ in 0..<(try reader.count(ofSize: 1)) { changepointTimestamps.append(try reader.signed()) }
        let changepointTimes = try reader.doubles()
        let logDensity = try reader.optional()
        let rowCount = Int(try reader.unsigned() & 0xFFFF_FFFF)
        let lastTimestamp = try reader.signed()
        let step: CalendarStep =
            try reader.flag()
            ? .months(max(1, try reader.integer())) : .seconds(max(1, try reader.signed()))
        let layout = try FeatureLayout(from: &reader)
        let scaling = ProphetScaling(
            start: try reader.signed(), timeSpanSeconds: try reader.finite(), yMinimum: try reader.finite(),
            yScale: try reader.finite(), hasFloorColumn: try reader.flag(), commonFloor: try reader.finite())
        guard parameters.noise > 0, scaling.yScale > 0, scaling.timeSpanSeconds > 0,
            parameters.coefficients.count == layout.columnCount,
            parameters.rateChanges.count == changepointTimes.count,
            changepointTimestamps.isEmpty || changepointTimestamps.count == changepointTimes.count,
            abs(scaling.start) <= FutureFrame.largestTimestamp, abs(lastTimestamp) <= FutureFrame.largestTimestamp
        else { throw .corruptModel(reason: "its parts do not fit together") }
        self.init(
            settings: settings, parameters: parameters, changepointTimestamps: changepointTimestamps,
            changepointTimes: changepointTimes, logDensity: logDensity, rowCount: rowCount,
            lastTimestamp: lastTimestamp, step: step, layout: layout, scaling: scaling
        )
    }
}
