import Records

/// The new keys of a finished load, for whoever keeps them: in ascending order, piece by piece.
///
/// They stand in the memory that they were staged in: a load of many million rows holds its keys once.
public struct SortedKeys {
    private let spool: Spool<StagedKey>?
    /// How many there are of each partition.
    private let counts: [Int]

    public var count: Int { counts.reduce(0, +) }

    /// None: the category has no such keys.
    static var none: SortedKeys { SortedKeys() }

    private init() {
        spool = nil
        counts = []
    }

    /// - Parameter counts: of the keys that ``Spool/settle(_:in:)`` has put into each partition.
    init(_ spool: Spool<StagedKey>, counts: [Int]) {
        self.spool = spool
        self.counts = counts
    }

    /// Hands out all keys, some hundreds at a time.
    public func forEachPiece(_ body: (UnsafeBufferPointer<KeyEntry>) throws -> Void) rethrows {
        guard let spool else { return }
        for (partition, count) in counts.enumerated() where count > 0 {
            try spool.forEachSettledChunk(in: partition, count: count, body)
        }
    }
}

extension Spool where Element == StagedKey {
    /// Keys that a chunk holds: they are smaller than what they are made of.
    private static var keysPerChunk: Int {
        chunkLength * MemoryLayout<StagedKey>.stride / MemoryLayout<KeyEntry>.stride
    }

    /// Puts sorted keys in the place of a partition's staged rows, which are gone then.
    /// - Precondition: there are no more of them than rows were staged.
    func settle(_ keys: UnsafeBufferPointer<KeyEntry>, in partition: Int) {
        precondition(keys.count <= count(in: partition), "keys are made of staged rows")
        var position = 0
        for chunk in chunks(of: partition) where position < keys.count {
            let length = min(keys.count - position, Spool.keysPerChunk)
            let piece = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: keys[position..<position + length]))
            UnsafeMutableRawBufferPointer(
                start: chunk, count: Spool.chunkLength * MemoryLayout<StagedKey>.stride
            ).copyMemory(from: piece)
            position += length
        }
    }

    fileprivate func forEachSettledChunk(
        in partition: Int, count: Int, _ body: (UnsafeBufferPointer<KeyEntry>) throws -> Void
    ) rethrows {
        var rest = count
        for chunk in chunks(of: partition) where rest > 0 {
            let length = min(rest, Spool.keysPerChunk)
            // What stood there was copied over by keys; chunks begin where either fits.
            let keys = UnsafeRawPointer(chunk).bindMemory(to: KeyEntry.self, capacity: length)
            try body(UnsafeBufferPointer(start: keys, count: length))
            rest -= length
        }
    }
}
