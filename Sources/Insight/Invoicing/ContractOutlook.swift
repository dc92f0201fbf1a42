public import Records

/// Forecasts of revenue that know what is due: coming invoices, each by its line's rhythm and the company's habits of
/// renewal and payment, and what history adds to them. The same input gives the same bytes.
///
/// All that is expected of a group of clients is the sum of what is expected of its parts: forecasts add up as they are.
public struct ContractOutlook: Sendable {
    /// Name of the model.
    public static let modelName = "invoices"
    /// The names of its two members.
    static let memberNames = (invoices: "coming_invoices", history: "unannounced")

    let dues: ClientLists<InvoiceDue>
    /// The first day of the payment data, and the last.
    let first: Day
    let last: Day
    /// As they are known now.
    let habits: [RenewalHabits]
    /// Past days that the forecast is tried at, latest first, with the habits as they could be known then.
    let origins: [(day: Day, habits: [RenewalHabits])]

    /// Days between two past days, and how many there are at most: a year.
    private static let originSpacing = 14
    private static let originsMax = 16
    /// A past day needs so many days of payments before it.
    private static let historyDaysMin = 45
    /// Days of the shortest total.
    static var shortest: Int { DailyForecast.horizons.min() ?? 30 }

    /// - Parameters:
    ///   - dues: of all clients.
    ///   - first: the first day of the payment data.
    ///   - last: its last day, by which all that came is known.
    public init(_ dues: ClientLists<InvoiceDue>, first: Day, last: Day) {
        self.dues = dues
        self.first = first
        self.last = last
        let survey = RenewalSurvey(
            dues, last: last,
            reach: ContractOutlook.shortest + ContractOutlook.originSpacing * ContractOutlook.originsMax)
        habits = survey.habits(on: last)
        origins = (0..<ContractOutlook.originsMax).map {
            last.advanced(by: -ContractOutlook.shortest - ContractOutlook.originSpacing * $0)
        }.filter { first.days(to: $0) >= ContractOutlook.historyDaysMin }.map { ($0, survey.habits(on: $0)) }
    }

    /// The forecast of some clients' revenue together.
    ///
    /// - Parameters:
    ///   - clients: by dense index.
    ///   - revenue: theirs, up to ``last``.
    ///   - asOf: the forecast begins on the day after it; not before ``last``.
    ///   - isSingle: it is one client's: no new business is expected of him, and it is tried at fewer past days.
    public func forecast(
        _ clients: some Sequence<Int>, revenue: DailySeries, asOf: Day, isSingle: Bool = false
    ) -> ContractForecast {
        let gap = max(0, last.days(to: asOf))
        let horizon = gap + DailyForecast.longestHorizon
        let known = origins.filter { $0.day >= revenue.first }
        let tested = stride(from: 0, to: known.count, by: isSingle ? 4 : 1).map { known[$0] }
        var coming = [ComingInvoices(after: last, days: horizon, habits: habits, isNow: true)]
        for origin in tested {
            coming.append(
                ComingInvoices(
                    after: origin.day, days: min(DailyForecast.longestHorizon, origin.day.days(to: last)),
                    habits: origin.habits, isNow: false))
        }
        var unannounced = UnannouncedRevenue(revenue, dataStart: first, countsNewBusiness: !isSingle)
        for client in clients where client < dues.count {
            for due in dues[client] {
                unannounced.add(due)
                for at in coming.indices { coming[at].add(due) }
            }
        }
        let tests = tested.indices.map { at -> ContractForecast.Test in
            let origin = tested[at].day
            let days = min(DailyForecast.longestHorizon, origin.days(to: last))
            let invoices = coming[at + 1].days().values
            let added = unannounced.days(after: origin, count: days, habits: tested[at].habits).values
            let start = revenue.first.days(to: origin) + 1
            return ContractForecast.Test(
                expected: zip(invoices, added).map { $0 + $1 },
                came: Array(revenue.values[start..<start + days]))
        }
        let added = unannounced.days(after: last, count: horizon, habits: habits)
        return ContractForecast(
            first: asOf.advanced(by: 1), gap: gap, invoices: coming[0], unannounced: added.values,
            unannouncedVariance: added.variance, tests: tests, revenue: revenue)
    }
}
