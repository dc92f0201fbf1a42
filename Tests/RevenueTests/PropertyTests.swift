import Records
import Revenue
import RiverTesting
import Testing

/// What holds whatever is paid.
@Suite struct PropertyTests {
    /// start + new + reactivation + expansion + contraction + churn + exchange = end, by client and by company, and the
    /// start of a month is the end of the one before.
    @Test(arguments: 1...6)
    func everyMonthAddsUp(seed: Int) {
        let company = RandomCompany(seed: UInt64(seed), clients: 60, days: 500, isMessy: true)
        let ledger = CompanyLedger(company, asOf: company.last)
        #expect(ledger.rows.contains { !$0.absences.isEmpty })
        #expect(ledger.totals.contains { $0.exchange != 0 })
        for sum in ledger.totals {
            #expect(sum.balance == sum.ending)
            #expect(sum.new >= 0 && sum.reactivation >= 0 && sum.expansion >= 0)
            #expect(sum.contraction <= 0 && sum.churn <= 0)
            if let nrr = sum.nrr, let grr = sum.grr { #expect(grr <= 1 && grr <= nrr) }
        }
        for (before, after) in zip(ledger.totals, ledger.totals.dropFirst()) {
            #expect(before.ending == after.starting)
        }
        for row in ledger.rows {
            for month in row.months {
                let movement = month.movement
                #expect(movement.start + movement.exchange + movement.change == movement.end)
                #expect((movement.kind != .none) || movement.change == 0)
                #expect(movement.end >= 0)
            }
            // New at most once, and never after anything else.
            let kinds = row.months.map(\.movement.kind)
            #expect(kinds.dropFirst().allSatisfy { $0 != .new })
            #expect(kinds.filter { $0 == .new }.count <= (row.isCarried ? 0 : 1))
        }
    }

    @Test(arguments: 1...4)
    func anyOrderOfPayments(seed: Int) {
        var company = RandomCompany(seed: UInt64(seed), clients: 60, days: 500, isMessy: true)
        let ledger = CompanyLedger(company, asOf: company.last)
        var random = SeededGenerator(seed: UInt64(seed))
        for index in company.clients.indices { company.clients[index].payments.shuffle(using: &random) }
        #expect(CompanyLedger(company, asOf: company.last).rows == ledger.rows)
        // And of clients.
        let order = Array(company.clients.indices).shuffled(using: &random)
        var other = company
        other.clients = order.map { company.clients[$0] }
        let shuffled = CompanyLedger(other, asOf: company.last)
        #expect(shuffled.totals == ledger.totals)
        for (at, index) in order.enumerated() { #expect(shuffled.rows[at] == ledger.rows[index]) }
    }

    /// What is dated after a day changes nothing as of that day.
    @Test(arguments: 1...4)
    func whatComesLaterChangesNothing(seed: Int) {
        let company = RandomCompany(seed: UInt64(seed), clients: 60, days: 400, isMessy: true)
        for asOf in stride(from: company.first + 20, to: company.last, by: 61) {
            var known = company
            for index in known.clients.indices { known.clients[index].payments.removeAll { $0.day > asOf } }
            #expect(CompanyLedger(known, asOf: asOf).rows == CompanyLedger(company, asOf: asOf).rows)
        }
    }

    /// The end of what he is worth and the day on which he left fall together, but for refunds.
    @Test(arguments: 1...4)
    func theEndOfWorthIsTheDayOfLeaving(seed: Int) {
        var company = RandomCompany(seed: UInt64(seed), clients: 60, days: 500, isMessy: true)
        for index in company.clients.indices { company.clients[index].payments.removeAll { $0.amount < 0 } }
        var left = 0
        for row in CompanyLedger(company, asOf: company.last).rows {
            let end = row.pieces.map(\.through).max()
            if let leftOn = row.leftOn {
                left += 1
                #expect(end == leftOn - 1)
            } else if let end {
                #expect(end >= company.last)
            }
            for absence in row.absences {
                #expect(absence.leftOn < absence.returnedOn)
                #expect(row.pieces.allSatisfy { $0.through < absence.leftOn || $0.from >= absence.returnedOn })
            }
        }
        #expect(left > 0)
    }

    /// Months as they come out one by one are those of any pair of days.
    @Test(arguments: 1...3)
    func monthsAreWorthOnTheirLastDays(seed: Int) {
        let company = RandomCompany(seed: UInt64(seed), clients: 60, days: 300, isMessy: true)
        let ledger = CompanyLedger(company, asOf: company.last)
        let terms = LedgerTerms(asOf: company.last, firstPaymentDay: company.first)
        let rates = LedgerRates(RandomCompany.rates)
        var reader = WorthReader()
        let first = Day(rawValue: company.first).month
        for row in ledger.rows {
            var found: [Int32: RevenueMovement] = [:]
            for month in row.months { found[month.month] = month.movement }
            for index in 0..<ledger.totals.count {
                let month = first.advanced(by: index)
                let movement = reader.movement(
                    row.pieces, isCarried: row.isCarried, from: month.firstDay.rawValue - 1, to: month.lastDay.rawValue,
                    terms: terms, rates: rates)
                #expect(movement == found[Int32(index)] ?? RevenueMovement())
                #expect(
                    reader.worth(row.pieces, on: month.lastDay.rawValue, terms: terms, rates: rates) == movement.end)
            }
        }
    }
}
