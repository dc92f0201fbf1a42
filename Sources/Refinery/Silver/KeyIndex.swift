import CAura
import Records

/// Finds the row of a natural key: open addressing with 8-byte slots (a fingerprint and the row), and the keys beside it.
final class KeyIndex {
    private(set) var count = 0
    private var keys: UnsafeMutablePointer<RecordKey>
    private var keyCapacity: Int
    /// Low half: row + 1 (0 is free); high half: fingerprint.
    private var slots: UnsafeMutablePointer<UInt64>
    private var slotBits: Int

    init(minimumCapacity: Int = 1024) {
        keyCapacity = max(16, minimumCapacity)
        keys = .allocate(capacity: keyCapacity)
        slotBits = 11
        while 1 << slotBits < keyCapacity * 2 { slotBits += 1 }
        slots = .allocate(capacity: 1 << slotBits)
        slots.initialize(repeating: 0, count: 1 << slotBits)
    }

    deinit {
        keys.deallocate()
        slots.deallocate()
    }

    /// The hash that ``find(_:hash:)`` and ``insert(_:hash:)`` expect.
    @inline(__always)
    static func hash(of key: RecordKey) -> UInt64 { key.mixed.low }

    /// Brings the slot of a key near, ahead of ``find(_:hash:)``.
    @inline(__always)
    func prefetch(hash: UInt64) { aura_prefetch(slots + Int(truncatingIfNeeded: hash >> UInt64(64 - slotBits))) }

    /// The row of `key`, or -1.
    @inline(__always)
    func find(_ key: RecordKey, hash: UInt64) -> Int {
        let mask = (1 << slotBits) - 1
        var at = Int(truncatingIfNeeded: hash >> UInt64(64 - slotBits))
        let fingerprint = hash << 32
        while true {
            let slot = slots[at]
            if slot == 0 { return -1 }
            if slot & 0xFFFF_FFFF_0000_0000 == fingerprint {
                let row = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1
                if keys[row] == key { return row }
            }
            at = (at + 1) & mask
        }
    }

    /// Gives a key that is not there the next row.
    func insert(_ key: RecordKey, hash: UInt64) -> Int {
        if count + 1 > keyCapacity { growKeys() }
        if (count + 1) * 2 > 1 << slotBits { rehash(bits: slotBits + 1) }
        keys[count] = key
        place(row: count, hash: hash)
        count += 1
        return count - 1
    }

    /// Forgets all rows from `newCount` on.
    func truncate(to newCount: Int) {
        guard newCount < count else { return }
        count = newCount
        rehash(bits: slotBits)
    }

    @inline(__always)
    private func place(row: Int, hash: UInt64) {
        let mask = (1 << slotBits) - 1
        var at = Int(truncatingIfNeeded: hash >> UInt64(64 - slotBits))
        while slots[at] != 0 { at = (at + 1) & mask }
        slots[at] = hash << 32 | UInt64(truncatingIfNeeded: row + 1)
    }

    private func growKeys() {
        let capacity = keyCapacity * 2
        let grown = UnsafeMutablePointer<RecordKey>.allocate(capacity: capacity)
        grown.update(from: keys, count: count)
        keys.deallocate()
        keys = grown
        keyCapacity = capacity
    }

    private func rehash(bits: Int) {
        slots.deallocate()
        slotBits = bits
        slots = .allocate(capacity: 1 << bits)
        slots.initialize(repeating: 0, count: 1 << bits)
        for row in 0..<count { place(row: row, hash: KeyIndex.hash(of: keys[row])) }
    }
}
