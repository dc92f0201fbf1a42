import Answers
import Contract
import Glibc
import Inbox
import Locks
import Pipeline
import Records
import Schedule
import Settings
import Snapshots
import SocketServer
import Store
import Telemetry
import Words

/// What the daemon itself answers: its state, the ledger, and requests to do something.
final class DaemonServices: Sendable {
    let box: SnapshotBox
    let pipeline: RiverPipeline
    let store: SilverStore
    let quarantine: Quarantine
    let principals: Principals
    let uploads: Uploads
    let telemetry: DaemonTelemetry
    let audit: AuditLog
    let subscriptions = Subscriptions()
    let readiness = Readiness()
    let startedAt: Instant
    /// What the result of a method that answers page by page may have: with the id of the request, which is a text of
    /// up to 1,024 bytes, it fits the frame that the server was started with, and that of a client that knows the usual
    /// ceiling alone.
    let pageBytesMax: Int
    private let now: @Sendable () -> Instant
    private let inForce: Guarded<InForce>
    /// Keys whose new values wait for a restart.
    private let waitingForRestart = Guarded<[String]>([])
    private let statistics = Guarded<(@Sendable () -> ServerStatistics)?>(nil)

    init(
        box: SnapshotBox, pipeline: RiverPipeline, store: SilverStore, quarantine: Quarantine, principals: Principals,
        uploads: Uploads, configuration: Configuration, telemetry: DaemonTelemetry,
        now: @escaping @Sendable () -> Instant
    ) {
        self.box = box
        self.pipeline = pipeline
        self.store = store
        self.quarantine = quarantine
        self.principals = principals
        self.uploads = uploads
        self.telemetry = telemetry
        audit = AuditLog(store: store, events: telemetry.events, now: now)
        self.now = now
        startedAt = now()
        pageBytesMax = min(configuration.maxFrameBytes, ServerSettings().frameBytesMax) - (8 << 10)
        inForce = Guarded(InForce(configuration))
    }

    func reload(_ new: Configuration, waitingForRestart keys: [String]) {
        inForce.withLock { $0 = InForce(new) }
        waitingForRestart.withLock { $0 = keys }
        principals.reload(new)
    }

    var roles: PeerRoles { principals.roles }

    /// Which attributes of clients are contact data.
    var contactColumns: ContactColumns { inForce.withLock { $0.configuration.contactColumns } }

    /// Whether the names of owners are among it.
    var ownerIsContact: Bool { inForce.withLock { $0.ownerIsContact } }

    var serverStatistics: ServerStatistics? { statistics.withLock { $0 }?() }

    func setStatistics(_ body: @escaping @Sendable () -> ServerStatistics) { statistics.withLock { $0 = body } }

    /// Runs a query of the ledger; what goes wrong there is the daemon's problem, not the caller's.
    func query<R>(_ body: () throws -> R) throws(Problem) -> R {
        do {
            return try body()
        } catch {
            // What is wrong in words may quote data: the log gets the code.
            telemetry.events.emit(StageFailed(stage: "ledger", errorCode: ErrorCode(FailureCode(of: error))))
            if case StateProblem.databaseMisplaced = error {
                throw Problem(
                    .unavailable, "aura.db was removed or exchanged, so that nothing can be stored",
                    hint: "aurac status says what to do")
            }
            if StoreError.isDamage(error) {
                throw Problem(
                    .internalError, "aura.db is damaged",
                    hint: "stop the daemon and run aurad --rebuild, which makes it anew from the originals")
            }
            throw Problem(.internalError, "the ledger could not be read", hint: "see the daemon's log")
        }
    }

    /// The day it is, UTC.
    var today: Day { now().day }

    // MARK: system.status

    func writeStatus(role: Role, into result: inout [UInt8]) {
        let status = pipeline.status
        let snapshot = box.current
        let isReady = readiness.isReady
        // Kept in memory: the status is answered on the I/O thread, which must not wait for the disk.
        let counts = isReady ? store.ledgerCounts : nil
        let instant = now()
        let inForce = inForce.withLock { $0 }
        let keysForRestart = waitingForRestart.withLock { $0 }
        JSONWriter.append(to: &result, reservedBytes: 4096) { writer in
            writer.beginObject()
            writer.member("version", text: AuraVersion.text)
            writer.member("ready", bool: isReady)
            writer.member("started_at", text: startedAt.description)
            writer.member("uptime_seconds", integer: Int((instant.rawValue - startedAt.rawValue) / 1000))
            writer.member("role", text: role.rawValue)
            writer.member("as_of_mode", text: inForce.configuration.asOf.description)
            writer.key("counts")
            StatusText.writeCounts(snapshot?.gold.counts ?? RecordCounts(), to: &writer)
            StatusText.writeFeeds(snapshot, to: &writer)
            writer.key("stages")
            writer.beginArray()
            for stage in Stage.allCases {
                StatusText.write(stage, status, isOff: pipeline.isOff(stage), now: instant, to: &writer)
            }
            writer.endArray()
            writer.key("inbox")
            writer.beginObject()
            writer.member("pending", integer: counts.map { $0.pending + status.waitingInInbox })
            writer.member("failed", integer: counts?.refused)
            writer.member("loaded", integer: counts?.loaded)
            writer.member("duplicates", integer: counts?.duplicates)
            writer.member("settled", bool: status.isSettled)
            writer.member("blocked", text: status.problems.first { $0.code == "disk_full" }?.text)
            writer.endObject()
            writer.key("progress")
            if let progress = status.progress { StatusText.write(progress, to: &writer) } else { writer.null() }
            writer.key("problems")
            writer.beginArray()
            for problem in status.problems { writer.string(problem.text) }
            writer.endArray()
            writer.key("settings")
            writer.beginObject()
            writer.key("waiting_for_restart")
            writer.beginArray()
            for key in keysForRestart { writer.string(key) }
            writer.endArray()
            writer.key("without_effect")
            writer.beginArray()
            for key in inForce.keysWithoutEffect { writer.string(key) }
            writer.endArray()
            writer.endObject()
            writer.key("models")
            DaemonServices.writeModels(status, churn: pipeline.churnStatus, to: &writer)
            writer.key("history")
            DaemonServices.writeHistory(snapshot, to: &writer)
            writer.member("memory_bytes", integer: ProcessMemory.residentBytes())
            writer.key("gold_db")
            writer.beginObject()
            writer.member("snapshot", text: status.publishedSnapshot)
            writer.member("behind", bool: status.publishedSnapshot != snapshot?.id)
            writer.endObject()
            writer.member("as_of", text: snapshot?.asOf.description)
            writer.member("snapshot", text: snapshot?.id)
            writer.endObject()
        }
    }
}

/// The version of the product.
public enum AuraVersion {
    public static let text = safeText.description
    static let safeText: SafeText = "0.1.0"
}

/// A configuration with what follows from it, worked out when it comes into force and not for each question.
private struct InForce: Sendable {
    let configuration: Configuration
    let keysWithoutEffect: [String]
    let ownerIsContact: Bool

    init(_ configuration: Configuration) {
        self.configuration = configuration
        keysWithoutEffect = configuration.keysWithoutEffect
        ownerIsContact = configuration.contactColumns.contains(Parameter.owner.name)
    }
}
