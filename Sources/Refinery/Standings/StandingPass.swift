import Lifecycle
import Records
import Revenue
public import Words

/// What all clients share when their ledgers and statuses are worked out.
struct StandingContext: Sendable {
    let silver: SilverTables
    let asOf: Int32
    let settings: GoldSettings
    let isKnown: [Bool]
    let creationDay: [Int32]
    let churnDay: [Int32]
    let planCodes: [UInt32]
    let plans: PlanNames
    let rates: LedgerRates
    /// By kind of transaction.
    let currencyOfKind: [UInt32]
    /// The same; nil where no row says anything of them.
    let termsOfKind: [PaymentTerms]?

    init(_ silver: SilverTables, asOf: Day, settings: GoldSettings) {
        self.silver = silver
        self.asOf = asOf.rawValue
        self.settings = settings
        isKnown = silver.clients.isKnown
        creationDay = silver.clients.creationDay
        churnDay = silver.clients.churnDay
        planCodes = silver.clients.subscriptionType.codes
        plans = PlanNames(silver.clients.subscriptionType.dictionary.values)
        let rates = LedgerRates(settings.rates)
        self.rates = rates
        // A currency without a rate is worth nothing that could be added up.
        let kinds = silver.transactions.kinds.kinds
        currencyOfKind = kinds.map { rates.index(of: $0.currency) ?? .max }
        termsOfKind = kinds.allSatisfy { $0.terms == PaymentTerms() } ? nil : kinds.map(\.terms)
    }

    /// A transaction as the ledger reads it.
    @inline(__always)
    func payment(_ value: PackedTransaction) -> LedgerPayment {
        let currency = currencyOfKind[Int(value.kind)]
        guard let terms = termsOfKind?[Int(value.kind)] else {
            return LedgerPayment(day: value.day, amount: value.amount, currency: currency)
        }
        let start = value.day &+ terms.periodStart
        return LedgerPayment(
            day: value.day, amount: value.amount, currency: currency, isRecurring: terms.isRecurring,
            periodStart: terms.hasPeriod ? start : LedgerPayment.noDay,
            periodEnd: terms.hasPeriod ? start &+ terms.periodDays : LedgerPayment.noDay)
    }

    /// Whether a client is there on the day.
    func isThere(_ client: Int) -> Bool { isKnown[client] && creationDay[client] <= asOf }

    func reportedOn(_ client: Int) -> Int32 {
        churnDay[client] == ClientTable.unknownDay ? ActivityShape.noDay : churnDay[client]
    }
}

/// Reads what one client after the other has done and paid. One of these for each thread.
struct StandingPass {
    let context: StandingContext
    private let eventSegments: [EventSegment]
    private let transactionSegments: [TransactionSegment]
    private var events: SliceWalker
    private var transactions: SliceWalker
    private let countsEngagement: Bool
    private let countsTransactions: Bool
    var ledger = ClientLedger()
    var activity: ActivityPass

    init(_ context: StandingContext, firstClient: Int) {
        self.context = context
        eventSegments = context.silver.events.segments
        transactionSegments = context.silver.transactions.segments
        events = SliceWalker(eventSegments.map(\.slices), firstClient: firstClient)
        transactions = SliceWalker(transactionSegments.map(\.slices), firstClient: firstClient)
        countsEngagement = context.settings.activity != .transactions
        countsTransactions = context.settings.activity != .engagement
        activity = ActivityPass(through: context.asOf, settings: context.settings.lifecycle)
    }

    /// The shape of a client's activity; clients come in ascending order, here and in ``prepare(_:)`` apart.
    mutating func shape(_ client: Int) -> ActivityShape {
        activity.begin(reportedOn: context.reportedOn(client))
        if countsEngagement {
            events.advance(to: client)
            for index in eventSegments.indices where !events.slices[index].isEmpty {
                let slice = events.slices[index]
                eventSegments[index].values.withUnsafeBufferPointer { values in
                    activity.see(activeIn: UnsafeBufferPointer(rebasing: values[slice]))
                }
            }
        }
        for index in transactionSegments.indices where !transactions.slices[index].isEmpty {
            let slice = transactions.slices[index]
            transactionSegments[index].values.withUnsafeBufferPointer { values in
                for at in slice where values[at].amount > 0 {
                    activity.see(paidOn: values[at].day, isActivity: countsTransactions)
                }
            }
        }
        return activity.finish()
    }

    /// Puts what a client has paid into the ledger.
    mutating func prepare(_ client: Int) {
        transactions.advance(to: client)
        ledger.begin()
        for index in transactionSegments.indices where !transactions.slices[index].isEmpty {
            let slice = transactions.slices[index]
            transactionSegments[index].values.withUnsafeBufferPointer { values in
                for at in slice {
                    let value = values[at]
                    if value.day > context.asOf { break }
                    ledger.add(context.payment(value))
                }
            }
        }
        ledger.add(
            PlanStep(plan: context.plans.plan(ofCode: context.planCodes[client]), day: .min, isDated: true))
        ledger.prepare(asOf: context.asOf)
    }
}

/// What is counted over all clients before any of them can be worked out, and what is kept of each until then.
struct StandingSurvey: Sendable {
    var lifecycle: LifecycleSurvey
    var gaps = GapSurvey()
    var shapes: [ActivityShape] = []
    var activityGaps = ClientLists<ActivityShape.Gap>()

    init(_ context: StandingContext) { lifecycle = LifecycleSurvey(asOf: context.asOf) }

    /// Looks at some clients, ascending.
    /// - Parameter step: -1 takes them out again, as they are in the context; then nothing is kept of them.
    mutating func look(at clients: some Sequence<Int>, firstClient: Int, _ context: StandingContext, isTaken: Bool) {
        var pass = StandingPass(context, firstClient: firstClient)
        for client in clients {
            guard client < context.isKnown.count, context.isThere(client) else {
                if isTaken {
                    shapes.append(ActivityShape())
                    activityGaps.append([])
                }
                continue
            }
            pass.prepare(client)
            let shape = pass.shape(client)
            let (created, reported) = (context.creationDay[client], context.reportedOn(client))
            if isTaken {
                lifecycle.add(created: created, reportedOn: reported, shape)
                gaps.add(&pass.ledger)
                shapes.append(shape)
                activityGaps.append(pass.activity.gaps)
            } else {
                lifecycle.remove(created: created, reportedOn: reported, shape)
                gaps.remove(&pass.ledger)
            }
        }
    }

    mutating func append(_ part: StandingSurvey) {
        lifecycle.merge(part.lifecycle)
        gaps.merge(part.gaps)
        shapes.append(contentsOf: part.shapes)
        activityGaps.append(contentsOf: part.activityGaps)
    }
}

/// What ledgers and statuses are worked out by, once all clients were looked at.
struct StandingTerms: Sendable, Equatable {
    var intervals: PlanIntervals
    var payments: LedgerTerms
    var subscriptions: LedgerTerms
    var lifecycle: LifecycleTerms
    /// Whether payments are taken for those of subscriptions.
    var paymentsRecur: Bool
}

/// The ledgers and statuses of some clients.
struct StandingPart: Sendable {
    var lifecycle: LifecycleTable
    var mrr: [Int64] = []
    var highestMRR: [Int64] = []
    var pieces = ClientLists<WorthPiece>()
    var flags: [CompanyStandings.ClientFlags] = []
    var recurrence = RecurrenceSurvey()

    init(asOf: Day) { lifecycle = LifecycleTable(asOf: asOf.rawValue) }

    /// - Parameters:
    ///   - clients: ascending.
    ///   - survey: holds the shapes of these clients, in their order, from `offset` on.
    init(
        _ context: StandingContext, clients: some Collection<Int>, survey: StandingSurvey, offset: Int,
        terms: StandingTerms
    ) {
        self.init(asOf: Day(rawValue: context.asOf))
        lifecycle.reserveCapacity(clients.count)
        mrr.reserveCapacity(clients.count)
        highestMRR.reserveCapacity(clients.count)
        flags.reserveCapacity(clients.count)
        pieces.reserveCapacity(clients.count)
        var pass = StandingPass(context, firstClient: clients.first ?? 0)
        var reader = WorthReader()
        var held: [Absence] = []
        let lifecyclePass = LifecyclePass(terms.lifecycle)
        for (index, client) in clients.enumerated() {
            append(
                client, survey.shapes[offset + index], survey.activityGaps[offset + index], &pass, &reader, &held,
                lifecyclePass, terms)
        }
    }

    private mutating func append(
        _ client: Int, _ shape: ActivityShape, _ gaps: ArraySlice<ActivityShape.Gap>, _ pass: inout StandingPass,
        _ reader: inout WorthReader, _ held: inout [Absence], _ lifecyclePass: LifecyclePass, _ terms: StandingTerms
    ) {
        let context = pass.context
        var row = LifecycleClient(
            created: context.isKnown[client] ? context.creationDay[client] : .max,
            reportedOn: context.reportedOn(client), shape: shape)
        held.removeAll(keepingCapacity: true)
        guard context.isThere(client) else {
            row.created = .max
            lifecycle.append(row, gaps: [ActivityShape.Gap]().span, held: held.span, by: lifecyclePass)
            mrr.append(ClientMetrics.unknownAmount)
            highestMRR.append(ClientMetrics.unknownAmount)
            pieces.append([])
            flags.append([])
            return
        }
        pass.prepare(client)
        recurrence.add(&pass.ledger, by: terms.intervals)
        let hasSubscriptions = pass.ledger.hasSubscriptions
        let ledgerTerms = hasSubscriptions ? terms.subscriptions : terms.payments
        let isKnown = hasSubscriptions || terms.paymentsRecur
        if isKnown {
            pass.ledger.cover(by: terms.intervals, terms: ledgerTerms, created: context.creationDay[client])
            let basis: LeavingBasis = hasSubscriptions ? .subscription : .payment
            for absence in pass.ledger.absences {
                held.append(Absence(leftOn: absence.leftOn, returnedOn: absence.returnedOn, basis: basis))
            }
            if let leftOn = pass.ledger.leftOn { held.append(Absence(leftOn: leftOn, basis: basis)) }
            if pass.ledger.endOfCover != nil { row.held = hasSubscriptions ? .subscription : .payment }
            if hasSubscriptions, let first = pass.ledger.pieces.lazy.map(\.from).min() {
                row.firstSubscriptionDay = first
            }
        }
        let reported = gaps.withContiguousStorageIfAvailable {
            lifecycle.append(row, gaps: $0.span, held: held.span, by: lifecyclePass)
        }
        guard isKnown else {
            mrr.append(ClientMetrics.unknownAmount)
            highestMRR.append(ClientMetrics.unknownAmount)
            pieces.append([])
            flags.append([])
            return
        }
        // Where somebody is said to have left inside a paid cover, the cover ends on that day.
        if let absence = reported ?? nil {
            pass.ledger.end(on: absence.leftOn, until: absence.isOpen ? nil : absence.returnedOn)
        }
        var flags: CompanyStandings.ClientFlags = []
        if pass.ledger.isCarried { flags.insert(.isCarried) }
        if hasSubscriptions { flags.insert(.hasSubscriptions) }
        self.flags.append(flags)
        let worth = reader.worth(pass.ledger.pieces, on: context.asOf, terms: ledgerTerms, rates: context.rates)
        mrr.append(worth)
        highestMRR.append(
            StandingPart.highest(
                pass.ledger.pieces, worth, clock: min(context.asOf, ledgerTerms.clock), context, &reader))
        pieces.append(pass.ledger.pieces)
    }

    private static func highest(
        _ pieces: [WorthPiece], _ mrr: Int64, clock: Int32, _ context: StandingContext, _ reader: inout WorthReader
    ) -> Int64 {
        let first = clock &- Int32(MRRDecline.days) + 1
        var highest = mrr
        // Nothing but the beginning of a piece raises what somebody is worth.
        func look(_ day: Int32) {
            highest = max(highest, reader.worth(pieces, on: day, atRatesOf: clock, context.rates))
        }
        var looksAtFirst = false
        for piece in pieces where piece.through >= first && piece.from <= clock {
            if piece.from <= first { looksAtFirst = true } else { look(piece.from) }
        }
        if looksAtFirst { look(first) }
        return highest
    }

    mutating func append(_ part: StandingPart) {
        lifecycle.append(contentsOf: part.lifecycle)
        mrr.append(contentsOf: part.mrr)
        highestMRR.append(contentsOf: part.highestMRR)
        pieces.append(contentsOf: part.pieces)
        flags.append(contentsOf: part.flags)
        recurrence.merge(part.recurrence)
    }
}
