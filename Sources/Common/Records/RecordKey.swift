public import CAura

/// The identity of a natural key, compared as exact bytes.
///
/// Keys of up to 15 bytes are held as they are, with their length: two different ones can never be equal. Longer keys
/// are held as a 120-bit hash, so that among a billion of them two would collide with a probability below 10⁻¹⁸.
public struct RecordKey: BitwiseCopyable, Hashable, Sendable {
    public var low: UInt64
    public var high: UInt64

    @inlinable @inline(__always)
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// - Precondition: 16 bytes can be read from `bytes`, whatever `count` is.
    @inlinable @inline(__always)
    public init(paddedBytes bytes: UnsafePointer<UInt8>, count: Int) {
        if count <= 15 {
            let (low, high) = RecordKey.inlineWords(bytes, count)
            self.init(low: low, high: high)
        } else {
            self.init(longBytes: bytes, count: count)
        }
    }

    public init(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)
        let count = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 16))
        self = bytes.withUnsafeBufferPointer { buffer in
            // The buffer is never empty: 16 bytes of padding were appended.
            buffer.baseAddress.map { RecordKey(paddedBytes: $0, count: count) } ?? RecordKey(low: 0, high: 0)
        }
    }

    @inlinable @inline(__always)
    static func inlineWords(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> (UInt64, UInt64) {
        let first = aura_load64(bytes)
        let second = aura_load64(bytes + 8)
        let length = UInt64(truncatingIfNeeded: count) << 56
        if count >= 8 {
            let keep = (UInt64(1) << UInt64(truncatingIfNeeded: (count - 8) * 8)) &- 1
            return (first, second & keep | length)
        }
        let keep = (UInt64(1) << UInt64(truncatingIfNeeded: count * 8)) &- 1
        return (first & keep, length)
    }

    @inlinable @inline(__always)
    init(longBytes bytes: UnsafePointer<UInt8>, count: Int) {
        var state = RecordKey(low: 0, high: 0x9E37_79B9_7F4A_7C15)
        var offset = 0
        while offset + 16 <= count {
            state.low ^= aura_load64(bytes + offset)
            state.high ^= aura_load64(bytes + offset + 8)
            state = state.mixed
            offset += 16
        }
        if offset < count {
            // The last 16 bytes, overlapping the block before: every byte is read, none past the end.
            state.low ^= aura_load64(bytes + count - 16)
            state.high ^= aura_load64(bytes + count - 8)
            state = state.mixed
        }
        // The length comes last: beside the first bytes, keys of other lengths could make up for it with their text.
        state.low ^= UInt64(truncatingIfNeeded: count)
        state = state.mixed
        // The length byte of short keys is at most 15; 0xFF marks a hash.
        self.init(low: state.low, high: state.high | 0xFF00_0000_0000_0000)
    }

    /// A bijection of the 128 bits that spreads every input bit over all output bits (multiply, xor-shift, alternating
    /// halves). Being a bijection it adds no collision of its own.
    @inlinable @inline(__always)
    public var mixed: RecordKey {
        var x = low &* 0xFF51_AFD7_ED55_8CCD
        x ^= x >> 32
        var y = (high &+ x) &* 0xC4CE_B9FE_1A85_EC53
        y ^= y >> 29
        x = (x &+ y) &* 0x9FB2_1C65_1E98_DF25
        x ^= x >> 32
        y = (y &+ x) &* 0xD6E8_FEB8_6659_FD93
        y ^= y >> 32
        x = (x &+ y) &* 0xA076_1D64_78BD_642F
        x ^= x >> 31
        return RecordKey(low: x, high: y)
    }
}
