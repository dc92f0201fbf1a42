import Testing

@testable import Telemetry

/// Which parts count as alive, and when the watchdog may be fed, on a clock that the test moves.
struct LivenessTests {
    private func instant(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(microseconds: seconds * 1_000_000) }

    @Test func aPartIsOverdueOnceItsLimitIsExceeded() {
        var liveness = Liveness()
        let loop = liveness.register("loop", limit: .seconds(10), at: instant(100))
        let store = liveness.register("store", limit: .seconds(3), at: instant(100))
        #expect(liveness.overdue(at: instant(103)).isEmpty)
        #expect(liveness.overdue(at: instant(104)).map(\.name) == ["store"])
        liveness.report(store, at: instant(104))
        #expect(
            liveness.overdue(at: instant(111)) == [
                Liveness.OverduePart(name: "loop", silence: .seconds(11), limit: .seconds(10)),
                Liveness.OverduePart(name: "store", silence: .seconds(7), limit: .seconds(3)),
            ])
        liveness.report(loop, limit: .seconds(60), at: instant(111))
        #expect(liveness.overdue(at: instant(150)).map(\.name) == ["store"])
        liveness.retire(store)
        liveness.report(store, at: instant(150))
        #expect(liveness.overdue(at: instant(150)).isEmpty && liveness.count == 1)
    }

    @Test func reportsNeverGoBackInTime() {
        var liveness = Liveness()
        let part = liveness.register("loop", limit: .seconds(5), at: instant(100))
        liveness.report(part, at: instant(110))
        liveness.report(part, at: instant(105))
        #expect(liveness.overdue(at: instant(115)).isEmpty)
        #expect(liveness.overdue(at: instant(90)).isEmpty)
    }

    @Test func unknownPartsAreIgnored() {
        var liveness = Liveness()
        for part in [-1, 0, 7] {
            liveness.report(part, at: instant(1))
            liveness.report(part, limit: .seconds(1), at: instant(1))
            liveness.retire(part)
        }
        #expect(liveness.count == 0)
    }

    @Test func theWatchdogWantsPartsReportsAndTheProbe() {
        var liveness = Liveness()
        var policy = WatchdogPolicy()
        #expect(policy.decide(&liveness, probe: true, at: instant(0)) == .unproven(isNew: true))
        let loop = liveness.register("loop", limit: .seconds(5), at: instant(1))
        #expect(policy.decide(&liveness, probe: true, at: instant(1)) == .wait)
        liveness.report(loop, at: instant(2))
        #expect(policy.decide(&liveness, probe: false, at: instant(2)) == .unproven(isNew: true))
        #expect(policy.decide(&liveness, probe: false, at: instant(3)) == .unproven(isNew: false))
        // The evidence of second 2 was not used up by the failed probes.
        #expect(policy.decide(&liveness, probe: true, at: instant(4)) == .feed(missedFor: .seconds(4)))
        #expect(policy.decide(&liveness, probe: true, at: instant(5)) == .wait)
        liveness.report(loop, at: instant(6))
        #expect(policy.decide(&liveness, probe: true, at: instant(6)) == .feed(missedFor: nil))
    }

    @Test func aBusyPartDoesNotHideASilentOne() {
        var liveness = Liveness()
        var policy = WatchdogPolicy()
        let busy = liveness.register("busy", limit: .seconds(5), at: instant(0))
        let silent = liveness.register("silent", limit: .seconds(5), at: instant(0))
        for second in 1...5 as ClosedRange<UInt64> {
            liveness.report(busy, at: instant(second))
            #expect(policy.decide(&liveness, probe: true, at: instant(second)) == .feed(missedFor: nil))
        }
        liveness.report(busy, at: instant(6))
        let overdue = Liveness.OverduePart(name: "silent", silence: .seconds(6), limit: .seconds(5))
        let first = policy.decide(&liveness, probe: true, at: instant(6))
        #expect(first == .withhold(overdue: [overdue], newly: [overdue]))
        let longer = Liveness.OverduePart(name: "silent", silence: .seconds(7), limit: .seconds(5))
        #expect(policy.decide(&liveness, probe: true, at: instant(7)) == .withhold(overdue: [longer], newly: []))
        liveness.report(silent, at: instant(8))
        #expect(policy.decide(&liveness, probe: true, at: instant(8)) == .feed(missedFor: .seconds(2)))
    }

    /// Whatever the order of reports: a feed is given exactly when the definition allows one.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func feedsFollowTheDefinition(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var liveness = Liveness()
        var policy = WatchdogPolicy()
        let limits = [3, 7, 20] as [UInt64]
        var last = [UInt64](repeating: 0, count: limits.count)
        let parts = limits.map { liveness.register("part", limit: .seconds($0), at: instant(0)) }
        var evidence = false
        for second in 1...300 as ClosedRange<UInt64> {
            for index in limits.indices where UInt64.random(in: 0..<limits[index], using: &generator) == 0 {
                liveness.report(parts[index], at: instant(second))
                last[index] = second
                evidence = true
            }
            let alive = limits.indices.allSatisfy { second - last[$0] <= limits[$0] }
            let probe = UInt64.random(in: 0..<10, using: &generator) > 0
            let decision = policy.decide(&liveness, probe: probe, at: instant(second))
            let fed = if case .feed = decision { true } else { false }
            #expect(fed == (alive && probe && evidence))
            if fed { evidence = false }
        }
    }

    @Test func heartbeatsReportFromAnyThread() async {
        let clock = ManualClock()
        let monitor = LivenessMonitor(clock: { clock.now })
        let hearts = (0..<4).map { _ in monitor.heartbeat("worker", limit: .seconds(2)) }
        clock.advance(by: .seconds(3))
        #expect(monitor.overdue().count == 4)
        await withTaskGroup(of: Void.self) { group in
            for heart in hearts {
                group.addTask { for _ in 0..<1_000 { heart.beat() } }
            }
        }
        #expect(monitor.overdue().isEmpty)
        hearts[0].beat(limit: .seconds(60))
        hearts[1].retire()
        clock.advance(by: .seconds(3))
        #expect(monitor.overdue().count == 2)
    }

    @Test func timeNeverRunsBackwards() {
        let first = MonotonicTime.now()
        let second = MonotonicTime.now()
        #expect(first <= second && first.duration(since: second) <= .zero)
        #expect(MonotonicTime(microseconds: .max).duration(since: MonotonicTime(microseconds: 0)) > .seconds(1))
    }
}
