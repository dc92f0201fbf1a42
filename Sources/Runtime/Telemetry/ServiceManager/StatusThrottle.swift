/// Which status text is sent when, so that progress in a loop does not flood the service manager. Pure.
///
/// A text that comes too early waits; a later one replaces it; nothing is sent twice in a row. A trouble, once set,
/// is shown instead of everything else until it is cleared.
struct StatusThrottle: Sendable {
    private let interval: Duration
    private var sent: (text: SafeText, at: MonotonicTime)?
    private var wanted: SafeText?
    private var trouble: SafeText?

    init(interval: Duration) {
        self.interval = interval
    }

    /// Asks for `text`; the result is what to send now, if anything.
    mutating func offer(_ text: SafeText, urgent: Bool = false, at now: MonotonicTime) -> SafeText? {
        wanted = text
        return next(at: now, urgent: urgent && trouble == nil)
    }

    /// Sets or clears the trouble. Its beginning and end are sent at once, changes in between at the usual pace.
    mutating func setTrouble(_ text: SafeText?, at now: MonotonicTime) -> SafeText? {
        let urgent = (trouble == nil) != (text == nil)
        trouble = text
        return next(at: now, urgent: urgent)
    }

    /// What waits and may be sent now.
    mutating func due(at now: MonotonicTime) -> SafeText? {
        next(at: now, urgent: false)
    }

    private mutating func next(at now: MonotonicTime, urgent: Bool) -> SafeText? {
        guard let text = trouble ?? wanted, text != sent?.text else { return nil }
        if let sent, !urgent, now.duration(since: sent.at) < interval { return nil }
        sent = (text, now)
        return text
    }
}
