/// Reads the flat JSON objects that this module writes: strings, integers, booleans and null as values.
struct JSONScanner {
    enum Value: Hashable {
        /// UTF-8.
        case string([UInt8])
        case integer(Int)
        case bool(Bool)
        case null
    }

    private let text: UnsafeRawBufferPointer
    private var position = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// One object and nothing after it; nil when there is anything else. Of a repeated name the last value counts.
    mutating func object() -> [String: Value]? {
        var fields: [String: Value] = [:]
        guard take("{") else { return nil }
        if !take("}") {
            repeat {
                skipSpace()
                guard let name = string(), take(":"), let value = value() else { return nil }
                fields[String(decoding: name, as: UTF8.self)] = value
            } while take(",")
            guard take("}") else { return nil }
        }
        skipSpace()
        return position == text.count ? fields : nil
    }

    private mutating func value() -> Value? {
        skipSpace()
        guard position < text.count else { return nil }
        switch text[position] {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "n"): return takeWord("null") ? .null : nil
        case UInt8(ascii: "t"): return takeWord("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return takeWord("false") ? .bool(false) : nil
        default:
            let start = position
            while position < text.count, "-0123456789".utf8.contains(text[position]) { position += 1 }
            return Int(String(decoding: text[start..<position], as: UTF8.self)).map { .integer($0) }
        }
    }

    private mutating func string() -> [UInt8]? {
        guard takeByte(UInt8(ascii: "\"")) else { return nil }
        var bytes: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return bytes
            case UInt8(ascii: "\\"): guard escape(into: &bytes) else { return nil }
            case 0..<0x20: return nil
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(into bytes: inout [UInt8]) -> Bool {
        guard position < text.count else { return false }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            guard let first = codeUnit() else { return false }
            var code = first
            if (0xD800..<0xDC00).contains(first) {
                guard takeByte(UInt8(ascii: "\\")), takeByte(UInt8(ascii: "u")), let second = codeUnit(),
                    (0xDC00..<0xE000).contains(second)
                else { return false }
                code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { return false }
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: return false
        }
        return true
    }

    private mutating func codeUnit() -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        let digits = text[position..<(position + 4)]
        position += 4
        guard digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return takeByte(UInt8(ascii: character))
    }

    private mutating func takeByte(_ byte: UInt8) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }
}
