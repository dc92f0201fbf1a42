import Records

/// Billing intervals of about one length: what is paid as often is taken to be paid on alike.
enum BillingRhythm: Int, CaseIterable {
    case weekly
    case monthly
    case quarterly
    case halfYearly
    case yearly

    init(days: Double) {
        switch days {
        case ..<11: self = .weekly
        case ..<46: self = .monthly
        case ..<136: self = .quarterly
        case ..<271: self = .halfYearly
        default: self = .yearly
        }
    }
}

/// How payments of one rhythm follow the days on which they are due.
struct RenewalHabits: Sendable {
    /// Probability that what is due is paid so many days after its due day, from ``RenewalSurvey/lags`` on. The rest is
    /// never paid.
    let shares: [Double]
    /// What is paid against what was paid before.
    let growth: Double
    /// How much so many payments leave in doubt: the probability of something that none of them showed.
    let doubt: Double
    /// By lag: probability that it has been paid by then.
    private let paidBy: [Double]

    init(shares: [Double], growth: Double, doubt: Double) {
        self.shares = shares
        self.growth = growth
        self.doubt = doubt
        var sum = 0.0
        paidBy = shares.map { share in
            sum += share
            return min(1, sum)
        }
    }

    /// Probability that what is due is paid at all.
    var renewal: Double { paidBy.last ?? 0 }

    /// Probability that it has been paid so many days after its due day.
    func isPaid(by lag: Int) -> Double {
        let at = min(lag, RenewalSurvey.lags.upperBound) - RenewalSurvey.lags.lowerBound
        return at < 0 ? 0 : paidBy[at]
    }
}

/// What became of what was due in a company, so that the habits of its clients can be told as of any day.
struct RenewalSurvey: Sendable {
    /// Days after the due day; whoever pays earlier or later than these counts at their ends.
    static let lags = -30...60
    /// Days that habits are told from.
    private static let windowDays = 364
    /// So many payments that come on their day are put to what was seen: a few payments prove little, and what was paid
    /// is paid again where nothing says otherwise.
    private static let priorCount = 4.0
    private static let growthBounds = 0.5...2.0

    private let first: Int32
    private let days: Int
    /// By rhythm and due day, weighted by amounts: what counts is how much of what is due comes.
    private var due: [[Double]]
    /// The same of the squares of the weights.
    private var squares: [[Double]]
    /// By rhythm, due day and lag.
    private var paid: [[Float]]
    /// By rhythm and day of the payment: what was paid, and what had been paid before.
    private var amounts: [[(paid: Double, before: Double)]]

    /// - Parameters:
    ///   - last: the last day of the data.
    ///   - reach: how many days before it habits are asked for.
    init(_ dues: ClientLists<InvoiceDue>, last: Day, reach: Int) {
        let span = reach + RenewalSurvey.windowDays + 1
        first = last.rawValue - Int32(span)
        // What is paid early is due after the last day.
        days = span - RenewalSurvey.lags.lowerBound + 1
        let rhythms = BillingRhythm.allCases.count
        due = Array(repeating: Array(repeating: 0, count: days), count: rhythms)
        squares = due
        paid = Array(repeating: Array(repeating: 0, count: days * RenewalSurvey.lags.count), count: rhythms)
        amounts = Array(repeating: Array(repeating: (0, 0), count: days), count: rhythms)
        for client in 0..<dues.count {
            for entry in dues[client] { add(entry) }
        }
    }

    private mutating func add(_ entry: InvoiceDue) {
        let at = Int(entry.dueOn) - Int(first)
        guard at >= 0, at < days else { return }
        let rhythm = BillingRhythm(days: entry.intervalDays).rawValue
        let weight = Double(entry.amount)
        due[rhythm][at] += weight
        squares[rhythm][at] += weight * weight
        guard entry.outcome == .paid else { return }
        let lag = Int(entry.endedOn) - Int(entry.dueOn)
        let lags = RenewalSurvey.lags
        let slot = min(max(lag, lags.lowerBound), lags.upperBound) - lags.lowerBound
        paid[rhythm][at * lags.count + slot] += Float(weight)
        let paidAt = Int(entry.endedOn) - Int(first)
        if paidAt >= 0, paidAt < days {
            amounts[rhythm][paidAt].paid += Double(entry.paid)
            amounts[rhythm][paidAt].before += Double(entry.amount)
        }
    }

    /// The habits as they could be known at the end of a day, by rhythm.
    func habits(on day: Day) -> [RenewalHabits] {
        let end = Int(day.rawValue) - Int(first)
        return BillingRhythm.allCases.map { habits($0.rawValue, end) }
    }

    private func habits(_ rhythm: Int, _ end: Int) -> RenewalHabits {
        let lags = RenewalSurvey.lags
        let start = max(0, end - RenewalSurvey.windowDays)
        var waiting = due[rhythm]
        var survivors = 1.0
        var shares = [Double](repeating: 0, count: lags.count)
        for slot in 0..<lags.count {
            // Only what could have been paid with this lag by now was seen not to be.
            let through = min(days - 1, end - lags.lowerBound - slot)
            guard start <= through else { break }
            var asked = 0.0
            var answered = 0.0
            for at in start...through {
                let paid = Double(paid[rhythm][at * lags.count + slot])
                asked += waiting[at]
                answered += paid
                waiting[at] -= paid
            }
            guard asked > 0 else { continue }
            shares[slot] = survivors * answered / asked
            survivors -= shares[slot]
        }
        let count = effectiveCount(rhythm, start, end)
        let weight = count / (count + RenewalSurvey.priorCount)
        for slot in shares.indices { shares[slot] *= weight }
        shares[-lags.lowerBound] += 1 - weight
        return RenewalHabits(
            shares: shares, growth: growth(rhythm, start, end, count), doubt: 1 / (count + 2))
    }

    /// How many payments of one size would say as much.
    private func effectiveCount(_ rhythm: Int, _ start: Int, _ end: Int) -> Double {
        var sum = 0.0
        var squared = 0.0
        if start <= end {
            for at in start...min(days - 1, end) {
                sum += due[rhythm][at]
                squared += squares[rhythm][at]
            }
        }
        return squared > 0 ? sum * sum / squared : 0
    }

    private func growth(_ rhythm: Int, _ start: Int, _ end: Int, _ count: Double) -> Double {
        var paid = 0.0
        var before = 0.0
        if start <= end {
            for at in start...min(days - 1, end) {
                paid += amounts[rhythm][at].paid
                before += amounts[rhythm][at].before
            }
        }
        guard before > 0, count > 0 else { return 1 }
        let prior = before / count * RenewalSurvey.priorCount
        let bounds = RenewalSurvey.growthBounds
        return min(max((paid + prior) / (before + prior), bounds.lowerBound), bounds.upperBound)
    }
}
