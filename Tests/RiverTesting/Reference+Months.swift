public import Records

/// What a population did in one month, worked out the slow way.
public struct ReferenceMonth: Equatable {
    public var active = 0
    public var new = 0
    public var churned = 0
    public var events = 0
    public var payments = 0
    public var revenue: Int64 = 0
    public var repeatRevenue: Int64 = 0
    public var mrr: Int64 = 0
    public var tickets = 0
    public var resolved = 0
    public var surveys = 0
    public var promoters = 0
    public var detractors = 0
    /// starting, new, reactivation, expansion, contraction, churn, ending.
    public var movements: [Int64] = Array(repeating: 0, count: 7)
    /// Of the same.
    public var customers: [Int] = Array(repeating: 0, count: 7)

    public init() {}
}

extension Reference {
    /// The month of the earliest thing that counts.
    public var firstMonth: Month {
        let own = clients
        let ids = Set(own.map(\.id))
        var days = own.map(\.created)
        days += company.events.filter { ids.contains($0.client) }.map { Instant(rawValue: $0.at).day }
        days += company.transactions.filter { ids.contains($0.client) }.map(\.day)
        days += company.tickets.filter { ids.contains($0.client) }.map { Instant(rawValue: $0.created).day }
        days += company.surveys.filter { ids.contains($0.client) }.map(\.day)
        return min((days.min() ?? asOf).month, asOf.month)
    }

    public func month(_ month: Month) -> ReferenceMonth {
        var cell = ReferenceMonth()
        for client in clients { add(client, month, to: &cell) }
        return cell
    }

    private func add(_ client: Company.Client, _ month: Month, to cell: inout ReferenceMonth) {
        let before = month.advanced(by: -1)
        if client.created.month == month { cell.new += 1 }
        if isActive(client, month) {
            cell.active += 1
        } else if isActive(client, before) {
            // Gone for good: not active in any later month up to the as-of day's.
            var later = month
            var returns = false
            while later <= asOf.month {
                if isActive(client, later) { returns = true }
                later = later.advanced(by: 1)
            }
            if !returns { cell.churned += 1 }
        }
        cell.events += events(of: client.id).filter { Instant(rawValue: $0.at).day.month == month }.count
        let transactions = transactions(of: client.id)
        let own = transactions.filter { $0.day.month == month }
        let revenue = own.reduce(0) { $0 + base($1) }
        cell.payments += own.filter { base($0) > 0 }.count
        cell.revenue += revenue
        if transactions.contains(where: { $0.day.month == before && base($0) > 0 }) { cell.repeatRevenue += revenue }
        let tickets = company.tickets.filter {
            $0.client == client.id && Instant(rawValue: $0.created).day <= asOf
                && Instant(rawValue: $0.created).day.month == month
        }
        cell.tickets += tickets.count
        cell.resolved += tickets.filter { $0.resolved.map { Instant(rawValue: $0).day <= asOf } ?? false }.count
        let scores = company.surveys.filter {
            $0.client == client.id && $0.day <= asOf && $0.day.month == month
        }.map(\.score)
        cell.surveys += scores.count
        cell.promoters += scores.filter { $0 >= 9 }.count
        cell.detractors += scores.filter { $0 <= 6 }.count
        addMovement(client, month, to: &cell)
    }

    private func addMovement(_ client: Company.Client, _ month: Month, to cell: inout ReferenceMonth) {
        let p = recurring(client, month.advanced(by: -1))
        let r = recurring(client, month)
        cell.mrr += r
        var ever = false
        var earlier = firstMonth
        while earlier < month {
            if recurring(client, earlier) > 0 { ever = true }
            earlier = earlier.advanced(by: 1)
        }
        let kind: Int? =
            if r > 0, p == 0 {
                ever ? 2 : 1
            } else if r > p, p > 0 {
                3
            } else if r > 0, r < p {
                4
            } else if r == 0, p > 0 {
                5
            } else {
                nil
            }
        cell.movements[0] += p
        cell.movements[6] += r
        if p > 0 { cell.customers[0] += 1 }
        if r > 0 { cell.customers[6] += 1 }
        if let kind {
            cell.movements[kind] += r - p
            cell.customers[kind] += 1
        }
    }

    /// Active members by cohort month and k, up to the as-of month; the first cell beside it is the size.
    public func cohorts(bySignup: Bool) -> [Month: (size: Int, active: [Int], revenue: [Int64])] {
        var result: [Month: (size: Int, active: [Int], revenue: [Int64])] = [:]
        for client in clients {
            var months: [Month] = []
            var month = firstMonth
            while month <= asOf.month {
                if isActive(client, month) { months.append(month) }
                month = month.advanced(by: 1)
            }
            guard let own = bySignup ? client.created.month : months.first else { continue }
            let length = Int(asOf.month.rawValue - own.rawValue) + 1
            var cohort =
                result[own] ?? (0, Array(repeating: 0, count: length), Array(repeating: 0, count: length))
            cohort.size += 1
            for k in 0..<length {
                if months.contains(own.advanced(by: k)) { cohort.active[k] += 1 }
                cohort.revenue[k] += recurring(client, own.advanced(by: k))
            }
            result[own] = cohort
        }
        return result
    }
}
