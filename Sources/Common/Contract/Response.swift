/// The answer to one request.
public struct Response: Sendable, Equatable {
    /// What the request came to.
    public enum Outcome: Sendable, Equatable {
        /// The raw JSON text of `result`.
        case result([UInt8])
        case problem(Problem)
    }

    /// The request's id; `.null` when the daemon could not tell which request it was.
    public var id: RequestID
    public var outcome: Outcome

    public init(id: RequestID, outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }
}

/// What a client receives: answers to its requests, and notifications it subscribed to.
public enum ServerMessage: Sendable, Equatable {
    case response(Response)
    /// Method name and the raw JSON text of `params`.
    case notification(method: String, params: [UInt8])
}
