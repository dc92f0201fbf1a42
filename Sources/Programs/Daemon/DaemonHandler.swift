import Answers
import Contract
import Pipeline
import Records
import Snapshots
import SocketServer
import Telemetry

/// Brings questions from the socket to whoever answers them: the pure answers, or the daemon's own services.
final class DaemonHandler: RequestHandler {
    private let services: DaemonServices
    private let cache = AnswerCache()
    let methods = Method.allCases.map(\.rawValue)

    init(_ services: DaemonServices) { self.services = services }

    /// Methods whose answers are kept for as long as their generation is in force.
    private static let cached: Set<Method> = [
        .kpisGet, .clientsList, .cohortsGet, .engagementHeatmap, .mrrMovements, .riskRules,
    ]

    func lane(for request: Request) -> Lane {
        guard let method = Method(rawValue: request.method), request.params["as_of"] == nil else { return .worker }
        // All but the status wait for what is stored.
        if method != .systemStatus, !services.readiness.isReady { return .worker }
        switch method {
        case .systemStatus: return .immediate
        case .clientsGet: return services.explainsQuickly ? .immediate : .worker
        case let method where DaemonHandler.cached.contains(method):
            guard let snapshot = services.box.current else { return .immediate }
            if isKnown(method, request, generation: snapshot.generation) { return .immediate }
            return isQuick(method, request, snapshot) ? .immediate : .worker
        default: return .worker
        }
    }

    /// Whether an answer is at hand. Who asks is not known here: it is there for everybody, or it is not.
    private func isKnown(_ method: Method, _ request: Request, generation: UInt64) -> Bool {
        guard cache.answer(key(method, request, hiding: nil), generation: generation) != nil else { return false }
        guard request.params["where"] != nil else { return true }
        return cache.answer(key(method, request, hiding: services.contactColumns), generation: generation) != nil
    }

    /// Whether working out an answer takes no longer than handing it to a worker and back would.
    private func isQuick(_ method: Method, _ request: Request, _ snapshot: Snapshot) -> Bool {
        var parameters = Parameters(request.params)
        switch method {
        case .clientsList:
            guard let question = try? ClientsAnswer.Question(&parameters) else { return true }
            return question.snapshotID == nil && ClientsAnswer.isQuick(question, snapshot)
        case .kpisGet:
            guard let question = try? KPIsAnswer.Question(&parameters) else { return true }
            return question.isCheap
        default: return false
        }
    }

    func timeLimit(for request: Request) -> Duration? {
        switch Method(rawValue: request.method) {
        // These wait for the pipeline.
        case .systemRefresh, .systemVerify, .churnTrain: .seconds(3600)
        default: nil
        }
    }

    func connectionClosed(_ connection: Connection) { services.uploads.discard(of: connection.id) }

    /// - Parameter hidden: the contact data, for those who are shown none of it.
    private func key(_ method: Method, _ request: Request, hiding hidden: ContactColumns?) -> AnswerCache.Key {
        // Conditions alone can be refused for what they name; all other answers are the same for everybody.
        AnswerCache.Key(
            method: method, parameters: JSONWriter.bytes(of: .object(request.params)),
            hidden: request.params["where"] == nil ? nil : hidden)
    }

    func answer(
        _ request: Request, from connection: Connection, deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        guard let method = Method(rawValue: request.method) else {
            throw Problem(.methodNotFound, "no method \"\(request.method)\"")
        }
        let started = MonotonicTime.now()
        let access = try authorised(method, request, connection.peer)
        var dropID: Int64?
        var outcome = RequestOutcome.answered
        defer {
            // The pieces of a file before its last change nothing yet.
            if method.permission != .read, method != .dataIngest || dropID != nil || outcome != .answered {
                services.audit.changed(
                    method, connection.peer, role: access.role, outcome: outcome, dropID: dropID,
                    duration: MonotonicTime.now().duration(since: started))
            }
        }
        do {
            if method != .systemStatus { try waitUntilReady(deadline) }
            switch method {
            case .systemStatus: try services.status(request, role: access.role, into: &result)
            case .systemRefresh: try services.refresh(request, into: &result)
            case .systemVerify: try services.verify(request, into: &result)
            case .systemMetrics: try services.metrics(request, into: &result)
            case .dataIngest: dropID = try services.ingest(request, connection: connection.id, into: &result)
            case .dataDrops: try services.drops(request, access, into: &result)
            case .dataRejects: try services.rejects(request, access, into: &result)
            case .churnModel, .churnImportance, .churnTrain, .churnUse, .churnExport, .churnImport:
                try services.churn(method, request, into: &result)
            default: try answerFromSnapshot(method, request, access, deadline, into: &result)
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
        guard let own = standing.role ?? (method == .dataIngest && standing.mayIngest ? .viewer : nil) else {
            services.audit.denied(method, peer, role: nil)
            throw Problem(
                .forbidden, "user \(peer.uid) has no role here",
                hint: services.roles.hintForStrangers)
        }
        var asked: Contract.Role?
        if let text = request.params["context"]?["user_role"]?.stringValue {
            guard let role = Contract.Role(rawValue: text) else {
                throw Problem(
                    .invalidParams, "context.user_role is \"\(text)\"",
                    hint: "expected one of \(Contract.Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            asked = role
        }
        let access = Access(own: own, asked: asked, mayIngest: standing.mayIngest)
        let isAllowed =
            switch method.permission {
            case .read: true
            case .ingest: standing.mayIngest
            case .administer: access.role == .admin
            }
        guard isAllowed else {
            services.audit.denied(method, peer, role: access.role)
            throw Problem(
                .forbidden, "\(method.rawValue) is not allowed for \(access.role.rawValue)",
                hint: method.permission == .ingest
                    ? services.roles.hintForIngest : "ask an administrator")
        }
        return access
    }

    // MARK: Answers from a generation

    private func answerFromSnapshot(
        _ method: Method, _ request: Request, _ access: Access, _ deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        if request.params["as_of"] == nil, DaemonHandler.cached.contains(method), let current = services.box.current {
            let key = key(method, request, hiding: access.showsContact ? nil : services.contactColumns)
            if let known = cache.answer(key, generation: current.generation) {
                result.append(contentsOf: known)
                return
            }
            var answer: [UInt8] = []
            try write(method, request, access, deadline, into: &answer)
            cache.keep(answer, for: key, generation: current.generation)
            result.append(contentsOf: answer)
            return
        }
        try write(method, request, access, deadline, into: &result)
    }

    private func write(
        _ method: Method, _ request: Request, _ access: Access, _ deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        var parameters = Parameters(request.params)
        let asOf = try parameters.day("as_of")
        let contactColumns = services.contactColumns
        let hidden = access.showsContact ? nil : contactColumns
        switch method {
        case .clientsGet:
            let question = try ClientAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf)
            try JSONWriter.append(to: &result, reservedBytes: 8192) { (writer) throws(Problem) in
                try ClientAnswer.write(
                    question, snapshot, showsContact: access.showsContact, contactColumns: contactColumns, to: &writer)
            }
        case .clientsList:
            let question = try ClientsAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, page: question.snapshotID)
            try question.filter.validate(snapshot, hiding: hidden)
            JSONWriter.append(to: &result, reservedBytes: 16_384) { ClientsAnswer.write(question, snapshot, to: &$0) }
        case .kpisGet:
            let question = try KPIsAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf)
            try question.filter.validate(snapshot, hiding: hidden)
            try JSONWriter.append(to: &result, reservedBytes: 16_384) { (writer) throws(Problem) in
                try KPIsAnswer.write(
                    question, snapshot, asOf: { services.pipeline.snapshot(asOf: $0) }, to: &writer)
            }
        case .cohortsGet:
            let question = try CohortsAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf)
            try question.filter.validate(snapshot, hiding: hidden)
            JSONWriter.append(to: &result) { CohortsAnswer.write(question, snapshot, to: &$0) }
        case .engagementHeatmap:
            let question = try HeatmapAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf)
            try question.filter.validate(snapshot, hiding: hidden)
            JSONWriter.append(to: &result) { HeatmapAnswer.write(question, snapshot, to: &$0) }
        case .mrrMovements:
            let question = try MovementsAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf)
            try question.filter.validate(snapshot, hiding: hidden)
            JSONWriter.append(to: &result) { MovementsAnswer.write(question, snapshot, to: &$0) }
        case .riskRules:
            let question = try RulesAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf)
            try JSONWriter.append(to: &result) { (writer) throws(Problem) in
                try RulesAnswer.write(question, snapshot, to: &writer)
            }
        case .forecastGet:
            try writeForecast(&parameters, asOf, into: &result)
        case .exportTable:
            let question = try ExportAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, page: question.snapshotID)
            func writeTable() throws(Problem) {
                try JSONWriter.append(to: &result, reservedBytes: 1 << 20) { (writer) throws(Problem) in
                    try ExportAnswer.write(question, snapshot, to: &writer)
                }
            }
            if question.table == .customerHealthHistory {
                try services.withHealthHistory(
                    of: snapshot, isFirstPage: question.snapshotID == nil, by: deadline, write: writeTable)
            } else {
                try writeTable()
            }
        default:
            throw Problem(.methodNotFound, "no method \"\(method.rawValue)\"")
        }
    }

    private func writeForecast(
        _ parameters: inout Parameters, _ asOf: Day?, into result: inout [UInt8]
    ) throws(Problem) {
        let question = try ForecastAnswer.Question(&parameters)
        try parameters.finish()
        let snapshot = try snapshot(asOf)
        let subject = try ForecastAnswer.subject(question, snapshot)
        let content = try services.forecast(question, subject, snapshot)
        JSONWriter.append(to: &result, reservedBytes: 16_384) {
            ForecastAnswer.write(question, content, snapshot, to: &$0)
        }
    }

    /// The generation a question is about: that of a page's cursor, of a day, or the one in force.
    private func snapshot(_ asOf: Day?, page id: String? = nil) throws(Problem) -> Snapshot {
        if let id {
            guard let kept = services.box.snapshot(id: id) else {
                throw Problem(
                    .conflict, "the data has changed since the first page", hint: "start again without a cursor")
            }
            return kept
        }
        guard let current = services.box.current else {
            throw Problem(
                .notReady, "there is no data yet",
                hint: "drop a demographics file into the inbox, or use aurac ingest FILE --category demographics")
        }
        guard let asOf, asOf != current.asOf else { return current }
        let latest = max(services.today, current.asOf)
        guard asOf <= latest else {
            throw Problem(
                .invalidParams, "parameter \"as_of\" is \(asOf), a day that has not come yet",
                hint: "expected a day up to \(latest)")
        }
        guard let other = services.pipeline.snapshot(asOf: asOf) else {
            throw Problem(.notReady, "there is no data yet")
        }
        return other
    }
}
