import Inbox
import Records
import Schedule
import Snapshots
import Store

extension Stage {
    /// Making the forecasts that are kept, in the background when new data has come to rest.
    static let forecast = Stage("forecast")
}

extension PipelineSettings {
    /// Whether a day that everything is derived as of is not over yet.
    func isRunning(_ asOf: Day, now: Instant) -> Bool { self.asOf == .clock && asOf >= now.day }
}

/// Keeps forecasts of what is served.
final class ForecastStage: PipelineStage {
    static let name = Stage.forecast
    static let leavesMemory = true
    unowned let core: PipelineCore
    private let worker: ForecastWorker
    /// `gold.db` shows forecasts that are kept no longer.
    private var isPublicationOutdated = false

    /// With drops coming all the time forecasts are made all the same, so often.
    private static let patience = 300.0
    /// After models could not be written it is tried again so much later, seconds.
    private static let filePause = 30.0

    static func isOff(_ settings: PipelineSettings) -> Bool { !settings.forecasts.keepsForecasts }

    init(_ core: PipelineCore) {
        self.core = core
        worker = ForecastWorker(folder: "\(core.places.folders.root)/models", now: core.now)
        worker.listen { [weak queue = core.queue] outcome in queue?.async { $0[ForecastStage.self].adopt(outcome) } }
    }

    var workers: [any StageWorker] { [worker] }

    var quiet: Quiet? {
        let seconds = settings.forecasts.quietSeconds
        if seconds == 0 { return nil }
        return Quiet(seconds: Double(seconds), patience: ForecastStage.patience, isBetweenLoads: false)
    }

    func settingsDidChange() {
        guard !settings.forecasts.keepsForecasts else { return }
        // Where nothing else has changed gold is not published anew, and would go on showing them.
        isPublicationOutdated = box.current?.forecasts != nil
        withdraw()
        board.update { $0.forecasts = nil }
        succeeded()
    }

    /// Until its own are made a generation has the forecasts of the one before, unless they know of later days.
    func willServe(_ snapshot: Snapshot) {
        guard settings.forecasts.keepsForecasts, let forecasts = box.current?.forecasts,
            forecasts.asOf <= snapshot.asOf
        else { return }
        snapshot.keep(forecasts)
    }

    /// Forecasts of what is served now, as soon as the data has come to rest.
    func didServe(_ snapshot: Snapshot) {
        if isPublicationOutdated {
            isPublicationOutdated = false
            publish(snapshot)
        }
        guard settings.forecasts.keepsForecasts else { return }
        ask()
        if quiet == nil { core.runIfDue(self) }
    }

    func run() {
        guard let snapshot = box.current else { return withdraw() }
        begin()
        worker.request(
            snapshot, settings.forecasts, isDayRunning: settings.isRunning(snapshot.asOf, now: now()))
    }

    /// Takes the forecasts of a pass into force and publishes them.
    /// - Parameter outcome: nil when the pass was cut short.
    private func adopt(_ outcome: ForecastWorker.Outcome?) {
        defer { end(failed: outcome == nil) }
        guard settings.forecasts.keepsForecasts, let outcome, let current = box.current,
            outcome.book.asOf <= current.asOf
        else { return }
        current.keep(outcome.book)
        board.update { $0.forecasts = outcome.summary }
        emit(
            .forecast(
                series: outcome.summary.seriesCount, refitted: outcome.summary.refittedCount,
                seconds: outcome.summary.seconds))
        if let damage = outcome.damage {
            // Until the next start: it is mended, and whoever wonders about the disk is to see it.
            board.raise("forecast_models_damaged", damage.text, at: now())
            emit(.failed(stage: ForecastStage.name.rawValue, code: damage.code))
        }
        if let problem = outcome.fileProblem {
            board.raise("forecast_failed", problem.text, at: now())
            emit(.failed(stage: ForecastStage.name.rawValue, code: problem.code))
            // The disk may have room again, without any new data to say so.
            ask(notBefore: MonotonicClock.seconds() + ForecastStage.filePause)
        } else {
            succeeded()
        }
        publish(current)
    }

    /// Where gold shows this generation already, its forecasts follow; otherwise they come with it.
    private func publish(_ snapshot: Snapshot) {
        let publication = core[PublishStage.self]
        guard let publisher = publication.publisher, publication.isPublished(snapshot) else { return }
        do {
            try publisher.publish([.forecasts], of: snapshot)
        } catch {
            publication.fail(error)
        }
    }
}
