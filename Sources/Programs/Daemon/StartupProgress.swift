import Dispatch
import Pipeline
import Telemetry

/// Keeps the service manager informed while stored data is read or derived anew, which may take long: as long as it
/// gets on, more time is asked for.
final class StartupProgress: Sendable {
    /// A Dispatch source may be used from any thread; only its type does not say so.
    private final class TimerBox: @unchecked Sendable {
        let source: any DispatchSourceTimer

        init(_ source: any DispatchSourceTimer) { self.source = source }
    }

    private let timer: TimerBox
    private static let interval = 2.0
    private static let patience: Duration = .seconds(120)

    init(pipeline: RiverPipeline, serviceManager: ServiceManager) {
        let source = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "aura.startup", qos: .utility))
        source.schedule(deadline: .now() + StartupProgress.interval, repeating: StartupProgress.interval)
        timer = TimerBox(source)
        // The handler is only ever called by one thread at a time.
        let last = Last()
        source.setEventHandler {
            let progress = pipeline.status.progress
            guard let progress, progress != last.progress else { return }
            last.progress = progress
            serviceManager.extendTimeout(by: StartupProgress.patience)
            serviceManager.status(StatusWords.text(pipeline.status, clients: 0))
        }
        source.resume()
    }

    /// What was seen before; belongs to the timer's queue.
    private final class Last: @unchecked Sendable {
        // Safe: used on the timer's serial queue alone.
        var progress: LoadProgress?
    }

    func stop() { timer.source.cancel() }
}
