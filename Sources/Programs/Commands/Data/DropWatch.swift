internal import Contract
internal import TerminalText

/// Waits until every answer has what a drop holds, or it has been refused.
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

    /// What the person who waits was told last, so that a plain line is written for news alone.
    private enum News: Equatable {
        case nothing
        case queued
        case blocked(String)
        case loading
        case stored
    }

    /// The record of the drop as it ended.
    ///
    /// - Parameter receipt: what `data.ingest` answered.
    func outcome(of receipt: Answer) throws(CommandFailure) -> Answer {
        let started = console.now
        var pause = Self.firstPauseMilliseconds
        var news = News.nothing
        var drop = receipt
        while true {
            drop = try record(of: drop)
            if Self.hasEnded(drop) { return drop }
            let status = try ask(.systemStatus, [:], of: drop)
            try checkStages(status, drop)
            news = show(drop, status, after: news)
            if let limitSeconds, console.now - started >= limitSeconds {
                line.clear()
                throw CommandFailure(
                    .tryLater, "timed out waiting for drop \(Self.name(drop)), which is \(Self.stateText(drop))",
                    hint: "the daemon goes on; see \"aurac drops show \(Self.name(drop))\"")
            }
            console.pause(milliseconds: pause)
            pause = min(pause * 3 / 2, Self.longestPauseMilliseconds)
        }
    }

    /// The ledger's record of a drop of which something is known.
    private func record(of drop: Answer) throws(CommandFailure) -> Answer {
        let answer = try ask(.dataDrops, ["drop_id": drop[at: "drop_id"].value], of: drop)
        guard let record = answer[at: "drops"].elements.first else {
            throw CommandFailure(
                .internalError, "the daemon does not know the delivery it has taken", hint: "see \"aurac drops\"")
        }
        return record
    }

    /// Whether nothing more comes of a drop: it is refused, or its rows are in the answers.
    private static func hasEnded(_ drop: Answer) -> Bool {
        switch drop[at: "state"].stringValue {
        case "refused": true
        // A daemon that does not say whether they are has nothing to wait for.
        case "loaded", "duplicate": drop[ifSaid: "served"].boolValue != false
        default: false
        }
    }

    /// Asks; a daemon that goes away meanwhile has the file and goes on with it when it is back.
    private func ask(
        _ endpoint: Endpoint, _ parameters: JSONObject, of drop: Answer
    ) throws(CommandFailure) -> Answer {
        do throws(CommandFailure) {
            return try session.ask(endpoint, parameters)
        } catch {
            // Problems are the daemon's own words, and a time limit says what was waited for.
            guard error.isConnectionLost else { throw error }
            line.clear()
            throw CommandFailure(
                .tryLater, "the daemon has stopped, and drop \(Self.name(drop)) is \(Self.stateText(drop))",
                hint: """
                    the file is safe and taken up when the daemon runs again; see "aurac drops show \(Self.name(drop))"
                    """)
        }
    }

    /// Whoever waits for a stage that has failed may wait for ever.
    private func checkStages(_ status: Answer, _ drop: Answer) throws(CommandFailure) {
        guard let received = drop[ifSaid: "received_at"].stringValue else { return }
        for stage in status[at: "stages"].elements where stage[at: "state"].stringValue == "failed" {
            guard let name = stage[at: "name"].stringValue, name == "intake" || name == "refresh",
                // What went wrong before this delivery does not concern it. Instants are of one length, and in the
                // order of their texts.
                let began = stage[at: "last_run"].stringValue, began >= received
            else { continue }
            line.clear()
            let detail = stage[at: "detail"].stringValue.map { ": \($0)" } ?? ""
            throw CommandFailure(
                .tryLater,
                """
                \(name == "intake" ? "loading" : "working out the figures") has failed, and drop \(Self.name(drop)) is \
                \(Self.stateText(drop))\(detail)
                """,
                hint: """
                    the file is safe and the daemon tries again; see "aurac status" and "aurac drops show \
                    \(Self.name(drop))"
                    """)
        }
    }

    // MARK: What the person who waits is shown

    private func show(_ drop: Answer, _ status: Answer, after news: News) -> News {
        let file = drop[ifSaid: "file"].stringValue ?? "the delivery"
        switch drop[at: "state"].stringValue {
        case "loading":
            let progress = status[at: "progress"]
            // The daemon may be at another drop, or between two steps.
            guard progress[at: "drop_id"] == drop[at: "drop_id"] else { return news }
            line.show(LoadProgress.bar(progress, now: console.now), isNews: news != .loading)
            return .loading
        case "loaded", "duplicate":
            if news != .stored { line.show("\(file) is stored; the figures are worked out") }
            return .stored
        default:
            if let reason = status[at: "inbox"][at: "blocked"].stringValue {
                if news != .blocked(reason) { line.show("\(file) waits: \(reason)") }
                return .blocked(reason)
            }
            if news != .queued { line.show("\(file) waits for its turn") }
            return .queued
        }
    }

    private static func name(_ drop: Answer) -> String {
        drop[at: "drop_id"].stringValue ?? drop[at: "drop_id"].int.map { String($0) } ?? ""
    }

    /// The state in words: what is loaded and awaited is not in the figures yet.
    private static func stateText(_ drop: Answer) -> String {
        guard let state = drop[at: "state"].stringValue else { return "not loaded yet" }
        return state == "loaded" || state == "duplicate" ? "stored but not in the figures yet" : state
    }
}
