import Records

/// What all ranges of clients share: the tables, the windows of the as-of day, and look-ups by kind.
struct RefineContext: Sendable {
    let silver: SilverTables
    let asOf: Int32
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
    let measured: MeasuredDays
    let tickets: [TicketSums]
    /// The row of the latest answer, -1 without one.
    let lastSurvey: [Int32]
    /// By row of the surveys.
    let surveyScore: [Int8]
    let surveyDay: [Int32]

    /// - Parameter activityOnly: leaves out what only ``RecordRow`` looks at.
    init(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, history: ClientHistory, activityOnly: Bool = false
    ) {
        self.init(
            silver, asOf: asOf, settings: settings, totals: history.totals,
            measured: MeasuredDays(history, firstEventDay: silver.firstEventDay, asOf: asOf),
            activityOnly: activityOnly)
    }

    /// For what the health score reads: nothing of that is a total over the whole past.
    init(_ silver: SilverTables, healthAsOf asOf: Day, settings: GoldSettings) {
        self.init(silver, asOf: asOf, settings: settings, totals: [], measured: .always, activityOnly: false)
    }

    /// For what is counted of events alone.
    init(_ silver: SilverTables, eventsAsOf asOf: Day, settings: GoldSettings) {
        self.init(silver, asOf: asOf, settings: settings, totals: [], measured: .always, activityOnly: true)
    }

    private init(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, totals: [ClientHistory.Totals],
        measured: MeasuredDays, activityOnly: Bool
    ) {
        self.silver = silver
        self.asOf = asOf.rawValue
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
            ? [] : TicketSums.byClient(silver.tickets, clientCount: clients.count, asOf: asOf.rawValue)
        lastSurvey =
            activityOnly
            ? [] : LastSurvey.byClient(silver.surveys, clientCount: clients.count, asOf: asOf.rawValue)
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
