/// Reads what ``ByteWriter`` wrote and refuses anything else without ever reading outside the bytes.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func readByte() throws(ChurnModelError) -> UInt8 {
        guard position < bytes.count else {
            throw .undecodable("they end early; read the model again or fit a new one")
        }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func readBytes(_ count: Int) throws(ChurnModelError) -> [UInt8] {
        guard count >= 0, count <= remaining else {
            throw .undecodable("they end early; read the model again or fit a new one")
        }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    mutating func readFixed() throws(ChurnModelError) -> UInt64 {
        var value: UInt64 = 0
        for (index, byte) in try readBytes(8).enumerated() { value |= UInt64(byte) << UInt64(index * 8) }
        return value
    }

    mutating func readUnsigned() throws(ChurnModelError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            guard shift < 63 || byte <= 1 else { throw .undecodable("a number is too long") }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
            guard shift < 64 else { throw .undecodable("a number is too long") }
        }
    }
}
