/// Staging memory for the rows of a load, split into partitions: appending touches only the tail of one partition, and a
/// partition later fits into the processor's cache. Elements are plain values and come back in the order of appending.
final class Spool<Element: BitwiseCopyable> {
    private static var chunkLength: Int { 512 }

    private struct Partition {
        var chunks: [UnsafeMutablePointer<Element>] = []
    }

    private var partitions: [Partition]
    private var tails: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>
    private var counts: UnsafeMutablePointer<Int>
    private(set) var partitionCount: Int
    private var capacity: Int
    /// Chunks are cut from larger slabs, so that memory is asked for (and given back) in few pieces.
    private var slabs: [UnsafeMutablePointer<Element>] = []
    private var slabRest = 0
    private var freeChunks: [UnsafeMutablePointer<Element>] = []
    private let chunksPerSlab: Int

    init(partitionCount: Int) {
        self.partitionCount = partitionCount
        capacity = max(1, partitionCount)
        partitions = Array(repeating: Partition(), count: partitionCount)
        tails = .allocate(capacity: capacity)
        tails.initialize(repeating: nil, count: capacity)
        counts = .allocate(capacity: capacity)
        counts.initialize(repeating: 0, count: capacity)
        chunksPerSlab = partitionCount >= 64 ? 128 : 8
    }

    deinit {
        for slab in slabs { slab.deallocate() }
        tails.deallocate()
        counts.deallocate()
    }

    /// Makes partitions up to and including `partition` exist.
    func ensurePartition(_ partition: Int) {
        guard partition >= partitionCount else { return }
        if partition >= capacity {
            let grown = max(partition + 1, capacity * 2)
            let grownTails = UnsafeMutablePointer<UnsafeMutablePointer<Element>?>.allocate(capacity: grown)
            grownTails.initialize(repeating: nil, count: grown)
            grownTails.update(from: tails, count: partitionCount)
            tails.deallocate()
            tails = grownTails
            let grownCounts = UnsafeMutablePointer<Int>.allocate(capacity: grown)
            grownCounts.initialize(repeating: 0, count: grown)
            grownCounts.update(from: counts, count: partitionCount)
            counts.deallocate()
            counts = grownCounts
            capacity = grown
        }
        partitions.append(contentsOf: repeatElement(Partition(), count: partition + 1 - partitionCount))
        partitionCount = partition + 1
    }

    /// - Precondition: `0 <= partition < partitionCount`.
    @inline(__always)
    func append(_ element: Element, to partition: Int) {
        let count = counts[partition]
        let offset = count & (Spool.chunkLength - 1)
        if offset == 0 { addChunk(to: partition) }
        // A chunk was added for offset 0 and stays the tail until it is full.
        tails[partition].unsafelyUnwrapped[offset] = element
        counts[partition] = count &+ 1
    }

    @inline(never)
    private func addChunk(to partition: Int) {
        let chunk: UnsafeMutablePointer<Element>
        if let free = freeChunks.popLast() {
            chunk = free
        } else {
            if slabRest == 0 {
                slabs.append(.allocate(capacity: Spool.chunkLength * chunksPerSlab))
                slabRest = chunksPerSlab
            }
            chunk = slabs[slabs.count - 1] + (chunksPerSlab - slabRest) * Spool.chunkLength
            slabRest -= 1
        }
        partitions[partition].chunks.append(chunk)
        tails[partition] = chunk
    }

    func count(in partition: Int) -> Int { counts[partition] }

    var count: Int { (0..<partitionCount).reduce(0) { $0 + counts[$1] } }

    /// Calls `body` with the elements of one partition, in the order of appending, chunk by chunk.
    @inline(__always)
    func forEachChunk(in partition: Int, _ body: (UnsafeBufferPointer<Element>) -> Void) {
        var rest = counts[partition]
        for chunk in partitions[partition].chunks {
            let length = min(rest, Spool.chunkLength)
            body(UnsafeBufferPointer(start: chunk, count: length))
            rest -= length
        }
    }
}
