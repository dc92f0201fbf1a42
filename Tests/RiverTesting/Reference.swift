public import Records

/// The metrics of the data contract, worked out the slow and plain way: one question, one walk over all records.
/// Knows nothing of packed tables, segments or windows by subtraction.
public struct Reference {
    public let company: Company
    public let asOf: Day
    public let settings: GoldSettings

    public init(_ company: Company, asOf: Day, settings: GoldSettings) {
        self.company = company
        self.asOf = asOf
        self.settings = settings
    }

    /// The clients that count: signed up on or before the day.
    public var clients: [Company.Client] { company.clients.filter { $0.created <= asOf } }

    private func age(_ day: Day) -> Int { day.days(to: asOf) }
    private func day(_ at: Int64) -> Day { Instant(rawValue: at).day }

    func events(of id: String) -> [Company.Event] { company.events.filter { $0.client == id && day($0.at) <= asOf } }

    func transactions(of id: String) -> [Company.Transaction] {
        company.transactions.filter { $0.client == id && $0.day <= asOf }
    }

    /// Half-even by looking at what is left over.
    public func base(_ transaction: Company.Transaction) -> Int64 {
        guard let rate = settings.rates.rate(of: transaction.currency, on: transaction.day) else { return 0 }
        var divisor = Int128(1)
        for _ in 0..<rate.scale { divisor *= 10 }
        let exact = Int128(transaction.amount) * Int128(rate.mantissa)
        let magnitude = exact < 0 ? -exact : exact
        var whole = magnitude / divisor
        let rest = magnitude % divisor
        if rest * 2 > divisor || (rest * 2 == divisor && whole % 2 == 1) { whole += 1 }
        return Int64(exact < 0 ? -whole : whole)
    }

    /// All metrics of a client by their outside names; unknown ones are NaN.
    public func metrics(of client: Company.Client) -> [String: Double] {
        var result: [String: Double] = [:]
        result["tenure_days"] = Double(age(client.created))
        let events = events(of: client.id)
        let recent = events.filter { (0..<30).contains(age(day($0.at))) }
        result["events_total"] = Double(events.count)
        result["events_last_30_days"] = Double(recent.count)
        result["events_previous_30_days"] = Double(events.filter { (30..<60).contains(age(day($0.at))) }.count)
        result["active_days_last_30_days"] = Double(Set(recent.map { day($0.at) }).count)
        result["distinct_features_last_30_days"] = Double(Set(recent.map(\.feature)).subtracting([""]).count)
        let firstEvent = company.events.map { day($0.at) }.min() ?? asOf
        let observed = max(30, max(client.created, firstEvent).days(to: asOf.advanced(by: 1)))
        let average = Double(events.count * 30) / Double(observed)
        result["avg_events_30d"] = average
        result["engagement_score"] = events.isEmpty ? 0 : Double(recent.count) / average
        result["days_since_last_event"] = events.map { Double(age(day($0.at))) }.min() ?? .nan
        result["days_since_last_login"] =
            events.filter { settings.loginEvents.contains($0.type) }.map { Double(age(day($0.at))) }.min() ?? .nan
        addMoney(client, to: &result)
        addTickets(client, to: &result)
        let surveys = company.surveys.filter { $0.client == client.id && $0.day <= asOf }
        let latest = surveys.max { ($0.day, $0.id) < ($1.day, $1.id) }
        result["last_nps"] = latest.map { Double($0.score) } ?? .nan
        result["days_to_renewal"] = Double(asOf.days(to: renewal(of: client)))
        return result
    }

    private func addMoney(_ client: Company.Client, to result: inout [String: Double]) {
        let all = transactions(of: client.id)
        let amounts = all.map { (age: age($0.day), amount: base($0)) }
        let positive = amounts.filter { $0.amount > 0 }
        func units(_ list: [(age: Int, amount: Int64)]) -> Double { Double(list.reduce(0) { $0 + $1.amount }) / 1e6 }
        let last = amounts.filter { (0..<90).contains($0.age) }.reduce(0) { $0 + $1.amount }
        let previous = amounts.filter { (90..<180).contains($0.age) }.reduce(0) { $0 + $1.amount }
        result["transactions_total"] = Double(positive.count)
        result["total_amount"] = units(amounts)
        result["avg_transaction_value"] = positive.isEmpty ? .nan : units(positive) / Double(positive.count)
        result["revenue_90d"] = Double(last) / 1e6
        result["revenue_prev_90d"] = Double(previous) / 1e6
        result["revenue_decline_90d"] = previous > 0 ? Double(previous - last) / Double(previous) : .nan
        result["days_since_last_transaction"] = positive.map { Double($0.age) }.min() ?? .nan
        result["mrr"] = Double(recurring(client, asOf.month)) / 1e6
    }

    private func addTickets(_ client: Company.Client, to result: inout [String: Double]) {
        let tickets = company.tickets.filter { $0.client == client.id && day($0.created) <= asOf }
        let resolved = tickets.filter { $0.resolved.map { day($0) <= asOf } ?? false }
        result["support_tickets_total"] = Double(tickets.count)
        result["support_tickets_30d"] = Double(tickets.filter { (0..<30).contains(age(day($0.created))) }.count)
        result["open_tickets"] = Double(tickets.count - resolved.count)
        let hours = resolved.reduce(0) { $0 + ($1.resolved ?? 0) - $1.created }
        result["mean_resolution_hours"] = resolved.isEmpty ? .nan : Double(hours) / Double(resolved.count) / 3_600_000
        // A rating that comes with a resolution after the day is not known on the day.
        let scores = tickets.filter { $0.resolved.map { day($0) <= asOf } ?? true }.compactMap(\.satisfaction)
        result["mean_satisfaction"] = scores.isEmpty ? .nan : Double(scores.reduce(0, +)) / Double(scores.count)
    }

    private func renewal(of client: Company.Client) -> Day {
        if let end = client.contractEnd { return end }
        let months = settings.contractMonths[client.type] ?? settings.contractMonthsDefault
        var term = 1
        while client.created.advanced(byMonths: term * months) < asOf { term += 1 }
        return client.created.advanced(byMonths: term * months)
    }

    /// r(c, m): positive amounts, each spread over the months it pays for.
    public func recurring(_ client: Company.Client, _ month: Month) -> Int64 {
        let length = settings.billingMonths[client.type] ?? 1
        let covering = transactions(of: client.id).filter {
            base($0) > 0 && (0..<length).contains(Int(month.rawValue - $0.day.month.rawValue))
        }
        let sum = covering.reduce(0) { $0 + base($1) }
        // Half to the even neighbour.
        let floor = sum / Int64(length)
        let twice = 2 * (sum - floor * Int64(length))
        return twice > length || (twice == length && floor % 2 == 1) ? floor + 1 : floor
    }

    public func isActive(_ client: Company.Client, _ month: Month) -> Bool {
        let byEvent = events(of: client.id).contains { day($0.at).month == month }
        let byPayment = transactions(of: client.id).contains { $0.day.month == month && base($0) > 0 }
        return switch settings.activity {
        case .any: byEvent || byPayment
        case .engagement: byEvent
        case .transactions: byPayment
        }
    }
}
