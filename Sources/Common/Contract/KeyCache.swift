internal import Glibc

/// The keys a text has had so far. Rows repeat their keys: what was read before is taken from here, neither checked nor
/// allocated again. Direct-mapped; a key that finds its place taken replaces the other.
struct KeyCache: ~Copyable {
    /// Length, first and last bytes of a key: all of it up to sixteen bytes, and the beginning of a hash beyond.
    struct Signature: Equatable {
        let count: Int
        let head: UInt64
        let tail: UInt64

        @inline(__always)
        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            count = bytes.count
            guard let base = bytes.baseAddress, count >= 8 else {
                var packed: UInt64 = 0
                for byte in bytes { packed = packed << 8 | UInt64(byte) }
                head = packed
                tail = 0
                return
            }
            let raw = UnsafeRawPointer(base)
            head = raw.loadUnaligned(as: UInt64.self)
            tail = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        }

        /// The same for the same bytes, and seldom for others.
        @inline(__always)
        var fingerprint: UInt64 {
            (head ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15 ^ (tail &* 0xC2B2_AE3D_27D4_EB4F)
        }
    }

    private struct Entry {
        var signature: Signature
        /// Where the bytes stand in the text that is being read.
        var bytes: UnsafePointer<UInt8>
        var text: String
    }

    private static let capacity = 64
    private var entries: UnsafeMutablePointer<Entry?>?

    deinit {
        guard let entries else { return }
        entries.deinitialize(count: Self.capacity)
        entries.deallocate()
    }

    /// The string of ASCII bytes that belong to the text being read and stay where they are.
    @inline(__always)
    mutating func text(of bytes: UnsafeBufferPointer<UInt8>, signature: Signature) -> String {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return "" }
        let slots = entries ?? allocate()
        let slot = slots + Int(truncatingIfNeeded: signature.fingerprint >> 58)
        if let known = slot.pointee, known.signature == signature,
            signature.count <= 16 || memcmp(known.bytes, base, signature.count) == 0
        {
            return known.text
        }
        let text = String(decoding: bytes, as: UTF8.self)
        slot.pointee = Entry(signature: signature, bytes: base, text: text)
        return text
    }

    @inline(never)
    private mutating func allocate() -> UnsafeMutablePointer<Entry?> {
        let slots = UnsafeMutablePointer<Entry?>.allocate(capacity: Self.capacity)
        slots.initialize(repeating: nil, count: Self.capacity)
        entries = slots
        return slots
    }
}
