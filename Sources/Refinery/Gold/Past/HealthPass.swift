public import Records
public import Standings

/// Derives what the health score reads of every client, as of a day that may lie far in the past, and nothing else: a
/// fraction of the work of ``GoldRefinery/refine(_:asOf:settings:isParallel:)``, and the same figures.
public struct HealthPass {
    public let asOf: Day
    /// The dense client index by position, ascending, as in the gold tables of the day.
    public let clients: [UInt32]
    /// The code of every client's tier; codes are those of the gold tables of the day.
    public let plans: [UInt16]
    /// By position.
    public let activity: [HealthActivity]
    /// How active the clients were at the end of the day before.
    public let dayBefore: PlanActivity
    private let context: RefineContext
    /// Days to the renewal of the usual term, by the day of signing up: clients share few days.
    private var renewals: [Int32: Int32] = [:]

    /// Clients that are worked out between two looks at whether to stop.
    public static let chunk = 4096

    /// - Parameters:
    ///   - standings: of the same tables and settings, and of the day.
    ///   - isCancelled: asked now and then.
    /// - Returns: nil when it was cancelled.
    public init?(
        _ silver: SilverTables, standings: CompanyStandings, settings: GoldSettings,
        isCancelled: () -> Bool = { false }
    ) {
        asOf = standings.asOf
        let context = RefineContext(silver, healthOf: standings, settings: settings)
        self.context = context
        let (isKnown, creationDay, last) = (context.isKnown, context.creationDay, context.asOf)
        clients = (0..<silver.clients.count).filter { isKnown[$0] && creationDay[$0] <= last }.map { UInt32($0) }
        plans = Dimensions.tier(silver.clients, positions: clients).codes
        var activity: [HealthActivity] = []
        var dayBefore = PlanActivity()
        activity.reserveCapacity(clients.count)
        var events = RecentEvents(context, firstClient: Int(clients.first ?? 0))
        for (position, client) in clients.enumerated() {
            if position % HealthPass.chunk == 0, isCancelled() { return nil }
            let recent = events.run(Int(client))
            if context.creationDay[Int(client)] < context.asOf {
                dayBefore.insert(recent.dayBefore, plan: plans[position])
            }
            activity.append(
                HealthActivity(
                    activeDays: recent.activeDays28, events: recent.last28, previousEvents: recent.previous28,
                    distinctFeatures: recent.features28,
                    daysSinceLastEvent: recent.lastDay == Int32.min
                        ? ClientMetrics.unknown : context.engagementClock - recent.lastDay))
        }
        self.activity = activity
        self.dayBefore = dayBefore
    }

    /// With the standings of the day made for it.
    public init?(_ silver: SilverTables, asOf: Day, settings: GoldSettings, isCancelled: () -> Bool = { false }) {
        let made = StandingsRefinery.make(silver, asOf: asOf, settings: settings, isParallel: false)
        if isCancelled() { return nil }
        self.init(silver, standings: made.carried.standings, settings: settings, isCancelled: isCancelled)
    }

    public var count: Int { clients.count }

    /// What is read of some clients.
    /// - Parameter positions: ranges come in ascending order.
    public mutating func inputs(of positions: Range<Int>) -> [HealthInput] {
        positions.map { position in
            let client = Int(clients[position])
            let term = context.contractMonths(client)
            let record = RecordRow(
                context, client: client, contractMonths: term,
                daysToRenewal: GoldPart.daysToRenewal(context, client, termMonths: term, &renewals))
            return HealthInput(
                activity: activity[position],
                mrrDecline: MRRDecline.share(mrr: context.ledgerMRR[client], highest: context.highestMRR[client]),
                recentSatisfaction: record.tickets.recentSatisfaction, tickets30Days: record.tickets.last30,
                openTicketsOlderThan7Days: record.tickets.openOlder, lastNPS: record.lastNPS,
                daysSinceLastSurvey: record.daysSinceLastSurvey, contractMonths: record.contractMonths,
                daysToRenewal: record.daysToRenewal)
        }
    }
}
