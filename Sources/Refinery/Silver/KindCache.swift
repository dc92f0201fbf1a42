import Records

/// Maps the hash of a few texts to a small code: a direct table in front of a dictionary.
final class KindCache {
    private let slotMask: Int
    private let keys: UnsafeMutablePointer<RecordKey>
    /// -1 where the slot is free.
    private let values: UnsafeMutablePointer<Int32>
    private var overflow: [RecordKey: Int32] = [:]

    /// - Parameter slotCount: of the direct table, a power of two.
    init(slotCount: Int = 4096) {
        slotMask = slotCount - 1
        keys = .allocate(capacity: slotCount)
        keys.initialize(repeating: RecordKey(low: 0, high: 0), count: slotCount)
        values = .allocate(capacity: slotCount)
        values.initialize(repeating: -1, count: slotCount)
    }

    deinit {
        keys.deallocate()
        values.deallocate()
    }

    /// One key for three texts, as wide as each of theirs.
    @inline(__always)
    static func combine(_ a: RecordKey, _ b: RecordKey, _ c: RecordKey) -> RecordKey {
        let first = a.mixed
        let second = RecordKey(low: first.low ^ b.low, high: first.high ^ b.high).mixed
        return RecordKey(low: second.low ^ c.low, high: second.high ^ c.high).mixed
    }

    /// The code, or -1.
    @inline(__always)
    func find(_ key: RecordKey) -> Int32 {
        let slot = Int(truncatingIfNeeded: key.low) & slotMask
        if keys[slot] == key { return values[slot] }
        return findOverflow(key)
    }

    @inline(never)
    private func findOverflow(_ key: RecordKey) -> Int32 { overflow.isEmpty ? -1 : overflow[key] ?? -1 }

    func insert(_ key: RecordKey, _ index: UInt32) {
        let slot = Int(truncatingIfNeeded: key.low) & slotMask
        if values[slot] < 0 {
            keys[slot] = key
            values[slot] = Int32(bitPattern: index)
        } else {
            overflow[key] = Int32(bitPattern: index)
        }
    }
}
