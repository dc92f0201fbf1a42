import Forecasting
public import Records

/// A base forecast in as little memory as it needs: what is kept of clients from one pass to the next.
public struct PackedBaseForecast: Sendable, Equatable {
    public let fingerprint: UInt64
    let testFingerprint: UInt64
    let state: [UInt8]
    public let forecast: PackedForecast

    public init(_ base: BaseForecast) {
        fingerprint = base.fingerprint
        testFingerprint = base.testFingerprint
        // As large as it has to be, without the room that is left from writing it.
        state = base.state.encoded().withUnsafeBytes { [UInt8]($0) }
        forecast = PackedForecast(base.forecast)
    }

    /// - Throws: for a state that cannot be read.
    init(
        fingerprint: UInt64, testFingerprint: UInt64, state: [UInt8], forecast: PackedForecast
    )
        throws(ForecastError)
    {
        self.fingerprint = fingerprint
        self.testFingerprint = testFingerprint
        self.state = state
        self.forecast = forecast
        _ = try AutomaticState(decoding: state)
    }

    /// Nil never for one that was packed here or checked when it was read.
    public var unpacked: BaseForecast? {
        guard let state = try? AutomaticState(decoding: state) else { return nil }
        return BaseForecast(
            fingerprint: fingerprint, testFingerprint: testFingerprint, state: state, forecast: forecast.unpacked)
    }
}
