import Forecasting
import Outlook
import Records
import RiverTesting
import Testing

@Suite struct SeriesForecasterTests {
    @Test func aForecastHasAllItsParts() throws {
        let series = MadeSeries.weekly(days: 200)
        let made = try SeriesForecaster.forecast(MadeSeries.request(series)).forecast
        #expect(made.first == MadeSeries.last.advanced(by: 1))
        #expect(made.count == 90)
        #expect(made.basis == .backtested)
        #expect(abs(made.members.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
        #expect(made.errors.map(\.days) == [7, 14, 30])
        for day in 0..<90 {
            #expect(made.lower(day) <= made.yhat(day) && made.yhat(day) <= made.upper(day))
            // Weekends are less than half of a weekday.
            let isWeekend = made.first.advanced(by: day).weekday >= 6
            #expect(isWeekend ? made.yhat(day) < 80 : made.yhat(day) > 90, "\(day)")
        }
        for days in [30, 60, 90] {
            let total = try #require(made.total(days))
            let sum = (0..<days).reduce(0) { $0 + made.yhat($1) }
            #expect(abs(total.yhat - sum) < 1e-6 * sum)
            #expect(total.lower < total.yhat && total.yhat < total.upper)
            // Days do not all err together: the sum is surer than the sum of the bounds.
            #expect(total.upper - total.lower < (0..<days).reduce(0) { $0 + made.upper($1) - made.lower($1) })
        }
        #expect(made.total(31) == nil)
    }

    /// Whatever was made before, the same request gives the same forecast: day by day for more than a week.
    @Test func whatWasMadeBeforeDoesNotShow() throws {
        let whole = MadeSeries.weekly(days: 150)
        var previous: BaseForecast?
        var reused = 0
        for days in 140...150 {
            let series = DailySeries(first: whole.first, values: Array(whole.values.prefix(days)))
            let request = MadeSeries.request(series)
            let fresh = try SeriesForecaster.forecast(request)
            let grown = try SeriesForecaster.forecast(request, previous: previous)
            #expect(grown == fresh, "\(days)")
            if previous?.testFingerprint == fresh.testFingerprint { reused += 1 }
            #expect(previous?.fingerprint != fresh.fingerprint)
            previous = grown
            previous?.state = grown.state.withoutModel
        }
        #expect(reused >= 8, "the back-test holds for a week")
    }

    @Test func anUnchangedRequestIsNotMadeAgain() throws {
        let request = MadeSeries.request(MadeSeries.weekly(days: 80))
        var marked = try SeriesForecaster.forecast(request)
        marked.forecast.notes = ["kept"]
        #expect(try SeriesForecaster.forecast(request, previous: marked).forecast.notes == ["kept"])
        var other = request
        other.series.values[3] += 1
        #expect(try SeriesForecaster.forecast(other, previous: marked).forecast.notes != ["kept"])
        other = request
        other.ceiling = 1000
        #expect(try SeriesForecaster.forecast(other, previous: marked).forecast.notes != ["kept"])
    }

    @Test func aBatchGivesWhatSinglesGive() throws {
        let requests = [
            MadeSeries.request(MadeSeries.weekly(days: 100)), MadeSeries.request(MadeSeries.weekly(days: 100, seed: 2)),
            MadeSeries.request(MadeSeries.weekly(days: 70, seed: 3)),
            MadeSeries.request(DailySeries(first: MadeSeries.last, values: [])),
        ]
        let batch = SeriesForecaster.forecast(requests)
        for (request, result) in zip(requests, batch) {
            #expect((try? result.get()) == (try? SeriesForecaster.forecast(request)))
        }
        #expect((try? batch[3].get()) == nil)
    }

    @Test func aYoungClientTakesThePatternOfHisSegment() throws {
        let others = (1...5).map { seed -> ForecastSeries in
            let series = MadeSeries.weekly(days: 90, level: 10, seed: UInt64(seed))
            return ForecastSeries(
                timestamps: series.values.indices.map { (Int64(series.first.rawValue) + Int64($0)) * 86_400 },
                values: series.values)
        }
        let pattern = try #require(SegmentPattern(estimatedFrom: others))
        for days in [0, 1, 9] {
            var request = MadeSeries.request(
                days == 0
                    ? DailySeries(first: MadeSeries.last.advanced(by: 1), values: [])
                    : MadeSeries.weekly(days: days, level: 20))
            request.pattern = pattern
            request.asOf = MadeSeries.last
            let made = try SeriesForecaster.forecast(request).forecast
            #expect(made.basis == .pooled)
            #expect(made.model == "segment_pattern")
            #expect(made.count == 90)
            #expect(made.notes.contains { $0.contains("\(days) days is too short") }, "\(made.notes)")
            let total = try #require(made.total(30))
            #expect(total.yhat > 200 && total.yhat < 700)
            #expect(total.lower < total.yhat && total.upper > total.yhat)
        }
        // Old enough, but hardly ever there.
        var sparse = MadeSeries.request(MadeSeries.weekly(days: 200))
        for index in sparse.series.values.indices where index % 20 != 0 { sparse.series.values[index] = 0 }
        sparse.pattern = pattern
        let made = try SeriesForecaster.forecast(sparse).forecast
        #expect(made.basis == .pooled)
        #expect(made.notes.contains { $0.contains("10 of 200 days") }, "\(made.notes)")
    }

    @Test func oddSeriesGiveAForecastOrAnExplanation() throws {
        let last = MadeSeries.last
        func series(_ values: [Double]) -> DailySeries {
            DailySeries(first: last.advanced(by: 1 - values.count), values: values)
        }
        var random = RiverTesting.SeededGenerator(seed: 5)
        let odd = [
            series([3, 4]), series([0, 0]), series(Array(repeating: 0, count: 120)),
            series(Array(repeating: 7, count: 90)),
            series(Array(repeating: 0, count: 99) + [1e9]),
            series((0..<100).map { _ in Double.random(in: 0...1e12, using: &random) }),
            series((0..<400).map { $0 < 30 || $0 > 380 ? 5 : 0 }), series((0..<60).map { -Double($0) }),
        ]
        for one in odd {
            let made = try SeriesForecaster.forecast(MadeSeries.request(one)).forecast
            #expect(made.count == 90)
            for day in 0..<made.count {
                #expect(made.yhat(day).isFinite && made.lower(day).isFinite && made.upper(day).isFinite)
                #expect(made.lower(day) >= 0 && made.upper(day) >= made.lower(day))
            }
        }
        for short in [series([]), series([3])] {
            #expect(throws: ForecastError.self) { try SeriesForecaster.forecast(MadeSeries.request(short)) }
        }
        for wrong in [Double.nan, .infinity] {
            // What is missing is left out; what is infinite is said.
            var one = MadeSeries.weekly(days: 60)
            one.values[10] = wrong
            let result = Result { try SeriesForecaster.forecast(MadeSeries.request(one)) }
            #expect(((try? result.get()) == nil) == wrong.isInfinite)
        }
    }

    @Test func aGapBeforeTheForecastIsBridgedAndSaid() throws {
        let series = MadeSeries.weekly(days: 120)
        let made = try SeriesForecaster.forecast(MadeSeries.request(series, asOf: MadeSeries.last.advanced(by: 20)))
            .forecast
        #expect(made.first == MadeSeries.last.advanced(by: 21))
        #expect(made.count == 90)
        #expect(made.notes.contains { $0.contains("20 days before") }, "\(made.notes)")
        let total = try #require(made.total(30))
        #expect(abs(total.yhat - (0..<30).reduce(0) { $0 + made.yhat($1) }) < 1e-6 * total.yhat)
        let tooLate = try SeriesForecaster.forecast(MadeSeries.request(series, asOf: MadeSeries.last.advanced(by: 900)))
        #expect(tooLate.forecast.count == 0)
    }

    @Test func nobodyIsActiveTwice() throws {
        let series = MadeSeries.weekly(days: 120, level: 10)
        let made = try SeriesForecaster.forecast(MadeSeries.request(series, metric: .activeCustomers, ceiling: 11))
            .forecast
        for day in 0..<90 { #expect(made.yhat(day) <= 11 && made.upper(day) <= 11) }
        #expect(try #require(made.total(90)).upper <= 11 * 90)
    }
}
