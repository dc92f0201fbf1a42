import Lifecycle
import Records

/// The rules of who has left, day by day in plain words: slow, and written without a look at the module.
struct PlainFirm {
    let firm: Firm
    let asOf: Int32
    private let isReported: Bool
    private let companyDays: Int

    init(firm: Firm, asOf: Int32) {
        self.firm = firm
        self.asOf = asOf
        let there = firm.people.filter { $0.created <= asOf }
        isReported = there.contains { person in person.reported.map { $0 >= person.created && $0 <= asOf } == true }
        let longest = there.compactMap { gaps(active($0, firm, asOf)).max() }
        companyDays =
            longest.isEmpty
            ? 30
            : [30, 45, 60, 90, 120, 180].first { step in
                Double(longest.count { $0 < step }) >= 0.9 * Double(longest.count) - 1e-9
            } ?? 180
    }

    /// The status of every client on every day up to the as-of day, as known on it; the basis behind it where he has left.
    func history() -> [[String]] {
        firm.people.map { person in
            guard person.created <= asOf else { return Array(repeating: "-", count: Int(asOf) + 1) }
            let plain = PlainClient(
                person: person, active: active(person, firm, asOf),
                paid: Set(person.paid.filter { $0 <= asOf }).sorted(),
                terms: person.subscriptions.filter { $0.start <= asOf })
            let gone = (0...asOf).map { isGone(plain, on: $0) }
            var hadLeft = false
            return (0...asOf).map { day in
                if day < person.created { return "-" }
                let status = status(plain, gone[Int(day)], hadLeft, on: day)
                if gone[Int(day)].isGone { hadLeft = true }
                return status
            }
        }
    }

    private struct PlainClient {
        var person: Firm.Person
        var active: [Int32]
        var paid: [Int32]
        var terms: [(start: Int32, end: Int32?)]
    }

    private var silenceClock: Int32 { min(asOf, firm.silenceClock ?? asOf) }
    private var startClock: Int32 { min(asOf, firm.startClock ?? asOf) }

    private func threshold(_ days: [Int32]) -> Int {
        if let fixed = firm.settings.leftAfterDays { return fixed }
        if days.count < 5 { return companyDays }
        let sorted = gaps(days).sorted()
        let place = Int((0.95 * Double(sorted.count) - 1e-9).rounded(.up))
        return min(180, max(30, 3 * sorted[place - 1]))
    }

    private func isHeld(_ intervals: [(Int32, Int32)], on day: Int32) -> Bool {
        intervals.contains { $0.0 <= day && day < $0.1 }
    }

    /// Days on which he has left, by his strongest sign; not those of who never began.
    private func isGone(_ client: PlainClient, on day: Int32) -> (isGone: Bool, sign: LeavingSign?) {
        let days = client.active
        for sign in firm.settings.signs {
            switch sign {
            case .reported where isReported:
                guard let left = client.person.reported, left >= client.person.created, day >= left else {
                    return (false, sign)
                }
                let after = Set((days + client.paid).filter { $0 > left && $0 <= day })
                return (after.count < 2, sign)
            case .subscription where !client.terms.isEmpty:
                let intervals = client.terms.map { ($0.start, max($0.start, $0.end ?? .max)) }
                return (intervals.contains { $0.1 <= day } && !isHeld(intervals, on: day), sign)
            case .payment where firm.paymentsRecur && client.terms.isEmpty && !client.paid.isEmpty:
                let covers = client.paid.map { ($0, $0 + firm.coverDays) }
                return (covers.contains { $0.1 <= day } && !isHeld(covers, on: day), sign)
            case .silence where !days.isEmpty:
                guard let last = days.last(where: { $0 <= day }) else { return (false, sign) }
                let left = Int(last) + threshold(days)
                return (left <= Int(day) && left <= Int(silenceClock), sign)
            default: continue
            }
        }
        return (false, nil)
    }

    private func status(
        _ client: PlainClient, _ gone: (isGone: Bool, sign: LeavingSign?), _ hadLeft: Bool, on day: Int32
    ) -> String {
        if gone.isGone { return "left \(gone.sign?.name ?? "")" }
        let tenure = Int(min(day, startClock)) - Int(client.person.created)
        if !(client.active + client.paid + client.terms.map(\.start)).contains(where: { $0 <= day }) {
            if tenure <= firm.settings.startDays { return "not_started" }
            if gone.sign != .reported { return "left never_started" }
        }
        return hadLeft ? "returned" : "current"
    }
}

/// Different days on which a client was active.
private func active(_ person: Firm.Person, _ firm: Firm, _ asOf: Int32) -> [Int32] {
    var days = Set<Int32>()
    if firm.activity != .transactions { days.formUnion(person.active) }
    if firm.activity != .engagement { days.formUnion(person.paid) }
    return days.filter { $0 <= asOf }.sorted()
}

private func gaps(_ days: [Int32]) -> [Int] { zip(days, days.dropFirst()).map { Int($1 - $0) } }
