import Records

/// Payments of one client, day, currency and stated period: one.
struct Charge: Sendable, BitwiseCopyable {
    var amount: Int64
    var day: Int32
    var currency: UInt32
    var periodStart: Int32
    var periodEnd: Int32
    /// The rows it was added up from.
    var firstRow: Int32
    var rowCount: Int32
    /// The cover it paid for; -1 for none.
    var cover: Int32 = -1
    /// What it raised a cover by; -1 for nothing.
    var raise: Int32 = -1
    /// What came back of its rows so far.
    var returned: Int64 = 0
    var isRecurring: Bool
}

/// Days between two payments.
struct Gap: Sendable, BitwiseCopyable {
    /// The position of the first payment among the charges.
    var charge: Int32
    var days: Int32
}

extension LedgerPayment {
    /// Rows that are one payment stand side by side.
    fileprivate func isBefore(_ other: LedgerPayment) -> Bool {
        if day != other.day { return day < other.day }
        if currency != other.currency { return currency < other.currency }
        if isRecurring != other.isRecurring { return isRecurring }
        if periodStart != other.periodStart { return periodStart < other.periodStart }
        if periodEnd != other.periodEnd { return periodEnd < other.periodEnd }
        return amount < other.amount
    }

    fileprivate func isOnePayment(with charge: Charge) -> Bool {
        day == charge.day && currency == charge.currency && isRecurring == charge.isRecurring
            && periodStart == charge.periodStart && periodEnd == charge.periodEnd
    }
}

extension Charge {
    fileprivate func isBefore(_ other: Charge) -> Bool {
        if day != other.day { return day < other.day }
        if amount != other.amount { return amount < other.amount }
        if currency != other.currency { return currency < other.currency }
        if isRecurring != other.isRecurring { return isRecurring }
        if periodStart != other.periodStart { return periodStart < other.periodStart }
        return periodEnd < other.periodEnd
    }
}

extension Array {
    /// Sorts what nearly always is in order already, without memory of its own while it is short.
    mutating func sortNearly(_ isBefore: (Element, Element) -> Bool) {
        guard count > 1 else { return }
        var at = 1
        while at < count, !isBefore(self[at], self[at - 1]) { at += 1 }
        if at == count { return }
        if count > 48 {
            sort(by: isBefore)
            return
        }
        while at < count {
            let element = self[at]
            var hole = at
            while hole > 0, isBefore(element, self[hole - 1]) {
                self[hole] = self[hole - 1]
                hole -= 1
            }
            self[hole] = element
            at += 1
        }
    }
}

extension ClientLedger {
    mutating func prepareCharges(asOf: Int32) {
        rows.sortNearly { $0.isBefore($1) }
        refunds.sortNearly { $0.isBefore($1) }
        while let last = rows.last, last.day > asOf { rows.removeLast() }
        while let last = refunds.last, last.day > asOf { refunds.removeLast() }
        charges.removeAll(keepingCapacity: true)
        for (at, row) in rows.enumerated() {
            if let last = charges.last, row.isOnePayment(with: last) {
                charges[charges.count - 1].amount = last.amount.addingSaturated(row.amount)
                charges[charges.count - 1].rowCount += 1
            } else {
                charges.append(
                    Charge(
                        amount: row.amount, day: row.day, currency: row.currency, periodStart: row.periodStart,
                        periodEnd: row.periodEnd, firstRow: Int32(at), rowCount: 1, isRecurring: row.isRecurring))
            }
        }
        charges.sortNearly { $0.isBefore($1) }
        paymentDays.removeAll(keepingCapacity: true)
        for charge in charges where charge.isRecurring && charge.day != paymentDays.last {
            paymentDays.append(charge.day)
        }
        hasGaps = false
    }

    /// The gaps between neighbouring payments of equal amount and currency if there are two, else all his gaps.
    mutating func makeGaps() {
        // The ledger itself does without.
        if hasGaps { return }
        hasGaps = true
        gaps.removeAll(keepingCapacity: true)
        guard paymentDays.count > 2 else { return }
        equalOrder.removeAll(keepingCapacity: true)
        for at in charges.indices where charges[at].isRecurring { equalOrder.append(Int32(at)) }
        let charges = charges
        equalOrder.sortNearly {
            let (lhs, rhs) = (charges[Int($0)], charges[Int($1)])
            if lhs.amount != rhs.amount { return lhs.amount < rhs.amount }
            if lhs.currency != rhs.currency { return lhs.currency < rhs.currency }
            // Charges are in the order of their days.
            return $0 < $1
        }
        for at in 1..<equalOrder.count {
            let (first, second) = (charges[Int(equalOrder[at - 1])], charges[Int(equalOrder[at])])
            // Two of one day with different periods have no gap.
            guard first.amount == second.amount, first.currency == second.currency, first.day != second.day else {
                continue
            }
            gaps.append(Gap(charge: equalOrder[at - 1], days: ClientLedger.gap(first.day, second.day)))
        }
        if gaps.count >= 2 { return }
        gaps.removeAll(keepingCapacity: true)
        var last = -1
        for at in charges.indices where charges[at].isRecurring {
            if last >= 0, charges[last].day != charges[at].day {
                gaps.append(Gap(charge: Int32(last), days: ClientLedger.gap(charges[last].day, charges[at].day)))
            }
            last = at
        }
    }

    @inline(__always)
    private static func gap(_ first: Int32, _ second: Int32) -> Int32 { Int32(clamping: Int(second) - Int(first)) }

    /// Twice the median of some gaps.
    mutating func doubledMedian(of days: some Sequence<Int32>) -> Int {
        sortedGaps.removeAll(keepingCapacity: true)
        sortedGaps.append(contentsOf: days)
        sortedGaps.sortNearly(<)
        let count = sortedGaps.count
        if count == 0 { return 0 }
        return Int(sortedGaps[(count - 1) / 2]) + Int(sortedGaps[count / 2])
    }
}
