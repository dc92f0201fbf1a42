import Telemetry
import Testing

@testable import Daemon

struct OverloadWatchTests {
    private func time(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(microseconds: seconds * 1_000_000) }

    private func sample(_ turnedAway: UInt64) -> OverloadWatch.Sample {
        OverloadWatch.Sample(turnedAway: turnedAway, connections: 7, requests: 9)
    }

    @Test("It begins with the first that is turned away, and ends when nobody was for a while")
    func beginsAndEnds() {
        var watch = OverloadWatch()
        #expect(watch.look(sample(0), at: time(1)) == nil)
        #expect(watch.look(sample(3), at: time(2)) == .began(connections: 7, requests: 9))
        #expect(watch.look(sample(3), at: time(8)) == nil)
        #expect(watch.look(sample(5), at: time(9)) == nil)
        #expect(watch.look(sample(5), at: time(18)) == nil)
        #expect(watch.look(sample(5), at: time(19)) == .ended(turnedAway: 5, duration: .seconds(7)))
        #expect(watch.look(sample(5), at: time(60)) == nil)
        #expect(watch.look(sample(6), at: time(61)) == .began(connections: 7, requests: 9))
    }
}
