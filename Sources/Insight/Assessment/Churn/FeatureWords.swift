import Records

/// What a feature says of a client, in the words of an account manager.
enum FeatureWords {
    /// - Parameters:
    ///   - now: with `before` the values of ``ChurnText/pair(_:)``, where there is one.
    static func words(_ feature: ClientFeature, value: Double, now: Double, before: Double) -> String {
        switch feature {
        case .events28, .eventsPrevious28, .eventsTrend28:
            compared("activities", now, before, "in four weeks", "in the four before")
        case .logins28, .loginsPrevious28: compared("logins", now, before, "in four weeks", "in the four before")
        case .activeDays28, .activeDaysPrevious28:
            "uses the product on \(counted(now, "day")) in four weeks, \(plain(before)) in the four before"
        case .tickets28, .ticketsPrevious28:
            compared("support tickets", now, before, "in four weeks", "in the four before")
        case .payments90, .paymentsPrevious90:
            compared("payments", now, before, "in 90 days", "in the 90 before")
        case .revenue90, .revenuePrevious90, .revenueDecline90:
            compared("revenue", now, before, "in 90 days", "in the 90 before")
        case .events7, .events14, .events56, .events90: within(feature, value, "activity", "activities")
        case .activeDays7, .activeDays14, .activeDays56, .activeDays90:
            "uses the product on \(counted(value, "day")) of the last \(days(of: feature))"
        case .logins7, .logins90: within(feature, value, "login", "logins")
        case .distinctFeatures28, .distinctFeatures90:
            "uses \(counted(value, "part")) of the product in \(days(of: feature)) days"
        case .distinctEventTypes28: "\(counted(value, "kind")) of activity in four weeks"
        case .distinctDevices90: "uses \(counted(value, "device")) in 90 days"
        case .eventsShare7:
            value.isNaN
                ? "no activity in four weeks"
                : "\(ChurnText.percent(value)) of the activity of four weeks lies in the last one"
        case .eventsSlope8Weeks: slope(value)
        case .longestGap90: "longest silence in 90 days: \(counted(value, "day"))"
        case .usualEvents30: "usually \(plain(value)) activities in 30 days"
        case .engagementScore:
            value.isNaN
                ? "use is unknown"
                : "use is at \(ChurnText.percent(value)) of what is usual for this client"
        case .missedEvents: "about \(plain(value)) activities missed since the last one, by the usual rhythm"
        case .payments28, .payments56: within(feature, value, "payment", "payments")
        case .revenue28, .revenue56: "paid \(amount(value)) in the last \(days(of: feature)) days"
        case .refunds90: within(feature, value, "refund", "refunds")
        case .usualPayments30: "usually \(plain(value)) payments in 30 days"
        case .missedPayments:
            value.isNaN
                ? "has never paid" : "about \(plain(value)) payments missed since the last one, by the usual rhythm"
        case .averageTransactionValue: value.isNaN ? "has never paid" : "pays \(amount(value)) at a time"
        case .transactionsTotal: value == 0 ? "has never paid" : "\(counted(value, "payment")) so far"
        case .totalAmount: "paid \(amount(value)) in all"
        case .mrrLastMonth:
            value.isNaN ? "MRR of the last month is unknown" : "MRR of \(amount(value)) at the end of the last month"
        case .tickets7, .tickets14, .tickets56, .tickets90: within(feature, value, "support ticket", "support tickets")
        case .ticketsTotal: "\(counted(value, "support ticket")) so far"
        case .openTickets: "\(counted(value, "ticket")) open"
        case .openTicketsOlder7: "\(counted(value, "ticket")) open for more than a week"
        case .meanResolutionHours: known(value, "no ticket was ever resolved") { "tickets take \($0) hours on average" }
        case .resolutionHours90:
            known(value, "no ticket of 90 days is resolved") { "tickets of 90 days take \($0) hours on average" }
        case .meanSatisfaction: known(value, "never rated support") { "rates support \($0) of 5 on average" }
        case .satisfaction90:
            known(value, "rated no ticket of 90 days") { "rates support \($0) of 5 on average in 90 days" }
        case .lastNPS: known(value, "never answered a survey") { "last recommendation score \($0) of 10" }
        case .npsChange:
            known(value, "fewer than two survey answers") {
                value < 0
                    ? "recommendation score down by \($0.dropFirst())"
                    : value > 0 ? "recommendation score up by \($0)" : "same recommendation score as before"
            }
        case .meanNPS180: known(value, "no survey answer in 180 days") { "recommends with \($0) of 10 in 180 days" }
        case .daysSinceLastEvent: silence("activity", "an activity", value)
        case .daysSinceLastLogin: silence("login", "a login", value)
        case .daysSinceLastTransaction: silence("payment", "a payment", value)
        case .daysSinceLastTicket: past("support ticket", value)
        case .daysSinceLastSurvey: past("survey answer", value)
        case .tenureDays: "a client for \(counted(value, "day"))"
        case .contractMonths: value == 1 ? "contract by the month" : "contract of \(plain(value)) months"
        case .daysToRenewal: value == 0 ? "renewal today" : "renewal in \(counted(value, "day"))"
        }
    }

    // MARK: Phrases

    private static func plain(_ value: Double) -> String { ChurnText.plain(value) }

    private static func amount(_ value: Double) -> String {
        value == 0 ? "nothing" : value.isNaN ? "an unknown amount" : ChurnText.plain(value)
    }

    /// `no day`, `1 day`, `3 days`
    private static func counted(_ value: Double, _ noun: String) -> String {
        value == 0 ? "no \(noun)" : "\(plain(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    private static func known(_ value: Double, _ otherwise: String, _ words: (String) -> String) -> String {
        value.isNaN ? otherwise : words(plain(value))
    }

    /// `2 logins in four weeks, 14 in the four before`
    private static func compared(
        _ noun: String, _ now: Double, _ before: Double, _ time: String, _ timeBefore: String
    ) -> String {
        let (from, to) = (plain(before), plain(now))
        if from == to { return "\(noun) stayed at \(to) \(time)" }
        return "\(noun) \(now < before ? "fell" : "rose") to \(to) \(time), \(from) \(timeBefore)"
    }

    private static func within(_ feature: ClientFeature, _ value: Double, _ one: String, _ many: String) -> String {
        let count = value == 0 ? "no \(one)" : "\(plain(value)) \(value == 1 ? one : many)"
        return "\(count) in the last \(days(of: feature)) days"
    }

    /// The length of a window, from the name of its column: `events_7d`.
    private static func days(of feature: ClientFeature) -> String {
        let last = feature.name.split(separator: "_").last ?? ""
        return last.hasSuffix("d") ? String(last.dropLast()) : String(last)
    }

    private static func slope(_ value: Double) -> String {
        if value.isNaN { return "no activity in eight weeks" }
        if abs(value) < 0.005 { return "activity is steady over eight weeks" }
        return "activity \(value < 0 ? "falls" : "rises") by \(ChurnText.percent(abs(value))) a week"
    }

    private static func silence(_ noun: String, _ one: String, _ value: Double) -> String {
        value.isNaN ? "no \(noun) ever" : value == 0 ? "\(one) today" : "no \(noun) for \(counted(value, "day"))"
    }

    private static func past(_ noun: String, _ value: Double) -> String {
        value.isNaN ? "no \(noun) ever" : value == 0 ? "a \(noun) today" : "last \(noun) \(counted(value, "day")) ago"
    }
}
