import Lifecycle
import Records
import RiverTesting
import Testing
import Words

@Suite struct LifecyclePropertyTests {
    static let seeds = Array<UInt64>(1...24)

    private static func person(_ random: inout SeededGenerator) -> Firm.Person {
        func day() -> Int32 { .random(in: 0...400, using: &random) }
        var person = Firm.Person(created: random.chance(0.5) ? 0 : day())
        if random.chance(0.3) { person.reported = day() }
        let rhythm = Int.random(in: 1...60, using: &random)
        if random.chance(0.8) {
            var at = Int(day())
            while at <= 400, random.chance(0.95) {
                person.active.append(Int32(at))
                at += random.chance(0.1) ? 3 * rhythm : Int.random(in: 0...rhythm, using: &random)
            }
            person.active.shuffle(using: &random)
        }
        if random.chance(0.5) {
            person.paid = (0..<Int.random(in: 0...8, using: &random)).map { _ in day() }
        }
        if random.chance(0.3) {
            person.subscriptions = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                let start = day()
                return (start, random.chance(0.3) ? nil : start + .random(in: 0...120, using: &random))
            }
        }
        return person
    }

    static func firm(seed: UInt64) -> Firm {
        var random = SeededGenerator(seed: seed)
        var firm = Firm(people: (0..<25).map { _ in person(&random) })
        if random.chance(0.5) { for index in firm.people.indices { firm.people[index].reported = nil } }
        firm.settings.signs = random.chance(0.6) ? LeavingSign.allCases : LeavingSign.allCases.shuffled(using: &random)
        firm.settings.leftAfterDays = random.chance(0.3) ? Int.random(in: 3...70, using: &random) : nil
        firm.settings.startDays = random.pick([0, 10, 90], else: 90)
        firm.activity = random.pick(ActivityDefinition.allCases, else: .any)
        firm.paymentsRecur = random.chance(0.5)
        if random.chance(0.3) {
            firm.silenceClock = .random(in: 100...400, using: &random)
            firm.startClock = firm.silenceClock
        }
        return firm
    }

    private func picture(_ table: LifecycleTable, _ client: Int, on day: Int32) -> String {
        guard let status = table.status(of: client, on: day) else { return "-" }
        guard status == .left else { return status.name }
        let basis = table.absences(of: client).first { $0.contains(day) }?.basis
        return "left \(basis?.name ?? "?")"
    }

    /// On every day everybody is what the rules say, word by word.
    @Test(arguments: seeds) func everyDayIsAsTheRulesSay(seed: UInt64) {
        let firm = LifecyclePropertyTests.firm(seed: seed)
        for asOf: Int32 in [400, 173] {
            let table = firm.table(asOf: asOf)
            let expected = PlainFirm(firm: firm, asOf: asOf).history()
            for client in firm.people.indices {
                let found = (0...asOf).map { picture(table, client, on: $0) }
                #expect(found == expected[client], "client \(client) as of \(asOf)")
                let standing = table.standings[client]
                #expect(found.last?.hasPrefix(standing.isAhead ? "-" : standing.status.name) ?? false)
            }
        }
    }

    /// What happens after the as-of day changes nothing on it.
    @Test(arguments: seeds) func theFuturePlaysNoPart(seed: UInt64) {
        let firm = LifecyclePropertyTests.firm(seed: seed)
        let asOf: Int32 = 210
        var past = firm
        past.people.removeAll { $0.created > asOf }
        for index in past.people.indices {
            past.people[index].active.removeAll { $0 > asOf }
            past.people[index].paid.removeAll { $0 > asOf }
            past.people[index].subscriptions.removeAll { $0.start > asOf }
            for term in past.people[index].subscriptions.indices {
                if let end = past.people[index].subscriptions[term].end, end > asOf {
                    past.people[index].subscriptions[term].end = nil
                }
            }
            if let day = past.people[index].reported, day > asOf { past.people[index].reported = nil }
        }
        let all = firm.table(asOf: asOf).standings.filter { !$0.isAhead }
        #expect(all.map(\.picture) == past.table(asOf: asOf).standings.map(\.picture))
        #expect(firm.survey(asOf: asOf) == past.survey(asOf: asOf))
    }

    /// Absences come one after the other, and only the last may go on: leaving and returning alternate.
    @Test(arguments: seeds) func leavingAndReturningAlternate(seed: UInt64) {
        let table = LifecyclePropertyTests.firm(seed: seed).table(asOf: 400)
        for client in 0..<table.count {
            let absences = Array(table.absences(of: client))
            for absence in absences { #expect(absence.leftOn < absence.returnedOn) }
            for (earlier, later) in zip(absences, absences.dropFirst()) { #expect(earlier.returnedOn <= later.leftOn) }
            for absence in absences.dropLast() { #expect(!absence.isOpen) }
            #expect(absences.allSatisfy { $0.leftOn <= 400 && ($0.isOpen || $0.returnedOn <= 400) })
            #expect((table.standings[client].leftOn != nil) == (absences.last?.isOpen ?? false))
        }
    }

    /// The order of records and of clients is nothing to anybody; parts are as good as the whole.
    @Test(arguments: seeds) func orderDoesNotMatter(seed: UInt64) {
        let firm = LifecyclePropertyTests.firm(seed: seed)
        var random = SeededGenerator(seed: seed &+ 1000)
        var other = firm
        let order = Array(firm.people.indices).shuffled(using: &random)
        other.people = order.map { index in
            var person = firm.people[index]
            person.active = (person.active + person.active.prefix(3)).shuffled(using: &random)
            person.paid.shuffle(using: &random)
            person.subscriptions.shuffle(using: &random)
            return person
        }
        let (table, shuffled) = (firm.table(asOf: 300), other.table(asOf: 300))
        for (place, index) in order.enumerated() {
            #expect(shuffled.standings[place] == table.standings[index])
            #expect(shuffled.absences(of: place) == table.absences(of: index))
        }
        var parts = LifecycleTable(asOf: 300)
        parts.append(contentsOf: shuffled)
        parts.append(contentsOf: table)
        for index in 0..<table.count {
            #expect(parts.absences(of: table.count + index) == table.absences(of: index))
            #expect(parts.absences(of: index) == shuffled.absences(of: index))
        }
        var halves = firm.survey(asOf: 300)
        halves.merge(other.survey(asOf: 300))
        #expect(halves.usualSilenceDays == firm.survey(asOf: 300).usualSilenceDays)
        #expect(halves.clientsWithGaps == 2 * firm.survey(asOf: 300).clientsWithGaps)
    }

    /// Counts of periods are what the statuses of their days come to.
    @Test(arguments: seeds) func countsAreThoseOfTheDays(seed: UInt64) {
        let table = LifecyclePropertyTests.firm(seed: seed).table(asOf: 400)
        var random = SeededGenerator(seed: seed)
        var periods: [Period] = []
        var first: Int32 = 20
        while first < 420 {
            let length = Int32.random(in: 1...60, using: &random)
            periods.append(Period(first: Day(rawValue: first), last: Day(rawValue: first + length - 1)))
            first += length + (random.chance(0.2) ? 5 : 0)
        }
        let counts = LifecycleCounts(table, periods: periods)
        for (index, period) in periods.enumerated() where period.first.rawValue <= 400 {
            var cell = LifecycleCounts.Cell()
            let (before, last) = (period.first.rawValue - 1, min(400, period.last.rawValue))
            for client in 0..<table.count {
                let wasThere = table.status(of: client, on: before)?.isCustomer ?? false
                if wasThere { cell.customersAtStart += 1 }
                if table.status(of: client, on: last)?.isCustomer ?? false { cell.customersAtEnd += 1 }
                guard table.status(of: client, on: last) == .left else { continue }
                guard let gone = table.absences(of: client).first(where: { $0.contains(last) }) else { continue }
                let isIn = gone.leftOn >= period.first.rawValue && gone.leftOn >= table.standings[client].created
                if isIn, gone.basis != .neverStarted {
                    cell.churned += 1
                    if wasThere { cell.churnedFromStart += 1 }
                }
            }
            #expect(counts[index] == cell, "\(period)")
        }
    }

    /// A feed that ends makes nobody leave: whoever has left by silence had left when its clock stopped.
    @Test(arguments: seeds) func aFeedThatEndsMakesNobodyLeave(seed: UInt64) {
        var firm = LifecyclePropertyTests.firm(seed: seed)
        firm.settings.signs = [.silence]
        let end: Int32 = 250
        for index in firm.people.indices {
            firm.people[index].active.removeAll { $0 > end }
            firm.people[index].paid.removeAll { $0 > end }
            firm.people[index].subscriptions = []
            firm.people[index].created = min(firm.people[index].created, end)
        }
        firm.silenceClock = end + 1
        firm.startClock = end + 1
        let then = firm.table(asOf: end + 1)
        let later = firm.table(asOf: 400)
        for index in firm.people.indices {
            #expect(later.standings[index].picture == then.standings[index].picture)
            #expect(later.absences(of: index) == then.absences(of: index))
        }
    }

    /// Days at the ends of what can be counted do not end the process.
    @Test func daysAtTheLimits() {
        let limits: [Int32] = [.min, .min + 1, -719_528, -1, 0, 1, 2_932_896, .max - 1, .max]
        var random = SeededGenerator(seed: 4)
        for _ in 0..<400 {
            func day() -> Int32 { random.pick(limits, else: 0) }
            let people = (0..<4).map { _ in
                Firm.Person(
                    created: day(), reported: random.chance(0.5) ? day() : nil, active: (0..<6).map { _ in day() })
            }
            var firm = Firm(people: people)
            firm.settings.startDays = random.pick([.min, -1, 90, .max], else: 90)
            firm.settings.leftAfterDays = random.pick([nil, .min, 0, .max], else: nil)
            firm.silenceClock = day()
            firm.startClock = day()
            let table = firm.table(asOf: day())
            for client in 0..<table.count {
                _ = table.status(of: client, on: day())
                _ = table.leaving(of: client)
            }
            _ = table.returns(from: .silence, within: .max)
            let period = Period(first: Day(rawValue: day()), last: Day(rawValue: day()))
            _ = LifecycleCounts(table, periods: [period])
        }
    }
}
