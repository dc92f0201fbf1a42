import Contract
import Locks
import SocketServer
import Words

/// Who is to be told of something when it happens, on which connection, and what each of them may see by now.
final class Subscriptions: Sendable {
    /// Of one connection.
    static let perConnectionMax = 16

    private let state = Guarded<[UInt64: [Subscriber]]>([:])

    /// Keeps a subscriber until its connection ends, which does not idle meanwhile.
    func add(_ subscriber: Subscriber) throws(Problem) {
        let connection = subscriber.connection
        let isTaken = state.withLock { state in
            guard state[connection.id, default: []].count < Subscriptions.perConnectionMax else { return false }
            state[connection.id, default: []].append(subscriber)
            return true
        }
        guard isTaken else {
            throw Problem(
                .overloaded, "this connection has \(Subscriptions.perConnectionMax) subscriptions",
                hint: "open another connection, or close this one to end them")
        }
        connection.holdOpen(true)
        // It has closed meanwhile, and nobody comes to forget what was begun after that.
        if !connection.isOpen { end(of: connection.id) }
    }

    /// Forgets those of a connection that has ended.
    func end(of connection: UInt64) { state.withLock { $0[connection] = nil } }

    var count: Int { state.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// Tells everybody who has subscribed to a method. Never waits.
    /// - Parameter write: writes the object `params` for somebody who may do and see this.
    func push(_ endpoint: Endpoint, _ write: (Principal, inout JSONWriter) -> Void) {
        for subscriber in state.withLock({ $0.values.flatMap { $0 } }) where subscriber.endpoint.name == endpoint.name {
            subscriber.push(write)
        }
    }
}

/// Somebody who listens on a connection.
final class Subscriber: Sendable {
    let endpoint: Endpoint
    let connection: Connection
    /// Who it is by now, or nil where it may not listen any more: a reload of roles and people counts at once.
    private let principal: @Sendable () -> Principal?

    init(endpoint: Endpoint, connection: Connection, principal: @escaping @Sendable () -> Principal?) {
        self.endpoint = endpoint
        self.connection = connection
        self.principal = principal
    }

    /// - Returns: what became of it; `closed`, and the end of the connection, for one who may not listen any more.
    @discardableResult
    func push(_ write: (Principal, inout JSONWriter) -> Void) -> Connection.NotifyOutcome {
        guard let notification = endpoint.notification else { return .dropped }
        guard let principal = principal() else {
            // Whoever comes back hears why.
            connection.close()
            return .closed
        }
        var params: [UInt8] = []
        JSONWriter.append(to: &params) { write(principal, &$0) }
        return connection.notify(notification.name, params: params)
    }
}

/// Who answers a method that pushes: the answer to the question, and from then on whatever is pushed to its method by
/// ``Subscriptions/push(_:_:)``.
protocol SubscriptionHandler: MethodHandler {
    /// Appends the JSON text of the result. The subscription has begun: nothing that happens from here on is missed.
    static func begin(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem)
}

extension SubscriptionHandler {
    static func answer(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
        let reauthorise = call.reauthorise
        try call.services.subscriptions.add(
            Subscriber(endpoint: endpoint, connection: call.connection, principal: { reauthorise?() }))
        try begin(question, &call, into: &result)
    }
}
