import SampleCompany
import Testing

@Suite("What an analysis must find")
struct RealismTests {
    private let company: WrittenCompany

    init() throws {
        company = try WrittenCompany.usual.get()
    }

    /// Events per client and day.
    private func eventDays() -> [String: [Int]] {
        var days: [String: [Int]] = [:]
        for row in company[.engagement] { days[row[1], default: []].append(dayNumber(row[3]) ?? 0) }
        return days
    }

    @Test("Clients leave at a plausible rate, the small ones sooner")
    func churnByTier() throws {
        // Fates need no rows, so many clients are cheap; the plan is read from the client file.
        let settings = SampleSettings(clients: 3000, days: 730, seed: 3, lastDay: WrittenCompany.lastDay)
        let (bytes, summary) = try WrittenCompany.bytes(settings, files: [.demographics, .truth])
        let clients = try SampleReader.records(bytes[.demographics] ?? []).dropFirst()
        let truth = try SampleReader.records(bytes[.truth] ?? []).dropFirst()
        var months: [String: Double] = [:]
        var left: [String: Double] = [:]
        var reasons: [String: Int] = [:]
        for (client, fate) in zip(clients, truth) {
            let start = max(try #require(dayNumber(client[6])), settings.firstDay)
            let churn = dayNumber(fate[1])
            months[client[9], default: 0] += Double((churn ?? settings.lastDay + 1) - start) / 30.44
            if churn != nil { left[client[9], default: 0] += 1 }
            if !fate[2].isEmpty { reasons[fate[2], default: 0] += 1 }
            if let churn, let warning = dayNumber(fate[3]) { #expect((1...90).contains(churn - warning)) }
            if let churn, let back = dayNumber(fate[4]) { #expect((45...240).contains(back - churn)) }
        }
        func rate(_ tier: String) -> Double { (left[tier] ?? 0) / (months[tier] ?? 1) }
        #expect((0.012...0.035).contains(rate("basic")), "\(rate("basic"))")
        #expect((0.007...0.022).contains(rate("pro")), "\(rate("pro"))")
        #expect((0.001...0.010).contains(rate("enterprise")), "\(rate("enterprise"))")
        #expect(rate("basic") > rate("pro") && rate("pro") > rate("enterprise"))
        #expect(Set(reasons.keys) == ["price", "support", "champion_left", "competitor", "silent", "sudden"])
        #expect(reasons.values.allSatisfy { $0 > 20 })
        #expect(summary.churnedClients == Int(left.values.reduce(0, +)))
        #expect(summary.returnedClients == truth.filter { !$0[4].isEmpty }.count && summary.returnedClients > 10)
        #expect(summary.dippedClients == truth.filter { !$0[5].isEmpty }.count && summary.dippedClients > 100)
    }

    @Test("Usage follows the working week and the working hours of the region")
    func weekAndHours() {
        var weekdays = [Int](repeating: 0, count: 7)
        var hours: [String: [Int]] = [:]
        let regions = Dictionary(uniqueKeysWithValues: company[.demographics].map { ($0[0], $0[8]) })
        for row in company[.engagement] {
            guard let instant = instant(row[3]) else { continue }
            weekdays[(instant / 86_400 + 3) % 7] += 1
            hours[regions[row[1]] ?? "", default: Array(repeating: 0, count: 24)][instant / 3600 % 24] += 1
        }
        let weekend = Double(weekdays[5] + weekdays[6]) / Double(weekdays.reduce(0, +))
        #expect((0.03...0.15).contains(weekend), "\(weekend)")
        func share(_ region: String, _ range: [Int]) -> Double {
            let counts = hours[region] ?? []
            return Double(range.map { counts[$0] }.reduce(0, +)) / Double(counts.reduce(0, +))
        }
        #expect(share("EMEA", Array(7...17)) > 0.75)
        #expect(share("NA", Array(13...23)) > 0.75)
        #expect(share("APAC", Array(0...9) + [22, 23]) > 0.75)
        #expect(share("APAC", Array(0...6)) > share("EMEA", Array(0...6)) + 0.3)
    }

    @Test("Year ends are quiet")
    func holidays() {
        var perDay: [Int: Int] = [:]
        for row in company[.engagement] { perDay[dayNumber(row[3]) ?? 0, default: 0] += 1 }
        // 2024-12-24 … 26 against the same weekdays two weeks before.
        let christmas = (20_081...20_083).map { perDay[$0] ?? 0 }.reduce(0, +)
        let before = (20_067...20_069).map { perDay[$0] ?? 0 }.reduce(0, +)
        #expect(Double(christmas) < 0.55 * Double(before), "\(christmas) against \(before)")
    }

    @Test("A few clients make most of the activity")
    func heavyTail() {
        let counts = eventDays().values.map(\.count).sorted(by: >)
        let top = counts.prefix(counts.count / 10).reduce(0, +)
        let share = Double(top) / Double(counts.reduce(0, +))
        #expect((0.35...0.9).contains(share), "\(share)")
    }

    @Test("Leavers fade before they go, stayers do not")
    func decay() {
        let days = eventDays()
        let signups = Dictionary(uniqueKeysWithValues: company[.demographics].map { ($0[0], dayNumber($0[6]) ?? 0) })
        var late: [String: Double] = [:]
        var early: [String: Double] = [:]
        for fate in company[.truth] {
            let end = dayNumber(fate[1]) ?? company.settings.lastDay + 1
            let group = fate[2].isEmpty ? "stay" : fate[2] == "sudden" ? "sudden" : "leave"
            // A usual month lies before any sign.
            guard max(signups[fate[0]] ?? 0, company.settings.firstDay) <= end - 190 else { continue }
            let own = days[fate[0]] ?? []
            late[group, default: 0] += Double(own.filter { $0 >= end - 30 && $0 < end }.count)
            early[group, default: 0] += Double(own.filter { $0 >= end - 190 && $0 < end - 100 }.count) / 3
        }
        func ratio(_ group: String) -> Double { (late[group] ?? 0) / max(1, early[group] ?? 0) }
        #expect(ratio("leave") < 0.65, "\(ratio("leave"))")
        #expect((0.75...1.3).contains(ratio("stay")), "\(ratio("stay"))")
    }

    @Test("Who leaves because of the support has asked for it often")
    func ticketsBeforeLeaving() {
        var tickets: [String: [Int]] = [:]
        for row in company[.support] { tickets[row[1], default: []].append(dayNumber(row[3]) ?? 0) }
        var sums: [String: (count: Int, clients: Int)] = [:]
        for fate in company[.truth] {
            let end = dayNumber(fate[1]) ?? company.settings.lastDay + 1
            let count = (tickets[fate[0]] ?? []).filter { $0 >= end - 60 && $0 < end }.count
            let reason = fate[2].isEmpty ? "stay" : fate[2]
            sums[reason, default: (0, 0)].count += count
            sums[reason, default: (0, 0)].clients += 1
        }
        func mean(_ reason: String) -> Double {
            Double(sums[reason]?.count ?? 0) / Double(max(1, sums[reason]?.clients ?? 0))
        }
        #expect((0.05...1.2).contains(mean("stay")), "\(mean("stay"))")
        #expect(mean("support") > 2.5, "\(mean("support"))")
        #expect(mean("price") > mean("stay"))
        #expect(company[.support].contains { $0[2] == "escalation" })
    }

    @Test("Scores are lower on the way out, and comments fit the score")
    func surveys() {
        var leaving: [Int] = []
        var staying: [Int] = []
        var fates: [String: (Int, Int)] = [:]
        for fate in company[.truth] {
            if let churn = dayNumber(fate[1]), let warning = dayNumber(fate[3]) { fates[fate[0]] = (warning, churn) }
        }
        for row in company[.surveys] {
            let day = dayNumber(row[2]) ?? 0
            let score = Int(row[3]) ?? 0
            if let (warning, churn) = fates[row[1]], day >= warning, day < churn {
                leaving.append(score)
            } else {
                staying.append(score)
            }
        }
        func mean(_ scores: [Int]) -> Double { Double(scores.reduce(0, +)) / Double(max(1, scores.count)) }
        #expect((7.0...8.6).contains(mean(staying)), "\(mean(staying))")
        #expect(leaving.count > 3 && mean(leaving) < mean(staying) - 1, "\(mean(leaving))")
        let praise = company[.surveys].filter { $0[4].contains("Best decision") || $0[4].contains("Keep going") }
        #expect(praise.allSatisfy { (Int($0[3]) ?? 0) >= 9 })
        let blame = company[.surveys].filter { $0[4].contains("hardly open") || $0[4].contains("Too complicated") }
        #expect(blame.allSatisfy { (Int($0[3]) ?? 10) <= 6 })
        #expect(!praise.isEmpty && !blame.isEmpty)
    }

    @Test("Monthly payers pay every month, yearly payers once a year, some money comes late or goes back")
    func billing() {
        let plans = Dictionary(uniqueKeysWithValues: company[.demographics].map { ($0[0], $0[5]) })
        var payments: [String: [Int]] = [:]
        for row in company[.transactions] where !row[2].hasPrefix("-") {
            payments[row[1], default: []].append(dayNumber(row[5]) ?? 0)
        }
        let left = Set(company[.truth].filter { !$0[1].isEmpty }.map { $0[0] })
        var monthly: [Int] = []
        var yearly: [Int] = []
        for (client, days) in payments where !left.contains(client) {
            let gaps = zip(days.dropFirst(), days).map { $0 - $1 }
            if plans[client]?.hasSuffix("yearly") == true { yearly += gaps } else { monthly += gaps }
        }
        let inMonth = monthly.filter { (28...31).contains($0) }.count
        #expect(Double(inMonth) / Double(monthly.count) > 0.8)
        #expect(inMonth < monthly.count)
        #expect(!yearly.isEmpty && yearly.allSatisfy { (330...400).contains($0) })
        let refunds = company[.transactions].filter { $0[2].hasPrefix("-") }.count
        let share = Double(refunds) / Double(company[.transactions].count)
        #expect((0.001...0.03).contains(share), "\(share)")
        let payers = Set(company[.transactions].map { $0[1] })
        #expect(payers.count > company.settings.clients * 8 / 10)
    }

    @Test("Plans grow and shrink")
    func planChanges() {
        // The first and the last payment of stayers in their own currency.
        var amounts: [String: (first: Double, last: Double)] = [:]
        for row in company[.transactions] {
            guard let amount = Double(row[2]), amount > 0 else { continue }
            amounts[row[1]] = (amounts[row[1]]?.first ?? amount, amount)
        }
        let grown = amounts.values.filter { $0.last > $0.first * 1.12 }.count
        let shrunk = amounts.values.filter { $0.last < $0.first * 0.97 }.count
        #expect(grown > 20 && shrunk > 5 && grown > shrunk, "\(grown) grown, \(shrunk) shrunk")
    }

    @Test("Occasions carry a name, a segment of the company or none, and their length")
    func events() {
        let segments: Set<String> = ["", "smb", "mid-market", "enterprise"]
        for row in company[.events] {
            #expect(!row[1].isEmpty && segments.contains(row[2]) && row[3] == "0")
            #expect((0...30).contains(Int(row[4]) ?? -1))
        }
        #expect(company[.events].contains { $0[1] == "Spring Launch" && $0[2].isEmpty })
        #expect(company[.events].contains { $0[1] == "Christmas" })
    }

    @Test("A promotion lifts the activity of its segment")
    func promotionEffect() throws {
        let segments = Dictionary(uniqueKeysWithValues: company[.demographics].map { ($0[0], $0[7]) })
        let runs = company[.events].filter { $0[1] == "Harvest Week" }
        let run = try #require(runs.first)
        let start = try #require(dayNumber(run[0]))
        let length = (Int(run[4]) ?? 0) + 1
        #expect(length == 7)
        var during = 0
        var before = 0
        for row in company[.engagement] where segments[row[1]] == run[2] {
            let day = dayNumber(row[3]) ?? 0
            if day >= start, day < start + 7 { during += 1 }
            if day >= start - 14, day < start { before += 1 }
        }
        #expect(Double(during) > 1.15 * Double(before) / 2, "\(during) against \(before / 2)")
    }
}
