import SampleCompany
import Testing

@Suite("Edges of the settings")
struct EdgeTests {
    private let lastDay = WrittenCompany.lastDay

    @Test("No clients: headers only")
    func noClients() throws {
        let company = try WrittenCompany(
            SampleSettings(clients: 0, days: 30, seed: 1, lastDay: lastDay, messShare: 0.2))
        for file in SampleFile.allCases {
            #expect(company[file].isEmpty)
            #expect(try SampleReader.records(company.bytes[file] ?? []) == [file.columns])
        }
    }

    @Test("One client, one day, and both", arguments: [(1, 1), (1, 400), (50, 1), (3, 2), (1, 3660)])
    func small(clients: Int, days: Int) throws {
        let settings = SampleSettings(clients: clients, days: days, seed: 8, lastDay: lastDay)
        let company = try WrittenCompany(settings)
        #expect(company[.demographics].count == clients)
        #expect(company[.truth].count == clients)
        let window = settings.firstDay...settings.lastDay
        for row in company[.engagement] { #expect(window.contains(dayNumber(row[3]) ?? 0)) }
        for row in company[.transactions] { #expect(window.contains(dayNumber(row[5]) ?? 0)) }
        for row in company[.support] where !row[4].isEmpty { #expect(window.contains(dayNumber(row[4]) ?? 0)) }
    }

    @Test("A company of one client over a day has categories without a row")
    func emptyCategory() throws {
        let company = try WrittenCompany(SampleSettings(clients: 1, days: 1, seed: 2, lastDay: lastDay))
        #expect(company[.surveys].isEmpty)
        #expect(company.summary[.surveys].rows == 0)
        #expect(company.summary[.surveys].bytes == SampleFile.surveys.columns.joined(separator: ",").utf8.count + 1)
    }

    @Test("Windows at both ends of the calendar", arguments: [10_957, 11_000, 84_005])
    func calendarEnds(lastDay: Int) throws {
        let days = min(60, lastDay - 10_957 + 1)
        let settings = SampleSettings(clients: 40, days: days, seed: 4, lastDay: lastDay, lookaheadDays: 365)
        let company = try WrittenCompany(settings)
        for row in company[.demographics] {
            #expect((dayNumber(row[6]) ?? 0) >= 10_957)
            #expect((dayNumber(row[6]) ?? Int.max) <= lastDay)
        }
        #expect(company[.events].allSatisfy { (dayNumber($0[0]) ?? Int.max) <= lastDay + 365 })
    }

    @Test("The number of rows grows with clients and days")
    func scaling() throws {
        func events(_ clients: Int, _ days: Int) throws -> Int {
            let settings = SampleSettings(clients: clients, days: days, seed: 9, lastDay: lastDay)
            return try SampleGenerator(settings).write([.engagement]) { (_, _: borrowing RawSpan) in }[.engagement].rows
        }
        let base = try events(150, 100)
        let wide = try events(600, 100)
        let long = try events(150, 300)
        // Activity is heavy-tailed, so four times the clients are about four times the events.
        #expect(Double(wide) > 2 * Double(base) && Double(wide) < 8 * Double(base), "\(base), \(wide)")
        #expect(long > base * 3 / 2, "\(base), \(long)")
    }

    @Test("Half of the rows can be spoiled")
    func mostlyMess() throws {
        let company = try WrittenCompany(
            SampleSettings(clients: 40, days: 60, seed: 3, lastDay: lastDay, messShare: 0.5))
        let counts = company.summary[.engagement]
        let share = Double(counts.injected.values.reduce(0, +)) / Double(counts.rows - counts.duplicates)
        #expect((0.4...0.6).contains(share), "\(share)")
        #expect(company.summary[.engagement].rows == company[.engagement].count)
    }

    @Test("Extreme seeds are as good as others", arguments: [UInt64.min, UInt64.max])
    func seeds(seed: UInt64) throws {
        let company = try WrittenCompany(SampleSettings(clients: 20, days: 60, seed: seed, lastDay: lastDay))
        #expect(company[.demographics].count == 20)
        #expect(!company[.engagement].isEmpty)
    }

    @Test("Settings out of range are refused with the range in the message")
    func refusals() {
        func refusal(_ change: (inout SampleSettings) -> Void) -> SampleSettingsError? {
            var settings = SampleSettings(clients: 1, days: 10, seed: 1, lastDay: lastDay)
            change(&settings)
            do {
                _ = try SampleGenerator(settings)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.clients = -1 } == .clients(-1))
        #expect(refusal { $0.clients = 8_000_001 } == .clients(8_000_001))
        #expect(refusal { $0.days = 0 } == .days(0))
        #expect(refusal { $0.days = Int.max } == .days(Int.max))
        #expect(refusal { $0.lastDay = 10_960 } == .lastDay(10_960, days: 10))
        #expect(refusal { $0.lastDay = Int.max } == .lastDay(Int.max, days: 10))
        #expect(refusal { $0.lastDay = Int.min } == .lastDay(Int.min, days: 10))
        #expect(refusal { $0.messShare = 0.6 } == .messShare(0.6))
        #expect(refusal { $0.messShare = -0.1 } == .messShare(-0.1))
        #expect(refusal { $0.messShare = .infinity } == .messShare(.infinity))
        #expect(refusal { $0.lookaheadDays = 366 } == .lookaheadDays(366))
        if case .messShare(let value)? = refusal({ $0.messShare = .nan }) {
            #expect(value.isNaN)
        } else {
            Issue.record("a share that is no number was taken")
        }
        #expect(SampleSettingsError.days(0).description.contains("3660"))
    }
}
