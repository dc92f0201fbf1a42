/// Writes one JSON text from front to back, in bytes of UTF-8.
///
/// It cannot go back and does not check that braces match beyond an assertion in debug builds: the caller's code is the
/// shape of the answer. What it guarantees for any input is text a strict reader takes: strings are escaped, control
/// characters and U+2028 and U+2029 included; a number that JSON cannot say (NaN, infinity) is `null`.
///
///     var answer: [UInt8] = []
///     JSONWriter.append(to: &answer) { writer in
///         writer.beginObject()
///         writer.member("mrr", microUnits: 12_340_000)  // 12.34
///         writer.member("name", text: name)
///         writer.endObject()
///     }
///
/// The bytes live in memory of the writer's own or the caller's, reached through a pointer: measured, several times as
/// fast as appending to an array byte by byte. Every store is preceded by a check of the room.
public struct JSONWriter: ~Copyable {
    /// Where the bytes are; grows when owned.
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private let isOwned: Bool
    /// Bytes written so far.
    public private(set) var count = 0
    /// Whether a caller's buffer was too small; what was written is then cut off and of no use.
    public private(set) var hasOverflowed = false
    private var needsComma = false
    private var depth = 0

    /// A writer with a buffer of its own that grows as needed.
    public init(reservedBytes: Int = 1_024) {
        capacity = max(64, reservedBytes)
        base = .allocate(capacity: capacity)
        isOwned = true
    }

    /// A writer into a buffer of the caller's, who keeps it alive and alone while the writer is in use. What does not
    /// fit is dropped and `hasOverflowed` set.
    public init(buffer: UnsafeMutableBufferPointer<UInt8>) {
        isOwned = buffer.baseAddress == nil
        // An empty buffer has no address; one byte that is never handed out stands in.
        base = buffer.baseAddress ?? .allocate(capacity: 1)
        capacity = buffer.baseAddress == nil ? 0 : buffer.count
        limitsToCapacity = true
    }

    private var limitsToCapacity = false

    deinit {
        if isOwned { base.deallocate() }
    }

    /// Writes with a fresh writer and appends the text to an array.
    @inline(__always)
    public static func append<Failure: Error>(
        to bytes: inout [UInt8], reservedBytes: Int = 1_024,
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        var writer = JSONWriter(reservedBytes: reservedBytes)
        try body(&writer)
        writer.withBytes { bytes.append(contentsOf: $0) }
    }

    /// The text of a value.
    public static func bytes(of value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes) { writer in writer.value(value) }
        return bytes
    }

    /// Looks at the bytes written so far.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: base, count: count))
    }

    /// Forgets what was written and keeps the memory.
    public mutating func removeAll() {
        count = 0
        hasOverflowed = false
        needsComma = false
        depth = 0
    }

    // MARK: Room

    /// Makes room for `extra` bytes; false when there is none and the bytes have to be dropped.
    @inline(__always)
    mutating func reserve(_ extra: Int) -> Bool {
        if _fastPath(capacity &- count >= extra) { return true }
        return grow(extra)
    }

    @inline(never)
    private mutating func grow(_ extra: Int) -> Bool {
        if limitsToCapacity {
            hasOverflowed = true
            return false
        }
        let larger = max(capacity * 2, count + extra)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
        return true
    }

    /// Stores a byte there is room for.
    @inline(__always)
    mutating func put(_ byte: UInt8) {
        base[count] = byte
        count &+= 1
    }

    /// Stores bytes there is room for.
    @inline(__always)
    mutating func put(_ bytes: UnsafePointer<UInt8>, count extra: Int) {
        (base + count).update(from: bytes, count: extra)
        count &+= extra
    }

    /// Where the next byte goes; the caller has reserved room and tells afterwards how much it took.
    @inline(__always)
    mutating func advance(_ written: Int) { count &+= written }

    @inline(__always)
    var next: UnsafeMutablePointer<UInt8> { base + count }

    /// The comma before a value, if one is due, plus room for `extra` bytes.
    @inline(__always)
    mutating func begin(_ extra: Int) -> Bool {
        guard reserve(extra &+ 1) else { return false }
        if needsComma { put(0x2C) }
        needsComma = true
        return true
    }

    // MARK: Structure

    @inline(__always)
    public mutating func beginObject() { open(0x7B) }

    @inline(__always)
    public mutating func endObject() { close(0x7D) }

    @inline(__always)
    public mutating func beginArray() { open(0x5B) }

    @inline(__always)
    public mutating func endArray() { close(0x5D) }

    @inline(__always)
    private mutating func open(_ bracket: UInt8) {
        if begin(1) { put(bracket) }
        needsComma = false
        depth &+= 1
    }

    @inline(__always)
    private mutating func close(_ bracket: UInt8) {
        assert(depth > 0, "an object or array is closed that was not opened")
        if reserve(1) { put(bracket) }
        needsComma = true
        depth &-= 1
    }

    /// Writes a key known at compile time. It stands as it is, so it must need no escape: plain ASCII names do not.
    @inline(__always)
    public mutating func key(_ name: StaticString) {
        assert(Self.isPlain(name), "a static key with a character that has to be escaped")
        let length = name.utf8CodeUnitCount
        guard begin(length &+ 3) else {
            needsComma = false
            return
        }
        put(0x22)
        put(name.utf8Start, count: length)
        put(0x22)
        put(0x3A)
        needsComma = false
    }

    /// Writes a key from data, escaped.
    public mutating func key(text name: String) {
        string(name)
        if reserve(1) { put(0x3A) }
        needsComma = false
    }

    private static func isPlain(_ name: StaticString) -> Bool {
        guard name.hasPointerRepresentation else { return false }
        return name.withUTF8Buffer { $0.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C } }
    }

    // MARK: Splice

    /// Puts in bytes that are a whole JSON value already. They are not looked at.
    public mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, begin(bytes.count) else { return }
        put(start, count: bytes.count)
    }

    /// As above, for an array.
    public mutating func raw(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { raw($0) }
    }
}
