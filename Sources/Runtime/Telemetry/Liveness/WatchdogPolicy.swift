/// Decides whether the service manager's watchdog is fed. Pure.
///
/// It is fed when every part has reported within its limit, at least one of them since the last feed, and the caller's
/// own probe holds. A part whose limit is shorter than the time between two feeds has thus reported since the last one;
/// a part with a longer limit is given that time. Without parts nothing shows that the daemon lives: it is not fed.
struct WatchdogPolicy: Sendable {
    enum Decision: Sendable, Equatable {
        /// All is well. `missedFor` is set when it was not before.
        case feed(missedFor: Duration?)
        /// Nobody has reported since the last feed, and nobody had to.
        case wait
        /// These parts are silent; `newly` are those that were not in the last decision.
        case withhold(overdue: [Liveness.OverduePart], newly: [Liveness.OverduePart])
        /// All parts report, but the caller's probe failed, or there are no parts. `isNew` when it was not so before.
        case unproven(isNew: Bool)
    }

    private var overdueNames: Set<SafeText> = []
    private var isUnproven = false
    private var missedSince: MonotonicTime?

    mutating func decide(_ liveness: inout Liveness, probe: Bool, at now: MonotonicTime) -> Decision {
        let overdue = liveness.overdue(at: now)
        let newly = overdue.filter { !overdueNames.contains($0.name) }
        overdueNames = Set(overdue.map(\.name))
        guard overdue.isEmpty else {
            missedSince = missedSince ?? now
            return .withhold(overdue: overdue, newly: newly)
        }
        let wasUnproven = isUnproven
        isUnproven = !probe || liveness.count == 0
        guard !isUnproven else {
            missedSince = missedSince ?? now
            return .unproven(isNew: !wasUnproven)
        }
        guard liveness.takeNewReports() else { return .wait }
        let missedFor = missedSince.map { now.duration(since: $0) }
        missedSince = nil
        return .feed(missedFor: missedFor)
    }
}
