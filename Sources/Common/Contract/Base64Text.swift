/// Base64 (RFC 4648, section 4): bytes as text in requests and results.
public enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The padded encoding.
    public static func encoded(_ bytes: [UInt8]) -> String {
        let length = (bytes.count + 2) / 3 * 4
        // A megabyte at a time passes through here: buffers without checks, all indices below `length` and `count`.
        return String(unsafeUninitializedCapacity: length) { target in
            alphabet.withUnsafeBufferPointer { alphabet in
                bytes.withUnsafeBufferPointer { source in
                    var position = 0
                    var index = 0
                    while index < source.count {
                        let left = source.count - index
                        let word =
                            UInt32(source[index]) << 16 | (left > 1 ? UInt32(source[index + 1]) << 8 : 0)
                            | (left > 2 ? UInt32(source[index + 2]) : 0)
                        target[position] = alphabet[Int(word >> 18)]
                        target[position + 1] = alphabet[Int(word >> 12 & 63)]
                        target[position + 2] = left > 1 ? alphabet[Int(word >> 6 & 63)] : 0x3D
                        target[position + 3] = left > 2 ? alphabet[Int(word & 63)] : 0x3D
                        position += 4
                        index += 3
                    }
                }
            }
            return length
        }
    }

    /// The bytes of a text with or without padding; nil when it is none. White space is not allowed.
    public static func decode(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 {
            let value: UInt32
            switch byte {
            case 65...90: value = UInt32(byte - 65)
            case 97...122: value = UInt32(byte - 71)
            case 48...57: value = UInt32(byte) + 4
            case 43: value = 62
            case 47: value = 63
            case 61:
                padding += 1
                continue
            default: return nil
            }
            if padding > 0 { return nil }
            bits = bits << 6 | value
            count += 1
            if count == 4 {
                result.append(UInt8(truncatingIfNeeded: bits >> 16))
                result.append(UInt8(truncatingIfNeeded: bits >> 8))
                result.append(UInt8(truncatingIfNeeded: bits))
                (bits, count) = (0, 0)
            }
        }
        switch count {
        case 0: return padding == 0 ? result : nil
        case 2: result.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3:
            result.append(UInt8(truncatingIfNeeded: bits >> 10))
            result.append(UInt8(truncatingIfNeeded: bits >> 2))
        default: return nil
        }
        return padding == 0 || padding + count == 4 ? result : nil
    }
}
