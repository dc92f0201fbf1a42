import Answers
import Contract
import Records
import Snapshots
import SocketServer

/// Which thread answers what. Asked on the I/O thread: nothing here may grow with the request, but for those that are
/// small.
extension DaemonHandler {
    /// Methods whose answers are kept for as long as their generation is in force.
    static let cached: Set<Method> = [
        .kpisGet, .clientsList, .cohortsGet, .engagementHeatmap, .mrrMovements, .riskRules,
    ]

    /// Methods that answer for another day when `as_of` says so.
    private static let dated: Set<Method> = cached.union([.clientsGet, .forecastGet, .exportTable])

    /// Larger answers are copied by a worker.
    private static let immediateAnswerBytesMax = 64 << 10

    /// A longer past of a client is put together by a worker.
    private static let immediateTimelineMax = 100

    func lane(for request: Request, isSmall: Bool) -> Lane {
        guard let method = Method(rawValue: request.method) else { return .worker }
        if method == .systemStatus { return .immediate }
        // Everything else waits for what is stored.
        guard services.readiness.isReady else { return .worker }
        let snapshot = services.box.current
        if isSmall, let snapshot, request.params["as_of"] == nil, DaemonHandler.cached.contains(method),
            let bytes = knownBytes(method, request, generation: snapshot.generation)
        {
            return bytes <= DaemonHandler.immediateAnswerBytesMax ? .immediate : .worker
        }
        if let snapshot, let work = sharedWork(method, request, snapshot) { return .single(sharing: work) }
        guard isSmall, request.params["as_of"] == nil else { return .worker }
        if method == .clientsGet {
            let entries = request.params["timeline"]?.integerValue ?? 0
            return services.explainsQuickly && entries <= DaemonHandler.immediateTimelineMax ? .immediate : .worker
        }
        guard DaemonHandler.cached.contains(method), let snapshot else { return .worker }
        return isQuick(method, request, snapshot) ? .immediate : .worker
    }

    /// The size of an answer that is at hand. Who asks is not known here: it is there for everybody, or it is not.
    private func knownBytes(_ method: Method, _ request: Request, generation: UInt64) -> Int? {
        var key = key(method, request, hiding: nil)
        guard let answer = cache.answer(key, generation: generation) else { return nil }
        guard request.params["where"] != nil else { return answer.count }
        key.hidden = services.contactColumns
        return cache.answer(key, generation: generation)?.count
    }

    /// - Parameter hidden: the contact data, for those who are shown none of it.
    func key(_ method: Method, _ request: Request, hiding hidden: ContactColumns?) -> AnswerCache.Key {
        // Conditions alone can be refused for what they name; all other answers are the same for everybody.
        AnswerCache.Key(
            method: method, parameters: JSONWriter.bytes(of: .object(request.params)),
            hidden: request.params["where"] == nil ? nil : hidden)
    }

    /// Whether working out an answer takes no longer than handing it to a worker and back would.
    private func isQuick(_ method: Method, _ request: Request, _ snapshot: Snapshot) -> Bool {
        // What the asker is not shown is looked at when it is answered.
        var parameters = Parameters(request.params, hiding: nil)
        switch method {
        case .clientsList:
            guard let question = try? ClientsAnswer.Question(&parameters) else { return true }
            return question.snapshotID == nil && ClientsAnswer.isQuick(question, snapshot)
        case .kpisGet:
            guard let question = try? KPIsAnswer.Question(&parameters) else { return true }
            return KPIsAnswer.isQuick(question, snapshot)
        default: return false
        }
    }

    /// What a request needs that takes long to work out and is not done twice at a time: the generation of another day,
    /// or the past of the clients' health. Nil when it needs nothing of the kind.
    private func sharedWork(_ method: Method, _ request: Request, _ snapshot: Snapshot) -> String? {
        guard DaemonHandler.dated.contains(method) else { return nil }
        let asOf = DaemonHandler.dayText(request.params["as_of"])
        var work: [String] = []
        if let asOf, asOf != snapshot.asOf.description { work.append(asOf) }
        if method == .kpisGet {
            // A summary tells scores of its last day, and so does the one it is compared with.
            if let to = DaemonHandler.dayText(request.params["to"]), to < asOf ?? snapshot.asOf.description {
                work.append("to " + to)
            }
            if let comparison = request.params["compare"]?.stringValue, comparison.utf8.count <= 16 {
                work.append("compare " + comparison)
                if let from = DaemonHandler.dayText(request.params["from"]) { work.append("from " + from) }
            }
        }
        if method == .exportTable,
            request.params["table"]?.stringValue?.hasSameText(as: PublishedTable.customerHealthHistory) == true,
            snapshot.healthHistory?.isComplete == false
        {
            work.append("history")
        }
        return work.isEmpty ? nil : work.joined(separator: " ")
    }

    /// A day as it is written; nil for anything else, which is refused when it is answered.
    private static func dayText(_ value: JSONValue?) -> String? {
        guard let text = value?.stringValue, text.utf8.count == 10, Day(text) != nil else { return nil }
        return text
    }
}

extension String {
    /// Without a look at more than the table's own name.
    fileprivate func hasSameText(as table: PublishedTable) -> Bool {
        utf8.count == table.rawValue.utf8.count && self == table.rawValue
    }
}
