/// The parameters the members chose on a history: what makes a forecast of a slightly longer one cheap.
///
/// Free of the scale of y, so that they apply to any later part of the series. A value that is nil was not needed.
struct MemberTuning: Sendable, Equatable {
    /// Smoothing shares of the two theta methods.
    var theta: Double?
    var adjustedTheta: Double?
    var damped: DampedTrend.Parameters?
    var smoothing: SeasonalSmoothing.Parameters?
    var residual: ResidualLevel.Parameters?
    /// Partial autocorrelations of residuals.
    var autoregression: [Double]?
    /// Share of what earlier years show.
    var echo: Double?
}

extension MemberTuning {
    func write(to writer: inout ByteWriter) {
        writer.write(optional: theta)
        writer.write(optional: adjustedTheta)
        writer.write(flag: damped != nil)
        if let damped { writer.write(doubles: [damped.alpha, damped.beta, damped.damping]) }
        writer.write(flag: smoothing != nil)
        if let smoothing {
            writer.write(doubles: [smoothing.alpha, smoothing.beta, smoothing.gamma, smoothing.damping])
        }
        writer.write(flag: residual != nil)
        if let residual {
            writer.write(double: residual.alpha)
            writer.write(count: residual.width)
            writer.write(doubles: residual.remains)
        }
        writer.write(flag: autoregression != nil)
        if let autoregression { writer.write(doubles: autoregression) }
        writer.write(optional: echo)
    }

    init(from reader: inout ByteReader) throws(ForecastError) {
        theta = try Self.share(try reader.optional())
        adjustedTheta = try Self.share(try reader.optional())
        if try reader.flag() {
            let values = try Self.shares(&reader, 3)
            damped = .init(alpha: values[0], beta: values[1], damping: values[2])
        }
        if try reader.flag() {
            let values = try Self.shares(&reader, 4)
            smoothing = .init(alpha: values[0], beta: values[1], gamma: values[2], damping: values[3])
        }
        if try reader.flag() {
            let alpha = try Self.share(try reader.double()) ?? 0
            let width = Int(try reader.unsigned() & 0xFFFF)
            var remains: [Double] = []
            for value in try reader.doubles() { remains.append(try Self.share(value) ?? 0) }
            guard width > 0 else { throw .corruptModel(reason: "a window of residuals is empty") }
            residual = .init(alpha: alpha, width: width, remains: remains)
        }
        if try reader.flag() {
            let partials = try reader.doubles()
            guard partials.count <= ResidualAutoregression.orderMax, partials.allSatisfy({ abs($0) < 1 }) else {
                throw .corruptModel(reason: "an autocorrelation is not within -1...1")
            }
            autoregression = partials
        }
        echo = try Self.share(try reader.optional())
    }

    private static func share(_ value: Double?) throws(ForecastError) -> Double? {
        guard let value else { return nil }
        guard value >= 0, value <= 1 else { throw .corruptModel(reason: "a smoothing share is not within 0...1") }
        return value
    }

    private static func shares(_ reader: inout ByteReader, _ count: Int) throws(ForecastError) -> [Double] {
        let values = try reader.doubles()
        guard values.count == count else { throw .corruptModel(reason: "its parts do not fit together") }
        for value in values { _ = try share(value) }
        return values
    }
}
