import CSystemd
import Glibc
import Locks

/// The conversation with the service manager (sd_notify(3)): readiness, reloads, status, watchdog. Where nobody
/// supervises the process (no `$NOTIFY_SOCKET`) every call does nothing.
public final class ServiceManager: Sendable {
    /// What became of a message.
    public enum Delivery: Sendable, Equatable {
        case sent
        /// Nobody supervises the process.
        case unsupervised
        /// It could not be sent; the service manager acts as if it had not been said.
        case failed(ErrorCode)
    }

    /// What became of an attempt to feed the watchdog.
    public enum Feeding: Sendable, Equatable {
        case fed(Delivery)
        /// Nobody has reported since the last feed, and nobody had to: not fed.
        case waiting
        /// These parts are silent: not fed.
        case withheld([Liveness.OverduePart])
        /// The caller's probe failed, or no part reports at all: not fed.
        case unproven
    }

    /// Sends a message: above zero sent, zero nobody there, below zero a negated error number.
    typealias Transport = @Sendable (String) -> Int32

    /// Least time between two status texts.
    static let statusInterval: Duration = .seconds(1)

    private let liveness: LivenessMonitor
    private let events: EventLog?
    private let clock: @Sendable () -> MonotonicTime
    private let transport: Transport
    private let status: Guarded<StatusThrottle>

    /// - Parameters:
    ///   - liveness: where the parts of the daemon report.
    ///   - events: learns of parts that miss the watchdog and recover.
    ///   - clock: `CLOCK_MONOTONIC`, which the service manager compares reloads with.
    public convenience init(
        liveness: LivenessMonitor, events: EventLog?,
        clock: @escaping @Sendable () -> MonotonicTime = { MonotonicTime.now() }
    ) {
        self.init(liveness: liveness, events: events, clock: clock) { sd_notify(0, $0) }
    }

    init(
        liveness: LivenessMonitor, events: EventLog?, clock: @escaping @Sendable () -> MonotonicTime,
        transport: @escaping Transport
    ) {
        self.liveness = liveness
        self.events = events
        self.clock = clock
        self.transport = transport
        status = Guarded(StatusThrottle(interval: Self.statusInterval))
    }

    // MARK: Life of the service

    /// The daemon answers requests; also the end of a reload.
    @discardableResult
    public func ready(_ text: SafeText) -> Delivery {
        announce([("READY", "1")], text)
    }

    /// A reload begins; ``ready(_:)`` ends it.
    @discardableResult
    public func reloading(_ text: SafeText = "reloading") -> Delivery {
        announce([("RELOADING", "1"), ("MONOTONIC_USEC", String(clock().microseconds))], text)
    }

    /// The daemon drains and ends.
    @discardableResult
    public func stopping(_ text: SafeText = "stopping") -> Delivery {
        announce([("STOPPING", "1")], text)
    }

    /// Asks for `duration` more from now on for starting, reloading or stopping. Call it again before that is over.
    @discardableResult
    public func extendTimeout(by duration: Duration) -> Delivery {
        send(NotifyMessage(["EXTEND_TIMEOUT_USEC": String(max(0, DurationText.microseconds(duration)))]))
    }

    /// Tells which process is the service's; this one where none is given.
    @discardableResult
    public func mainPID(_ pid: Int32? = nil) -> Delivery {
        send(NotifyMessage(["MAINPID": String(pid ?? getpid())]))
    }

    /// A change of state and the status with it, in one message; never held back.
    private func announce(_ state: [(name: String, value: String)], _ text: SafeText) -> Delivery {
        let now = clock()
        return status.withLock { status in
            var message = NotifyMessage([:])
            for (name, value) in state { message.append(name, value) }
            if let shown = status.offer(text, urgent: true, at: now) { message.append("STATUS", shown.description) }
            return send(message)
        }
    }

    // MARK: Status

    /// What the daemon does, for `systemctl status`. At most one text a second goes out; the last one always does, at
    /// the latest with the next ``flush()`` or ``feed(when:)``.
    public func status(_ text: SafeText) {
        show { $0.offer(text, at: $1) }
    }

    /// `text: 350 of 1000 (35%)`.
    public func status(_ text: SafeText, done: Int, of total: Int) {
        let share = total > 0 ? Int((100 * Double(min(max(done, 0), total)) / Double(total)).rounded(.down)) : 0
        status("\(text): \(done) of \(total) (\(share)%)")
    }

    /// Sends the status that waits, if its time has come.
    public func flush() {
        show { $0.due(at: $1) }
    }

    private func show(_ choose: (inout StatusThrottle, MonotonicTime) -> SafeText?) {
        let now = clock()
        // Sent under the lock, so that the texts arrive in the order in which they were chosen.
        status.withLock { status in
            guard let text = choose(&status, now) else { return }
            send(NotifyMessage(["STATUS": text.description]))
        }
    }

    // MARK: Watchdog

    /// The time after which the service manager gives up on the process (`WatchdogSec=`), `nil` when it does not watch
    /// this one.
    public static func watchdogInterval() -> Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// How often to call ``feed(when:)``: a third of the interval, so that one turn may come late.
    public static func feedInterval() -> Duration? {
        watchdogInterval().map { $0 / 3 }
    }

    /// Feeds the watchdog if the daemon has shown that it lives: every part has reported within its limit, one of them
    /// since the last feed, and `probe` holds. Otherwise says in the status who is missing. Call it from the work path
    /// that nothing can do without, and without a service manager too: the events are written all the same.
    @discardableResult
    public func feed(when probe: () -> Bool = { true }) -> Feeding {
        switch liveness.watchdogDecision(probe: probe()) {
        case .feed(let missedFor):
            // An alarm ends before the feed is sent: should the process be killed in between, the log is complete.
            show { $0.setTrouble(nil, at: $1) }
            if let missedFor { events?.emit(WatchdogRecovered(duration: missedFor)) }
            return .fed(send(NotifyMessage(["WATCHDOG": "1"])))
        case .wait:
            flush()
            return .waiting
        case .withhold(let overdue, let newly):
            for part in newly {
                events?.emit(WatchdogMissed(part: part.name, silence: part.silence, limit: part.limit))
            }
            show { $0.setTrouble(Self.trouble(overdue), at: $1) }
            return .withheld(overdue)
        case .unproven(let isNew):
            if isNew { events?.emit(WatchdogMissed(part: "probe", silence: .zero, limit: .zero)) }
            show { $0.setTrouble("not alive: the daemon's own probe fails or no part reports", at: $1) }
            return .unproven
        }
    }

    private static func trouble(_ overdue: [Liveness.OverduePart]) -> SafeText {
        var text: SafeText = "not alive:"
        for (index, part) in overdue.enumerated() {
            let separator: SafeText = index == 0 ? " " : ", "
            text = "\(text)\(separator)\(part.name) silent for \(part.silence) (limit \(part.limit))"
        }
        return text
    }

    @discardableResult
    private func send(_ message: NotifyMessage) -> Delivery {
        let result = transport(message.text)
        if result > 0 { return .sent }
        return result == 0 ? .unsupervised : .failed(.errno(-result))
    }
}

extension ServiceManager {
    /// The sockets passed by the service manager; see ``ListenDescriptor/all()``.
    public static func listenFDs() throws(ListenDescriptorError) -> [ListenDescriptor] {
        try ListenDescriptor.all()
    }
}
