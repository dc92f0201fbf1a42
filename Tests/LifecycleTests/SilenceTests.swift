import Lifecycle
import Records
import Testing

/// Days of silence after which a client has left.
@Suite struct SilenceTests {
    private func shape(_ days: [Int32], settings: LifecycleSettings = LifecycleSettings()) -> ActivityShape {
        var pass = ActivityPass(through: 100_000, settings: settings)
        pass.begin()
        for day in days { pass.see(activeOn: day) }
        return pass.finish()
    }

    /// Days from a first one on, by the gaps between them.
    private func days(_ gaps: [Int]) -> [Int32] {
        gaps.reduce(into: [Int32(100)]) { $0.append(($0.last ?? 0) + Int32($1)) }
    }

    @Test func threeTimesTheUsualGap() {
        // Four gaps: the 95 % quantile is the ceil(3.8)-th, the longest.
        #expect(shape(days([7, 20, 7, 14])).ownThreshold == 60)
        #expect(shape(days([1, 1, 1, 11])).ownThreshold == 33)
        // At least 30, at most 180.
        #expect(shape(days([1, 1, 1, 10])).ownThreshold == 30)
        #expect(shape(days([1, 1, 1, 1])).ownThreshold == 30)
        #expect(shape(days([1, 1, 1, 59])).ownThreshold == 177)
        #expect(shape(days([1, 1, 1, 60])).ownThreshold == 180)
        #expect(shape(days([1, 1, 1, 61])).ownThreshold == 180)
        #expect(shape(days([1, 1, 1, 4000])).ownThreshold == 180)
    }

    @Test func theUsualGapLeavesOneInTwentyAside() {
        // 19 gaps: the 19th; 20 gaps: the 19th; 40: the 38th; 41: the 39th.
        #expect(shape(days(Array(repeating: 2, count: 18) + [50])).ownThreshold == 150)
        #expect(shape(days(Array(repeating: 2, count: 19) + [50])).ownThreshold == 30)
        #expect(shape(days(Array(repeating: 2, count: 18) + [15, 50])).ownThreshold == 45)
        #expect(shape(days([50, 20, 40] + Array(repeating: 2, count: 37))).ownThreshold == 60)
        #expect(shape(days([50, 20, 40] + Array(repeating: 2, count: 38))).ownThreshold == 60)
    }

    /// Three times a gap of ten days is thirty; only what is longer than that can be more.
    @Test(arguments: 1...70) func everyGap(gap: Int) {
        #expect(Int(shape(days([gap, gap, gap, gap])).ownThreshold) == min(180, max(30, 3 * gap)))
    }

    @Test func withFewDaysThereIsNoRhythm() {
        #expect(shape(days([7, 7, 7])).ownThreshold == 0)
        #expect(shape(days([7, 7, 7])).days == 4)
        #expect(shape([5, 5, 5, 5, 5]).days == 1)
        #expect(shape([]).days == 0)
        #expect(shape(days([7, 7, 7, 7])).ownThreshold == 30)
    }

    private func company(_ longest: [Int32]) -> Int32 {
        Firm(people: longest.map { Firm.Person(active: [100, 100 + $0]) }).survey(asOf: 10_000).usualSilenceDays
    }

    @Test func theCompanyOverall() {
        #expect(company([]) == 30)
        #expect(Firm(.init(active: [5])).survey(asOf: 100).usualSilenceDays == 30)
        #expect(company([29]) == 30)
        #expect(company([30]) == 45)
        #expect(company([44]) == 45)
        #expect(company([45]) == 60)
        #expect(company([60]) == 90)
        #expect(company([90]) == 120)
        #expect(company([120]) == 180)
        #expect(company([179]) == 180)
        #expect(company([180]) == 180)
        #expect(company([5000]) == 180)
        // Nine in ten stay below.
        #expect(company(Array(repeating: 10, count: 9) + [500]) == 30)
        #expect(company(Array(repeating: 10, count: 8) + [50, 500]) == 60)
        #expect(company(Array(repeating: 10, count: 17) + [500, 500]) == 180)
    }

    /// Each client once, by his longest gap; who is not there yet is no client.
    @Test func eachOnce() {
        var firm = Firm(.init(active: [100, 101, 102, 103, 140, 141, 142]), .init(active: [100, 105]))
        #expect(firm.survey(asOf: 1000).usualSilenceDays == 45)
        firm.people[0].created = 1001
        #expect(firm.survey(asOf: 1000).usualSilenceDays == 30)
        // Gaps of days to come are not known.
        firm.people[0].created = 0
        #expect(firm.survey(asOf: 139).usualSilenceDays == 30)
    }

    @Test func theCompanysDaysAreForWhoHasNoRhythm() {
        let firm = Firm(.init(active: [100, 140]), .init(active: [100, 101, 102, 103, 104]))
        #expect(firm.table(asOf: 130).standings.map(\.silenceDays) == [30, 30])
        #expect(firm.table(asOf: 140).standings.map(\.silenceDays) == [45, 30])
        #expect(firm.table(asOf: 140).standings[1].picture == "left 134 silence")
        #expect(firm.table(asOf: 184).standings[0].picture == "current 100")
        #expect(firm.table(asOf: 185).standings[0].picture == "left 185 silence")
    }

    @Test func aNumberHoldsForAll() {
        var firm = Firm(.init(active: [100, 101, 102, 103, 104]), .init(created: 50, active: [100, 140]))
        firm.settings.leftAfterDays = 7
        let table = firm.table(asOf: 146)
        #expect(table.standings.map(\.picture) == ["left 111 silence", "returned 140 silence"])
        #expect(table.picture(of: 1) == ["107..<140 silence"])
        firm.settings.leftAfterDays = 0
        #expect(firm.table(asOf: 105).standings[0].picture == "left 105 silence")
        firm.settings.leftAfterDays = .max
        #expect(firm.table(asOf: 100_000).standings[0].picture == "current 100")
        firm.settings.leftAfterDays = .min
        #expect(firm.table(asOf: 105).standings[0].picture == "left 105 silence")
    }

    /// A gap that is as long as the threshold is none: on the day he would have left he was active.
    @Test func asLongAsTheThreshold() {
        var firm = Firm(.init(created: 50, active: [100, 130, 161]))
        firm.settings.leftAfterDays = 30
        #expect(firm.table(asOf: 161).picture(of: 0) == ["160..<161 silence"])
    }

    @Test func gapsThatMayMatter() {
        var pass = ActivityPass(through: 1000, settings: LifecycleSettings())
        pass.begin()
        for day: Int32 in [100, 131, 161] { pass.see(activeOn: day) }
        _ = pass.finish()
        #expect(pass.gaps == [ActivityShape.Gap(start: 100, end: 131)])
        // Of who has a rhythm only what is longer than three times his usual gap.
        pass.begin()
        for day in days(Array(repeating: 2, count: 40) + [31, 30]) { pass.see(activeOn: day) }
        _ = pass.finish()
        #expect(pass.gaps.map(\.length) == [31])
    }

    /// Records lie in several segments, each in order: what comes out is the same as of one.
    @Test func runsAreMerged() {
        let all: [Int32] = [1, 3, 3, 4, 9, 40, 41, 90, 200, 201, 202, 203]
        let expected = shape(all)
        #expect(shape(all.reversed()) == expected)
        #expect(shape([4, 41, 200, 1, 3, 203, 3, 9, 202, 40, 90, 201]) == expected)
        #expect(shape([200, 201, 1, 3, 40, 41, 90, 200, 202, 203, 3, 4, 9]) == expected)
        #expect(expected.days == 11 && expected.longestGap == 110)
        #expect(expected.firstDay == 1 && expected.lastDay == 203)
    }

    @Test func packedRecords() {
        var pass = ActivityPass(through: 20, settings: LifecycleSettings())
        pass.begin(reportedOn: 11)
        let events = [(10, 1), (10, 5), (12, 0), (12, 3), (19, 0), (21, 0)].map {
            PackedEvent(day: $0.0, hour: $0.1, kind: 7)
        }
        events.withUnsafeBufferPointer { pass.see(activeIn: $0) }
        let shape = pass.finish()
        #expect(shape.days == 3 && shape.lastDay == 19)
        #expect(shape.firstAfterReport == 12 && shape.secondAfterReport == 19)
    }
}
