/// Puts payments on lines.
extension ClientLedger {
    /// Lines that a payment is compared with. Nobody subscribes to more at once; beyond, a payment stands alone.
    static let mostLines = 256

    /// Where a payment may go, and how well it fits among several lines: same currency, same amount, nearest end, larger
    /// amount; of equal ones the older line. A line that was given back yields to one that goes on.
    private struct Fit {
        var line = -1
        private var isOtherCurrency = false
        private var isOtherAmount = false
        private var isVoid = false
        private var distance = 0
        private var amount: Int64 = 0

        @inline(__always)
        mutating func offer(_ index: Int, _ line: Line, _ charge: Charge, distance: Int) {
            let currency = line.currency != charge.currency
            let amount = line.amount != charge.amount
            if self.line >= 0 {
                if currency != isOtherCurrency {
                    if currency { return }
                } else if amount != isOtherAmount {
                    if amount { return }
                } else if (line.void != nil) != isVoid {
                    if line.void != nil { return }
                } else if distance != self.distance {
                    if distance > self.distance { return }
                } else if line.amount <= self.amount {
                    return
                }
            }
            self.line = index
            isOtherCurrency = currency
            isOtherAmount = amount
            isVoid = line.void != nil
            self.distance = distance
            self.amount = line.amount
        }
    }

    mutating func coverPayments(by intervals: PlanIntervals, terms: LedgerTerms) {
        index.prepare(charges, rows: rows, hasRefunds: !refunds.isEmpty)
        var plan = 0
        var refund = 0
        for at in charges.indices {
            while refund < refunds.count, refunds[refund].day < charges[at].day {
                apply(refunds[refund])
                refund += 1
            }
            while plan + 1 < plans.count, plans[plan + 1].day <= charges[at].day { plan += 1 }
            if charges[at].isRecurring {
                let interval = interval(of: charges[at], plan: intervals[plans[plan].plan])
                place(at, interval, grace: interval.grace(terms.graceDays))
            }
            index.didRead(charges, at)
        }
        while refund < refunds.count {
            apply(refunds[refund])
            refund += 1
        }
    }

    /// The rules in their order; the first of these that there is.
    private mutating func place(_ at: Int, _ interval: BillingInterval, grace: Int) {
        let charge = charges[at]
        let day = Int(charge.day)
        var due = Fit()
        var late = Fit()
        var advance = Fit()
        var largest = -1
        var again = Fit()
        for index in 0..<min(lines.count, ClientLedger.mostLines) {
            let line = lines[index]
            let distance = line.distance(to: day)
            if distance <= line.grace {
                due.offer(index, line, charge, distance: distance)
            } else if due.line >= 0 {
                continue
            } else if day > line.hold &+ Int(line.grace) {
                let sinceEnd = day &- line.end
                if day <= line.nextEnd &- Int(line.grace) {
                    late.offer(index, line, charge, distance: sinceEnd)
                } else {
                    again.offer(index, line, charge, distance: sinceEnd)
                }
            } else if line.void == nil, line.currency == charge.currency {
                if line.amount == charge.amount {
                    if 16 &* (line.hold &- day) <= interval.sixteenths &+ 16 &* grace {
                        advance.offer(index, line, charge, distance: distance)
                    }
                }
                // Of what runs in this currency the largest: a second thing that is dearer than the least is no new term.
                if largest < 0 || line.amount > lines[largest].amount
                    || (line.amount == lines[largest].amount && distance < lines[largest].distance(to: day))
                {
                    largest = index
                }
            }
        }
        if due.line >= 0 {
            restore(due.line)
            goOn(due.line, at, interval, grace)
        } else if late.line >= 0 {
            restore(late.line)
            payLate(late.line, at, interval, grace)
        } else if advance.line >= 0 {
            goOn(advance.line, at, interval, grace)
        } else if largest >= 0, lines[largest].amount < charge.amount {
            cut(largest, on: charge.day)
            begin(largest, at, interval, grace)
        } else if largest >= 0, lines[largest].amount > charge.amount, interval.isLongerThanMonth,
            runningCover(of: lines[largest], on: charge.day) >= 0
        {
            addOn(largest, at)
        } else if again.line >= 0 {
            begin(again.line, at, interval, grace)
        } else {
            begin(nil, at, interval, grace)
        }
    }

    /// The client pays on after a refund: it was money only.
    private mutating func restore(_ line: Int) {
        guard let void = lines[line].void else { return }
        let cover = Int(lines[line].lastCover)
        covers[cover].end = void.end
        covers[cover].grace = void.grace
        covers[cover].leftBy = LedgerPayment.noDay
        restoreDue(of: Int32(cover))
        lines[line].void = nil
    }

    /// Starts a rhythm on the day of a payment: of a line that there is, or of a new one.
    private mutating func begin(_ line: Int?, _ at: Int, _ interval: BillingInterval, _ grace: Int) {
        let charge = charges[at]
        let day = Int(charge.day)
        let (month, dayOfMonth) = CivilMonth.split(day)
        let index = line ?? lines.count
        if line == nil {
            lines.append(
                Line(
                    end: day, endMonth: month, dayOfMonth: dayOfMonth, otherEnd: nil, otherDayOfMonth: 0, hold: day,
                    interval: interval,
                    amount: charge.amount, currency: charge.currency, grace: Int32(grace), firstCover: -1,
                    lastCover: -1, void: nil))
        } else {
            lines[index].end = day
            lines[index].endMonth = month
            lines[index].dayOfMonth = dayOfMonth
            lines[index].otherEnd = nil
            lines[index].void = nil
        }
        extend(index, at, interval, grace, lateBy: nil, isExpected: false)
    }

    /// A payment when it is due, or in advance: the cover starts at the line's end, by the nearer of two rhythms.
    private mutating func goOn(_ index: Int, _ at: Int, _ interval: BillingInterval, _ grace: Int) {
        var line = lines[index]
        let last = Int(line.lastCover)
        if let other = line.otherEnd {
            let day = Int(charges[at].day)
            if abs(day &- other) < abs(day &- line.end) {
                line.end = other
                (line.endMonth, _) = CivilMonth.split(other)
                line.dayOfMonth = line.otherDayOfMonth
                covers[last].end = Int32(clamping: other)
            } else {
                covers[last].end = min(covers[last].end, Int32(clamping: line.end))
            }
            line.otherEnd = nil
        }
        line.hold = line.end
        lines[index] = line
        extend(index, at, interval, grace, lateBy: nil)
    }

    /// A payment after the grace: the hole closes, and what is covered lasts for an interval from now.
    private mutating func payLate(_ index: Int, _ at: Int, _ interval: BillingInterval, _ grace: Int) {
        let last = Int(lines[index].lastCover)
        covers[last].end = min(covers[last].end, Int32(clamping: lines[index].end))
        lines[index].otherEnd = nil
        extend(index, at, interval, grace, lateBy: Int(charges[at].day))
    }

    /// Appends the cover of a payment at the end of a line.
    private mutating func extend(
        _ index: Int, _ at: Int, _ interval: BillingInterval, _ grace: Int, lateBy late: Int?,
        isExpected: Bool = true
    ) {
        let charge = charges[at]
        var line = lines[index]
        let start = line.end
        if interval.unit == .months, line.interval.unit != .months {
            (line.endMonth, line.dayOfMonth) = CivilMonth.split(start)
        }
        (line.end, line.endMonth) = interval.end(after: start, month: line.endMonth, dayOfMonth: line.dayOfMonth)
        line.hold = line.end
        if let late {
            let (month, dayOfMonth) = CivilMonth.split(late)
            let other = interval.end(after: late, month: month, dayOfMonth: dayOfMonth).day
            line.otherEnd = other
            line.otherDayOfMonth = dayOfMonth
            line.hold = max(line.end, other)
        }
        line.interval = interval
        line.grace = Int32(grace)
        line.amount = charge.amount
        line.currency = charge.currency
        let cover = Int32(covers.count)
        covers.append(
            Cover(
                amount: charge.amount, interval: interval, start: Int32(clamping: start),
                end: Int32(clamping: line.hold), grace: Int32(grace), currency: charge.currency,
                previous: line.lastCover, line: Int32(index)))
        logDue(line, charge, after: line.lastCover, isExpected: isExpected)
        if line.lastCover >= 0 {
            covers[Int(line.lastCover)].next = cover
        } else {
            line.firstCover = cover
        }
        line.lastCover = cover
        charges[at].cover = cover
        lines[index] = line
    }

    /// Ends what is covered on a day; what was paid in advance for later goes with it.
    private mutating func cut(_ index: Int, on day: Int32) {
        var cover = lines[index].lastCover
        withdrawDue(of: cover, on: day)
        while cover >= 0, covers[Int(cover)].start > day {
            covers[Int(cover)].start = day
            covers[Int(cover)].end = day
            covers[Int(cover)].grace = -1
            covers[Int(cover)].leftBy = day
            cover = covers[Int(cover)].previous
        }
        if cover >= 0 { covers[Int(cover)].end = min(covers[Int(cover)].end, day) }
    }

    /// The cover of a line that holds on a day; -1 when none does.
    private func runningCover(of line: Line, on day: Int32) -> Int32 {
        var cover = line.lastCover
        while cover >= 0, covers[Int(cover)].start > day { cover = covers[Int(cover)].previous }
        return cover >= 0 && day < covers[Int(cover)].end ? cover : -1
    }

    /// A smaller payment beside a long cover: it is worth more from now to its end.
    private mutating func addOn(_ index: Int, _ at: Int) {
        let charge = charges[at]
        let cover = runningCover(of: lines[index], on: charge.day)
        let running = covers[Int(cover)]
        let left = Int(running.end) - Int(charge.day)
        var monthly = running.interval.monthly
        if let months = ClientLedger.wholeMonths(from: Int(charge.day), to: Int(running.end), running.interval) {
            monthly = (1, Int64(months))
        } else {
            // The months left are those of the interval times the days left over the days of the cover.
            let days = Int64(running.end) - Int64(running.start)
            monthly = (monthly.multiplier * days, monthly.divisor * Int64(left))
        }
        charges[at].raise = Int32(raises.count)
        raises.append(
            Raise(
                amount: charge.amount, monthly: ClientLedger.reduced(monthly), cover: cover, from: charge.day,
                through: .max, currency: charge.currency))
    }

    /// The number of months that a cover still has, where they end within three days of it.
    private static func wholeMonths(from day: Int, to end: Int, _ interval: BillingInterval) -> Int? {
        guard interval.unit == .months else { return nil }
        let about = (16 * (end - day) + 243) / 487
        return (about - 1...about + 1).first {
            $0 >= 1 && $0 <= Int(interval.count) && abs(CivilMonth.adding($0, to: day) - end) <= 3
        }
    }

    static func reduced(_ fraction: (multiplier: Int64, divisor: Int64)) -> (multiplier: Int64, divisor: Int64) {
        var (a, b) = (fraction.multiplier, fraction.divisor)
        while b != 0 { (a, b) = (b, a % b) }
        return a > 1 ? (fraction.multiplier / a, fraction.divisor / a) : fraction
    }
}
