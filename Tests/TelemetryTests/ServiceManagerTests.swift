import Glibc
import Logging
import Testing

@testable import Telemetry

/// What is said to the service manager and when, with a transport that only listens.
struct ServiceManagerTests {
    private let clock = ManualClock()
    private let sent = Collector<String>()
    private let liveness: LivenessMonitor
    private let metrics = MetricsRegistry()
    private let entries = Collector<JournalEntry>()
    private let manager: ServiceManager

    init() {
        let (clock, sent, entries) = (clock, sent, entries)
        liveness = LivenessMonitor(clock: { clock.now })
        let logger = Logger(label: "test") {
            JournalLogHandler(
                label: $0, identifier: "test", control: LogLevelControl(.info),
                send: { entry in
                    entries.append(entry)
                    return 0
                }, fallback: StandardError.sink)
        }
        manager = ServiceManager(
            liveness: liveness, events: EventLog(logger: logger, metrics: metrics), clock: { clock.now },
            transport: { message in
                sent.append(message)
                return 1
            })
    }

    @Test func statesCarryTheirStatus() {
        #expect(manager.ready("3 clients") == .sent)
        manager.reloading()
        manager.ready("4 clients")
        manager.extendTimeout(by: .milliseconds(1_500))
        manager.extendTimeout(by: .seconds(-1))
        manager.mainPID(42)
        manager.stopping()
        #expect(
            sent.values == [
                "READY=1\nSTATUS=3 clients", "RELOADING=1\nMONOTONIC_USEC=1000000\nSTATUS=reloading",
                "READY=1\nSTATUS=4 clients", "EXTEND_TIMEOUT_USEC=1500000", "EXTEND_TIMEOUT_USEC=0", "MAINPID=42",
                "STOPPING=1\nSTATUS=stopping",
            ])
    }

    @Test func progressIsSentOncePerSecondAndTheLastOneAlways() {
        for done in 0...1_050 {
            manager.status("loading drop \(12)", done: done, of: 1_050)
            clock.advance(by: .milliseconds(5))
        }
        #expect(sent.values.count == 6)
        #expect(sent.values.first == "STATUS=loading drop 12: 0 of 1050 (0%)")
        #expect(sent.values[1] == "STATUS=loading drop 12: 200 of 1050 (19%)")
        manager.flush()
        clock.advance(by: .seconds(1))
        manager.flush()
        manager.flush()
        #expect(sent.values.last == "STATUS=loading drop 12: 1050 of 1050 (100%)")
        // The value at second 5 and the last one, held back until its second had passed.
        #expect(sent.values.count == 7)
    }

    @Test func progressIsSaneForOddNumbers() {
        for (done, total) in [(5, 0), (-3, 10), (30, 10), (Int.max, Int.max), (1, -1)] {
            manager.status("x", done: done, of: total)
            clock.advance(by: .seconds(2))
        }
        #expect(
            sent.values == [
                "STATUS=x: 5 of 0 (0%)", "STATUS=x: -3 of 10 (0%)", "STATUS=x: 30 of 10 (100%)",
                "STATUS=x: \(Int.max) of \(Int.max) (100%)", "STATUS=x: 1 of -1 (0%)",
            ])
    }

    @Test func theSameStatusIsNotRepeated() {
        manager.status("idle")
        clock.advance(by: .seconds(5))
        manager.status("idle")
        #expect(sent.values == ["STATUS=idle"])
    }

    @Test func aSilentPartWithholdsTheFeedAndIsNamed() throws {
        manager.ready("idle")
        let loop = liveness.heartbeat("loop", limit: .seconds(30))
        let store = liveness.heartbeat("store", limit: .seconds(10))
        loop.beat()
        #expect(manager.feed() == .fed(.sent))
        #expect(manager.feed() == .waiting)
        clock.advance(by: .seconds(11))
        loop.beat()
        let overdue = Liveness.OverduePart(name: "store", silence: .seconds(11), limit: .seconds(10))
        #expect(manager.feed() == .withheld([overdue]))
        clock.advance(by: .seconds(20))
        #expect(manager.feed { true } != .waiting)
        // What the daemon says meanwhile waits behind the alarm.
        manager.status("working")
        store.beat()
        loop.beat()
        #expect(manager.feed() == .fed(.sent))
        #expect(
            sent.values == [
                "READY=1\nSTATUS=idle", "WATCHDOG=1", "STATUS=not alive: store silent for 11.00 s (limit 10.00 s)",
                "STATUS=not alive: store silent for 31.00 s (limit 10.00 s)", "STATUS=working", "WATCHDOG=1",
            ])
        let events = entries.values.map { $0.fields["AURA_EVENT"] }
        #expect(events == ["watchdog_missed", "watchdog_recovered"])
        #expect(entries.values.first?.fields["AURA_PART"] == "store")
        let text = try PrometheusParser(metrics.prometheusText())
        #expect(text["aura_watchdog_missed_total", ["part": "store"]] == 1)
    }

    @Test func bothSilentPartsAreNamed() {
        _ = liveness.heartbeat("a", limit: .seconds(1))
        _ = liveness.heartbeat("b", limit: .seconds(2))
        clock.advance(by: .seconds(3))
        manager.feed()
        #expect(
            sent.values == ["STATUS=not alive: a silent for 3.00 s (limit 1.00 s), b silent for 3.00 s (limit 2.00 s)"])
    }

    @Test func aFailingProbeWithholdsTheFeed() {
        let loop = liveness.heartbeat("loop", limit: .seconds(30))
        loop.beat()
        #expect(manager.feed(when: { false }) == .unproven)
        #expect(manager.feed(when: { false }) == .unproven)
        #expect(manager.feed(when: { true }) == .fed(.sent))
        #expect(entries.values.map { $0.fields["AURA_EVENT"] } == ["watchdog_missed", "watchdog_recovered"])
        #expect(sent.values.last == "WATCHDOG=1")
        #expect(entries.values.first?.fields["MESSAGE"] == "probe failed: watchdog not fed")
    }

    @Test func failuresOfTheTransportAreTold() {
        let clock = clock
        for (result, delivery) in [
            (Int32(0), ServiceManager.Delivery.unsupervised), (-ENOENT, .failed(.errno(ENOENT))), (1, .sent),
        ] {
            let manager = ServiceManager(
                liveness: liveness, events: nil, clock: { clock.now }, transport: { _ in result })
            #expect(manager.ready("x") == delivery)
        }
    }

    @Test func valuesStayOnOneLine() {
        let message = NotifyMessage(["STATUS": "a\nWATCHDOG=1\r\u{7F}b", "X": "1"])
        #expect(message.text == "STATUS=a WATCHDOG=1  b\nX=1")
    }

    @Test func severalThreadsMayTalk() async {
        let manager = manager
        let heart = liveness.heartbeat("loop", limit: .seconds(30))
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for index in 0..<100 {
                        heart.beat()
                        manager.status("\(worker)", done: index, of: 100)
                        manager.feed()
                    }
                }
            }
        }
        #expect(sent.values.contains("WATCHDOG=1"))
        // The clock stands, so exactly one status got through.
        #expect(sent.values.count { $0.hasPrefix("STATUS=") } == 1)
    }
}
