import Contract
import Freshness
import Lifecycle
import Periods
import Records
import Rollup
import Snapshots
import Standings
import Words

/// What flowed in a period: the figures of a population that come to be over days.
struct Flows {
    private let cell: PeriodRollup.Cell
    private let churn: LifecycleCounts.Cell
    private let movements: RevenueMovements?
    let period: ReportPeriod
    /// Whether nothing more can come into it, and all of it lies in the data.
    let isComplete: Bool

    init(_ population: Population, _ period: ReportPeriod) {
        let snapshot = population.snapshot
        self.period = period
        isComplete = period.isComplete(
            asOf: snapshot.asOf, dataFrom: snapshot.firstDataDay,
            clock: snapshot.standings.clocks.missing.isEmpty
                ? nil : min(snapshot.standings.clocks.payments, snapshot.standings.clocks.silence))
        let month = period.last.month
        let isMonth = period.first == month.firstDay && (period.last == month.lastDay || period.last == snapshot.asOf)
        if isMonth {
            let monthly = population.cell(month)
            cell = PeriodRollup.Cell(monthly)
            churn = LifecycleCounts.Cell(monthly)
            movements = population.knowsMRR(at: period.last) ? monthly.movements : nil
        } else {
            cell =
                PeriodRollup(
                    snapshot.gold, silver: snapshot.silver, rates: snapshot.rates, periods: [period.period],
                    includes: population.includes
                ).cells.first ?? PeriodRollup.Cell()
            churn = population.churn(period.period)
            movements = population.movements(period.period)
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member("active_customers", integer: cell.activeCustomers)
        writer.member("new_customers", integer: cell.newCustomers)
        writer.member("churned_customers", integer: churn.churned)
        writer.member("churn_rate", double: churn.churnRate)
        writer.member(
            "mrr_growth",
            double: movements.flatMap {
                $0.starting > 0 ? Double($0.ending.subtractingSaturated($0.starting)) / Double($0.starting) : nil
            })
        writer.member("nrr", double: movements?.nrr)
        writer.member("grr", double: movements?.grr)
        writer.member("revenue", microUnits: cell.revenue)
        writer.member("transactions", integer: cell.transactions)
        writer.member("avg_transaction_value", double: cell.averageTransactionValue)
        writer.member("events", integer: cell.events)
        writer.member("tickets", integer: cell.tickets)
        writer.member("mean_resolution_hours", double: cell.meanResolutionHours)
        writer.member("csat", double: cell.csat)
        writer.member("nps_responses", integer: cell.surveyAnswers)
        writer.member("nps", double: cell.nps)
    }

    /// First and last day, and whether it is over.
    static func write(_ period: ReportPeriod, isComplete: Bool, to writer: inout JSONWriter) {
        writer.member("label", text: period.description)
        writer.member("from", text: period.first.description)
        writer.member("to", text: period.last.description)
        writer.member("complete", bool: isComplete)
    }
}

/// What stands at the end of a day.
enum StandingFigures {
    /// - Parameter standing: the population as of the day; nil when there is no such day.
    static func write(_ standing: Population?, to writer: inout JSONWriter) {
        let sums = standing?.standing()
        let hasEvents = standing.map { !$0.snapshot.silver.events.segments.isEmpty } ?? false
        let knowsMRR = standing.map { $0.knowsMRR(at: $0.snapshot.asOf) } ?? false
        let mrr = knowsMRR ? sums?.mrr : nil
        writer.member("customers", integer: sums?.customers)
        writer.member("mrr", microUnits: mrr)
        writer.member("arr", microUnits: mrr?.multipliedSaturated(by: 12))
        writer.member("arpa", double: mrr.flatMap { mean(Money(rawValue: $0).units, sums?.payers ?? 0) })
        writer.member("engagement_score", double: hasEvents ? sums.flatMap { mean($0.engagement, $0.clients) } : nil)
        writer.member("health_score", double: sums.flatMap { mean($0.health, $0.healthCount) })
        writer.member("at_risk_customers", integer: sums?.atRisk)
        writer.member("mrr_at_risk", microUnits: mrr == nil ? nil : sums?.atRiskMRR)
        writer.member(
            "value_at_risk", microUnits: sums.flatMap { $0.valueAtRiskCount > 0 ? $0.valueAtRisk : nil })
        writer.member("open_tickets", integer: sums?.openTickets)
    }
}

/// Nil when there is nothing to take the mean of.
private func mean(_ sum: Double, _ count: Int) -> Double? { count > 0 ? sum / Double(count) : nil }

extension LifecycleCounts.Cell {
    init(_ month: MonthlyCell) {
        self.init()
        customersAtStart = Int(month.customersAtStart)
        customersAtEnd = Int(month.customersAtEnd)
        churned = Int(month.churnedCustomers)
        churnedFromStart = Int(month.churnedFromStart)
    }
}

extension PeriodRollup.Cell {
    /// The same figures from a monthly cell.
    init(_ month: MonthlyCell) {
        self.init()
        activeCustomers = Int(month.activeCustomers)
        newCustomers = Int(month.newCustomers)
        payingCustomers = Int(month.payingCustomers)
        events = Int(month.events)
        transactions = Int(month.transactions)
        revenue = month.revenue
        positiveRevenue = month.positiveRevenue
        tickets = Int(month.tickets)
        resolvedTickets = Int(month.resolvedTickets)
        resolutionTime = month.resolutionTime
        ratedTickets = Int(month.ratedTickets)
        ratingSum = Int(month.ratingSum)
        surveyAnswers = Int(month.surveyAnswers)
        promoters = Int(month.promoters)
        detractors = Int(month.detractors)
    }
}

/// One month of a series.
struct MonthPoint {
    let cell: MonthlyCell
    let flows: Flows
    let knowsMRR: Bool

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("period", text: flows.period.first.month.description)
        writer.member("from", text: flows.period.first.description)
        writer.member("to", text: flows.period.last.description)
        writer.member("complete", bool: flows.isComplete)
        writer.member("customers", integer: Int(cell.customersAtEnd))
        writer.member("mrr", microUnits: knowsMRR ? cell.mrr : nil)
        writer.member("repeat_revenue", microUnits: cell.repeatRevenue)
        flows.write(to: &writer)
        writer.endObject()
    }
}

/// One day or week of a series.
struct PeriodPoint {
    let period: Period
    let cell: PeriodRollup.Cell
    let step: SeriesStep
    let asOf: Day

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("period", text: step == .month ? period.first.month.description : period.first.description)
        writer.member("from", text: period.first.description)
        writer.member("to", text: period.last.description)
        let wholeEnd = step == .week ? period.first.advanced(by: 7 - period.first.weekday) : period.last
        writer.member("complete", bool: wholeEnd <= asOf)
        writer.member("active_customers", integer: cell.activeCustomers)
        writer.member("new_customers", integer: cell.newCustomers)
        writer.member("revenue", microUnits: cell.revenue)
        writer.member("transactions", integer: cell.transactions)
        writer.member("events", integer: cell.events)
        writer.member("tickets", integer: cell.tickets)
        writer.member("mean_resolution_hours", double: cell.meanResolutionHours)
        writer.member("csat", double: cell.csat)
        writer.member("nps_responses", integer: cell.surveyAnswers)
        writer.member("nps", double: cell.nps)
        writer.endObject()
    }
}
