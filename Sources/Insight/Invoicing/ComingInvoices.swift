import Records

/// What the payments up to a day let expect of the days after it.
struct ComingInvoices {
    private let origin: Int32
    private let horizon: Int
    private let habits: [RenewalHabits]
    /// Whether what is known of days after the origin counts: of a past day it was not known yet.
    private let isNow: Bool
    /// By rhythm and due day: what would come if all were paid that was paid so far, and the same of its squares. Empty
    /// for rhythms that nobody has: most clients have one.
    private var amounts: [[Double]]
    private var squares: [[Double]]
    private let slots: Range<Int>

    /// A line that goes on with a smaller probability than this is not followed any further.
    private static let leastProbability = 1e-3

    init(after origin: Day, days horizon: Int, habits: [RenewalHabits], isNow: Bool) {
        self.origin = origin.rawValue
        self.horizon = horizon
        self.habits = habits
        self.isNow = isNow
        // What is due up to as many days before that it may still be paid, and up to as many after that it may be early.
        slots = -RenewalSurvey.lags.upperBound..<(horizon - RenewalSurvey.lags.lowerBound + 1)
        amounts = Array(repeating: [], count: habits.count)
        squares = amounts
    }

    /// Adds what one payment lets expect, and what its line does after that.
    mutating func add(_ due: InvoiceDue) {
        guard due.knownOn <= origin, due.outcome == .open || due.endedOn > origin else { return }
        let offset = Int(due.dueOn) - Int(origin)
        guard slots.contains(offset) else { return }
        // What is known by now of days to come: that he will have left by then.
        let end = isNow && due.outcome == .withdrawn ? due.endedOn : Int32.max
        if due.dueOn >= end { return }
        let rhythm = BillingRhythm(days: due.intervalDays).rawValue
        let habit = habits[rhythm]
        let waiting = 1 - habit.isPaid(by: -offset)
        let coming = habit.renewal - habit.isPaid(by: -offset)
        guard waiting > 1e-6, coming > 0 else { return }
        var amount = Double(due.amount) * habit.growth
        put(amount, 1 / waiting, rhythm, offset)
        var probability = coming / waiting
        var day = due.dueOn
        while probability > ComingInvoices.leastProbability {
            day = due.next(after: day)
            let offset = Int(day) - Int(origin)
            if offset >= slots.upperBound || day >= end { return }
            amount *= habit.growth
            put(amount, probability, rhythm, offset)
            probability *= habit.renewal
        }
    }

    @inline(__always)
    private mutating func put(_ amount: Double, _ probability: Double, _ rhythm: Int, _ offset: Int) {
        if amounts[rhythm].isEmpty {
            amounts[rhythm] = Array(repeating: 0, count: slots.count)
            squares[rhythm] = amounts[rhythm]
        }
        amounts[rhythm][offset - slots.lowerBound] += amount * probability
        squares[rhythm][offset - slots.lowerBound] += amount * amount * probability
    }

    /// Day by day from the one after the origin: what is to be expected, and its variance while clients decide one by one.
    func days() -> (values: [Double], variances: [Double]) {
        var values = [Double](repeating: 0, count: horizon)
        var variances = values
        for rhythm in habits.indices where !amounts[rhythm].isEmpty {
            let doubt = habits[rhythm].doubt
            let shares = habits[rhythm].shares
            for slot in 0..<slots.count where amounts[rhythm][slot] != 0 {
                let first = slots.lowerBound + slot + RenewalSurvey.lags.lowerBound - 1
                for lag in max(0, -first)..<max(0, -first, min(shares.count, horizon - first)) where shares[lag] > 0 {
                    values[first + lag] += amounts[rhythm][slot] * shares[lag]
                    variances[first + lag] += squares[rhythm][slot] * shares[lag] * (1 + doubt - shares[lag])
                }
            }
        }
        return (values, variances)
    }

    /// Variance of the sum over the first days.
    func variance(ofFirst days: Int) -> Double {
        var sum = 0.0
        for rhythm in habits.indices where !amounts[rhythm].isEmpty {
            for slot in 0..<slots.count where squares[rhythm][slot] != 0 {
                let offset = slots.lowerBound + slot
                let inside = habits[rhythm].isPaid(by: days - offset) - habits[rhythm].isPaid(by: -offset)
                sum += squares[rhythm][slot] * max(0, inside) * max(0, 1 + habits[rhythm].doubt - inside)
            }
        }
        return sum
    }
}
