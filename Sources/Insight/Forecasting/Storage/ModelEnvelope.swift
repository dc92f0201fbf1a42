/// What surrounds a stored model: four letters, kind, version, contents and a checksum (FNV-1a, 64 bits) of all
/// that precedes it.
enum ModelEnvelope {
    enum Kind: UInt8 {
        case prophet = 1
        case automaticState = 2
    }

    static let letters: [UInt8] = Array("AFCM".utf8)
    static let version: UInt8 = 3

    static func seal(_ kind: Kind, _ contents: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        for letter in letters { writer.write(byte: letter) }
        writer.write(byte: kind.rawValue)
        writer.write(byte: version)
        contents(&writer)
        writer.write(fixed: checksum(writer.bytes[...]))
        return writer.bytes
    }

    /// A reader over the contents, after everything around them was checked.
    static func open(_ bytes: [UInt8], kind: Kind) throws(ForecastError) -> ByteReader {
        guard bytes.count >= letters.count + 10, Array(bytes.prefix(letters.count)) == letters else {
            throw .corruptModel(reason: "it does not begin like one")
        }
        let end = bytes.count - 8
        var trailer = ByteReader(bytes, from: end, to: bytes.count)
        guard try trailer.fixed() == checksum(bytes[..<end]) else {
            throw .corruptModel(reason: "the checksum differs")
        }
        guard bytes[letters.count] == kind.rawValue else {
            throw .corruptModel(reason: "it is of kind \(bytes[letters.count]), not \(kind.rawValue)")
        }
        guard bytes[letters.count + 1] == version else {
            throw .corruptModel(reason: "it is of version \(bytes[letters.count + 1]), this reads \(version)")
        }
        return ByteReader(bytes, from: letters.count + 2, to: end)
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}
