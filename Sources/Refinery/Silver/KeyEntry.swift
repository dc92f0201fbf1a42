import Records

/// A natural key as it is kept for good: 96 well-mixed bits of the key and 32 bits of the row's content, 16 bytes in
/// all.
///
/// Among 10⁸ keys two would agree in 96 bits with a probability of 10⁻¹³. The content bits tell a repeated row from a
/// collision (same key, other content).
public struct KeyEntry: BitwiseCopyable, Sendable, Equatable {
    public var prefix: UInt64
    public var suffix: UInt32
    public var content: UInt32

    @inlinable
    public init(prefix: UInt64, suffix: UInt32, content: UInt32) {
        self.prefix = prefix
        self.suffix = suffix
        self.content = content
    }

    /// Ascending by key; the content plays no part.
    @inlinable
    public static func precedes(_ lhs: KeyEntry, _ rhs: KeyEntry) -> Bool {
        lhs.prefix != rhs.prefix ? lhs.prefix < rhs.prefix : lhs.suffix < rhs.suffix
    }

    @inlinable
    public static func sameKey(_ lhs: KeyEntry, _ rhs: KeyEntry) -> Bool {
        lhs.prefix == rhs.prefix && lhs.suffix == rhs.suffix
    }
}

/// The keys of all earlier loads. Whoever keeps them (on disk or in memory) answers which of some sorted keys are
/// there.
public protocol KnownKeys {
    /// Calls `found` with the position of every entry of `sorted` whose key is known and the content it was known with.
    func find(
        _ sorted: UnsafeBufferPointer<KeyEntry>, found: (_ position: Int, _ content: UInt32) -> Void) throws

    /// What is known of keys whose row in force has a revision above 0; nil for each of the others.
    func revisions(of keys: [KeyEntry]) throws -> [RevisedKey?]
}

extension KnownKeys {
    public func revisions(of keys: [KeyEntry]) -> [RevisedKey?] { [RevisedKey?](repeating: nil, count: keys.count) }
}

/// No earlier keys.
public struct NoKnownKeys: KnownKeys {
    public init() {}

    public func find(
        _ sorted: UnsafeBufferPointer<KeyEntry>, found: (_ position: Int, _ content: UInt32) -> Void
    ) throws {}
}

/// A staged row's key.
struct StagedKey: BitwiseCopyable {
    // 32-bit fields keep the stride at 20 bytes.
    var prefixHigh: UInt32
    var prefixLow: UInt32
    var suffix: UInt32
    var content: UInt32
    var row: UInt32

    @inline(__always)
    init(key: RecordKey, content: UInt32, row: UInt32) {
        let mixed = key.mixed
        prefixHigh = UInt32(truncatingIfNeeded: mixed.low >> 32)
        prefixLow = UInt32(truncatingIfNeeded: mixed.low)
        suffix = UInt32(truncatingIfNeeded: mixed.high >> 32)
        self.content = content
        self.row = row
    }

    @inline(__always)
    var prefix: UInt64 { UInt64(prefixHigh) << 32 | UInt64(prefixLow) }

    @inline(__always)
    var entry: KeyEntry { KeyEntry(prefix: prefix, suffix: suffix, content: content) }
}

/// One bit per row.
struct RowBits {
    private(set) var words: [UInt64]
    private(set) var isEmpty = true

    init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64 + 1) }

    mutating func insert(_ row: Int) {
        words[row >> 6] |= 1 << UInt64(row & 63)
        isEmpty = false
    }

    mutating func insert(_ rows: Range<Int>) { for row in rows { insert(row) } }

    @inline(__always)
    func contains(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }
}
