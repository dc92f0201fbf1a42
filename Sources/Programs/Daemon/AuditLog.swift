import Contract
import Dispatch
import Locks
import Pipeline
import Records
import SocketServer
import Store
import Telemetry
import Words

/// Notes denied and changing requests, and whoever takes a table away: in the log at once, in the audit trail of `aura.db` a moment later, off the path
/// of any answer and behind the transaction of a load that is under way.
///
/// Somebody who is denied or refused over and over is noted a few times a minute and counted the rest of the time, so that nobody can
/// fill neither disk nor log.
final class AuditLog: Sendable {
    private struct Key: Hashable {
        var person: String
        var method: String
        var outcome: String
    }

    /// What one person was denied or refused in the minute that began at `since`.
    private struct Denials {
        var since: MonotonicTime
        var count = 0
        /// Stands for those that were only counted.
        var rest: AuditEntry?
    }

    /// What a line says beyond who asked for what.
    struct Record: Sendable {
        /// The drop that was handed in.
        var dropID: Int64?
    }

    /// A table that is being taken away page by page.
    struct Export: Hashable, Sendable {
        var person: String
        var table: String
        var format: String
        var snapshotID: String
    }

    private struct State {
        var pending: [AuditEntry] = []
        /// Whose first page is on record.
        var exports: Set<Export> = []
        var denials: [Key: Denials] = [:]
        var isScheduled = false
    }

    private let store: SilverStore
    private let events: Telemetry.EventLog
    private let now: @Sendable () -> Instant
    private let queue = DispatchQueue(label: "aura.audit", qos: .utility)
    private let state = Guarded(State())

    /// Denials and refusals of one person and method that are noted one by one in a minute.
    static let denialsPerMinute = 10
    private static let minute: Duration = .seconds(60)
    private static let keysMax = 1024
    private static let exportsMax = 1024
    /// Entries that wait for the disk; beyond, the oldest are in the log alone.
    private static let pendingMax = 10_000

    init(store: SilverStore, events: Telemetry.EventLog, now: @escaping @Sendable () -> Instant) {
        self.store = store
        self.events = events
        self.now = now
    }

    /// A request that is not allowed for whoever asks.
    func denied(_ endpoint: Endpoint, _ peer: Peer, _ principal: Principal) {
        let isNoted = note(entry(endpoint, peer, principal, .denied), principal, endpoint)
        let event = ClientDenied(peerUID: peer.uid, method: SafeText(literal: endpoint.literal), errorCode: "forbidden")
        guard isNoted else { return events.count(event) }
        events.emit(event)
        schedule()
    }

    /// Puts a request that came to nothing on record, or counts it where there have been many like it.
    /// - Returns: whether it is on record by itself.
    private func note(_ entry: AuditEntry, _ principal: Principal, _ endpoint: Endpoint) -> Bool {
        let time = MonotonicTime.now()
        return state.withLock { state in
            let key = Key(person: principal.key, method: endpoint.name, outcome: entry.outcome)
            if state.denials.count >= AuditLog.keysMax, state.denials[key] == nil { AuditLog.settle(&state) }
            var denials = state.denials[key] ?? Denials(since: time)
            if time.duration(since: denials.since) >= AuditLog.minute {
                if let rest = denials.rest { state.pending.append(rest) }
                denials = Denials(since: time)
            }
            denials.count += 1
            let isNoted = denials.count <= AuditLog.denialsPerMinute
            if isNoted {
                state.pending.append(entry)
            } else if denials.rest == nil {
                denials.rest = entry
                denials.rest?.dropID = nil
            } else {
                denials.rest?.requests += 1
                denials.rest?.at = entry.at
            }
            state.denials[key] = denials
            return isNoted
        }
    }

    /// A request that changes something, and what became of it.
    func changed(
        _ endpoint: Endpoint, _ peer: Peer, _ principal: Principal, outcome: RequestOutcome, dropID: Int64?,
        duration: Duration
    ) {
        var entry = entry(endpoint, peer, principal, outcome)
        entry.dropID = dropID
        let event = RequestAudited(
            peerUID: peer.uid, method: SafeText(literal: endpoint.literal), outcome: outcome, duration: duration,
            dropID: dropID)
        if outcome == .answered {
            state.withLock { $0.pending.append(entry) }
        } else if !note(entry, principal, endpoint) {
            return events.count(event)
        }
        events.emit(event)
        schedule()
    }

    /// Whether a page of a table calls for a line of its own: the first one does, and a later one of which nobody knows
    /// the first. To be called once the page is there.
    func isNewExport(_ export: Export, isFirstPage: Bool) -> Bool {
        state.withLock { state in
            if state.exports.count >= AuditLog.exportsMax { state.exports = [] }
            return state.exports.insert(export).inserted || isFirstPage
        }
    }

    /// Writes everything that waits; called when no request can come any more.
    func close() {
        state.withLock { AuditLog.settle(&$0) }
        queue.sync { write() }
    }

    private func entry(
        _ endpoint: Endpoint, _ peer: Peer, _ principal: Principal, _ outcome: RequestOutcome
    ) -> AuditEntry {
        // Whoever is named for something alone is named after no role.
        let role = principal.hasRole ? principal.access.role : nil
        return AuditEntry(
            at: now(), uid: peer.uid, gid: peer.gid, pid: peer.pid, person: principal.key,
            isOnBehalf: principal.isOnBehalf, role: role?.rawValue, method: endpoint.name, outcome: outcome.rawValue)
    }

    /// Turns what was only counted into entries.
    private static func settle(_ state: inout State) {
        for denials in state.denials.values {
            if let rest = denials.rest { state.pending.append(rest) }
        }
        state.denials = [:]
    }

    private func schedule() {
        let isNew = state.withLock { state in
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        // Requests that come together share a commit.
        if isNew { queue.asyncAfter(deadline: .now() + 0.1) { [self] in write() } }
    }

    private func write() {
        let entries = state.withLock { state in
            defer { state.pending = [] }
            state.isScheduled = false
            return state.pending
        }
        do {
            try store.appendAudit(entries)
        } catch {
            // The log has them; the trail gets them when the disk has room again.
            state.withLock { $0.pending = (entries + $0.pending).suffix(AuditLog.pendingMax) }
            events.emit(
                StageFailed(
                    stage: "audit", errorCode: ErrorCode(FailureCode(of: error))))
        }
    }
}
