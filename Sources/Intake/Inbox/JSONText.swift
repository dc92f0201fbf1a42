/// Writes JSON text by hand, byte by byte.
enum JSONText {
    /// Appends `"…"` for `bytes`, escaped as RFC 8259 asks; bytes that are not UTF-8 become U+FFFD.
    /// - Returns: whether `bytes` were UTF-8.
    @discardableResult
    static func append(_ bytes: [UInt8], to text: inout [UInt8]) -> Bool {
        text.append(UInt8(ascii: "\""))
        let isUTF8 = bytes.allSatisfy { $0 < 0x80 } || isValidUTF8(bytes)
        escape(isUTF8 ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8), to: &text)
        text.append(UInt8(ascii: "\""))
        return isUTF8
    }

    static func append(_ string: String, to text: inout [UInt8]) { append(Array(string.utf8), to: &text) }

    static func append(_ number: some BinaryInteger, to text: inout [UInt8]) {
        text.append(contentsOf: String(number).utf8)
    }

    /// Appends `bytes` in base 64 (RFC 4648, with padding), as a JSON string.
    static func appendBase64(_ bytes: [UInt8], to text: inout [UInt8]) {
        let digits = Base64.digits
        text.append(UInt8(ascii: "\""))
        var index = 0
        while index < bytes.count {
            let rest = bytes.count - index
            let first = bytes[index]
            let second = rest > 1 ? bytes[index + 1] : 0
            let third = rest > 2 ? bytes[index + 2] : 0
            text.append(digits[Int(first >> 2)])
            text.append(digits[Int(first & 3) << 4 | Int(second >> 4)])
            text.append(rest > 1 ? digits[Int(second & 15) << 2 | Int(third >> 6)] : UInt8(ascii: "="))
            text.append(rest > 2 ? digits[Int(third & 63)] : UInt8(ascii: "="))
            index += 3
        }
        text.append(UInt8(ascii: "\""))
    }

    static func isValidUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func escape(_ bytes: [UInt8], to text: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0x0A: text.append(contentsOf: "\\n".utf8)
            case 0x0D: text.append(contentsOf: "\\r".utf8)
            case 0x09: text.append(contentsOf: "\\t".utf8)
            // DEL need not be escaped, but a terminal that shows the line is better off.
            case 0..<0x20, 0x7F:
                text.append(contentsOf: "\\u00".utf8)
                text.append(hexDigits[Int(byte >> 4)])
                text.append(hexDigits[Int(byte & 15)])
            default: text.append(byte)
            }
        }
    }
}
