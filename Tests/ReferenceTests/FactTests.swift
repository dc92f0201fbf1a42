import Foundation
import Gold
import Records
import RiskRules
import RiverTesting
import Rollup
import Silver
import Testing

private let isAvailable = SharedFolder.isAvailable
private let why = Comment(rawValue: SharedFolder.missing)

/// What other implementations have worked out from published data sets.
@Suite(.enabled(if: isAvailable, why)) struct FactTests {
    /// Rows in = accepted + rejected + duplicates, and nothing is refused that the facts do not know about.
    @Test(arguments: ReferenceSet.all)
    func rows(set: ReferenceSet) throws {
        let loaded = try LoadedSet.of(set)
        let facts = try loaded.facts()
        for category in set.categories {
            let counts = try #require(loaded.counts[category])
            let expected = facts["files"][category.rawValue]
            #expect(counts.rows == expected.integer("rows"))
            #expect(counts.rows == counts.accepted + counts.rejected + counts.duplicates)
            #expect(counts.orphans == expected.integer("unknown_customers") ?? 0)
            let reasons = Dictionary(
                grouping: loaded.rejects[category] ?? [], by: { "\($0.column ?? "") \($0.reason.code)" }
            ).mapValues(\.count)
            let missing = expected.integer("missing_customer_id") ?? 0
            #expect(reasons["customer_id missing"] ?? 0 == missing)
            if category == .transactions {
                // A row without customer and of amount 0 is counted by its first mistake.
                let zeros = (loaded.rejects[category] ?? []).filter { amount($0) == 0 }
                #expect(zeros.count == expected.integer("zero_amounts"))
                #expect(zeros.filter { $0.column == "amount" }.count == reasons["amount amount_is_zero"] ?? 0)
                #expect(counts.rejected == missing + (reasons["amount amount_is_zero"] ?? 0))
            } else {
                #expect(counts.rejected == missing)
            }
            #expect(counts.duplicates == expected.integer("duplicate_id_rows"))
            #expect(counts.collisions == expected.integer("id_collisions_different_content"))
        }
    }

    private func fields(_ reject: Reject) -> [Substring] {
        String(decoding: reject.raw, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
    }

    /// Micro-units of a rejected transaction of these files, whose columns are those of the contract.
    private func amount(_ reject: Reject) -> Int64 {
        Int64(((Double(fields(reject)[2]) ?? .nan) * 1_000_000).rounded())
    }

    /// What was accepted and what was rejected add up to what is in the files.
    @Test(arguments: ReferenceSet.having(.transactions))
    func revenueByMonth(set: ReferenceSet) throws {
        let loaded = try LoadedSet.of(set)
        let facts = try loaded.facts()["files"]["transactions"]
        let monthly = loaded.monthly(loaded.gold(set, .transactions))
        let rejects = Dictionary(grouping: loaded.rejects[.transactions] ?? []) { String(fields($0)[5].prefix(7)) }
        let byMonth = facts["revenue_by_month_currency"]
        #expect(!byMonth.isEmpty)
        var net: Int64 = 0
        for key in byMonth.keys {
            let month = try #require(Month(key.prefix(7)))
            let cell = monthly[month, 0]
            let lost = rejects[month.description] ?? []
            #expect(cell.revenue + lost.reduce(0) { $0 + amount($1) } == byMonth[key].micro("net"), "\(key)")
            #expect(
                cell.positiveRevenue + lost.reduce(0) { $0 + max(0, amount($1)) } == byMonth[key].micro("gross"),
                "\(key)")
            net += cell.revenue + lost.reduce(0) { $0 + amount($1) }
        }
        #expect(net == facts.micro("net"))
    }

    @Test(arguments: ReferenceSet.having(.transactions))
    func movements(set: ReferenceSet) throws {
        let loaded = try LoadedSet.of(set)
        let facts = try loaded.facts()["files"]["transactions"]["revenue_movement"]
        let monthly = loaded.monthly(loaded.gold(set, .transactions))
        #expect(facts.keys.count > 3)
        for key in facts.keys {
            let expected = facts[key]
            let movements = monthly[try #require(Month(key)), 0].movements
            let amounts: [(String, Int64)] = [
                ("start", movements.starting), ("end", movements.ending), ("new", movements.new),
                ("reactivation", movements.reactivation), ("expansion", movements.expansion),
                ("contraction", movements.contraction), ("churn", movements.churn),
            ]
            for (name, amount) in amounts { #expect(amount == expected.micro(name), "\(name) of \(key)") }
            let customers: [(String, Int32)] = [
                ("new", movements.newCustomers), ("reactivation", movements.reactivationCustomers),
                ("expansion", movements.expansionCustomers), ("contraction", movements.contractionCustomers),
                ("churn", movements.churnCustomers),
            ]
            for (name, count) in customers {
                #expect(Int(count) == expected.integer("\(name)_customers"), "\(name) of \(key)")
            }
            let ratios: [(String, Double?)] = [
                ("nrr", movements.nrr), ("grr", movements.grr), ("logo_churn", movements.logoChurn),
            ]
            for (name, ratio) in ratios {
                #expect(ratio.map { ($0 * 1e6).rounded() / 1e6 } == expected.number(name), "\(name) of \(key)")
            }
        }
    }

    /// The facts' cohorts end with the data, the product's with the month of the as-of day.
    @Test(arguments: ReferenceSet.all, [Category.transactions, .engagement])
    func activity(set: ReferenceSet, category: Category) throws {
        guard set.categories.contains(category) else { return }
        let loaded = try LoadedSet.of(set, keepsRepeatedIDs: category == .engagement)
        let facts = try loaded.facts()["files"][category.rawValue]
        let (gold, standings) = GoldRefinery.refineStanding(
            loaded.silver, asOf: loaded.asOf,
            settings: set.goldSettings(category == .transactions ? .transactions : .engagement))
        let monthly = loaded.monthly(gold)
        let active = facts["active_customers_by_month"]
        #expect(!active.isEmpty)
        for key in active.keys {
            #expect(Int(monthly[try #require(Month(key)), 0].activeCustomers) == active.integer(key), "\(key)")
        }
        let cohorts = CohortTable(gold, silver: loaded.silver, standings: standings, by: .firstActivity).cohorts
        let expected = facts["cohort_retention"]
        #expect(cohorts.map(\.month.description) == expected.keys)
        for cohort in cohorts {
            let cells = expected.integers(cohort.month.description)
            #expect(Array(cohort.active.prefix(cells.count)) == cells, "\(cohort.month)")
            #expect(cohort.active.dropFirst(cells.count).allSatisfy { $0 == 0 })
            #expect(cohort.size == cells.first)
        }
    }

    /// The product keeps the first row of an id, and so do these facts.
    @Test(arguments: ReferenceSet.having(.engagement))
    func eventsByMonth(set: ReferenceSet) throws {
        let loaded = try LoadedSet.of(set)
        let facts = try loaded.facts()["files"]["engagement"]
        let monthly = loaded.monthly(loaded.gold(set, .engagement))
        let byMonth = facts["after_id_dedup"]["events_by_month"]
        #expect(!byMonth.isEmpty)
        for key in byMonth.keys {
            #expect(Int(monthly[try #require(Month(key)), 0].events) == byMonth.integer(key), "\(key)")
        }
        let missing = facts.integer("missing_customer_id") ?? 0
        #expect(loaded.silver.events.count == (facts["after_id_dedup"].integer("rows") ?? 0) - missing)
    }

    @Test(arguments: ReferenceSet.having(.engagement))
    func activeClientsOfDaysAndWindows(set: ReferenceSet) throws {
        let loaded = try LoadedSet.of(set, keepsRepeatedIDs: true)
        let facts = try loaded.facts()["files"]["engagement"]
        let gold = loaded.gold(set, .engagement)
        let byMonth = facts["events_by_month"]
        let monthly = loaded.monthly(gold)
        for key in byMonth.keys {
            #expect(Int(monthly[try #require(Month(key)), 0].events) == byMonth.integer(key), "\(key)")
        }
        func active(_ first: Day, _ last: Day) -> Int {
            PeriodRollup(
                gold, silver: loaded.silver, rates: ReferenceSet.rates, periods: [Period(first: first, last: last)]
            ).cells[0].activeCustomers
        }
        let days = facts["dau_last_7_days"]
        #expect(!days.isEmpty)
        for key in days.keys {
            let day = try #require(Day(key))
            #expect(active(day, day) == days.integer(key), "\(key)")
        }
        #expect(active(loaded.asOf.advanced(by: -29), loaded.asOf) == facts.integer("mau_as_of"))
        #expect(active(loaded.asOf.advanced(by: -6), loaded.asOf) == facts.integer("wau_as_of"))
    }

    @Test(arguments: ReferenceSet.having(.support))
    func tickets(set: ReferenceSet) throws {
        let loaded = try LoadedSet.of(set)
        let facts = try loaded.facts()["files"]["support"]
        let monthly = loaded.monthly(loaded.gold(set, set.activity))
        var sum = MonthlyCell()
        let byMonth = facts["tickets_by_month"]
        for key in byMonth.keys {
            let cell = monthly[try #require(Month(key)), 0]
            #expect(Int(cell.tickets) == byMonth.integer(key), "\(key)")
            sum += cell
        }
        #expect(Int(sum.tickets) == facts.integer("rows"))
        #expect(sum.tickets - sum.resolvedTickets == facts.integer("unresolved").map(Int32.init))
        #expect(sum.meanResolutionHours == facts.number("mean_resolution_hours"))
        #expect(Int(sum.ratedTickets) == facts.integer("csat_rows"))
        #expect(sum.csat.map { ($0 * 1e6).rounded() / 1e6 } == facts.number("csat_mean"))
    }

    @Test(arguments: ReferenceSet.all)
    func sampleClients(set: ReferenceSet) throws {
        let loaded = try LoadedSet.of(set, keepsRepeatedIDs: set.categories.contains(.engagement))
        let samples = try loaded.facts()["sample_customers"]
        let gold = loaded.gold(set, set.activity)
        let picture = GoldPicture(gold, loaded.silver)
        var rules = RiskRule.defaults
        // The facts' rule looks at the last event or purchase, and does not count a client that never had one.
        rules[0].conditions = [.init(metric: set.seenMetric, comparison: .greater, threshold: 30)]
        // The facts' decline is that of 90 days of revenue.
        rules[2].conditions = [.init(metric: "revenue_decline_90d", comparison: .greater, threshold: 0.2)]
        // Nobody's contract is known to them.
        rules.removeAll { $0.name == "renewal_at_risk" }
        let risk = RuleEngine(rules: rules).assess(gold.metrics, count: gold.count)
        var scores: [String: Double] = [:]
        for (position, client) in gold.clients.enumerated() {
            scores[loaded.silver.clients.id[Int(client)] ?? ""] = risk.score[position]
        }
        let names = [
            "days_since_last_event": "days_since_last_event", "events_30d": "events_last_30_days",
            "events_prev30d": "events_previous_30_days", "active_days_30d": "active_days_last_30_days",
            "distinct_features_30d": "distinct_features_last_30_days",
            "days_since_last_purchase": "days_since_last_transaction", "purchases": "transactions_total",
            "net_total": "total_amount", "revenue_90d": "revenue_90d", "revenue_prev90d": "revenue_prev_90d",
            "revenue_decline_90d": "revenue_decline_90d", "tickets_30d": "support_tickets_30d",
            "tickets_total": "support_tickets_total",
        ]
        #expect(samples.keys.count == 50)
        for id in samples.keys {
            let sample = samples[id]
            for key in sample.keys where key != "seed_rule_score" {
                let name = try #require(names[key])
                let actual = picture[id, name].map { ($0 * 1e6).rounded() / 1e6 }
                #expect(actual == sample.number(key), "\(key) of \(id)")
            }
            #expect(scores[id] == sample.number("seed_rule_score"), "rule score of \(id)")
        }
    }
}
