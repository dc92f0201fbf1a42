import Answers
import Contract
import Records
import Snapshots
import SocketServer
import Telemetry
import Words

/// Brings questions from the socket to whoever answers them, by the table of methods: who asks, whether the method is allowed,
/// whether the question is one, and what it must not name are looked at here, before anybody works on it.
final class DaemonHandler: RequestHandler {
    let services: DaemonServices
    let cache = AnswerCache()
    let handlers: [String: any MethodHandler.Type]
    let methods: [String]

    /// - Parameter handlers: those of the table, and in tests perhaps more.
    init(_ services: DaemonServices, handlers: [any MethodHandler.Type] = Handlers.all) {
        self.services = services
        methods = handlers.map { $0.endpoint.name }
        self.handlers = Dictionary(
            handlers.map { ($0.endpoint.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func timeLimit(for request: Request) -> Duration? {
        handlers[request.method]?.endpoint.timeLimitSeconds.map { .seconds($0) }
    }

    // Names are looked up now, where nobody else waits, and not with the first question.
    func asker(of peer: Peer) -> Asker { services.principals.principal(of: peer).asker }

    func asker(of request: Request, from connection: Connection) -> Asker {
        // A connection is counted as it was when it came.
        request.params[Behalf.name] == nil
            ? connection.asker : services.principals.asker(of: request.params, from: connection.peer)
    }

    func mayUseKeptConnections(_ peer: Peer) -> Bool {
        services.principals.principal(of: peer).access.may(.administer)
    }

    func connectionClosed(_ connection: Connection) {
        services.uploads.discardSoon(of: connection.id)
        services.subscriptions.end(of: connection.id)
    }

    func answer(
        _ request: Request, from connection: Connection, deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        guard let handler = handlers[request.method] else {
            throw Problem(.methodNotFound, "no method \"\(request.method.excerpt)\"")
        }
        try answer(request, from: connection, deadline: deadline, handler, into: &result)
    }

    private func answer<Handler: MethodHandler>(
        _ request: Request, from connection: Connection, deadline: Deadline, _ handler: Handler.Type,
        into result: inout [UInt8]
    ) throws(Problem) {
        let endpoint = Handler.endpoint
        let started = MonotonicTime.now()
        let principal = try authorised(endpoint, request, connection.peer)
        let hidden = principal.access.showsContact ? nil : services.contactColumns
        var record: AuditLog.Record? = AuditLog.Record()
        var outcome = RequestOutcome.answered
        defer {
            if endpoint.permission != .read, let record {
                services.audit.changed(
                    endpoint, connection.peer, principal, outcome: outcome, dropID: record.dropID,
                    duration: MonotonicTime.now().duration(since: started))
            }
        }
        do {
            if !endpoint.answersBeforeReady { try waitUntilReady(deadline) }
            try checkStarts()
            let reauthorise = reauthorise(endpoint, request, connection.peer)
            let request = try Mine.resolved(request, principal, takesFilters: endpoint.takesFilters)
            let parameters = try Parameters(request.params, of: endpoint, hiding: hidden)
            var call = Call(
                services: services, principal: principal, deadline: deadline, connection: connection,
                asOf: endpoint.day == .applied ? parameters.day(Parameter.asOf.name) : nil, hidden: hidden,
                reauthorise: reauthorise)
            defer { record = call.record }
            try answer(request, handler, parameters, &call, into: &result)
        } catch {
            outcome = DaemonHandler.outcome(of: error)
            if outcome == .denied, endpoint.permission == .read {
                services.audit.denied(endpoint, connection.peer, principal)
            }
            if outcome == .failed {
                services.telemetry.events.emit(
                    RequestFailedInternally(
                        method: SafeText(literal: endpoint.literal), peerUID: connection.peer.uid,
                        errorCode: .rpc(error.code.rawValue), duration: MonotonicTime.now().duration(since: started)))
            }
            throw error
        }
    }

    /// From what is kept of the generation in force, or worked out.
    private func answer<Handler: MethodHandler>(
        _ request: Request, _ handler: Handler.Type, _ parameters: Parameters, _ call: inout Call,
        into result: inout [UInt8]
    ) throws(Problem) {
        let endpoint = Handler.endpoint
        guard endpoint.isKept, call.asOf == nil, let current = services.box.current else {
            return try Handler.answer(try Handler.question(parameters), &call, into: &result)
        }
        let key = key(endpoint, request, hiding: call.hidden)
        if let known = cache.answer(key, generation: current.generation) {
            result.append(contentsOf: known)
            return
        }
        var answer: [UInt8] = []
        try Handler.answer(try Handler.question(parameters), &call, into: &answer)
        cache.keep(answer, for: key, generation: current.generation)
        result.append(contentsOf: answer)
    }

    /// How much of a request's time is left for the answer once the daemon is ready.
    private static let reserve: Duration = .seconds(2)

    private func waitUntilReady(_ deadline: Deadline) throws(Problem) {
        if services.readiness.isReady { return }
        // A request that may take an hour need not wait that long to hear that there is nothing yet.
        let patience = min(deadline.remaining - DaemonHandler.reserve, .seconds(60))
        if services.readiness.wait(atMost: patience) || services.readiness.refusal != nil { return }
        throw Problem(
            .notReady, "the daemon is still reading what is stored",
            hint: "aurac status shows how far it has come; try again later")
    }

    /// A daemon that does not begin to work says nothing else until its process has ended.
    private func checkStarts() throws(Problem) {
        guard let refusal = services.readiness.refusal else { return }
        throw Problem(.unavailable, "the daemon does not start: \(refusal)", hint: "its log says the same")
    }

    private static func outcome(of problem: Problem) -> RequestOutcome {
        switch problem.code {
        case .internalError: .failed
        case .timeout: .timedOut
        case .forbidden: .denied
        default: .refused
        }
    }

    /// The role a request is to be answered for; nil where it names none. One that cannot be read is not passed over:
    /// whoever asks for less would be shown more.
    private static func askedRole(_ context: JSONValue?) throws(Problem) -> String? {
        guard let context, !context.isNull else { return nil }
        guard let members = context.objectValue else {
            throw Problem(.invalidParams, "context is \(context.typeName)", hint: "expected an object")
        }
        guard let role = members["user_role"], !role.isNull else { return nil }
        guard let text = role.stringValue else {
            throw Problem(
                .invalidParams, "context.user_role is \(role.typeName)",
                hint: "expected one of \(Role.names.joined(separator: ", "))")
        }
        return text
    }

    /// Who asks, and what may be done for whoever it is with this request. Whoever is not given something explicitly does not
    /// have it.
    private func authorised(_ endpoint: Endpoint, _ request: Request, _ peer: Peer) throws(Problem) -> Principal {
        var principal: Principal
        do {
            principal = try services.principals.principal(of: request.params, from: peer)
        } catch {
            if error.code == .forbidden {
                services.audit.denied(endpoint, peer, services.principals.principal(of: peer))
            }
            throw error
        }
        // A permission of one's own opens its methods and nothing else.
        guard principal.hasRole || principal.access.may(endpoint.permission) else {
            services.audit.denied(endpoint, peer, principal)
            throw Problem(
                .forbidden,
                principal.isOnBehalf ? "\(principal.person) has no role here" : "user \(peer.uid) has no role here",
                hint: services.roles.hintForStrangers)
        }
        principal = try DaemonHandler.narrowed(principal, request.params)
        guard principal.access.may(endpoint.permission) else {
            services.audit.denied(endpoint, peer, principal)
            throw Problem(
                .forbidden, "\(endpoint.name) is not allowed for \(principal.access.role.rawValue)",
                hint: services.roles.hint(for: endpoint.permission))
        }
        return principal
    }

    /// Who asks by the time something is pushed; nil for a method that pushes nothing.
    private func reauthorise(
        _ endpoint: Endpoint, _ request: Request, _ peer: Peer
    ) -> (@Sendable () -> Principal?)? {
        guard endpoint.notification != nil else { return nil }
        var params = JSONObject()
        for name in [Behalf.name, "context"] { params[name] = request.params[name] }
        let (asked, permission) = (params, endpoint.permission)
        return { [services] in
            guard let whole = try? services.principals.principal(of: asked, from: peer),
                let principal = try? DaemonHandler.narrowed(whole, asked), principal.access.may(permission)
            else { return nil }
            return principal
        }
    }

    /// Less what the role does not have that the request asks for.
    private static func narrowed(_ principal: Principal, _ params: JSONObject) throws(Problem) -> Principal {
        guard let text = try askedRole(params["context"]) else { return principal }
        guard let role = Role(named: text) else {
            throw Problem(
                .invalidParams, "context.user_role is \"\(text.excerpt)\"",
                hint: "expected one of \(Role.names.joined(separator: ", "))")
        }
        var principal = principal
        principal.access = principal.access.narrowed(to: role)
        return principal
    }
}
