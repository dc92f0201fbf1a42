internal import Contract
internal import TerminalText

/// How far the load of a drop is, as `system.status` tells.
enum LoadProgress {
    /// The bar of a load.
    static func bar(_ progress: Answer, now: Double) -> ProgressBar {
        let started = progress[at: "started_at"].stringValue.flatMap { CalendarText.seconds(instant: $0) }
        return ProgressBar(
            progress[at: "file"].stringValue ?? "loading", done: progress[at: "bytes_done"].int ?? 0,
            total: progress[at: "bytes_total"].int, unit: .bytes, elapsedSeconds: started.map { now - $0 } ?? 0)
    }
}
