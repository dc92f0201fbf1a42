import Testing

@testable import SampleCompany

@Suite("Dates and chance")
struct BuildingBlockTests {
    @Test("Day numbers and dates agree over four centuries")
    func calendar() {
        var date = CivilDate(year: 1899, month: 12, day: 31)
        var number = date.dayNumber
        for _ in 0..<146_097 {
            number += 1
            // Count on by hand.
            if date.day < CivilDate.daysInMonth(year: date.year, month: date.month) {
                date.day += 1
            } else {
                date = CivilDate(
                    year: date.month == 12 ? date.year + 1 : date.year, month: date.month == 12 ? 1 : date.month + 1,
                    day: 1)
            }
            if CivilDate(dayNumber: number) != date || date.dayNumber != number {
                Issue.record("\(date) is not day \(number)")
                return
            }
        }
        #expect(CivilDate(year: 1970, month: 1, day: 1).dayNumber == 0)
        #expect(CivilDate(year: 2025, month: 12, day: 31).dayNumber == 20_453)
    }

    @Test("Easter, weekdays and months")
    func derivedDates() {
        func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
            CivilDate(year: year, month: month, day: day).dayNumber
        }
        #expect(CivilDate.easter(year: 2000) == day(2000, 4, 23))
        #expect(CivilDate.easter(year: 2024) == day(2024, 3, 31))
        #expect(CivilDate.easter(year: 2025) == day(2025, 4, 20))
        #expect(CivilDate.easter(year: 2038) == day(2038, 4, 25))
        #expect(CivilDate.weekday(of: day(2024, 2, 29)) == 3)
        #expect(CivilDate.weekday(of: -1) == 2)
        // Thanksgiving and the last Sunday of March.
        #expect(CivilDate.dayNumber(year: 2024, month: 11, weekday: 3, nth: 4) == day(2024, 11, 28))
        #expect(CivilDate.dayNumber(year: 2025, month: 3, weekday: 6, nth: 0) == day(2025, 3, 30))
        let monthEnd = CivilDate(year: 2023, month: 12, day: 31)
        #expect(monthEnd.adding(months: 2) == CivilDate(year: 2024, month: 2, day: 29))
        #expect(monthEnd.adding(months: 14) == CivilDate(year: 2025, month: 2, day: 28))
        #expect(monthEnd.adding(months: 12) == CivilDate(year: 2024, month: 12, day: 31))
    }

    @Test("Clocks go forward where they do")
    func daylightSaving() throws {
        let summer = CivilDate(year: 2025, month: 7, day: 1).dayNumber
        let winter = CivilDate(year: 2025, month: 1, day: 10).dayNumber
        func country(_ code: String) throws -> Country { try #require(Country.all.first { $0.code == code }) }
        #expect(try country("DE").offsetMinutes(on: summer) == 120)
        #expect(try country("DE").offsetMinutes(on: winter) == 60)
        #expect(try country("AU").offsetMinutes(on: summer) == 600)
        #expect(try country("AU").offsetMinutes(on: winter) == 660)
        #expect(try country("JP").offsetMinutes(on: summer) == 540)
    }

    @Test("SplitMix64 gives its published numbers")
    func splitMix() {
        var stream = RandomStream(state: 1_234_567)
        #expect(stream.next() == 6_457_827_717_110_365_317)
        #expect(stream.next() == 3_203_168_211_198_807_973)
        #expect(stream.next() == 9_817_491_932_198_370_423)
    }

    @Test("Draws have the moments of their distributions")
    func moments() {
        func moments(_ draw: (inout RandomStream) -> Double) -> (mean: Double, variance: Double) {
            var stream = RandomStream(seed: 17, concern: .mess)
            let values = (0..<20_000).map { _ in draw(&stream) }
            let mean = values.reduce(0, +) / 20_000
            return (mean, values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20_000)
        }
        let normal = moments { $0.normal() }
        #expect(abs(normal.mean) < 0.03 && abs(normal.variance - 1) < 0.05)
        for shape in [0.6, 1.3, 3] {
            let gamma = moments { $0.gammaOfMeanOne(shape: shape) }
            #expect(abs(gamma.mean - 1) < 0.04 && abs(gamma.variance * shape - 1) < 0.12)
        }
        for mean in [0.3, 4, 40] {
            let poisson = moments { Double($0.poisson(mean: mean)) }
            #expect(abs(poisson.mean / mean - 1) < 0.05 && abs(poisson.variance / mean - 1) < 0.06)
        }
        let below = moments { Double($0.below(10)) }
        #expect(abs(below.mean - 4.5) < 0.1)
    }

    @Test("Streams of different addresses differ")
    func addresses() {
        var seen: Set<UInt64> = []
        for seed in [0, 1] as [UInt64] {
            for concern in [RandomStream.Concern.profile, .fate] {
                for entity in 0..<30 {
                    for index in 0..<30 {
                        var stream = RandomStream(seed: seed, concern: concern, entity: entity, index: index)
                        seen.insert(stream.next())
                    }
                }
            }
        }
        #expect(seen.count == 3600)
    }

    @Test("Records are sorted by their second, and keep their order within it")
    func timeOrder() {
        var stream = RandomStream(state: 5)
        var order = TimeOrder()
        for count in [0, 1, 2, 300, 5000] {
            let records = (0..<count).map { index in
                UInt64((count == 300 ? stream.below(5) : stream.below(86_400)) << 40 | index)
            }
            var sorted = records
            order.sort(&sorted)
            #expect(sorted == records.sorted())
        }
    }

    @Test("Host names keep to lower-case ASCII")
    func slugs() {
        #expect(NameFactory.slug("Möllenbrock & Söhne", limit: 40) == "moellenbrock-soehne")
        #expect(NameFactory.slug("Świętosława", limit: 40) == "swietoslawa")
        #expect(NameFactory.slug("Hautecœur", limit: 4) == "haut")
        #expect(NameFactory.slug("美咲", limit: 10) == "client")
    }

    @Test("Every letter in the name tables can be folded")
    func nameTables() {
        for culture in Culture.allCases {
            let table = NameTable.table(of: culture)
            for word in table.female + table.male + table.family + table.heads + table.tails {
                let letters = word.filter(\.isLetter)
                let folded = NameFactory.slug(word, limit: 60).filter(\.isLetter)
                #expect(folded.count >= letters.count, "\(word)")
            }
            #expect(table.trades.count >= 10)
        }
    }
}
