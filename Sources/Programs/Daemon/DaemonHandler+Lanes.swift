import Answers
import Contract
import Records
import Snapshots
import SocketServer

/// Which thread answers what. Asked on the I/O thread: nothing here may grow with the request, but for those that are
/// small.
extension DaemonHandler {
    /// Larger answers are copied by a worker.
    private static let immediateAnswerBytesMax = 64 << 10

    func lane(for request: Request, from peer: Peer, isSmall: Bool) -> Lane {
        guard let handler = handlers[request.method] else { return .worker }
        return lane(for: request, from: peer, isSmall: isSmall, handler)
    }

    private func lane<Handler: MethodHandler>(
        for request: Request, from peer: Peer, isSmall: Bool, _ handler: Handler.Type
    ) -> Lane {
        let endpoint = Handler.endpoint
        guard services.principals.isAtHand(request.params) else { return .worker }
        if endpoint.work == .immediate, endpoint.answersBeforeReady { return .immediate }
        // Everything else waits for what is stored.
        guard services.readiness.isReady else { return .worker }
        if endpoint.work == .immediate { return .immediate }
        guard let snapshot = services.box.current else { return .worker }
        let request = isSmall ? asked(request, peer, endpoint) : request
        let isOfNow = request.params["as_of"] == nil
        if isSmall, isOfNow, endpoint.isKept,
            let bytes = knownBytes(endpoint, request, generation: snapshot.generation)
        {
            return bytes <= DaemonHandler.immediateAnswerBytesMax ? .immediate : .worker
        }
        if let work = Handler.sharedWork(request.params, snapshot) { return .single(sharing: work) }
        guard isSmall, isOfNow, endpoint.work == .quick else { return .worker }
        // What the asker is not shown is looked at when it is answered, and so is what is wrong with the question.
        guard let parameters = try? Parameters(request.params, of: endpoint, hiding: nil),
            let question = try? Handler.question(parameters)
        else { return .immediate }
        return Handler.isQuick(question, services, snapshot) ? .immediate : .worker
    }

    /// The question as it is kept; what cannot be one is refused when it is answered.
    private func asked(_ request: Request, _ peer: Peer, _ endpoint: Endpoint) -> Request {
        // Most questions name neither, and are as they are kept.
        guard request.params[Behalf.name] != nil || request.params[Parameter.owner.name] != nil,
            let principal = try? services.principals.principal(of: request.params, from: peer)
        else { return request }
        return (try? Mine.resolved(request, principal, takesFilters: endpoint.takesFilters)) ?? request
    }

    /// The size of an answer that is at hand. Who asks is not known here: it is there for everybody, or it is not.
    private func knownBytes(_ endpoint: Endpoint, _ request: Request, generation: UInt64) -> Int? {
        var key = key(endpoint, request, hiding: nil)
        guard let answer = cache.answer(key, generation: generation) else { return nil }
        guard canBeRefused(request) else { return answer.count }
        key.hidden = services.contactColumns
        return cache.answer(key, generation: generation)?.count
    }

    /// - Parameter hidden: the contact data, for those who are shown none of it.
    func key(_ endpoint: Endpoint, _ request: Request, hiding hidden: ContactColumns?) -> AnswerCache.Key {
        AnswerCache.Key(
            method: endpoint.name, parameters: JSONWriter.bytes(of: .object(request.params)),
            hidden: canBeRefused(request) ? hidden : nil)
    }

    /// Whether some may ask this and others not. Conditions alone can be refused for what they name, and owners where they
    /// are contact data; all other answers are the same for everybody.
    private func canBeRefused(_ request: Request) -> Bool {
        request.params["where"] != nil
            || (services.ownerIsContact && request.params[Parameter.owner.name] != nil)
    }
}
