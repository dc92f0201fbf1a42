/// The envelope of all byte forms of the module.
enum SealedBytes {
    static let churnMark: [UInt8] = Array("AURACHRN".utf8)
    static let hazardMark: [UInt8] = Array("AURAHAZD".utf8)
    static let bundleMark: [UInt8] = Array("AURABNDL".utf8)

    static func seal(_ content: [UInt8], mark: [UInt8], version: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(bytes: mark)
        writer.write(version)
        writer.write(unsigned: UInt64(content.count))
        writer.write(bytes: content)
        writer.write(fixed: checksum(writer.bytes[...]))
        return writer.bytes
    }

    static func open(_ bytes: [UInt8], mark: [UInt8], version: Int) throws(ChurnModelError) -> [UInt8] {
        var reader = ByteReader(bytes)
        guard bytes.count >= mark.count + 10, try reader.readBytes(mark.count) == mark else {
            throw .undecodable("they do not start like a model of this kind")
        }
        let found: Int = try reader.read()
        guard found == version else {
            throw .undecodable("they have version \(found), this program reads version \(version); fit a new model")
        }
        var end = ByteReader(Array(bytes.suffix(8)))
        guard try end.readFixed() == checksum(bytes.dropLast(8)) else {
            throw .undecodable("the checksum is wrong, they are damaged; read the model again or fit a new one")
        }
        let count = try reader.readUnsigned()
        guard count <= UInt64(reader.remaining), Int(count) + 8 == reader.remaining else {
            throw .undecodable("they end early; read the model again or fit a new one")
        }
        return try reader.readBytes(Int(count))
    }

    /// FNV-1a over the bytes, finished with the mixer of SplitMix64.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return SplitMix64.mix(state)
    }
}
