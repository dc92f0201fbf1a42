import Glibc
import NIOConcurrencyHelpers
import Testing

@testable import SocketServer

/// Whose turn it is.
struct FairQueueTests {
    private let anna = Asker(1)
    private let bert = Asker(2)
    private let carl = Asker(3)

    private func order(_ queue: FairQueue<String>) -> [String] {
        var queue = queue
        var result: [String] = []
        while let next = queue.next(where: { _ in true }) { result.append(next.element) }
        return result
    }

    @Test("The sixtieth question of one waits behind the first of another")
    func turns() {
        var queue = FairQueue<String>()
        for number in 0..<60 { queue.append("a\(number)", of: anna) }
        queue.append("b0", of: bert)
        queue.append("c0", of: carl)
        queue.append("b1", of: bert)
        #expect(queue.count == 63)
        #expect(queue.count(of: anna) == 60)
        let order = order(queue)
        #expect(order.prefix(6) == ["a0", "b0", "c0", "a1", "b1", "a2"])
        #expect(order.count == 63)
        #expect(order.filter { $0.hasPrefix("a") } == (0..<60).map { "a\($0)" })
    }

    @Test("Who may not have a turn keeps the place")
    func passedOver() {
        var queue = FairQueue<String>()
        queue.append("a0", of: anna)
        queue.append("b0", of: bert)
        queue.append("a1", of: anna)
        #expect(queue.next { $0 != anna }?.element == "b0")
        #expect(queue.next { $0 != anna } == nil)
        #expect(order(queue) == ["a0", "a1"])
    }

    @Test("Those who wait for the same come one after the other, each asker once, and nobody who came later")
    func shared() {
        var queue = FairQueue<String>()
        queue.append("a-monday", of: anna, sharing: "monday")
        queue.append("a-monday-2", of: anna, sharing: "monday")
        queue.append("b-sunday", of: bert, sharing: "sunday")
        queue.append("b-monday", of: bert, sharing: "monday")
        queue.append("c-monday", of: carl, sharing: "monday")
        #expect(queue.next { _ in true }?.element == "a-monday")
        queue.append("d-monday", of: Asker(4), sharing: "monday")
        #expect(queue.contains(sharing: "monday") { $0.hasPrefix("c") })
        #expect(!queue.contains(sharing: "tuesday") { _ in true })
        #expect(order(queue) == ["b-monday", "c-monday", "a-monday-2", "d-monday", "b-sunday"])
    }

    @Test("Nothing is lost or doubled, in any order of coming and going", arguments: 1...20 as ClosedRange<UInt64>)
    func conservation(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = FairQueue<Int>()
        var waiting: [Asker: [Int]] = [:]
        var next = 0
        var lastTurn: [Asker: Int] = [:]
        for step in 0..<2_000 {
            if Int.random(in: 0..<5, using: &generator) < 3 {
                let asker = Asker(UInt64.random(in: 0..<6, using: &generator))
                queue.append(next, of: asker)
                if waiting[asker, default: []].isEmpty { lastTurn[asker] = step }
                waiting[asker, default: []].append(next)
                next += 1
            } else if let taken = queue.next(where: { _ in true }) {
                let asker = taken.asker
                #expect(waiting[asker]?.first == taken.element)
                waiting[asker]?.removeFirst()
                // Nobody who waits has waited longer for a turn.
                let longest = waiting.filter { !$0.value.isEmpty && $0.key != asker }.keys.compactMap { lastTurn[$0] }
                    .min()
                #expect(lastTurn[asker, default: 0] <= longest ?? .max)
                lastTurn[asker] = step
            } else {
                #expect(waiting.values.allSatisfy { $0.isEmpty })
            }
            #expect(queue.count == waiting.values.reduce(0) { $0 + $1.count })
        }
    }
}

/// Threads and places to wait are shared out.
@Suite(.serialized) struct WorkerPoolTests {
    private func pool(threads: Int = 2, spare: Int = 1, queue: Int = 100, perAsker: Int = 50) -> WorkerPool {
        WorkerPool(
            WorkerPool.Limits(threads: threads, spareThreads: spare, queueMax: queue, queuePerAskerMax: perAsker))
    }

    @Test("One asker cannot occupy every thread")
    func aThreadIsLeft() {
        let pool = pool()
        let isOpen = NIOLockedValueBox(false)
        let others = NIOLockedValueBox(0)
        for _ in 0..<40 {
            let refusal = pool.submit(
                WorkerPool.Job(asker: Asker(1)) { while !isOpen.withLockedValue({ $0 }) { usleep(500) } })
            #expect(refusal == nil)
        }
        for _ in 0..<10 { _ = pool.submit(WorkerPool.Job(asker: Asker(2)) { others.withLockedValue { $0 += 1 } }) }
        #expect(eventually { others.withLockedValue { $0 } == 10 })
        isOpen.withLockedValue { $0 = true }
        let last = NIOLockedValueBox(false)
        #expect(pool.submit(WorkerPool.Job(asker: Asker(1)) { last.withLockedValue { $0 = true } }) == nil)
        #expect(eventually { last.withLockedValue { $0 } })
        pool.beginShutdown()
        #expect(eventually { pool.hasEnded })
    }

    @Test("One asker cannot take every place to wait")
    func placesAreLeft() {
        let pool = pool(threads: 1, spare: 0, queue: 20, perAsker: 5)
        let isOpen = NIOLockedValueBox(false)
        let done = NIOLockedValueBox<[Int]>([])
        @Sendable func job(_ asker: UInt64, _ number: Int) -> WorkerPool.Job {
            WorkerPool.Job(asker: Asker(asker)) {
                while !isOpen.withLockedValue({ $0 }) { usleep(500) }
                done.withLockedValue { $0.append(number) }
            }
        }
        let first = (0..<10).map { pool.submit(job(1, $0)) }
        #expect(first.prefix(6).allSatisfy { $0 == nil })
        #expect(first.dropFirst(6).allSatisfy { $0 == .askerFull })
        let rest = (0..<40).map { pool.submit(job(UInt64(2 + $0 / 5), 100 + $0)) }
        #expect(rest.count { $0 == nil } == 15)
        #expect(rest.contains(.full))
        isOpen.withLockedValue { $0 = true }
        #expect(eventually { done.withLockedValue { $0.count } == 21 })
        pool.beginShutdown()
        #expect(eventually { pool.hasEnded })
    }
}
