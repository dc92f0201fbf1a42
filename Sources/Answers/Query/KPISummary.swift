import Contract
import Records
import Rollup
import Snapshots
import Words

/// The key figures of a population for a period.
struct Summary {
    private let population: Population
    private let period: Period
    private let cell: PeriodRollup.Cell
    /// Of the month the period ends in.
    private let month: MonthlyCell
    private let previousMonth: MonthlyCell

    init(_ population: Population, _ period: Period) {
        self.population = population
        self.period = period
        let lastMonth = period.last.month
        month = population.cell(lastMonth)
        previousMonth = population.cell(lastMonth.advanced(by: -1))
        let snapshot = population.snapshot
        let isMonth =
            period.first == lastMonth.firstDay
            && (period.last == lastMonth.lastDay || (period.last == snapshot.asOf))
        if isMonth {
            cell = PeriodRollup.Cell(month)
        } else {
            cell =
                PeriodRollup(
                    snapshot.gold, silver: snapshot.silver, rates: snapshot.rates, periods: [period],
                    includes: population.includes
                ).cells.first ?? PeriodRollup.Cell()
        }
    }

    /// - Parameter standing: the same population as of the period's last day: scores and levels are those of a day, not
    ///   of a period. Nil when there is no such day.
    func write(standing: Population?, to writer: inout JSONWriter) {
        let sums = standing?.standing()
        let hasEvents = standing.map { !$0.snapshot.silver.events.segments.isEmpty } ?? false
        let movements = month.movements
        writer.beginObject()
        writer.member("active_customers", integer: cell.activeCustomers)
        writer.member("customers", integer: sums?.customers)
        writer.member("new_customers", integer: cell.newCustomers)
        writer.member("mrr", microUnits: month.mrr)
        writer.member("arr", microUnits: month.mrr.multipliedSaturated(by: 12))
        writer.member(
            "mrr_growth",
            double: previousMonth.mrr > 0
                ? Double(month.mrr.subtractingSaturated(previousMonth.mrr)) / Double(previousMonth.mrr) : nil)
        writer.member("nrr", double: movements.nrr)
        writer.member("grr", double: movements.grr)
        writer.member("churned_customers", integer: Int(month.churnedCustomers))
        writer.member(
            "churn_rate",
            double: previousMonth.activeCustomers > 0
                ? Double(month.churnedCustomers) / Double(previousMonth.activeCustomers) : nil)
        writer.member("revenue", microUnits: cell.revenue)
        writer.member("transactions", integer: cell.transactions)
        writer.member("avg_transaction_value", double: cell.averageTransactionValue)
        writer.member("engagement_score", double: hasEvents ? sums.flatMap { mean($0.engagement, $0.customers) } : nil)
        writer.member("health_score", double: sums.flatMap { mean($0.health, $0.healthCount) })
        writer.member("at_risk_customers", integer: sums?.atRisk)
        writer.member("events", integer: cell.events)
        writer.member("tickets", integer: cell.tickets)
        writer.member("mean_resolution_hours", double: cell.meanResolutionHours)
        writer.member("csat", double: cell.csat)
        writer.member("nps_responses", integer: cell.surveyAnswers)
        writer.member("nps", double: cell.nps)
        writer.endObject()
    }
}

/// Nil when there is nothing to take the mean of.
private func mean(_ sum: Double, _ count: Int) -> Double? { count > 0 ? sum / Double(count) : nil }

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
    private let cell: MonthlyCell
    private let month: Month
    private let isComplete: Bool
    private let asOf: Day

    init(_ cell: MonthlyCell, month: Month, isComplete: Bool, asOf: Day) {
        self.cell = cell
        self.month = month
        self.isComplete = isComplete
        self.asOf = asOf
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("period", text: month.description)
        writer.member("from", text: month.firstDay.description)
        writer.member("to", text: min(month.lastDay, asOf).description)
        writer.member("complete", bool: isComplete || asOf == month.lastDay)
        writer.member("active_customers", integer: Int(cell.activeCustomers))
        writer.member("new_customers", integer: Int(cell.newCustomers))
        writer.member("churned_customers", integer: Int(cell.churnedCustomers))
        writer.member("revenue", microUnits: cell.revenue)
        writer.member("transactions", integer: Int(cell.transactions))
        writer.member("mrr", microUnits: cell.mrr)
        writer.member("repeat_revenue", microUnits: cell.repeatRevenue)
        writer.member("nrr", double: cell.movements.nrr)
        writer.member("grr", double: cell.movements.grr)
        writer.member("events", integer: Int(cell.events))
        writer.member("tickets", integer: Int(cell.tickets))
        writer.member("mean_resolution_hours", double: cell.meanResolutionHours)
        writer.member("csat", double: cell.csat)
        writer.member("nps_responses", integer: Int(cell.surveyAnswers))
        writer.member("nps", double: cell.nps)
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
