import Lifecycle
import Records
import Standings

/// The part of the monthly cells that comes from where the clients stand: who was a customer, who left, and what clients
/// were worth. A sum over clients, so that one can be taken out and put in again.
struct StandingCells: Sendable {
    let firstMonth: Int32
    private let lastMonth: Int32
    private let groupCount: Int
    private let countsRevenue: Bool
    /// By month and group.
    private var movements: [RevenueMovements]
    private var customers: LifecycleChanges

    /// - Parameter countsRevenue: whether what clients are worth follows from their ledgers.
    init(
        _ standings: CompanyStandings, _ gold: GoldTables, group: [Int32], groupCount: Int, last: Int32,
        countsRevenue: Bool
    ) {
        var firstDay = min(standings.asOf, standings.firstRevenueMonth.firstDay).rawValue
        for (position, client) in gold.clients.enumerated() where group[position] >= 0 {
            firstDay = min(firstDay, standings.lifecycle.standings[Int(client)].created)
        }
        let first = min(last, Day(rawValue: firstDay).month.rawValue)
        firstMonth = first
        lastMonth = last
        self.groupCount = groupCount
        self.countsRevenue = countsRevenue
        let months = (first...last).map { Month(rawValue: $0) }
        movements = Array(repeating: RevenueMovements(), count: months.count * groupCount)
        customers = LifecycleChanges(
            periods: months.map { Period(first: $0.firstDay, last: $0.lastDay) }, groupCount: groupCount,
            asOf: standings.asOf.rawValue)
        var revenue = RevenueMonths(standings)
        for (position, client) in gold.clients.enumerated() where group[position] >= 0 {
            add(Int(client), standings, &revenue, Int(group[position]), sign: 1)
        }
    }

    /// From those of a predecessor; nil when that is not possible.
    init?(
        _ predecessor: MonthlyRollup.Predecessor, _ standings: CompanyStandings, _ gold: GoldTables, group: [Int32],
        last: Int32, countsRevenue: Bool
    ) {
        guard let old = predecessor.rollup.standingSums, let before = predecessor.standings,
            predecessor.standsElsewhereOnlyIfChanged, before.asOf == standings.asOf, old.lastMonth == last,
            old.countsRevenue == countsRevenue, !old.movements.contains(where: \.isSaturated)
        else { return nil }
        self = old
        var former = RevenueMonths(before)
        var revenue = RevenueMonths(standings)
        for position in predecessor.changed where group[position] >= 0 {
            let client = Int(gold.clients[position])
            add(client, before, &former, Int(group[position]), sign: -1)
            add(client, standings, &revenue, Int(group[position]), sign: 1)
        }
        if movements.contains(where: \.isSaturated) { return nil }
    }

    private mutating func add(
        _ client: Int, _ standings: CompanyStandings, _ revenue: inout RevenueMonths, _ group: Int, sign: Int
    ) {
        customers.add(client, of: standings.lifecycle, group: group, sign: sign)
        guard countsRevenue else { return }
        revenue.forEach(client) { month, movement in
            let index = Int(month.rawValue - firstMonth)
            guard index >= 0, month.rawValue <= lastMonth else { return }
            movements[index * groupCount + group].add(movement, sign: Int64(sign))
        }
    }

    /// Enters all of it into the cells of the months `first ... last`, by month and group.
    func enter(into cells: inout [MonthlyCell], from first: Int32) {
        let counts = customers.cells()
        let months = Int(lastMonth - firstMonth) + 1
        let offset = Int(firstMonth - first) * groupCount
        for month in 0..<months {
            for group in 0..<groupCount {
                let at = offset + month * groupCount + group
                let count = counts[group * months + month]
                cells[at].customersAtStart += Int32(clamping: count.customersAtStart)
                cells[at].customersAtEnd += Int32(clamping: count.customersAtEnd)
                cells[at].churnedCustomers += Int32(clamping: count.churned)
                cells[at].churnedFromStart += Int32(clamping: count.churnedFromStart)
                guard countsRevenue else { continue }
                cells[at].movements += movements[month * groupCount + group]
                cells[at].mrr = cells[at].mrr.addingSaturated(movements[month * groupCount + group].ending)
            }
        }
    }
}
