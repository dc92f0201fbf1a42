import CAura
import Records

/// Finds the row of a natural key: open addressing with 8-byte slots (a fingerprint and the row), and the keys beside
/// it.
///
/// The fields stand behind one constant pointer: every row of every file passes here, and the run-time exclusivity
/// checks of class properties would cost more than the look-up.
final class KeyIndex {
    private struct Table {
        var count = 0
        var keys: UnsafeMutablePointer<RecordKey>
        var keyCapacity: Int
        /// Low half: row + 1 (0 is free); high half: fingerprint.
        var slots: UnsafeMutablePointer<UInt64>
        var slotBits: Int
    }

    private let table: UnsafeMutablePointer<Table>

    var count: Int { table.pointee.count }

    init(minimumCapacity: Int = 1024) {
        let capacity = max(16, minimumCapacity)
        var bits = 11
        while 1 << bits < capacity * 2 { bits += 1 }
        let slots = LargeMemory.allocate(UInt64.self, capacity: 1 << bits)
        slots.initialize(repeating: 0, count: 1 << bits)
        table = .allocate(capacity: 1)
        table.initialize(
            to: Table(
                keys: LargeMemory.allocate(RecordKey.self, capacity: capacity), keyCapacity: capacity, slots: slots,
                slotBits: bits))
    }

    deinit {
        LargeMemory.free(table.pointee.keys)
        LargeMemory.free(table.pointee.slots)
        table.deallocate()
    }

    /// The hash that ``find(_:hash:)`` and ``insert(_:hash:)`` expect.
    @inline(__always)
    static func hash(of key: RecordKey) -> UInt64 { key.mixed.low }

    /// Brings the slot of a key near, ahead of ``find(_:hash:)``.
    @inline(__always)
    func prefetch(hash: UInt64) {
        aura_prefetch(table.pointee.slots + Int(truncatingIfNeeded: hash >> UInt64(64 - table.pointee.slotBits)))
    }

    /// The first row with the fingerprint of `hash` whose key will do, or -1.
    @inline(__always)
    private func row(hash: UInt64, where willDo: (_ row: Int) -> Bool) -> Int {
        let slots = table.pointee.slots
        let bits = table.pointee.slotBits
        let mask = (1 << bits) &- 1
        var at = Int(truncatingIfNeeded: hash >> UInt64(64 - bits))
        let fingerprint = hash << 32
        while true {
            let slot = slots[at]
            if slot == 0 { return -1 }
            if slot & 0xFFFF_FFFF_0000_0000 == fingerprint {
                let row = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) &- 1
                if willDo(row) { return row }
            }
            at = (at &+ 1) & mask
        }
    }

    /// The row of `key`, or -1.
    @inline(__always)
    func find(_ key: RecordKey, hash: UInt64) -> Int {
        let keys = table.pointee.keys
        return row(hash: hash) { keys[$0] == key }
    }

    /// The row whose key most likely is the one sought, or -1; brings that key near. To be asked once the slot is near.
    @inline(__always) @discardableResult
    func candidate(hash: UInt64) -> Int32 {
        let row = row(hash: hash) { _ in true }
        if row >= 0 { aura_prefetch(table.pointee.keys + row) }
        return Int32(truncatingIfNeeded: row)
    }

    /// The row of `key`, or -1, given what ``candidate(hash:)`` said some time ago.
    @inline(__always)
    func find(_ key: RecordKey, hash: UInt64, candidate: Int32) -> Int {
        if candidate >= 0, table.pointee.keys[Int(candidate)] == key { return Int(candidate) }
        return find(key, hash: hash)
    }

    /// Makes room for further keys at once, instead of doubling by doubling.
    func reserve(_ further: Int) {
        let capacity = table.pointee.count + further
        if capacity > table.pointee.keyCapacity { growKeys(to: max(capacity, table.pointee.keyCapacity * 2)) }
        var bits = table.pointee.slotBits
        while capacity * 2 > 1 << bits { bits += 1 }
        if bits > table.pointee.slotBits { rehash(bits: bits) }
    }

    /// Gives a key that is not there the next row.
    func insert(_ key: RecordKey, hash: UInt64) -> Int {
        let row = table.pointee.count
        if row + 1 > table.pointee.keyCapacity { growKeys(to: table.pointee.keyCapacity * 2) }
        if (row + 1) * 2 > 1 << table.pointee.slotBits { rehash(bits: table.pointee.slotBits + 1) }
        table.pointee.keys[row] = key
        place(row: row, hash: hash)
        table.pointee.count = row + 1
        return row
    }

    /// Forgets all rows from `newCount` on.
    func truncate(to newCount: Int) {
        guard newCount < table.pointee.count else { return }
        table.pointee.count = newCount
        rehash(bits: table.pointee.slotBits)
    }

    private func place(row: Int, hash: UInt64) {
        let slots = table.pointee.slots
        let mask = (1 << table.pointee.slotBits) - 1
        var at = Int(truncatingIfNeeded: hash >> UInt64(64 - table.pointee.slotBits))
        while slots[at] != 0 { at = (at + 1) & mask }
        slots[at] = hash << 32 | UInt64(truncatingIfNeeded: row + 1)
    }

    private func growKeys(to capacity: Int) {
        let grown = LargeMemory.allocate(RecordKey.self, capacity: capacity)
        grown.update(from: table.pointee.keys, count: table.pointee.count)
        LargeMemory.free(table.pointee.keys)
        table.pointee.keys = grown
        table.pointee.keyCapacity = capacity
    }

    private func rehash(bits: Int) {
        LargeMemory.free(table.pointee.slots)
        table.pointee.slotBits = bits
        table.pointee.slots = LargeMemory.allocate(UInt64.self, capacity: 1 << bits)
        table.pointee.slots.initialize(repeating: 0, count: 1 << bits)
        for row in 0..<table.pointee.count { place(row: row, hash: KeyIndex.hash(of: table.pointee.keys[row])) }
    }
}
