import Records

/// Finds the payment that a refund belongs to, among the payments read so far.
struct RefundIndex: Sendable {
    /// A payment, or one of several that were made one.
    private struct Entry: Sendable, BitwiseCopyable {
        var amount: Int64
        var currency: UInt32
        var charge: Int32

        func isBefore(_ other: Entry) -> Bool {
            if currency != other.currency { return currency < other.currency }
            if amount != other.amount { return amount < other.amount }
            return charge < other.charge
        }
    }

    private var isUsed = false
    private var entries: [Entry] = []
    /// By entry: itself, or where to look on when it has been given back already.
    private var free: [Int32] = []
    /// By charge: the latest before it of its currency that is larger; -1 for none.
    private var larger: [Int32] = []
    /// The currencies so far and the latest charge of each.
    private var latest: [(currency: UInt32, charge: Int32)] = []
    private var read: Int32 = 0

    mutating func prepare(_ charges: [Charge], rows: [LedgerPayment], hasRefunds: Bool) {
        isUsed = hasRefunds
        guard hasRefunds else { return }
        read = 0
        entries.removeAll(keepingCapacity: true)
        free.removeAll(keepingCapacity: true)
        larger.removeAll(keepingCapacity: true)
        latest.removeAll(keepingCapacity: true)
        for (at, charge) in charges.enumerated() {
            entries.append(Entry(amount: charge.amount, currency: charge.currency, charge: Int32(at)))
            guard charge.rowCount > 1 else { continue }
            for row in rows[Int(charge.firstRow)..<Int(charge.firstRow + charge.rowCount)] {
                entries.append(Entry(amount: row.amount, currency: charge.currency, charge: Int32(at)))
            }
        }
        entries.sortNearly { $0.isBefore($1) }
        free.append(contentsOf: 0..<Int32(entries.count))
    }

    /// A payment comes into force. They do so one after the other.
    mutating func didRead(_ charges: [Charge], _ at: Int) {
        guard isUsed else { return }
        let charge = charges[at]
        read = Int32(at) + 1
        let slot = slot(of: charge.currency)
        var before = slot.map { latest[$0].charge } ?? -1
        while before >= 0, charges[Int(before)].amount <= charge.amount { before = larger[Int(before)] }
        larger.append(before)
        if let slot {
            latest[slot].charge = Int32(at)
        } else {
            latest.append((charge.currency, Int32(at)))
        }
    }

    private func slot(of currency: UInt32) -> Int? { latest.firstIndex { $0.currency == currency } }

    /// The latest payment of exactly that amount that nobody has given back yet, else the latest that is not smaller, else
    /// the latest.
    mutating func take(_ amount: Int64, _ currency: UInt32, _ charges: [Charge]) -> Int? {
        let bound = Entry(amount: amount, currency: currency, charge: read)
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].isBefore(bound) { low = middle + 1 } else { high = middle }
        }
        if let entry = unreturned(low - 1), entries[entry].amount == amount, entries[entry].currency == currency {
            free[entry] = Int32(entry) - 1
            return Int(entries[entry].charge)
        }
        guard let slot = slot(of: currency) else { return nil }
        var charge = latest[slot].charge
        while charge >= 0, charges[Int(charge)].amount < amount { charge = larger[Int(charge)] }
        return Int(charge >= 0 ? charge : latest[slot].charge)
    }

    /// The entry, or the nearest before it that has not been given back.
    private mutating func unreturned(_ entry: Int) -> Int? {
        var at = entry
        while at >= 0, Int(free[at]) != at { at = Int(free[at]) }
        // Whoever asks again takes the short way.
        var passed = entry
        while passed >= 0, passed != at {
            let next = Int(free[passed])
            free[passed] = Int32(at)
            passed = next
        }
        return at >= 0 ? at : nil
    }
}

extension ClientLedger {
    /// What a refund does to the cover of its payment.
    mutating func apply(_ refund: LedgerPayment) {
        let amount = refund.amount == .min ? Int64.max : -refund.amount
        guard let at = index.take(amount, refund.currency, charges), refund.isRecurring else { return }
        let charge = charges[at]
        if charge.raise >= 0 {
            endRaise(Int(charge.raise), charge, amount, refund.day)
            return
        }
        guard charge.cover >= 0 else { return }
        let at32 = charge.cover
        let cover = covers[Int(at32)]
        var given = amount
        if charge.rowCount > 1, amount < charge.amount, holdsRow(of: charge, amount) {
            // One of several payments of the day came back: its part of the value ends. With the last one all does.
            charges[at].returned = charge.returned.addingSaturated(amount)
            given = charges[at].returned
            if given < charge.amount {
                raises.append(
                    Raise(
                        amount: -amount, monthly: cover.interval.monthly, cover: at32, from: refund.day, through: .max,
                        currency: charge.currency))
                if cover.next < 0 { lines[Int(cover.line)].amount = charge.amount &- given }
                return
            }
        }
        guard Int(refund.day) <= cover.holds,
            ClientLedger.endsCover(
                given, of: charge.amount, Int(cover.end) - Int(refund.day), of: Int(cover.end) - Int(cover.start))
        else { return }
        if cover.next < 0, lines[Int(cover.line)].void == nil {
            lines[Int(cover.line)].void = (cover.end, cover.grace)
            withdrawDue(of: at32, on: refund.day)
        }
        covers[Int(at32)].leftBy = Int32(clamping: min(cover.holds + 1, Int(refund.day) + 31))
        covers[Int(at32)].end =
            cover.next < 0 ? max(cover.start, refund.day) : min(cover.end, max(cover.start, refund.day))
        covers[Int(at32)].grace = -1
    }

    /// Whether a refund gives back all of a payment, or at least the part of the cover that was not used yet while that is
    /// a quarter or more.
    private static func endsCover(_ refund: Int64, of paid: Int64, _ left: Int, of days: Int) -> Bool {
        if refund >= paid { return true }
        let days = max(1, days)
        let left = min(max(0, left), days)
        return 4 * left >= days && Int128(refund) * Int128(days) >= Int128(paid) * Int128(left)
    }

    private func holdsRow(of charge: Charge, _ amount: Int64) -> Bool {
        rows[Int(charge.firstRow)..<Int(charge.firstRow + charge.rowCount)].contains { $0.amount == amount }
    }

    /// An add-on ends as a cover does.
    private mutating func endRaise(_ raise: Int, _ charge: Charge, _ amount: Int64, _ day: Int32) {
        let cover = covers[Int(raises[raise].cover)]
        let days = Int(cover.end) - Int(charge.day)
        guard Int(day) <= cover.holds,
            ClientLedger.endsCover(amount, of: charge.amount, Int(cover.end) - Int(day), of: days)
        else { return }
        raises[raise].through = min(raises[raise].through, day &- 1)
    }
}
