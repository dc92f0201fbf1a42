/// The name of one entry of a folder: 1…255 arbitrary bytes without `/` and NUL, neither `.` nor `..`. File names on
/// Linux are bytes, not text, so that is what is kept and compared.
public struct FileName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The bytes as they stand in the folder.
    public let bytes: [UInt8]

    /// Nil when no folder can hold such a name.
    public init?(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard !bytes.isEmpty, bytes.count <= FileName.byteCountMax, !bytes.contains(0),
            !bytes.contains(UInt8(ascii: "/")), bytes != [UInt8(ascii: ".")],
            bytes != [UInt8(ascii: "."), UInt8(ascii: ".")]
        else { return nil }
        self.bytes = bytes
    }

    /// The UTF-8 bytes of `text`; nil when no folder can hold such a name.
    public init?(_ text: String) { self.init(text.utf8) }

    /// For names made by the code itself, which are known to be well formed.
    init(made text: String) {
        precondition(!text.isEmpty && text.utf8.count <= FileName.byteCountMax, "a made file name is too long")
        bytes = Array(text.utf8)
    }

    /// What the usual Linux file systems allow.
    public static let byteCountMax = 255

    /// For a drop whose name is not known any more.
    public static let unnamed = FileName(made: "unnamed")

    /// The name as text; bytes that are not UTF-8 are shown as U+FFFD.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// By the bytes, as unsigned numbers.
    public static func < (lhs: FileName, rhs: FileName) -> Bool {
        lhs.bytes.lexicographicallyPrecedes(rhs.bytes)
    }

    /// Whether the name says that its file is not meant to be taken yet: it starts with `.` or ends in `.part`,
    /// `.tmp`, `.swp` or `~`.
    public var isIgnored: Bool {
        bytes.first == UInt8(ascii: ".") || FileName.ignoredEndings.contains { hasSuffix($0) }
    }

    private static let ignoredEndings: [[UInt8]] = [".part", ".tmp", ".swp", "~"].map { Array($0.utf8) }

    func hasPrefix(_ prefix: some Collection<UInt8>) -> Bool { bytes.starts(with: prefix) }

    func hasSuffix(_ suffix: [UInt8]) -> Bool { bytes.suffix(suffix.count).elementsEqual(suffix) }

    /// Calls `body` with the name as a C string and returns its result, or the negated error number when it is -1.
    func call(_ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
            buffer[bytes.count] = 0
            guard let start = buffer.baseAddress else { return -1 }
            return negatedErrorNumber(body(UnsafePointer(start)))
        }
    }
}
