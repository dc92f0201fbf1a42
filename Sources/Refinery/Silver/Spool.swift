import Glibc

/// Staging memory for the rows of a load, split into partitions: appending touches only the tail of one partition, and
/// a
/// partition later fits into the processor's cache. Elements are plain values and come back in the order of appending.
///
/// The fields stand behind one constant pointer, see ``KeyIndex``.
final class Spool<Element: BitwiseCopyable> {
    static var chunkLength: Int { 512 }
    private static var largeSlabBytes: Int { 2 << 20 }

    private struct State {
        /// The chunk that is being filled, and the elements so far, by partition.
        var tails: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
        var counts: UnsafeMutablePointer<Int>
        var partitionCount: Int
        var capacity: Int
    }

    private let state: UnsafeMutablePointer<State>
    private var chunks: [[UnsafeMutablePointer<Element>]]
    /// Chunks are cut from larger slabs, so that memory is asked for (and given back) in few pieces.
    private var slabs: [UnsafeMutablePointer<Element>] = []
    private var slabRest = 0
    private let chunksPerSlab: Int
    /// What the tail of a partition without chunks points to; never written.
    private let nowhere: UnsafeMutablePointer<Element>

    var partitionCount: Int { state.pointee.partitionCount }

    /// - Parameter isLarge: a load of many million rows is to come.
    init(partitionCount: Int, isLarge: Bool) {
        let capacity = max(1, partitionCount)
        nowhere = .allocate(capacity: 1)
        chunks = Array(repeating: [], count: partitionCount)
        let chunkBytes = Spool.chunkLength * MemoryLayout<Element>.stride
        chunksPerSlab = isLarge ? max(1, Spool.largeSlabBytes / chunkBytes) : 16
        let tails = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(capacity: capacity)
        tails.initialize(repeating: nowhere, count: capacity)
        let counts = UnsafeMutablePointer<Int>.allocate(capacity: capacity)
        counts.initialize(repeating: 0, count: capacity)
        state = .allocate(capacity: 1)
        state.initialize(
            to: State(tails: tails, counts: counts, partitionCount: partitionCount, capacity: capacity))
    }

    deinit {
        for slab in slabs { free(slab) }
        state.pointee.tails.deallocate()
        state.pointee.counts.deallocate()
        state.deallocate()
        nowhere.deallocate()
    }

    /// Makes partitions up to and including `partition` exist.
    @inline(never)
    func ensurePartition(_ partition: Int) {
        let count = state.pointee.partitionCount
        guard partition >= count else { return }
        if partition >= state.pointee.capacity {
            let capacity = max(partition + 1, state.pointee.capacity * 2)
            let tails = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(capacity: capacity)
            tails.initialize(repeating: nowhere, count: capacity)
            tails.update(from: state.pointee.tails, count: count)
            state.pointee.tails.deallocate()
            state.pointee.tails = tails
            let counts = UnsafeMutablePointer<Int>.allocate(capacity: capacity)
            counts.initialize(repeating: 0, count: capacity)
            counts.update(from: state.pointee.counts, count: count)
            state.pointee.counts.deallocate()
            state.pointee.counts = counts
            state.pointee.capacity = capacity
        }
        chunks.append(contentsOf: repeatElement([], count: partition + 1 - count))
        state.pointee.partitionCount = partition + 1
    }

    /// - Precondition: `0 <= partition < partitionCount`.
    @inline(__always)
    func append(_ element: Element, to partition: Int) {
        let count = state.pointee.counts[partition]
        let offset = count & (Spool.chunkLength &- 1)
        if offset == 0 { addChunk(to: partition) }
        state.pointee.tails[partition][offset] = element
        state.pointee.counts[partition] = count &+ 1
    }

    @inline(never)
    private func addChunk(to partition: Int) {
        if slabRest == 0 {
            slabs.append(newSlab())
            slabRest = chunksPerSlab
        }
        let chunk = slabs[slabs.count - 1] + (chunksPerSlab - slabRest) * Spool.chunkLength
        slabRest -= 1
        chunks[partition].append(chunk)
        state.pointee.tails[partition] = chunk
    }

    /// Of ordinary pages: what is staged is written once and read once, piece by piece, so that large pages save little;
    /// and ordinary ones are those that the kernel has just got back from the drop's own file, nearest and cheapest.
    private func newSlab() -> UnsafeMutablePointer<Element> {
        let count = Spool.chunkLength * chunksPerSlab
        let bytes = count * MemoryLayout<Element>.stride
        guard let memory = malloc(bytes) else {
            fatalError("out of memory: \(bytes) bytes for staging")
        }
        return memory.bindMemory(to: Element.self, capacity: count)
    }

    func count(in partition: Int) -> Int { state.pointee.counts[partition] }

    /// The memory of a partition, in the order of appending.
    func chunks(of partition: Int) -> [UnsafeMutablePointer<Element>] { chunks[partition] }

    /// Forgets all elements and gives their memory back.
    func removeAll() {
        for slab in slabs { free(slab) }
        slabs = []
        slabRest = 0
        for partition in chunks.indices {
            chunks[partition] = []
            state.pointee.tails[partition] = nowhere
            state.pointee.counts[partition] = 0
        }
    }

    /// Calls `body` with the elements of one partition, in the order of appending, chunk by chunk.
    @inline(__always)
    func forEachChunk(in partition: Int, _ body: (UnsafeBufferPointer<Element>) -> Void) {
        var rest = state.pointee.counts[partition]
        for chunk in chunks[partition] {
            let length = min(rest, Spool.chunkLength)
            body(UnsafeBufferPointer(start: chunk, count: length))
            rest -= length
        }
    }
}
