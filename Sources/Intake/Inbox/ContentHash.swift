/// The SHA-256 of a file's own bytes: its identity.
public struct ContentHash: Sendable, Hashable, Comparable, CustomStringConvertible {
    static let count = 32

    /// 32 bytes.
    public let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// From 64 lower-case hexadecimal digits.
    public init?(_ hexadecimal: some StringProtocol) {
        guard hexadecimal.utf8.count == 64, let bytes = Hexadecimal.bytes(String(hexadecimal)) else { return nil }
        self.bytes = bytes
    }

    /// Of bytes in memory.
    public init(of content: UnsafeRawBufferPointer) {
        var hasher = ContentHasher()
        hasher.update(content)
        self = hasher.hash
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.text(bytes) }

    public static func < (lhs: ContentHash, rhs: ContentHash) -> Bool {
        lhs.bytes.lexicographicallyPrecedes(rhs.bytes)
    }
}
