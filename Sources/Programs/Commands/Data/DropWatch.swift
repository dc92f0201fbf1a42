internal import Contract
internal import TerminalText

/// Waits until a drop has been loaded or refused.
struct DropWatch {
    let session: DaemonSession
    let console: Console
    let line: ProgressLine
    /// The longest wait; nil for none.
    let limitSeconds: Double?

    /// Pauses between questions grow up to a second, so that small drops are reported at once and large ones cost
    /// little.
    private static let firstPauseMilliseconds = 20
    private static let longestPauseMilliseconds = 1_000

    /// The record of the drop as it ended.
    ///
    /// - Parameter receipt: what `data.ingest` answered.
    func outcome(of receipt: JSONValue) throws(CommandFailure) -> JSONValue {
        let dropID = receipt[at: "drop_id"]
        let started = console.now
        var pause = Self.firstPauseMilliseconds
        var wasQueued = false
        var wasLoading = false
        while true {
            let answer = try session.ask(.dataDrops, ["drop_id": dropID])
            guard let drop = answer[at: "drops"].elements.first else {
                throw CommandFailure(
                    .internalError, "the daemon does not know the delivery it has taken", hint: "see \"aurac drops\"")
            }
            switch drop[at: "state"].stringValue {
            case "loaded", "refused", "duplicate": return drop
            case "loading": wasLoading = try showLoading(drop, isNews: !wasLoading) || wasLoading
            default:
                if !wasQueued { line.show("\(drop[at: "file"].stringValue ?? "the delivery") waits for its turn") }
                wasQueued = true
            }
            if let limitSeconds, console.now - started >= limitSeconds {
                line.clear()
                let id = dropID.stringValue ?? dropID.int.map { String($0) } ?? ""
                throw CommandFailure(
                    .tryLater,
                    "timed out waiting for drop \(id), which is \(drop[at: "state"].stringValue ?? "not loaded")",
                    hint: "the daemon goes on; see \"aurac drops show \(id)\"")
            }
            console.pause(milliseconds: pause)
            pause = min(pause * 3 / 2, Self.longestPauseMilliseconds)
        }
    }

    /// Shows how far the load is; false when there is nothing to show.
    private func showLoading(_ drop: JSONValue, isNews: Bool) throws(CommandFailure) -> Bool {
        let progress = try session.ask(.systemStatus)[at: "progress"]
        // The daemon may be at another drop, or between two steps.
        guard progress[at: "drop_id"] == drop[at: "drop_id"] else { return false }
        line.show(LoadProgress.bar(progress, now: console.now), isNews: isNews)
        return true
    }
}
