import Answers
import Contract
import Records
import Snapshots
import SocketServer
import Telemetry

/// Brings questions from the socket to whoever answers them: the pure answers, or the daemon's own services.
final class DaemonHandler: RequestHandler {
    let services: DaemonServices
    let cache = AnswerCache()
    let methods = Method.allCases.map(\.rawValue)

    init(_ services: DaemonServices) { self.services = services }

    func timeLimit(for request: Request) -> Duration? {
        switch Method(rawValue: request.method) {
        // These wait for the pipeline.
        case .systemRefresh, .systemVerify, .churnTrain: .seconds(3600)
        default: nil
        }
    }

    func asker(of peer: Peer) -> Asker {
        // Names are looked up now, where nobody else waits, and not with the first question.
        _ = services.roles.standing(of: peer)
        return Asker(UInt64(peer.uid))
    }

    func mayUseKeptConnections(_ peer: Peer) -> Bool { services.roles.standing(of: peer).role == .admin }

    func connectionClosed(_ connection: Connection) { services.uploads.discardSoon(of: connection.id) }

    func answer(
        _ request: Request, from connection: Connection, deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        guard let method = Method(rawValue: request.method) else {
            throw Problem(.methodNotFound, "no method \"\(request.method.excerpt)\"")
        }
        let started = MonotonicTime.now()
        let access = try authorised(method, request, connection.peer)
        let hidden = access.showsContact ? nil : services.contactColumns
        let parameters = Parameters(request.params, hiding: hidden)
        // What is worth a line in the audit trail; nil when nothing is.
        var record: AuditLog.Record? = AuditLog.Record()
        var outcome = RequestOutcome.answered
        defer {
            if method.permission != .read, let record {
                services.audit.changed(
                    method, connection.peer, role: access.role, outcome: outcome, dropID: record.dropID,
                    duration: MonotonicTime.now().duration(since: started))
            }
        }
        do {
            if method != .systemStatus { try waitUntilReady(deadline) }
            switch method {
            case .systemStatus: try services.status(parameters, role: access.role, into: &result)
            case .systemRefresh: try services.refresh(parameters, into: &result)
            case .systemVerify: try services.verify(parameters, into: &result)
            case .systemMetrics: try services.metrics(parameters, into: &result)
            case .dataIngest:
                let dropID = try services.ingest(parameters, from: connection, into: &result)
                // The pieces of a file before its last change nothing yet.
                record = dropID.map { AuditLog.Record(dropID: $0) }
            case .dataCancel:
                // On record whatever comes of it.
                record = AuditLog.Record(dropID: request.params["drop_id"]?.integerValue)
                try services.cancel(parameters, deadline, into: &result)
            case .dataDrops: try services.drops(parameters, access, deadline, into: &result)
            case .dataRejects: try services.rejects(parameters, access, deadline, into: &result)
            case .churnModel, .churnImportance, .churnTrain, .churnUse, .churnExport, .churnImport:
                try services.churn(method, parameters, into: &result)
            case .exportTable:
                let page = try writeTable(parameters, deadline, into: &result)
                let export = AuditLog.Export(
                    uid: connection.peer.uid, table: page.table, format: page.format, snapshotID: page.snapshotID)
                if !services.audit.isNewExport(export, isFirstPage: page.isFirst) { record = nil }
            case .kpisGet, .clientsList, .clientsGet, .cohortsGet, .engagementHeatmap, .mrrMovements, .riskRules,
                .forecastGet:
                try answerFromSnapshot(method, request, parameters, deadline, into: &result)
            }
        } catch {
            outcome = DaemonHandler.outcome(of: error)
            if outcome == .denied, method.permission == .read {
                services.audit.denied(method, connection.peer, role: access.role)
            }
            if outcome == .failed {
                services.telemetry.events.emit(
                    RequestFailedInternally(
                        method: SafeText(caseOf: method), peerUID: connection.peer.uid,
                        errorCode: .rpc(error.code.rawValue), duration: MonotonicTime.now().duration(since: started)))
            }
            throw error
        }
    }

    /// How much of a request's time is left for the answer once the daemon is ready.
    private static let reserve: Duration = .seconds(2)

    private func waitUntilReady(_ deadline: Deadline) throws(Problem) {
        if services.readiness.isReady { return }
        // A request that may take an hour need not wait that long to hear that there is nothing yet.
        let patience = min(deadline.remaining - DaemonHandler.reserve, .seconds(60))
        if services.readiness.wait(atMost: patience) { return }
        throw Problem(
            .notReady, "the daemon is still reading what is stored",
            hint: "aurac status shows how far it has come; try again later")
    }

    private static func outcome(of problem: Problem) -> RequestOutcome {
        switch problem.code {
        case .internalError: .failed
        case .timeout: .timedOut
        case .forbidden: .denied
        default: .refused
        }
    }

    /// What the peer may do with this request. Whoever is not given something explicitly does not have it.
    private func authorised(_ method: Method, _ request: Request, _ peer: Peer) throws(Problem) -> Access {
        let standing = services.roles.standing(of: peer)
        // A permission of one's own opens its method and nothing else.
        let isNamed =
            method.permission == .ingest && standing.mayIngest
            || method.permission == .export && standing.mayExport
        guard let own = standing.role ?? (isNamed ? .viewer : nil) else {
            services.audit.denied(method, peer, role: nil)
            throw Problem(
                .forbidden, "user \(peer.uid) has no role here",
                hint: services.roles.hintForStrangers)
        }
        var asked: Contract.Role?
        if let text = request.params["context"]?["user_role"]?.stringValue {
            guard let role = Contract.Role(rawValue: text) else {
                throw Problem(
                    .invalidParams, "context.user_role is \"\(text.excerpt)\"",
                    hint: "expected one of \(Contract.Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            asked = role
        }
        let access = Access(
            own: own, asked: asked, mayIngest: standing.mayIngest, mayExport: standing.mayExport)
        let (isAllowed, hint) =
            switch method.permission {
            case .read: (true, "")
            case .export:
                (access.mayExport, "an administrator names who may export under roles: export: in aurad.yaml")
            case .ingest: (standing.mayIngest, services.roles.hintForIngest)
            case .administer: (access.role == .admin, "ask an administrator")
            }
        guard isAllowed else {
            services.audit.denied(method, peer, role: access.role)
            throw Problem(
                .forbidden, "\(method.rawValue) is not allowed for \(access.role.rawValue)", hint: hint)
        }
        return access
    }
}
