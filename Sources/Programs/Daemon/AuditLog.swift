import Contract
import Dispatch
import Locks
import Pipeline
import Records
import SocketServer
import Store
import Telemetry

/// Notes denied and changing requests, and whoever takes a table away: in the log at once, in the audit trail of `aura.db` a moment later, off the path
/// of any answer and behind the transaction of a load that is under way.
///
/// A peer that is denied over and over is noted a few times a minute and counted the rest of the time, so that it can
/// fill neither disk nor log.
final class AuditLog: Sendable {
    private struct Key: Hashable {
        var uid: UInt32
        var method: Method
    }

    /// What one peer was denied in the minute that began at `since`.
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
        var uid: UInt32
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

    /// Denials of one peer and method that are noted one by one in a minute.
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

    /// A request that the peer's role does not allow.
    func denied(_ method: Method, _ peer: Peer, role: Contract.Role?) {
        let entry = entry(method, peer, role, .denied)
        let time = MonotonicTime.now()
        let isNoted = state.withLock { state in
            let key = Key(uid: peer.uid, method: method)
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
            } else {
                denials.rest?.requests += 1
                denials.rest?.at = entry.at
            }
            state.denials[key] = denials
            return isNoted
        }
        let event = ClientDenied(peerUID: peer.uid, method: SafeText(caseOf: method), errorCode: "forbidden")
        guard isNoted else { return events.count(event) }
        events.emit(event)
        schedule()
    }

    /// A request that changes something, and what became of it.
    func changed(
        _ method: Method, _ peer: Peer, role: Contract.Role, outcome: RequestOutcome, dropID: Int64?,
        duration: Duration
    ) {
        var entry = entry(method, peer, role, outcome)
        entry.dropID = dropID
        state.withLock { $0.pending.append(entry) }
        events.emit(
            RequestAudited(
                peerUID: peer.uid, method: SafeText(caseOf: method), outcome: outcome, duration: duration,
                dropID: dropID))
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
        _ method: Method, _ peer: Peer, _ role: Contract.Role?, _ outcome: RequestOutcome
    ) -> AuditEntry {
        AuditEntry(
            at: now(), uid: peer.uid, gid: peer.gid, pid: peer.pid, role: role?.rawValue, method: method.rawValue,
            outcome: outcome.rawValue)
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
