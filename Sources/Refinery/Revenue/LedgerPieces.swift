import Records

/// From covers to what the client is worth and when he had left.
extension ClientLedger {
    mutating func coverSubscriptions(_ terms: LedgerTerms) {
        for term in subscriptions {
            let end = term.end == LedgerPayment.noDay ? Int32.max : term.end
            guard end > term.start else { continue }
            let cover = Int32(covers.count)
            covers.append(
                Cover(
                    amount: term.amount, interval: term.interval, start: term.start, end: end, grace: -1,
                    currency: term.currency, previous: -1, line: cover))
            lines.append(
                Line(
                    end: Int(end), endMonth: 0, dayOfMonth: 1, otherEnd: nil, otherDayOfMonth: 0, hold: Int(end),
                    interval: term.interval, amount: term.amount, currency: term.currency, grace: -1,
                    firstCover: cover, lastCover: cover, void: nil))
        }
    }

    /// A client whose account is older than the payment data, and who pays as early as one who paid before it, was there.
    mutating func carryIn(terms: LedgerTerms, created: Int32) {
        let first = terms.firstPaymentDay
        guard first != LedgerPayment.noDay, created != LedgerPayment.noDay, created < first, !covers.isEmpty else {
            return
        }
        // Covers come in the order of their payments: nothing is covered before the first.
        let (month, dayOfMonth) = CivilMonth.split(Int(first))
        let interval = covers[0].interval
        let end = interval.end(after: Int(first), month: month, dayOfMonth: dayOfMonth).day
        let grace = interval.sixteenths > BillingInterval.month.sixteenths ? interval.grace(terms.graceDays) : 0
        guard let charge = charges.first(where: { $0.cover == 0 }), Int(charge.day) < end &+ grace else { return }
        isCarried = true
        covers[0].start = min(covers[0].start, first)
    }

    mutating func makePieces() {
        pieces.removeAll(keepingCapacity: true)
        for line in lines {
            var at = line.firstCover
            let begin = pieces.count
            while at >= 0 {
                let cover = covers[Int(at)]
                let days = (cover.start, lastDay(of: cover))
                if days.1 >= days.0 {
                    let piece = WorthPiece(cover.amount, cover.interval.monthly, cover.currency, days)
                    if pieces.count > begin, let last = pieces.last, last.isWorthSame(as: piece),
                        Int(piece.from) <= Int(last.through) + 1
                    {
                        pieces[pieces.count - 1].through = piece.through
                    } else {
                        pieces.append(piece)
                    }
                }
                at = cover.next
            }
        }
        for raise in raises {
            let cover = covers[Int(raise.cover)]
            let days = (max(raise.from, cover.start), min(raise.through, lastDay(of: cover)))
            if days.1 >= days.0 {
                pieces.append(WorthPiece(raise.amount, raise.monthly, raise.currency, days))
            }
        }
    }

    /// The last day on which a cover counts: with its grace, but for where the next one begins.
    private func lastDay(of cover: Cover) -> Int32 {
        let last = cover.end == .max ? Int(Int32.max) : cover.holds
        if cover.next < 0 { return Int32(clamping: last) }
        return Int32(clamping: min(last, Int(covers[Int(cover.next)].start) - 1))
    }

    mutating func findAbsences(_ terms: LedgerTerms) {
        absences.removeAll(keepingCapacity: true)
        presences.removeAll(keepingCapacity: true)
        leftOn = nil
        endOfCover = nil
        for cover in covers {
            let last = cover.end == .max ? Int(Int32.max) : cover.holds + 1
            let left = cover.leftBy != LedgerPayment.noDay ? cover.leftBy : Int32(clamping: last)
            presences.append(Absence(leftOn: left, returnedOn: cover.start))
            endOfCover = max(endOfCover ?? cover.end, cover.end)
        }
        presences.sortNearly {
            $0.returnedOn != $1.returnedOn ? $0.returnedOn < $1.returnedOn : $0.leftOn < $1.leftOn
        }
        guard var last = presences.first?.leftOn else { return }
        for presence in presences {
            if presence.returnedOn > last, last <= terms.clock {
                absences.append(Absence(leftOn: last, returnedOn: presence.returnedOn))
            }
            last = max(last, presence.leftOn)
        }
        if last <= terms.clock { leftOn = last }
    }
}
