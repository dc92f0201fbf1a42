import Bronze
import Dispatch
import Inbox
import Records

/// Reads a drop block by block ahead of whoever parses it: reading, hashing and unpacking happen on a thread of their
/// own, in memory that goes round in a ring.
final class DropFeed {
    /// One block, ready to be parsed: content from ``BronzeReader/headroom`` to the batch's byte count.
    struct Block {
        let batch: BronzeBatch
        let isLast: Bool
        /// How far the file on disk has been read.
        let storedPosition: Int
    }

    /// Hands batches from one thread to the other.
    private final class Ring: @unchecked Sendable {
        // Safe: `filled` and `free` are touched only between wait and signal of a semaphore that orders both threads
        // and under the lock; a batch is owned by the thread that took it.
        private let lock = DispatchSemaphore(value: 1)
        private let filledCount = DispatchSemaphore(value: 0)
        private let freeCount: DispatchSemaphore
        private var filled: [Result<Block, DropReadError>] = []
        private var free: [BronzeBatch]
        private var isAbandoned = false
        private var hash: ContentHash?

        init(_ batches: [BronzeBatch]) {
            free = batches
            // Counted up from 0: a semaphore that goes with less than it was made with is a trap, and a drop that is
            // refused half-way leaves batches on their way.
            freeCount = DispatchSemaphore(value: 0)
            for _ in batches { freeCount.signal() }
        }

        private func locked<R>(_ body: () -> R) -> R {
            lock.wait()
            defer { lock.signal() }
            return body()
        }

        /// A batch to fill; nil when nobody wants it any more.
        func takeFree() -> BronzeBatch? {
            freeCount.wait()
            return locked { isAbandoned ? nil : free.popLast() }
        }

        func put(_ result: Result<Block, DropReadError>, hash: ContentHash?) {
            locked {
                filled.append(result)
                if hash != nil { self.hash = hash }
            }
            filledCount.signal()
        }

        func takeFilled() -> Result<Block, DropReadError> {
            filledCount.wait()
            return locked { filled.removeFirst() }
        }

        func giveBack(_ batch: BronzeBatch) {
            locked { free.append(batch) }
            freeCount.signal()
        }

        func abandon() {
            locked { isAbandoned = true }
            freeCount.signal()
        }

        var sha256: ContentHash? { locked { hash } }
    }

    private let ring: Ring
    private let done = DispatchSemaphore(value: 0)
    private var isFinished = false

    /// A block, the spans of its fields and what is staged of it fit into a processor's second-level cache together.
    static let blockBytes = 128 * 1024

    /// - Parameters:
    ///   - batches: the memory to go round; three or more keep both threads busy.
    ///   - open: opens the drop; called on the reading thread.
    init(
        _ batches: [BronzeBatch], queue: DispatchQueue,
        open: @escaping @Sendable () throws(DropReadError) -> DropReader
    ) {
        let ring = Ring(batches)
        self.ring = ring
        let done = done
        queue.async {
            defer { done.signal() }
            do throws(DropReadError) {
                let reader = try open()
                while let batch = ring.takeFree() {
                    batch.reserveBytes(BronzeReader.headroom + DropFeed.blockBytes)
                    let block = UnsafeMutableRawBufferPointer(
                        start: batch.bytes + BronzeReader.headroom, count: DropFeed.blockBytes)
                    let (count, isLast) = try reader.readBlock(into: block)
                    batch.byteCount = BronzeReader.headroom + count
                    ring.put(
                        .success(Block(batch: batch, isLast: isLast, storedPosition: reader.storedPosition)),
                        hash: isLast ? reader.sha256 : nil)
                    if isLast { return }
                }
            } catch {
                ring.put(.failure(error), hash: nil)
            }
        }
    }

    /// The next block; the one before must have been given back unless more than one is wanted at a time.
    func next() throws(DropReadError) -> Block {
        let block = try ring.takeFilled().get()
        isFinished = block.isLast
        return block
    }

    func giveBack(_ block: Block) { ring.giveBack(block.batch) }

    /// The hash of the file; known after the last block.
    var sha256: ContentHash? { ring.sha256 }

    /// Stops reading and waits until the reading thread has let go of the file and of the memory.
    func close() {
        ring.abandon()
        done.wait()
    }
}
