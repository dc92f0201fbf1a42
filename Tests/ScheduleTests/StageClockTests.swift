import Schedule
import Testing

@Suite struct StageClockTests {
    private func clock() -> StageClock {
        var clock = StageClock([.intake, .refresh, .verify], startedAt: 100)
        clock.set(10, for: .intake)
        clock.set(60, for: .refresh)
        return clock
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
        clock.set(1, for: .publish)
        #expect(clock.due(.publish) == 101)
        clock.set(nil, for: .intake)
        #expect(clock.due(.intake) == nil)
        // An end without a beginning says nothing.
        clock.end(.archive, at: 200, failed: true)
        #expect(clock.lastRun(.archive) == nil)
    }

    @Test func aRunKnowsSinceWhenItWasDue() {
        var clock = clock()
        clock.request(.verify, notBefore: 105)
        clock.begin(.verify, at: 130)
        #expect(clock.lastRun(.verify)?.dueAt == 105)
        #expect(clock.lastRun(.verify)?.endedAt == nil)
        clock.end(.verify, at: 140, failed: false)
        #expect(clock.lastRun(.verify)?.endedAt == 140)
        // Out of turn.
        clock.begin(.verify, at: 150)
        #expect(clock.lastRun(.verify)?.dueAt == nil)
    }

    @Test func whatIsSaidOfAStage() {
        var clock = clock()
        #expect(clock.state(.verify, at: 1000, isOff: false) == .idle)
        #expect(clock.state(.verify, at: 1000, isOff: true) == .off)
        #expect(clock.state(.intake, at: 109, isOff: false) == .idle)
        #expect(clock.state(.intake, at: 110, isOff: false) == .waiting)
        clock.request(.verify, notBefore: 105)
        #expect(clock.state(.verify, at: 104, isOff: false) == .idle)
        #expect(clock.state(.verify, at: 105, isOff: false) == .waiting)
        // Nobody asks any more.
        clock.withdraw(.verify)
        #expect(clock.state(.verify, at: 105, isOff: false) == .idle)
        clock.begin(.verify, at: 106)
        #expect(clock.state(.verify, at: 106, isOff: false) == .running)
        #expect(clock.state(.verify, at: 106, isOff: true) == .running)
        clock.end(.verify, at: 107, failed: true)
        #expect(clock.state(.verify, at: 108, isOff: false) == .failed)
        #expect(clock.state(.verify, at: 108, isOff: true) == .failed)
        clock.begin(.verify, at: 109)
        clock.end(.verify, at: 110, failed: false)
        #expect(clock.state(.verify, at: 1000, isOff: false) == .idle)
    }

    @Test func restIsWaitedFor() {
        let quiet = Quiet(seconds: 10, patience: 300)
        #expect(quiet.isReached(isSettled: true, rest: 10, waited: 0))
        #expect(!quiet.isReached(isSettled: true, rest: 9, waited: 299))
        #expect(!quiet.isReached(isSettled: false, rest: 1000, waited: 0))
        #expect(quiet.isReached(isSettled: true, rest: 0, waited: 300))
        #expect(!quiet.isReached(isSettled: false, rest: 0, waited: 300))
        var patient = quiet
        patient.patience = nil
        #expect(!patient.isReached(isSettled: true, rest: 9, waited: 1e9))
        var hasty = quiet
        hasty.isBetweenLoads = false
        #expect(hasty.isReached(isSettled: false, rest: 0, waited: 300))
        #expect(!hasty.isReached(isSettled: false, rest: 0, waited: 299))
    }
}

extension Stage {
    fileprivate static let intake = Stage("intake")
    fileprivate static let refresh = Stage("refresh")
    fileprivate static let publish = Stage("publish")
    fileprivate static let archive = Stage("archive")
    fileprivate static let verify = Stage("verify")
}
