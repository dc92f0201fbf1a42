import Gold
import Records
import RiverTesting
import Rollup
import Testing

/// Payments that do not divide into whole micro-units: revenue moves where what is paid has changed, and nowhere else.
@Suite struct MovementRoundingTests {
    /// Who paid how much in which month, counted from 0 for January 2020; one plan, whose payments cover `length` months.
    private struct Population {
        var length: Int
        var payments: [[(month: Int, amount: Int64)]]

        /// What covers a month, not divided yet: exact.
        func covering(_ client: Int, _ month: Int) -> Int64 {
            payments[client].reduce(0) { (0..<length).contains(month - $1.month) ? $0 + $1.amount : $0 }
        }

        func rollup(months: Int) throws -> MonthlyRollup {
            var company = Company()
            for (index, list) in payments.enumerated() {
                company.clients.append(.init(id: "c\(index)", created: Day(2020, 1, 1), type: "long"))
                for payment in list {
                    company.transactions.append(
                        .init(
                            id: "t\(company.transactions.count)", client: "c\(index)", amount: payment.amount,
                            currency: "USD", day: Month(year: 2020, month: 1).advanced(by: payment.month).firstDay))
                }
            }
            var settings = GoldSettings.example
            settings.billingMonths = ["long": length]
            let tables = try company.river().tables
            let asOf = Month(year: 2020, month: 1).advanced(by: months).firstDay.advanced(by: -1)
            let gold = GoldRefinery.refine(tables, asOf: asOf, settings: settings)
            return MonthlyRollup(gold, silver: tables, group: Array(repeating: 0, count: gold.count), groupCount: 1)
        }
    }

    /// The same price, paid again as soon as it has run out: nothing moves, however long, whatever the price.
    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func renewalsAtTheSamePriceMoveNothing(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let length = Int.random(in: 1...36, using: &random)
        let months = 3 * length + 2
        var population = Population(length: length, payments: [])
        for _ in 0..<20 {
            let price = Int64.random(in: 1...5_000_000_000, using: &random)
            let start = Int.random(in: 0..<length, using: &random)
            population.payments.append(
                stride(from: start, to: months, by: length).map { (month: $0, amount: price) })
        }
        let rollup = try population.rollup(months: months)
        for offset in 0..<months {
            let movements = rollup[Month(year: 2020, month: 1).advanced(by: offset), 0].movements
            #expect(movements.expansionCustomers == 0 && movements.expansion == 0, "month \(offset) of \(length)")
            #expect(movements.contractionCustomers == 0 && movements.contraction == 0, "month \(offset) of \(length)")
            #expect(movements.starting + movements.new == movements.ending)
        }
    }

    /// Upgrades, reductions, gaps, several payments at once and amounts of a few micro-units: all adds up to the
    /// micro-unit, and whoever has moved pays more or less than before, compared undivided.
    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func whatMovesHasChanged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let length = Int.random(in: 1...24, using: &random)
        let months = 4 * length + 1
        var population = Population(length: length, payments: [])
        for _ in 0..<20 {
            var list: [(month: Int, amount: Int64)] = []
            // Prices lie at least a micro-unit a month apart, so that a change is seen after the division too.
            var price =
                Int64(length) * Int64.random(in: 1...1_000_000, using: &random)
                + Int64.random(in: 0..<Int64(length), using: &random)
            var month = Int.random(in: 0...length, using: &random)
            while month < months {
                list.append((month, price))
                if random.chance(0.2) { list.append((month, price)) }
                if random.chance(0.3) { price += Int64(length) * Int64.random(in: 1...100, using: &random) }
                if random.chance(0.1) { price = max(Int64(length), price - Int64(2 * length)) }
                month += random.chance(0.2) ? Int.random(in: 1...(2 * length), using: &random) : length
            }
            population.payments.append(list)
        }
        let rollup = try population.rollup(months: months)
        var before: Int64 = 0
        for offset in 0..<months {
            let movements = rollup[Month(year: 2020, month: 1).advanced(by: offset), 0].movements
            var more = 0
            var less = 0
            for client in population.payments.indices {
                let was = offset > 0 ? population.covering(client, offset - 1) : 0
                let now = population.covering(client, offset)
                if was > 0, now > was { more += 1 }
                if now > 0, now < was { less += 1 }
            }
            #expect(Int(movements.expansionCustomers) == more, "month \(offset) of \(length)")
            #expect(Int(movements.contractionCustomers) == less, "month \(offset) of \(length)")
            #expect(movements.starting == before)
            #expect(
                movements.starting + movements.new + movements.reactivation + movements.expansion
                    + movements.contraction + movements.churn == movements.ending)
            before = movements.ending
        }
    }
}
