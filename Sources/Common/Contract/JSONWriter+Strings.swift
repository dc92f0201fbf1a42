extension JSONWriter {
    /// Writes a string with the escapes it needs.
    public mutating func string(_ text: String) {
        var copy = text
        copy.withUTF8 { utf8(escaping: $0) }
    }

    /// Writes a string known at compile time that needs no escape.
    @inline(__always)
    public mutating func string(static text: StaticString) {
        let length = text.utf8CodeUnitCount
        guard begin(length &+ 2) else { return }
        put(0x22)
        put(text.utf8Start, count: length)
        put(0x22)
    }

    /// Writes bytes that are well-formed UTF-8 as a string with the escapes it needs.
    public mutating func utf8(escaping bytes: UnsafeBufferPointer<UInt8>) {
        guard begin(bytes.count &+ 2) else { return }
        put(0x22)
        if let start = bytes.baseAddress { escaped(start, count: bytes.count) }
        if reserve(1) { put(0x22) }
    }

    /// Begins a string that is put together from pieces.
    @inline(__always)
    public mutating func beginString() {
        if begin(1) { put(0x22) }
    }

    @inline(__always)
    public mutating func endString() {
        if reserve(1) { put(0x22) }
    }

    /// A piece of a string: bytes that are well-formed UTF-8, with the escapes they need.
    public mutating func piece(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let start = bytes.baseAddress { escaped(start, count: bytes.count) }
    }

    /// A piece of a string.
    public mutating func piece(_ text: String) {
        var copy = text
        copy.withUTF8 { piece($0) }
    }

    /// Puts text; runs that need no escape are copied whole.
    private mutating func escaped(_ start: UnsafePointer<UInt8>, count: Int) {
        var position = 0
        while position < count {
            let stop = Self.cleanEnd(start, from: position, count: count)
            if stop > position {
                guard reserve(stop - position) else { return }
                put(start + position, count: stop - position)
                position = stop
            }
            guard position < count else { return }
            guard reserve(6) else { return }
            let byte = start[position]
            if byte == 0xE2 {
                // U+2028 and U+2029 (E2 80 A8, E2 80 A9) end a line in JavaScript source; every other E2 is copied.
                if position + 2 < count, start[position + 1] == 0x80, start[position + 2] & 0xFE == 0xA8 {
                    escape(codeUnit: 0x2000 | UInt16(start[position + 2] & 0x3F))
                    position += 3
                } else {
                    put(byte)
                    position += 1
                }
                continue
            }
            position += 1
            switch byte {
            case 0x22: pair(0x22)
            case 0x5C: pair(0x5C)
            case 0x08: pair(0x62)
            case 0x09: pair(0x74)
            case 0x0A: pair(0x6E)
            case 0x0C: pair(0x66)
            case 0x0D: pair(0x72)
            default: escape(codeUnit: UInt16(byte))
            }
        }
    }

    private mutating func pair(_ letter: UInt8) {
        put(0x5C)
        put(letter)
    }

    private mutating func escape(codeUnit: UInt16) {
        pair(0x75)
        for shift in stride(from: UInt16(12), through: 0, by: -4) {
            let nibble = UInt8(truncatingIfNeeded: codeUnit >> shift & 0xF)
            put(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
        }
    }

    /// Offset of the first byte that may need an escape: a quote, a backslash, a control character, or E2.
    @inline(__always)
    private static func cleanEnd(_ start: UnsafePointer<UInt8>, from: Int, count: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var position = from
        while position + 8 <= count {
            let bytes = UInt64(
                littleEndian: UnsafeRawPointer(start + position).loadUnaligned(as: UInt64.self))
            let quotes = bytes ^ (ones &* 0x22)
            let backslashes = bytes ^ (ones &* 0x5C)
            let leads = bytes ^ (ones &* 0xE2)
            // The lowest flag of each test is exact, those above may be false.
            let flags =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (leads &- ones) & ~leads
                    | (bytes &- (ones &* 0x20)) & ~bytes) & highs
            if flags != 0 { return position + flags.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < count {
            let byte = start[position]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0xE2 { return position }
            position += 1
        }
        return count
    }
}
