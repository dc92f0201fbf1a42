import Freshness
import Lifecycle
public import Records
import Revenue

/// Works out where a company and its clients stand.
public enum StandingsRefinery {
    private static let chunk = 4096

    /// What is carried from one state of the tables to the next of the same day.
    public struct Carried: Sendable {
        public let standings: CompanyStandings
        fileprivate let silver: SilverTables
        fileprivate let settings: GoldSettings
        fileprivate let counts: FeedCounts
    }

    /// - Parameters:
    ///   - previous: of an earlier state of the same process; what still holds of it is kept, the result is the same
    ///     without.
    ///   - changed: the clients whose events or transactions differ from that state, ascending; nil when any may.
    ///   - isWanted: asked for each part, on several threads; when it is not, clients are missing of the result.
    /// - Returns: the standings, and the clients who may stand elsewhere than in `previous`; nil when any may.
    public static func make(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, previous: Carried? = nil, changed: [UInt32]? = nil,
        isParallel: Bool = true, isWanted: @Sendable () -> Bool = { true }
    ) -> (carried: Carried, changed: [UInt32]?) {
        let counts = FeedCounts(silver, previous: previous?.counts)
        if let previous, let changed, previous.standings.asOf == asOf, previous.settings == settings,
            let (standings, moved) = advanced(previous, silver, settings, counts, changed)
        {
            return (Carried(standings: standings, silver: silver, settings: settings, counts: counts), moved)
        }
        let standings = whole(silver, asOf, settings, counts, isParallel, isWanted)
        return (Carried(standings: standings, silver: silver, settings: settings, counts: counts), nil)
    }

    /// From nothing but silver.
    public static func standings(_ silver: SilverTables, asOf: Day, settings: GoldSettings) -> CompanyStandings {
        make(silver, asOf: asOf, settings: settings).carried.standings
    }

    // MARK: - All clients

    private static func whole(
        _ silver: SilverTables, _ asOf: Day, _ settings: GoldSettings, _ counts: FeedCounts, _ isParallel: Bool,
        _ isWanted: @Sendable () -> Bool
    ) -> CompanyStandings {
        let context = StandingContext(silver, asOf: asOf, settings: settings)
        let total = silver.clients.count
        let ranges = ParallelRanges(count: total, length: chunk)
        var survey = StandingSurvey(context)
        survey.shapes.reserveCapacity(total)
        for part in ranges.map(
            isParallel: isParallel,
            { range in
                var part = StandingSurvey(context)
                part.look(
                    at: isWanted() ? range : range.lowerBound..<range.lowerBound, firstClient: range.lowerBound,
                    context,
                    isTaken: true)
                return part
            })
        { survey.append(part) }
        let clocks = Clocks(counts, context)
        let intervals = PlanIntervals(context.plans, table: settings.billingMonths, survey: survey.gaps)
        func made(_ terms: StandingTerms) -> StandingPart {
            let survey = survey
            var result = StandingPart(asOf: asOf)
            guard survey.shapes.count == total else { return result }
            for part in ranges.map(
                isParallel: isParallel,
                { range in
                    StandingPart(
                        context, clients: isWanted() ? range : range.lowerBound..<range.lowerBound, survey: survey,
                        offset: range.lowerBound, terms: terms)
                })
            { result.append(part) }
            return result
        }
        // As a rule payments recur; whether they do is known when all clients were looked at by their intervals.
        var terms = clocks.terms(intervals, survey.lifecycle, context, paymentsRecur: true)
        var part = made(terms)
        let recurs = part.recurrence.recurs(settings.revenue.recurring)
        if !recurs {
            terms.paymentsRecur = false
            part = made(terms)
        }
        return CompanyStandings(context, clocks, terms, survey, part)
    }

    // MARK: - Some clients

    /// Nil where others than those who have changed may stand elsewhere.
    private static func advanced(
        _ previous: Carried, _ silver: SilverTables, _ settings: GoldSettings, _ counts: FeedCounts, _ changed: [UInt32]
    ) -> (CompanyStandings, changed: [UInt32])? {
        let before = previous.standings
        guard before.count == previous.silver.clients.count, before.count <= silver.clients.count,
            !before.lifecycle.isScattered, !before.pieces.isScattered
        else { return nil }
        let others = clientsSaidOtherwise(previous.silver, silver)
        let changed = others.isEmpty ? changed : Set(changed).union(others).sorted()
        guard changed.count <= silver.clients.count / 4 else { return nil }
        let context = StandingContext(silver, asOf: before.asOf, settings: settings)
        let former = StandingContext(previous.silver, asOf: before.asOf, settings: settings)
        let clients = changed.lazy.map { Int($0) }
        let first = clients.first ?? 0
        var survey = StandingSurvey(context)
        survey.lifecycle = before.survey
        survey.gaps = before.gaps
        survey.look(at: clients, firstClient: first, former, isTaken: false)
        survey.look(at: clients, firstClient: first, context, isTaken: true)
        let clocks = Clocks(counts, context)
        let intervals = PlanIntervals(context.plans, table: settings.billingMonths, survey: survey.gaps)
        let terms = clocks.terms(intervals, survey.lifecycle, context, paymentsRecur: before.paymentsRecur)
        guard terms == before.terms, clocks.feeds.mapValues(\.clock) == before.feeds.mapValues(\.clock) else {
            return nil
        }
        let part = StandingPart(context, clients: Array(clients), survey: survey, offset: 0, terms: terms)
        var recurrence = before.recurrence
        var pass = StandingPass(former, firstClient: first)
        for client in clients where client < before.count && former.isThere(client) {
            pass.prepare(client)
            recurrence.remove(&pass.ledger, by: intervals)
        }
        recurrence.merge(part.recurrence)
        guard recurrence.recurs(settings.revenue.recurring) == before.paymentsRecur else { return nil }
        var result = CompanyStandings(context, clocks, terms, survey, before, recurrence)
        result.lifecycle.replace(changed, with: part.lifecycle)
        result.pieces.replace(changed, with: part.pieces)
        result.extend(to: silver.clients.count)
        for (offset, client) in clients.enumerated() {
            result.mrr[client] = part.mrr[offset]
            result.highestMRR[client] = part.highestMRR[offset]
            result.subscribers += part.flags[offset].contains(.hasSubscriptions) ? 1 : 0
            result.subscribers -= result.flags[client].contains(.hasSubscriptions) ? 1 : 0
            result.flags[client] = part.flags[offset]
        }
        return (result, changed)
    }

    /// The clients of whom other things are said than before, as far as they matter here, and those who have come.
    private static func clientsSaidOtherwise(_ before: SilverTables, _ now: SilverTables) -> [UInt32] {
        let (old, new) = (before.clients, now.clients)
        var others: [UInt32] = []
        func compare<Value: Equatable>(_ old: [Value], _ new: [Value]) {
            // Columns that nobody has written to are the same memory, which this comparison begins with.
            if old == new { return }
            for client in old.indices where old[client] != new[client] { others.append(UInt32(client)) }
        }
        if before.recordsRevision != now.recordsRevision || now.recordsRevision == 0 {
            compare(old.isKnown, new.isKnown)
            compare(old.creationDay, new.creationDay)
            compare(old.churnDay, new.churnDay)
            compare(old.subscriptionType.codes, new.subscriptionType.codes)
        }
        others += UInt32(old.count)..<UInt32(new.count)
        return others
    }
}

/// How fresh the data is, and where the clocks stand by that.
private struct Clocks {
    let feeds: [Category: FeedFreshness]
    let clocks: FeedClocks
    let firstPaymentDay: Day?

    init(_ counts: FeedCounts, _ context: StandingContext) {
        let asOf = Day(rawValue: context.asOf)
        feeds = counts.freshness(asOf: asOf, isWatched: context.settings.watchesFeeds)
        clocks = FeedClocks(feeds, activity: context.settings.activity, asOf: asOf)
        firstPaymentDay = feeds[.transactions]?.firstDay
    }

    func terms(
        _ intervals: PlanIntervals, _ survey: LifecycleSurvey, _ context: StandingContext, paymentsRecur: Bool
    ) -> StandingTerms {
        let first = firstPaymentDay?.rawValue ?? LedgerPayment.noDay
        let grace = context.settings.revenue.graceDays
        return StandingTerms(
            intervals: intervals,
            payments: LedgerTerms(
                asOf: context.asOf, clock: clocks.payments.rawValue, firstPaymentDay: first, graceDays: grace),
            subscriptions: LedgerTerms(asOf: context.asOf, firstPaymentDay: first, graceDays: grace),
            lifecycle: LifecycleTerms(
                asOf: context.asOf, settings: context.settings.lifecycle, survey: survey,
                silenceClock: clocks.silence.rawValue, startClock: clocks.start.rawValue),
            paymentsRecur: paymentsRecur)
    }
}

extension CompanyStandings {
    fileprivate init(
        _ context: StandingContext, _ clocks: Clocks, _ terms: StandingTerms, _ survey: StandingSurvey,
        _ part: StandingPart
    ) {
        self.init(context, clocks, terms, survey, recurrence: part.recurrence, lifecycle: part.lifecycle)
        mrr = part.mrr
        highestMRR = part.highestMRR
        pieces = part.pieces
        flags = part.flags
        subscribers = part.flags.count { $0.contains(.hasSubscriptions) }
    }

    /// With what was known before of each client.
    fileprivate init(
        _ context: StandingContext, _ clocks: Clocks, _ terms: StandingTerms, _ survey: StandingSurvey,
        _ before: CompanyStandings, _ recurrence: RecurrenceSurvey
    ) {
        self.init(context, clocks, terms, survey, recurrence: recurrence, lifecycle: before.lifecycle)
        mrr = before.mrr
        highestMRR = before.highestMRR
        pieces = before.pieces
        flags = before.flags
        subscribers = before.subscribers
    }

    private init(
        _ context: StandingContext, _ clocks: Clocks, _ terms: StandingTerms, _ survey: StandingSurvey,
        recurrence: RecurrenceSurvey, lifecycle: LifecycleTable
    ) {
        asOf = Day(rawValue: context.asOf)
        feeds = clocks.feeds
        self.clocks = clocks.clocks
        method = context.settings.revenue.method
        plans = context.plans
        intervals = terms.intervals
        self.recurrence = recurrence
        paymentsRecur = terms.paymentsRecur
        rates = context.rates
        paymentTerms = terms.payments
        subscriptionTerms = terms.subscriptions
        self.survey = survey.lifecycle
        lifecycleTerms = terms.lifecycle
        gaps = survey.gaps
        self.lifecycle = lifecycle
        mrr = []
        highestMRR = []
        pieces = ClientLists()
        flags = []
    }

    /// Makes room for clients who have come.
    fileprivate mutating func extend(to count: Int) {
        guard count > mrr.count else { return }
        let added = count - mrr.count
        mrr.append(contentsOf: repeatElement(ClientMetrics.unknownAmount, count: added))
        highestMRR.append(contentsOf: repeatElement(ClientMetrics.unknownAmount, count: added))
        flags.append(contentsOf: repeatElement([], count: added))
    }

    fileprivate var terms: StandingTerms {
        StandingTerms(
            intervals: intervals, payments: paymentTerms, subscriptions: subscriptionTerms, lifecycle: lifecycleTerms,
            paymentsRecur: paymentsRecur)
    }
}
