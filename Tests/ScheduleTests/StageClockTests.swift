import Schedule
import Testing

@Suite struct StageClockTests {
    private func clock() -> StageClock {
        StageClock(
            intervals: [.intake: .init(seconds: 10), .refresh: .init(seconds: 60), .verify: .init(seconds: nil)],
            startedAt: 100)
    }

    @Test func nothingIsDueBeforeItsFirstInterval() {
        let clock = clock()
        #expect(clock.due(at: 100) == [])
        #expect(clock.due(at: 109.9) == [])
        #expect(clock.due(at: 110) == [.intake])
        #expect(clock.due(.refresh) == 160)
        // Without an interval, and not named at all: never by itself.
        #expect(clock.due(.verify) == nil)
        #expect(clock.due(.publish) == nil)
        #expect(clock.lastRun(.intake) == nil)
        #expect(!clock.isRunning(.intake))
    }

    @Test func theIntervalRunsFromTheEndOfARun() {
        var clock = clock()
        clock.begin(.intake, at: 110)
        #expect(clock.isRunning(.intake))
        #expect(clock.due(.intake) == nil)
        #expect(clock.due(at: 1000) == [.refresh])
        clock.end(.intake, at: 117, failed: true)
        #expect(clock.lastRun(.intake)?.duration == 7)
        #expect(clock.lastRun(.intake)?.failed == true)
        #expect(clock.due(.intake) == 127)
        // Who waits longest comes first.
        #expect(clock.due(at: 200) == [.intake, .refresh])
        clock.begin(.intake, at: 200)
        #expect(clock.lastRun(.intake)?.failed == false)
        clock.end(.intake, at: 190, failed: false)
        #expect(clock.lastRun(.intake)?.duration == 0)
    }

    @Test func requests() {
        var clock = clock()
        clock.request(.verify, notBefore: 105)
        #expect(clock.due(.verify) == 105)
        #expect(clock.due(at: 104) == [])
        // The earlier request stands.
        clock.request(.verify, notBefore: 150)
        #expect(clock.due(.verify) == 105)
        clock.request(.verify, notBefore: 101)
        #expect(clock.due(.verify) == 101)
        // A request before the interval's time, and one behind it.
        clock.request(.refresh, notBefore: 120)
        #expect(clock.due(.refresh) == 120)
        clock.request(.intake, notBefore: 500)
        #expect(clock.due(.intake) == 110)
        clock.begin(.verify, at: 101)
        clock.request(.verify, notBefore: 102)
        #expect(clock.due(.verify) == nil)
        // Asked for while it ran: it runs again.
        clock.end(.verify, at: 103, failed: false)
        #expect(clock.due(.verify) == 102)
        clock.begin(.verify, at: 104)
        clock.end(.verify, at: 105, failed: false)
        #expect(clock.due(.verify) == nil)
    }

    @Test func intervalsMayChange() {
        var clock = clock()
        clock.set(.init(seconds: 1), for: .publish)
        #expect(clock.due(.publish) == 101)
        clock.set(.init(seconds: nil), for: .intake)
        #expect(clock.due(.intake) == nil)
        // An end without a beginning says nothing.
        clock.end(.archive, at: 200, failed: true)
        #expect(clock.lastRun(.archive) == nil)
    }
}
