import Records
import Schedule
import Snapshots
import Store

extension PipelineSettings {
    /// Whether a day that everything is derived as of is not over yet.
    func isRunning(_ asOf: Day, now: Instant) -> Bool { self.asOf == .clock && asOf >= now.day }
}

extension PipelineCore {
    /// Until its own are made a generation has the forecasts of the one before, unless they know of later days.
    func inheritForecasts(_ snapshot: Snapshot) {
        guard settings.forecasts.keepsForecasts, let forecasts = box.current?.forecasts,
            forecasts.asOf <= snapshot.asOf
        else { return }
        snapshot.keep(forecasts)
    }

    /// After a refresh: forecasts of what is served now, as soon as the data has come to rest.
    func requestForecasts() {
        guard settings.forecasts.keepsForecasts else { return }
        if forecastsAskedAt == nil { forecastsAskedAt = MonotonicClock.seconds() }
        board.update { $0.clock.request(.forecast, notBefore: MonotonicClock.seconds()) }
        if settings.forecasts.quietSeconds == 0 { makeForecastsWhenQuiet() }
    }

    /// No forecasts are kept any more; the generation that follows has none.
    func forgetForecasts() {
        forecastsAskedAt = nil
        board.update { status in
            status.clock.withdraw(.forecast)
            status.forecasts = nil
        }
        board.clear("forecast_failed")
    }

    /// With drops coming all the time forecasts are made all the same, so often.
    private static let forecastPatience = 300.0

    /// After models could not be written it is tried again so much later, seconds.
    private static let forecastFilePause = 30.0

    func makeForecastsWhenQuiet() {
        let now = MonotonicClock.seconds()
        guard let snapshot = box.current, let askedAt = forecastsAskedAt else { return }
        let isQuiet =
            settings.forecasts.quietSeconds == 0
            || (board.current.isSettled && now - lastLoadAt >= Double(settings.forecasts.quietSeconds))
        guard isQuiet || now - askedAt >= PipelineCore.forecastPatience else { return }
        forecastsAskedAt = nil
        board.update { $0.clock.begin(.forecast, at: now) }
        forecasts.request(
            snapshot, settings.forecasts, isDayRunning: settings.isRunning(snapshot.asOf, now: self.now()))
    }

    /// Takes the forecasts of a pass into force and publishes them.
    /// - Parameter outcome: nil when the pass was cut short.
    func adopt(_ outcome: ForecastStage.Outcome?) {
        defer { board.update { $0.clock.end(.forecast, at: MonotonicClock.seconds(), failed: outcome == nil) } }
        guard settings.forecasts.keepsForecasts, let outcome, let current = box.current,
            outcome.book.asOf <= current.asOf
        else { return }
        current.keep(outcome.book)
        board.update { $0.forecasts = outcome.summary }
        emit(
            .forecast(
                series: outcome.summary.seriesCount, refitted: outcome.summary.refittedCount,
                seconds: outcome.summary.seconds))
        if let problem = outcome.fileProblem {
            board.raise("forecast_failed", problem.text, at: now())
            emit(.failed(stage: "forecast", code: problem.code))
            // The disk may have room again, without any new data to say so.
            let now = MonotonicClock.seconds()
            if forecastsAskedAt == nil { forecastsAskedAt = now }
            board.update { $0.clock.request(.forecast, notBefore: now + PipelineCore.forecastFilePause) }
        } else {
            board.clear("forecast_failed")
        }
        publishForecasts(current)
    }

    /// Where gold shows this generation already, its forecasts follow; otherwise they come with it.
    func publishForecasts(_ snapshot: Snapshot) {
        guard settings.publishesGold, let publisher = places.publisher,
            board.current.publishedSnapshot == snapshot.id
        else { return }
        do {
            try publisher.publish([.forecasts], of: snapshot)
        } catch {
            fail("publish", error)
        }
    }
}
