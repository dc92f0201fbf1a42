import Testing

@testable import Forecasting

@Suite struct CodingTests {
    private func richModel() throws -> FittedProphet {
        var series = MadeData.daily(90, seed: 3)
        series.capacity = [Double](repeating: 300, count: 90)
        series.floor = [Double](repeating: 1, count: 90)
        series.regressors = ["price": (0..<90).map { Double($0 % 11) }]
        series.conditions = ["odd": (0..<90).map { $0 % 2 == 1 }]
        return try ProphetModel.fit(
            series,
            settings: ProphetSettings(
                growth: .logistic, changepoints: .given([series.timestamps[40]]), yearlySeasonality: .off,
                weeklySeasonality: .order(2), dailySeasonality: .off,
                seasonalities: [
                    Seasonality(
                        name: "monatlich ü", periodDays: 30.5, fourierOrder: 2, priorScale: 3, mode: .multiplicative,
                        conditionName: "odd")
                ],
                holidays: [
                    Holiday(name: "sale", dayNumber: 18_700, lowerWindowDays: -1, upperWindowDays: 1, priorScale: 2)
                ],
                holidaysMode: .multiplicative,
                regressors: [Regressor(name: "price", priorScale: 1, standardisation: .always, mode: .additive)],
                uncertainty: .simulatedChangepoints(paths: 50)
            ))
    }

    @Test func modelsSurviveARoundTrip() throws {
        var models = [try richModel(), try ProphetModel.fit(MadeData.daily(60))]
        for settings in [
            ProphetSettings(yearlySeasonality: .on, uncertainty: .none),
            ProphetSettings(uncertainty: .simulated(paths: 9), peak: .highestOfSeveralStarts),
        ] {
            models.append(try ProphetModel.fit(MadeData.daily(50), settings: settings))
        }
        let monthly = ForecastSeries(
            timestamps: [MadeData.start] + CalendarStep.month.timestamps(after: MadeData.start, count: 40),
            values: (0..<41).map { Double($0 % 12) })
        models.append(try ProphetModel.fit(monthly))
        for model in models {
            let bytes = model.encoded()
            let decoded = try FittedProphet(decoding: bytes)
            #expect(decoded == model)
            #expect(decoded.encoded() == bytes)
        }
    }

    @Test func statesSurviveARoundTripAndForecastTheSame() throws {
        let forecaster = try AutomaticForecaster()
        let series = MadeData.daily(140, seed: 2)
        let request = AutomaticForecaster.Request(
            series: series, future: AutomaticForecaster.futureFrame(for: series, count: 14))
        let state = try forecaster.forecast(request).state
        #expect(state.backtest != nil)
        let decoded = try AutomaticState(decoding: state.encoded())
        #expect(decoded == state)
        var next = request
        next.series = MadeData.daily(141, seed: 2)
        next.future = AutomaticForecaster.futureFrame(for: next.series, count: 14)
        next.previous = state
        let fromMemory = try forecaster.forecast(next)
        next.previous = decoded
        let fromBytes = try forecaster.forecast(next)
        #expect(fromMemory == fromBytes)
        let empty = AutomaticState(prophet: nil, backtest: nil)
        #expect(try AutomaticState(decoding: empty.encoded()) == empty)
    }

    @Test func impossibleAutocorrelationsAreRefused() throws {
        let series = MadeData.daily(140, seed: 2)
        var state = try AutomaticForecaster().forecast(
            .init(series: series, future: AutomaticForecaster.futureFrame(for: series, count: 14))
        ).state
        for partials in [[1.5], [.nan], [0.1, 0.1, 0.1, 0.1, 0.1]] as [[Double]] {
            state.backtest?.tuning.autoregression = partials
            let bytes = state.encoded()
            #expect(throws: ForecastError.self) { try AutomaticState(decoding: bytes) }
        }
        state.backtest?.tuning.autoregression = [0.5, -0.25]
        #expect(try AutomaticState(decoding: state.encoded()) == state)
    }

    @Test func damagedBytesAreRefused() throws {
        let bytes = try richModel().encoded()
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 0x41
            #expect(throws: ForecastError.self) { try FittedProphet(decoding: damaged) }
        }
        for length in 0..<bytes.count {
            #expect(throws: ForecastError.self) { try FittedProphet(decoding: Array(bytes.prefix(length))) }
        }
        #expect(throws: ForecastError.self) { try AutomaticState(decoding: bytes) }
    }

    /// Contents that were changed on purpose, with the right checksum: refused or read, never a crash.
    @Test func forgedContentsNeverCrash() throws {
        let series = MadeData.daily(100, seed: 2)
        let state = try AutomaticForecaster().forecast(
            .init(series: series, future: AutomaticForecaster.futureFrame(for: series, count: 5))
        ).state
        let stored = [(ModelEnvelope.Kind.prophet, try richModel().encoded()), (.automaticState, state.encoded())]
        var frame = FutureFrame(timestamps: MadeData.days(3, from: MadeData.start + 100 * 86_400))
        frame.capacity = [400, 400, 400]
        frame.floor = [0, 0, 0]
        frame.regressors = ["price": [1, 2, 3]]
        frame.conditions = ["odd": [true, false, true]]
        for seed in 0..<300 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let (kind, bytes) = stored[seed % 2]
            var contents = Array(bytes[6..<(bytes.count - 8)])
            for _ in 0..<3 { contents[Int(generator.next() % UInt64(contents.count))] = UInt8(generator.next() & 0xFF) }
            if seed % 5 == 0 { contents.removeLast(1 + seed) }
            let forged = ModelEnvelope.seal(kind) { writer in for byte in contents { writer.write(byte: byte) } }
            if kind == .automaticState {
                _ = try? AutomaticState(decoding: forged)
            } else if let model = try? FittedProphet(decoding: forged),
                let forecast = try? model.predict(frame, parts: .components)
            {
                let isFinite = forecast.yhat.allSatisfy { $0.isFinite }
                #expect(isFinite)
            }
        }
    }

    @Test func integersOfAllSizesSurvive() throws {
        var writer = ByteWriter()
        let numbers: [Int64] = [0, 1, -1, 63, -64, 64, 300, -70_000, .max, .min]
        for number in numbers { writer.write(signed: number) }
        writer.write(unsigned: .max)
        var reader = ByteReader(writer.bytes, from: 0, to: writer.bytes.count)
        for number in numbers {
            let read = try reader.signed()
            #expect(read == number)
        }
        #expect(try reader.unsigned() == .max)
        #expect(reader.isAtEnd)
        var tooLong = ByteReader([UInt8](repeating: 0xFF, count: 12), from: 0, to: 12)
        #expect(throws: ForecastError.self) { try tooLong.unsigned() }
        var notAFlag = ByteReader([7], from: 0, to: 1)
        #expect(throws: ForecastError.self) { try notAFlag.flag() }
        var notText = ByteReader([1, 0xFF], from: 0, to: 2)
        #expect(throws: ForecastError.self) { try notText.text() }
        var tooMany = ByteReader([0xFF, 0x7F, 0], from: 0, to: 3)
        #expect(throws: ForecastError.self) { try tooMany.doubles() }
    }
}
