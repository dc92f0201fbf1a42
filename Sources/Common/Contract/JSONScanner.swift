/// The lexical layer both parsers share: a position in bounded memory, white space, literals, strings and numbers.
///
/// Works on an unsafe pointer, measured against bounds-checked access: the bytes are looked at in words of eight.
/// Every access is below `end`.
struct JSONScanner {
    let base: UnsafePointer<UInt8>
    let end: Int
    var at = 0

    init(base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        end = count
    }

    /// The end of a string's text and what it holds.
    struct StringExtent {
        /// Offset of the first text byte.
        let start: Int
        /// Offset of the closing quote.
        let stop: Int
        let hasEscapes: Bool
        let isASCII: Bool
    }

    @inline(__always)
    func failure(_ kind: JSONError.Kind, _ offset: Int) -> JSONError {
        JSONError(kind: kind, offset: offset)
    }

    /// The error for whatever stands at `offset` where something else had to.
    func unexpected(at offset: Int) -> JSONError {
        offset < end
            ? JSONError(kind: .unexpectedByte(base[offset]), offset: offset)
            : JSONError(kind: .unexpectedEnd, offset: end)
    }

    @inline(__always)
    mutating func skipWhiteSpace() {
        while at < end {
            let byte = base[at]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at += 1
        }
    }

    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    /// Takes the rest of `true`, `false` or `null`; `at` stands on its first letter.
    mutating func literal(_ text: StaticString) throws(JSONError) {
        let letters = text.utf8Start
        for index in 0..<text.utf8CodeUnitCount {
            guard at + index < end, base[at + index] == letters[index] else { throw unexpected(at: at + index) }
        }
        at += text.utf8CodeUnitCount
    }

    /// Finds the end of a string and checks everything about it but its escapes' and UTF-8's inside; `at` stands after
    /// the opening quote and afterwards after the closing one.
    @inline(__always)
    mutating func stringExtent() throws(JSONError) -> StringExtent {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let start = at
        var seen: UInt64 = 0
        var hasEscapes = false
        var position = at
        while true {
            // Eight bytes at a time: the lowest flagged byte of each test is exact, those above may be false.
            while position + 8 <= end {
                let bytes = word(at: position)
                let quotes = bytes ^ (ones &* 0x22)
                let backslashes = bytes ^ (ones &* 0x5C)
                let quoteFlags = (quotes &- ones) & ~quotes
                let backslashFlags = (backslashes &- ones) & ~backslashes
                let controlFlags = (bytes &- (ones &* 0x20)) & ~bytes
                let flags = (quoteFlags | backslashFlags | controlFlags) & highs
                if flags != 0 {
                    let clean = flags.trailingZeroBitCount & ~7
                    seen |= bytes & ((1 &<< UInt64(clean)) &- 1)
                    position += clean >> 3
                    break
                }
                seen |= bytes
                position += 8
            }
            guard position < end else { throw failure(.unexpectedEnd, end) }
            let byte = base[position]
            if byte == 0x22 {
                at = position + 1
                return StringExtent(start: start, stop: position, hasEscapes: hasEscapes, isASCII: seen & highs == 0)
            } else if byte == 0x5C {
                // The escaped byte is looked at later; only `\"` and `\\` matter for finding the end.
                hasEscapes = true
                position += 2
            } else if byte < 0x20 {
                throw failure(.controlCharacter(byte), position)
            } else {
                seen |= UInt64(byte)
                position += 1
            }
        }
    }

    /// The text of a string found by `stringExtent`.
    @inline(__always)
    func text(of extent: StringExtent) throws(JSONError) -> String {
        let bytes = UnsafeBufferPointer(start: base + extent.start, count: extent.stop - extent.start)
        if !extent.hasEscapes {
            if extent.isASCII { return String(decoding: bytes, as: UTF8.self) }
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            throw failure(.invalidUTF8, extent.start + Self.firstInvalidByte(of: bytes))
        }
        return try unescapedText(of: extent)
    }

    /// The slow path: decodes escapes into a buffer, then checks the whole as UTF-8.
    func unescapedText(of extent: StringExtent) throws(JSONError) -> String {
        let raw = UnsafeBufferPointer(start: base + extent.start, count: extent.stop - extent.start)
        if !extent.isASCII {
            // An escape is ASCII, so checking the raw bytes finds the offset of an invalid one in the text itself.
            let invalid = Self.firstInvalidByte(of: raw)
            if invalid < raw.count { throw failure(.invalidUTF8, extent.start + invalid) }
        }
        // No escape is shorter than what it stands for, so the raw length is room enough.
        let decoded = UnsafeMutablePointer<UInt8>.allocate(capacity: raw.count)
        defer { decoded.deallocate() }
        var count = 0
        var position = extent.start
        while position < extent.stop {
            let run = runEnd(from: position, stop: extent.stop)
            (decoded + count).update(from: base + position, count: run - position)
            count += run - position
            position = run
            guard position < extent.stop else { break }
            position = try escape(at: position, stop: extent.stop) { byte in
                decoded[count] = byte
                count += 1
            }
        }
        return String(decoding: UnsafeBufferPointer(start: decoded, count: count), as: UTF8.self)
    }

    /// Offset of the next backslash, or `stop`.
    @inline(__always)
    func runEnd(from start: Int, stop: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var position = start
        while position + 8 <= stop {
            let backslashes = word(at: position) ^ (ones &* 0x5C)
            let flags = (backslashes &- ones) & ~backslashes & 0x8080_8080_8080_8080
            if flags != 0 { return position + flags.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < stop, base[position] != 0x5C { position += 1 }
        return position
    }

    /// Decodes the escape whose backslash stands at `position` and returns where the text goes on.
    @inline(__always)
    func escape(at position: Int, stop: Int, put: (UInt8) -> Void) throws(JSONError) -> Int {
        guard position + 1 < stop else { throw failure(.invalidEscape, position) }
        switch base[position + 1] {
        case 0x22: put(0x22)
        case 0x5C: put(0x5C)
        case 0x2F: put(0x2F)
        case 0x62: put(0x08)
        case 0x66: put(0x0C)
        case 0x6E: put(0x0A)
        case 0x72: put(0x0D)
        case 0x74: put(0x09)
        case 0x75:
            var next = position + 6
            var scalar = try codeUnit(at: position, stop: stop)
            if scalar & 0xFC00 == 0xDC00 { throw failure(.loneSurrogate, position) }
            if scalar & 0xFC00 == 0xD800 {
                guard next + 1 < stop, base[next] == 0x5C, base[next + 1] == 0x75 else {
                    throw failure(.loneSurrogate, position)
                }
                let low = try codeUnit(at: next, stop: stop)
                guard low & 0xFC00 == 0xDC00 else { throw failure(.loneSurrogate, position) }
                scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (low & 0x3FF)
                next += 6
            }
            Self.encode(scalar, put: put)
            return next
        default:
            throw failure(.invalidEscape, position)
        }
        return position + 2
    }

    /// The four hexadecimal digits of the `\u` escape at `position`.
    private func codeUnit(at position: Int, stop: Int) throws(JSONError) -> UInt32 {
        guard position + 6 <= stop else { throw failure(.invalidEscape, position) }
        var value: UInt32 = 0
        for offset in 2..<6 {
            let byte = base[position + offset]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: throw failure(.invalidEscape, position)
            }
        }
        return value
    }

    private static func encode(_ scalar: UInt32, put: (UInt8) -> Void) {
        switch scalar {
        case ..<0x80:
            put(UInt8(scalar))
        case ..<0x800:
            put(UInt8(0xC0 | scalar >> 6))
            put(UInt8(0x80 | scalar & 0x3F))
        case ..<0x10000:
            put(UInt8(0xE0 | scalar >> 12))
            put(UInt8(0x80 | scalar >> 6 & 0x3F))
            put(UInt8(0x80 | scalar & 0x3F))
        default:
            put(UInt8(0xF0 | scalar >> 18))
            put(UInt8(0x80 | scalar >> 12 & 0x3F))
            put(UInt8(0x80 | scalar >> 6 & 0x3F))
            put(UInt8(0x80 | scalar & 0x3F))
        }
    }

    /// Index of the first byte that does not belong to well-formed UTF-8 (Unicode, table 3-7), or the count.
    static func firstInvalidByte(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            if lead < 0x80 {
                // Eight ASCII bytes at once.
                while index + 8 <= bytes.count,
                    UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
                        & 0x8080_8080_8080_8080 == 0
                {
                    index += 8
                }
                guard index < bytes.count, bytes[index] < 0x80 else { continue }
                index += 1
                continue
            }
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch lead {
            case 0xC2...0xDF: length = 2
            case 0xE0...0xEF:
                length = 3
                if lead == 0xE0 { second = 0xA0...0xBF }
                if lead == 0xED { second = 0x80...0x9F }
            case 0xF0...0xF4:
                length = 4
                if lead == 0xF0 { second = 0x90...0xBF }
                if lead == 0xF4 { second = 0x80...0x8F }
            default: return index
            }
            guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return index }
            for trail in 2..<max(length, 2) where bytes[index + trail] & 0xC0 != 0x80 { return index }
            index += length
        }
        return bytes.count
    }
}
