public import Records

/// What was seen of anyone up to a day, and from when on: what nobody was ever seen to do was not measured, and says
/// nothing of those who were not seen to do it.
struct Seen: Sendable {
    private(set) var firstLoginDay = Int32.max
    private(set) var lastLoginDay = Int32.min
    private(set) var firstPaymentDay = Int32.max
    private(set) var clientsWithEvents = 0
    private(set) var clientsWithLogins = 0

    init(_ totals: [ClientHistory.Totals]) {
        totals.withUnsafeBufferPointer { for client in $0 { add(client) } }
    }

    /// Takes a client's new totals for his old ones. Records are never taken away: the first stay the first.
    mutating func replace(_ old: ClientHistory.Totals, with new: ClientHistory.Totals) {
        if old.events > 0 { clientsWithEvents -= 1 }
        if old.lastLoginDay != .min { clientsWithLogins -= 1 }
        add(new)
    }

    private mutating func add(_ client: ClientHistory.Totals) {
        firstLoginDay = min(firstLoginDay, client.firstLoginDay)
        lastLoginDay = max(lastLoginDay, client.lastLoginDay)
        firstPaymentDay = min(firstPaymentDay, client.firstPaymentDay)
        if client.events > 0 { clientsWithEvents += 1 }
        if client.lastLoginDay != .min { clientsWithLogins += 1 }
    }
}

/// Whether the events of the configured types tell who has logged in and who has not.
public enum LoginMeasurement: Sendable, Equatable {
    case measured
    /// Nobody was ever seen to log in.
    case never
    /// So few clients were, of those with events, that the others must come in by events of another type.
    case hardlyAny(clients: Int, of: Int)
    /// Nobody has for a while, though clients were seen: their logins have another type now, or none.
    case ended(lastDay: Day, clients: Int)

    /// Below this share of the clients with events logins are an exception.
    private static let clientsPerLoginMax = 100
    /// So many days without anyone's login mean that they are not measured any more, when so many clients were seen.
    private static let silentDays: Int32 = 30
    private static let silentClients = 20

    /// - Parameter history: of the as-of day. Without any event there is nothing to be said of logins: they are measured
    ///   by what comes.
    public init(_ history: ClientHistory, asOf: Day) {
        let seen = history.seen
        guard seen.clientsWithLogins > 0 else {
            self = seen.clientsWithEvents > 0 ? .never : .measured
            return
        }
        guard seen.clientsWithLogins * LoginMeasurement.clientsPerLoginMax >= seen.clientsWithEvents else {
            self = .hardlyAny(clients: seen.clientsWithLogins, of: seen.clientsWithEvents)
            return
        }
        self = .measured
        guard asOf.rawValue - seen.lastLoginDay >= LoginMeasurement.silentDays else { return }
        // Seldom asked: as a rule somebody has logged in lately.
        let clients = history.totals.count { $0.lastEventDay > asOf.rawValue - LoginMeasurement.silentDays }
        if clients >= LoginMeasurement.silentClients {
            self = .ended(lastDay: Day(rawValue: seen.lastLoginDay), clients: clients)
        }
    }
}

extension MeasuredDays {
    init(_ history: ClientHistory, firstEventDay: Day?, asOf: Day) {
        func days(since first: Int32) -> Int32 {
            first <= asOf.rawValue ? asOf.rawValue - first : ClientMetrics.unknown
        }
        self.init(
            logins: LoginMeasurement(history, asOf: asOf) == .measured
                ? days(since: history.seen.firstLoginDay) : ClientMetrics.unknown,
            events: days(since: firstEventDay?.rawValue ?? .max), payments: days(since: history.seen.firstPaymentDay))
    }
}
