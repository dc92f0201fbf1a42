/// Why a client leaves. Each reason shows in other signals before the end.
enum ChurnReason: UInt8, CaseIterable, Sendable {
    /// Seat cuts, billing questions, late payments, usage that thins out.
    case price
    /// Tickets that pile up, escalations, slow answers, low scores.
    case support
    /// The person who drove the usage is gone: a sudden step down, few features left.
    case championLeft
    /// Exports grow first, then usage collapses.
    case competitor
    /// Usage fades away without a word.
    case silent
    /// No sign at all.
    case sudden

    var name: String {
        switch self {
        case .price: "price"
        case .support: "support"
        case .championLeft: "champion_left"
        case .competitor: "competitor"
        case .silent: "silent"
        case .sudden: "sudden"
        }
    }
}

/// The hidden truth about one client. Days are day numbers since 1970-01-01.
struct Client: Sendable {
    /// Day that never comes.
    static let never = Int(Int32.max)

    let index: Int
    var signupDay: Int
    var country: Int
    var segment: Segment
    /// Tier at the start of the window, or at sign-up when that is later.
    var startTier: Tier
    var startSeats: Int
    var product: Int
    var industry: Int
    var owner: Int
    var isYearly: Bool
    /// Negotiated factor on the list price, at most 1.
    var discount: Double
    /// Index of the payment method in `PaymentMethod.allCases`.
    var paymentMethod: PaymentMethod

    /// Sessions on an average day.
    var sessionsPerDay: Double
    /// Events in an average session.
    var eventsPerSession: Double
    /// Slopes of log activity per year, and the days on which they change.
    var slopes: (Double, Double, Double)
    var bends: (Int, Int)
    var device: Int
    /// Number of features that the client uses, and how its ranking of them runs through the catalogue.
    var breadth: Int
    var featureStart: Int
    var featureStride: Int

    /// Tickets on an average day.
    var ticketsPerDay: Double
    /// How content the client is by nature, standard normal.
    var contentment: Double

    /// First day without service, or `never`.
    var churnDay = Client.never
    var reason: ChurnReason?
    /// First day on which the coming end shows; `churnDay` when it never shows.
    var warningDay = Client.never
    /// First day of service after having left, or `never`.
    var returnDay = Client.never
    /// A passing weakness: its first day, length, and the share of the activity lost at its worst.
    var dipDay = Client.never
    var dipLength = 0
    var dipDepth = 0.0

    func isServed(on day: Int) -> Bool {
        day >= signupDay && (day < churnDay || day >= returnDay)
    }

    /// How far the client is on its way out, 0 … 1, or nil outside of the warning time.
    func warningProgress(on day: Int) -> Double? {
        guard day >= warningDay, day < churnDay else { return nil }
        return (Double(day - warningDay) + 0.5) / Double(churnDay - warningDay)
    }

    /// Depth of the passing weakness on a day, 0 … 1 of the worst.
    func dipProgress(on day: Int) -> Double? {
        guard day >= dipDay, day < dipDay + dipLength else { return nil }
        let progress = (Double(day - dipDay) + 0.5) / Double(dipLength)
        // Down over a third, at the bottom for a third, back over a third.
        return min(1, 3 * min(progress, 1 - progress))
    }

    /// The next day after `day` on which the client's behaviour changes its law.
    func nextTurn(after day: Int) -> Int {
        var next = Client.never
        for turn in [signupDay, warningDay, churnDay, returnDay, dipDay] where turn > day && turn < next {
            next = turn
        }
        return next
    }
}

/// How a client pays.
enum PaymentMethod: UInt8, CaseIterable, Sendable {
    case card, paypal, sepa, wire, applepay, konbini

    var name: String {
        switch self {
        case .card: "card"
        case .paypal: "paypal"
        case .sepa: "sepa"
        case .wire: "wire"
        case .applepay: "applepay"
        case .konbini: "konbini"
        }
    }
}
