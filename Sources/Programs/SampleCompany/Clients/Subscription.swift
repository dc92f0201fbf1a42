import Glibc

/// The state of one client's subscription as its billing periods go by.
struct Subscription: Sendable {
    /// What falls due at the start of a period.
    struct Charge: Sendable {
        let minorUnits: Int
        /// Days until the money is there; nil when it never comes.
        let delayDays: Int?
        let method: PaymentMethod
        /// Money that goes back: how much, and how many days after the payment.
        let refund: (minorUnits: Int, afterDays: Int)?
    }

    private(set) var tier: Tier
    private(set) var seats: Int
    /// Day on which the next period begins, or `Client.never`.
    private(set) var dueDay: Int
    private var anchor: CivilDate
    private var monthsFromAnchor: Int
    private var isReturned = false

    init(client: Client, settings: SampleSettings) {
        tier = client.startTier
        seats = client.startSeats
        anchor = CivilDate(dayNumber: client.signupDay)
        monthsFromAnchor = 0
        dueDay = client.signupDay
        let term = Subscription.termMonths(client)
        while dueDay < settings.firstDay { advance(term: term) }
    }

    static func termMonths(_ client: Client) -> Int { client.isYearly ? 12 : 1 }

    private mutating func advance(term: Int) {
        monthsFromAnchor += term
        dueDay = anchor.adding(months: monthsFromAnchor).dayNumber
    }

    /// Begins the period that starts on `dueDay` and moves on to the next. Nil when there is nothing to pay because
    /// the client has left; `dueDay` is then the day of its return.
    mutating func renew(client: Client, settings: SampleSettings, calendar: CompanyCalendar) -> Charge? {
        let day = dueDay
        let term = Subscription.termMonths(client)
        if !client.isServed(on: day) {
            guard client.returnDay < Client.never, day < client.returnDay else {
                dueDay = Client.never
                return nil
            }
            anchor = CivilDate(dayNumber: client.returnDay)
            monthsFromAnchor = 0
            dueDay = client.returnDay
            isReturned = true
            return nil
        }
        var stream = RandomStream(seed: settings.seed, concern: .billing, entity: client.index, index: day)
        let isFirst = monthsFromAnchor == 0 && !isReturned
        if !isFirst { changePlan(client: client, day: day, calendar: calendar, stream: &stream) }
        let charge = makeCharge(client: client, day: day, calendar: calendar, stream: &stream)
        advance(term: term)
        return charge
    }

    private mutating func changePlan(
        client: Client, day: Int, calendar: CompanyCalendar, stream: inout RandomStream
    ) {
        let isYearly = client.isYearly
        var expansion = (isYearly ? 0.38 : 0.04) * exp(1.2 * min(max(client.slopes.1, -0.6), 0.6))
        var contraction = isYearly ? 0.09 : 0.011
        var upgrade = isYearly ? 0.07 : 0.006
        let downgrade = isYearly ? 0.03 : 0.0025
        if let run = calendar.promotions.last(where: { $0.day <= day }), day < run.day + run.promotion.length,
            run.promotion.segment.map({ $0 == client.segment }) ?? true
        {
            expansion *= run.promotion.expansion
            upgrade *= run.promotion.expansion
        }
        if client.warningProgress(on: day) != nil {
            expansion = 0
            upgrade = 0
            contraction = client.reason == .price ? 0.6 : 0.08
        }
        let draw = stream.unit()
        if draw < expansion {
            let limit = tier == .basic ? 50 : 3000
            seats = min(limit, seats + max(1, Int((Double(seats) * stream.uniform(0.06, 0.3)).rounded())))
        } else if draw < expansion + contraction {
            seats = max(1, seats - max(1, Int((Double(seats) * stream.uniform(0.08, 0.35)).rounded())))
        } else if draw < expansion + contraction + upgrade {
            tier = tier == .basic ? .pro : .enterprise
        } else if draw < expansion + contraction + upgrade + downgrade {
            tier = tier == .enterprise ? .pro : .basic
            if tier == .basic { seats = min(seats, 50) }
        }
    }

    private func makeCharge(
        client: Client, day: Int, calendar: CompanyCalendar, stream: inout RandomStream
    ) -> Charge {
        let currency = Country.all[client.country].currency
        let seatPrice = Catalogue.seatPriceMinorUnits(product: client.product, tier: tier, currency: currency)
        // A price rise holds from the first period that begins on its day or later.
        let priceLevel = calendar.priceLevel(on: day)
        let months = client.isYearly ? Catalogue.monthsChargedPerYear : 1
        let amount = (seatPrice * priceLevel * client.discount).rounded() * Double(seats) * months
        let minorUnits = max(1, Int(amount))
        let isUneasy = client.warningProgress(on: day) != nil && (client.reason == .price || client.reason == .silent)

        var delay: Int? = 0
        var method = client.paymentMethod
        if method == .wire {
            // Invoices are paid when the accounts department gets to them, few of them late.
            delay = stream.chance(isUneasy ? 0.35 : 0.06) ? stream.integer(in: 10...28) : stream.below(5)
        } else if stream.chance(isUneasy ? 0.2 : 0.025) {
            // A failed charge is tried again after three, six and nine days, often with another method.
            delay = stream.chance(0.08) ? nil : 3 * stream.integer(in: 1...3)
            if stream.chance(0.3) { method = .card }
        }
        let refundChance =
            calendar.hadIncident(product: client.product, day: day + 15, within: 20) ? 0.02 : 0.007
        var refund: (minorUnits: Int, afterDays: Int)?
        if delay != nil, stream.chance(refundChance) {
            let share = stream.chance(0.4) ? 1 : stream.uniform(0.1, 0.6)
            refund = (max(1, Int(Double(minorUnits) * share)), stream.integer(in: 2...20))
        }
        return Charge(minorUnits: minorUnits, delayDays: delay, method: method, refund: refund)
    }

    /// The tier that the client ends the window with, and the start of its next period after the window.
    static func finalState(
        of client: Client, settings: SampleSettings, calendar: CompanyCalendar
    ) -> (tier: Tier, renewalDay: Int) {
        var subscription = Subscription(client: client, settings: settings)
        while subscription.dueDay <= settings.lastDay {
            _ = subscription.renew(client: client, settings: settings, calendar: calendar)
        }
        return (subscription.tier, client.renewalDay(after: settings.lastDay))
    }
}

extension Client {
    /// The first start of a billing period after a day, counted from sign-up, or from the return.
    ///
    /// It runs on for clients who have left, like the date in a customer file that nobody maintains: a contract end
    /// that stopped at the day of leaving would tell a model trained on the past who is going to leave.
    func renewalDay(after day: Int) -> Int {
        let anchor = CivilDate(dayNumber: returnDay <= day ? returnDay : signupDay)
        let term = isYearly ? 12 : 1
        var months = term
        while anchor.adding(months: months).dayNumber <= day { months += term }
        return anchor.adding(months: months).dayNumber
    }
}
