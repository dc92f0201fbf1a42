import Dispatch
import Testing

@testable import Pipeline

/// Background work of which only the newest request counts.
@Suite(.timeLimit(.minutes(1))) struct LatestRequestWorkerTests {
    /// Tells in the order of their ends what was worked on; every request waits until it is let go.
    private final class Bench: Sendable {
        let worker = LatestRequestWorker<Int, Int>(threadName: "test")
        let begun: AsyncStream<Void>
        let ended: AsyncStream<Int>
        private let beginning: AsyncStream<Void>.Continuation
        private let gate = DispatchSemaphore(value: 0)

        init() {
            let (begun, beginning) = AsyncStream<Void>.makeStream()
            let (ended, ending) = AsyncStream<Int>.makeStream()
            self.begun = begun
            self.ended = ended
            self.beginning = beginning
            worker.listen { ending.yield($0) }
        }

        func ask(_ number: Int) {
            worker.request(number, unstarted: -1) { [gate, beginning] request in
                beginning.yield()
                gate.wait()
                return request
            }
        }

        func letGo() { gate.signal() }
    }

    @Test func whatWaitsIsOvertakenByTheNewest() async throws {
        let bench = Bench()
        var begun = bench.begun.makeAsyncIterator()
        var ended = bench.ended.makeAsyncIterator()
        bench.ask(1)
        await begun.next()
        for number in 2...5 { bench.ask(number) }
        bench.letGo()
        #expect(await ended.next() == 1)
        await begun.next()
        bench.letGo()
        #expect(await ended.next() == 5)
        // The thread has gone or is about to go; either way the next request is worked on.
        bench.ask(6)
        bench.letGo()
        #expect(await ended.next() == 6)
    }

    @Test func nobodyIsToldOfWhatEndsAfterAStop() async throws {
        let (ended, ending) = AsyncStream<Int>.makeStream()
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        weak var known: LatestRequestWorker<Int, Int>?
        do {
            let worker = LatestRequestWorker<Int, Int>(threadName: "test")
            known = worker
            worker.listen { ending.yield($0) }
            func ask(_ number: Int) {
                worker.request(number, unstarted: -1) { request in
                    beginning.yield()
                    gate.wait()
                    return request
                }
            }
            ask(1)
            var iterator = begun.makeAsyncIterator()
            await iterator.next()
            ask(2)
            worker.stop()
            ask(3)
        }
        // Room for all three, were they all worked on.
        for _ in 1...3 { gate.signal() }
        // The thread keeps its worker for as long as there is work.
        while known != nil { try await Task.sleep(for: .milliseconds(2)) }
        ending.finish()
        beginning.finish()
        var told: [Int] = []
        for await number in ended { told.append(number) }
        #expect(told == [])
        var count = 0
        for await _ in begun { count += 1 }
        #expect(count == 0)
    }
}
