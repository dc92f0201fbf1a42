import Records
import Standings
import Words

/// What all rows share: columns taken out of their tables once, and look-ups by kind of event and of payment.
struct FeatureContext: Sendable {
    let asOf: Int32
    let metrics: FeatureMetrics
    let months: ClientMonths
    let standings: CompanyStandings
    let eventSegments: [EventSegment]
    let transactionSegments: [TransactionSegment]
    let amounts: BaseAmounts
    let tickets: TicketTable
    let surveys: SurveyTable
    /// By dense client index.
    let creationDay: [Int32]
    let contractEndDay: [Int32]
    let plan: CodedColumn
    let industry: CodedColumn
    /// By event kind.
    let kinds: [EventKind]
    /// Days back from the as-of day on which logins were measured: what a window says that reaches further is unknown.
    let loginDays: Int
    let featureCount: Int
    let typeCount: Int
    let deviceCount: Int
    let issueTypes: [String]
    /// By transaction kind.
    let methodOfKind: [Int32]
    let paymentMethods: [String]

    /// A kind of event by small codes; -1 where there is none.
    struct EventKind: BitwiseCopyable, Sendable {
        var isLogin: Bool
        var type: Int32
        var feature: Int32
        var device: Int32
    }

    init(_ silver: SilverTables, gold: GoldTables, standings: CompanyStandings, settings: GoldSettings) {
        asOf = gold.asOf.rawValue
        metrics = FeatureMetrics(gold.metrics)
        months = gold.months
        self.standings = standings
        eventSegments = silver.events.segments
        transactionSegments = silver.transactions.segments
        amounts = BaseAmounts(silver.transactions.kinds, rates: settings.rates)
        tickets = silver.tickets
        surveys = silver.surveys
        creationDay = silver.clients.creationDay
        contractEndDay = silver.clients.contractEndDay
        plan = silver.clients.subscriptionType
        industry = silver.clients.industry
        var types = NameCodes()
        var features = NameCodes()
        var devices = NameCodes()
        kinds = silver.events.kinds.kinds.map { kind in
            EventKind(
                isLogin: settings.loginEvents.contains(kind.type), type: types.code(kind.type),
                feature: features.code(kind.feature), device: devices.code(kind.device))
        }
        loginDays = FeatureContext.loginDays(gold.metrics.measured)
        featureCount = features.names.count
        typeCount = types.names.count
        deviceCount = devices.names.count
        issueTypes = Array(silver.tickets.issueType.dictionary.values.dropFirst())
        var methods = NameCodes()
        methodOfKind = silver.transactions.kinds.kinds.map { methods.code($0.method) }
        paymentMethods = methods.names
    }

    /// The first login comes a while after the first event of its own accord. Only where it comes much later, logins were
    /// not measured before.
    private static func loginDays(_ measured: MeasuredDays) -> Int {
        if measured.logins == ClientMetrics.unknown { return 0 }
        if measured.events == ClientMetrics.unknown || Int(measured.events) - Int(measured.logins) <= 30 { return .max }
        return Int(measured.logins) + 1
    }
}

/// The metrics that features are made of, taken out of their table once: what is taken out in a loop is counted in and out
/// at every client.
struct FeatureMetrics: Sendable {
    let tenureDays, contractMonths: [Int32]
    let averageEvents30Days, engagementScore: [Double]
    let daysSinceLastEvent, daysSinceLastLogin, daysSinceLastTransaction: [Int32]
    let ticketsTotal, openTickets, openTicketsOlderThan7Days: [Int32]
    let meanResolutionHours, meanSatisfaction: [Double]
    let transactionsTotal: [Int32]
    let totalAmount, revenue90Days, revenuePrevious90Days: [Int64]
    let revenueDecline90Days, averageTransactionValue: MetricValues

    init(_ metrics: ClientMetrics) {
        tenureDays = metrics.tenureDays
        contractMonths = metrics.contractMonths
        averageEvents30Days = metrics.averageEvents30Days
        engagementScore = metrics.engagementScore
        daysSinceLastEvent = metrics.daysSinceLastEvent
        daysSinceLastLogin = metrics.daysSinceLastLogin
        daysSinceLastTransaction = metrics.daysSinceLastTransaction
        ticketsTotal = metrics.ticketsTotal
        openTickets = metrics.openTickets
        openTicketsOlderThan7Days = metrics.openTicketsOlderThan7Days
        meanResolutionHours = metrics.meanResolutionHours
        meanSatisfaction = metrics.meanSatisfaction
        transactionsTotal = metrics.transactionsTotal
        totalAmount = metrics.totalAmount
        revenue90Days = metrics.revenue90Days
        revenuePrevious90Days = metrics.revenuePrevious90Days
        revenueDecline90Days = metrics.values(.revenueDecline90Days)
        averageTransactionValue = metrics.values(.averageTransactionValue)
    }
}

/// Names by small numbers in the order of their appearance; the empty name has none.
private struct NameCodes {
    private(set) var names: [String] = []
    private var known: [String: Int32] = [:]

    mutating func code(_ name: String) -> Int32 {
        if name.isEmpty { return -1 }
        if let code = known[name] { return code }
        let code = Int32(names.count)
        known[name] = code
        names.append(name)
        return code
    }
}

/// Finds the records of one client after the other in the segments of a table. Clients come in ascending order.
struct ClientCursor {
    private let tables: [ClientSlices]
    private var next: [Int]

    /// - Parameter firstClient: the first client that will be asked for.
    init(_ tables: [ClientSlices], firstClient: Int) {
        self.tables = tables
        next = tables.map { $0.clients.lowerBound(UInt32(firstClient)) }
    }

    var segments: Range<Int> { 0..<tables.count }

    /// Where the records of the client lie in a segment; empty when it has none.
    @inline(__always)
    mutating func slice(of client: Int, in segment: Int) -> Range<Int> {
        let client = UInt32(client)
        let clients = tables[segment].clients
        // Mostly the next one; where clients lie apart, in doubling steps.
        var at = next[segment]
        var step = 1
        while at + step < clients.count, clients[at + step] < client {
            at += step
            step *= 2
        }
        while at < clients.count, clients[at] < client {
            step = max(1, step / 2)
            at += at + step < clients.count && clients[at + step] < client ? step : 1
        }
        next[segment] = at
        guard at < clients.count, clients[at] == client else { return 0..<0 }
        return Int(tables[segment].starts[at])..<Int(tables[segment].starts[at + 1])
    }
}

extension [UInt32] {
    /// The position of the first element that is not below `value`, in an ascending array.
    fileprivate func lowerBound(_ value: UInt32) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
