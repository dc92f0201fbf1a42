/// Base 64 of RFC 4648, section 4.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The padded encoding.
    static func encoded(_ bytes: [UInt8]) -> String {
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
}
