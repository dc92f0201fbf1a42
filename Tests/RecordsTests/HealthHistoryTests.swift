import Records
import RiverTesting
import Testing

/// The past of the clients' health as it is kept: which days, in which form, and what of it outlives a change.
@Suite struct HealthHistoryTests {
    // MARK: The days

    @Test func theGridIsOfSundaysBeforeTheDay() throws {
        let monday = try #require(Day("2026-06-15"))
        #expect(HealthGrid.days(before: monday, weeks: 2).map(\.description) == ["2026-06-07", "2026-06-14"])
        let sunday = try #require(Day("2026-06-14"))
        #expect(HealthGrid.days(before: sunday, weeks: 2).map(\.description) == ["2026-05-31", "2026-06-07"])
        #expect(HealthGrid.days(before: monday, weeks: 0).isEmpty)
        #expect(HealthGrid.days(before: monday, weeks: -3).isEmpty)
    }

    @Test func theGridMovesOnceAWeek() {
        for raw in Int32(-20)...800 {
            let asOf = Day(rawValue: raw)
            let days = HealthGrid.days(before: asOf, weeks: 26)
            #expect(days.count == 26)
            #expect(days.allSatisfy { $0.weekday == 7 && $0 < asOf })
            #expect(zip(days, days.dropFirst()).allSatisfy { $0.days(to: $1) == 7 })
            #expect((1...7).contains(days.last?.days(to: asOf) ?? 0))
            // Days are those of the day before, or one later.
            let before = HealthGrid.days(before: asOf.advanced(by: -1), weeks: 26)
            #expect(days == before || (asOf.weekday == 1 && days.dropLast() == before.dropFirst()))
        }
    }

    // MARK: The points

    @Test func aPointIsTheScoreToHalfAMillionth() {
        var random = SeededGenerator(seed: 5)
        let levels: [HealthScores.Level?] = HealthScores.Level.allCases + [nil]
        for step in 0...2000 {
            let score = step <= 1000 ? Double(step) / 10 : Double.random(in: 0...100, using: &random)
            let level = levels[step % levels.count]
            let point = HealthPoint(score: score, level: level)
            #expect(abs(point.score - score) <= 0.5e-6 + 1e-13)
            #expect(point.level == level)
            #expect(!point.isAbsent)
            #expect(point.score == HealthPoint.rounded(score))
            #expect(HealthPoint(rawValue: point.rawValue) == point)
            // What is rounded once stays.
            #expect(HealthPoint(score: point.score, level: level) == point)
        }
    }

    @Test func theEndsAndTheUnknown() {
        #expect(HealthPoint(score: 100.000_000_000_1, level: .healthy).score == 100)
        #expect(HealthPoint(score: -1e-15, level: .atRisk).score == 0)
        #expect(HealthPoint(score: 0, level: .atRisk).millionths == 0)
        let unknown = HealthPoint(score: .nan, level: nil)
        #expect(unknown.score.isNaN && unknown.level == nil && unknown.millionths == nil && !unknown.isAbsent)
        #expect(HealthPoint.absent.score.isNaN && HealthPoint.absent.level == nil && HealthPoint.absent.isAbsent)
        #expect(HealthPoint.rounded(.nan).isNaN)
        #expect(MemoryLayout<HealthPoint>.stride == 4)
    }

    @Test func clientsThatCameLaterHaveNoPoint() {
        let day = HealthDay(day: Day(rawValue: 3), points: [HealthPoint(score: 5, level: nil)])
        #expect(day[0].score == 5)
        #expect(day[1].isAbsent)
    }

    @Test func theDigestTellsDaysApart() {
        let points = (0..<100).map { HealthPoint(score: Double($0), level: .watch) }
        let day = HealthDay(day: Day(rawValue: 3), points: points)
        #expect(day.digest == HealthDay(day: Day(rawValue: 3), points: points).digest)
        var digests: Set<UInt64> = [day.digest, HealthDay(day: Day(rawValue: 10), points: points).digest]
        for index in points.indices {
            var other = points
            other[index] = .absent
            digests.insert(HealthDay(day: Day(rawValue: 3), points: other).digest)
        }
        #expect(digests.count == 102)
        #expect(HealthDay(day: Day(rawValue: 3), points: points.reversed()).digest != day.digest)
    }

    // MARK: What is kept

    private static func made(_ day: Day) -> HealthDay { HealthDay(day: day, points: []) }

    @Test func aHistoryFillsUp() {
        let grid = HealthGrid.days(before: Day(rawValue: 20_000), weeks: 5)
        var history = HealthHistory(grid: grid)
        #expect(history.missing == grid.reversed())
        // In any order, each once, and nothing that is not wanted.
        for index in [3, 0, 4, 4, 1, 2] {
            #expect(!history.isComplete)
            history.insert(Self.made(grid[index]))
            #expect(history.days.map(\.day) == history.days.map(\.day).sorted())
            history.insert(Self.made(Day(rawValue: 5)))
        }
        #expect(history.isComplete && history.missing.isEmpty)
        #expect(history.days.map(\.day) == grid)
        #expect(history.days(before: grid[2]).map(\.day) == Array(grid[..<2]))
        #expect(history.days(before: Day(rawValue: 30_000)).count == 5)
        #expect(HealthHistory(grid: []).isComplete)
    }

    /// A week later one day comes and one goes; a change takes the days from its own on.
    @Test func aLaterGenerationKeepsWhatHolds() throws {
        let asOf = Day(rawValue: 20_000)
        var history = HealthHistory(grid: HealthGrid.days(before: asOf, weeks: 5))
        for day in history.grid { history.insert(Self.made(day)) }
        let later = HealthGrid.days(before: asOf.advanced(by: 7), weeks: 5)
        let moved = HealthHistory(grid: later, from: history, firstChanged: nil)
        #expect(moved.missing == [later[4]])
        #expect(zip(moved.days, history.days.dropFirst()).allSatisfy { $0 === $1 })
        for offset in -40...10 {
            let changed = asOf.advanced(by: offset)
            let kept = HealthHistory(grid: history.grid, from: history, firstChanged: changed)
            #expect(kept.days.map(\.day) == history.grid.filter { $0 < changed })
        }
        let none = HealthHistory(grid: history.grid, from: history, firstChanged: Day(rawValue: .min))
        #expect(none.days.isEmpty)
    }
}
