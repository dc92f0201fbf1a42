import Freshness
import Records
import Standings

/// What all ranges of clients share: the tables, the windows of the as-of day, and look-ups by kind.
struct RefineContext: Sendable {
    let silver: SilverTables
    let asOf: Int32
    /// Where the clocks stand of what comes from each feed: on the as-of day, or earlier while the feed is missing.
    let engagementClock: Int32
    let paymentClock: Int32
    let supportClock: Int32
    let surveyClock: Int32
    let settings: GoldSettings
    let firstEventDay: Int32
    /// By event kind; -1 where there is none.
    let featureOfKind: [Int32]
    let featureCount: Int
    let amounts: BaseAmounts
    let asOfMonth: Int32
    /// By dense client index, as all columns here: taken out of their tables once, because what is taken out of a table
    /// in a loop is counted in and out every time.
    let isKnown: [Bool]
    let creationDay: [Int32]
    let contractEndDay: [Int32]
    let totals: [ClientHistory.Totals]
    /// What clients are worth by their ledgers, and were at most of late.
    let ledgerMRR: [Int64]
    let highestMRR: [Int64]
    let measured: MeasuredDays
    let tickets: [TicketSums]
    /// The row of the latest answer, -1 without one.
    let lastSurvey: [Int32]
    /// By row of the surveys.
    let surveyScore: [Int8]
    let surveyDay: [Int32]

    /// - Parameter activityOnly: leaves out what only ``RecordRow`` looks at.
    init(
        _ silver: SilverTables, settings: GoldSettings, history: ClientHistory, standings: CompanyStandings,
        activityOnly: Bool = false
    ) {
        self.init(
            silver, settings: settings, totals: history.totals, standings: standings,
            measured: MeasuredDays(history, firstEventDay: silver.firstEventDay, asOf: standings.asOf),
            activityOnly: activityOnly)
    }

    /// For what the health score reads: nothing of that is a total over the whole past.
    init(_ silver: SilverTables, healthOf standings: CompanyStandings, settings: GoldSettings) {
        self.init(
            silver, settings: settings, totals: [], standings: standings, measured: .always, activityOnly: false)
    }

    /// For what is counted of events alone.
    init(_ silver: SilverTables, eventsOf standings: CompanyStandings, settings: GoldSettings) {
        self.init(
            silver, settings: settings, totals: [], standings: standings, measured: .always, activityOnly: true)
    }

    private init(
        _ silver: SilverTables, settings: GoldSettings, totals: [ClientHistory.Totals], standings: CompanyStandings,
        measured: MeasuredDays, activityOnly: Bool
    ) {
        let asOf = standings.asOf
        self.silver = silver
        self.asOf = asOf.rawValue
        engagementClock = standings.clocks.engagement.rawValue
        paymentClock = standings.clocks.payments.rawValue
        supportClock = standings.clocks.support.rawValue
        surveyClock = standings.clocks.surveys.rawValue
        ledgerMRR = standings.mrr
        highestMRR = standings.highestMRR
        self.settings = settings
        firstEventDay = silver.firstEventDay?.rawValue ?? asOf.rawValue
        let kinds = silver.events.kinds.kinds
        var features: [String: Int32] = [:]
        featureOfKind = kinds.map { kind in
            if kind.feature.isEmpty { return -1 }
            if let known = features[kind.feature] { return known }
            let code = Int32(features.count)
            features[kind.feature] = code
            return code
        }
        featureCount = features.count
        amounts = BaseAmounts(silver.transactions.kinds, rates: settings.rates)
        let clients = silver.clients
        isKnown = clients.isKnown
        creationDay = clients.creationDay
        contractEndDay = clients.contractEndDay
        self.totals = totals
        self.measured = measured
        tickets =
            activityOnly
            ? [] : TicketSums.byClient(silver.tickets, clientCount: clients.count, asOf: supportClock)
        lastSurvey =
            activityOnly
            ? [] : LastSurvey.byClient(silver.surveys, clientCount: clients.count, asOf: surveyClock)
        surveyScore = silver.surveys.score
        surveyDay = silver.surveys.day
        asOfMonth = asOf.month.rawValue
    }

    func contractMonths(_ client: Int) -> Int {
        if settings.contractMonths.isEmpty { return max(1, settings.contractMonthsDefault) }
        let type = silver.clients.subscriptionType[client] ?? ""
        return max(1, settings.contractMonths[type] ?? settings.contractMonthsDefault)
    }

    /// Counts of all accepted rows up to the as-of day.
    func counts(customers: Int) -> RecordCounts {
        var counts = RecordCounts()
        counts.customers = customers
        let seesEverything = silver.lastDay.map { $0.rawValue <= asOf } ?? true
        if seesEverything {
            counts.transactions = silver.transactions.count
            counts.events = silver.events.count
            counts.tickets = silver.tickets.count
            counts.surveys = silver.surveys.count
        } else {
            let end = PackedEvent.lowerBound(day: asOf + 1)
            for segment in silver.events.segments {
                for event in segment.values where event < end { counts.events += 1 }
            }
            for segment in silver.transactions.segments {
                for transaction in segment.values where transaction.day <= asOf { counts.transactions += 1 }
            }
            let endOfDay = Int64(asOf + 1) * 86_400_000
            for instant in silver.tickets.createdAt where instant < endOfDay { counts.tickets += 1 }
            for day in silver.surveys.day where day <= asOf { counts.surveys += 1 }
        }
        return counts
    }
}
