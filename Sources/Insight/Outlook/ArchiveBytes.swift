/// Writes numbers and texts one after the other.
struct ArchiveWriter {
    var bytes: [UInt8] = []

    mutating func write(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ blob: [UInt8]) {
        write(UInt64(blob.count))
        bytes.append(contentsOf: blob)
    }

    mutating func write(_ texts: [String]) {
        write(UInt64(texts.count))
        for text in texts { write(Array(text.utf8)) }
    }
}

/// Reads what ``ArchiveWriter`` writes; never beyond the end, whatever the bytes say.
struct ArchiveReader {
    var bytes: ArraySlice<UInt8>

    private mutating func take(_ count: UInt64) throws(ForecastArchive.Damage) -> ArraySlice<UInt8> {
        guard count <= UInt64(bytes.count) else { throw ForecastArchive.Damage(description: "it ends too early") }
        let taken = bytes.prefix(Int(count))
        bytes = bytes.dropFirst(Int(count))
        return taken
    }

    mutating func number() throws(ForecastArchive.Damage) -> UInt64 {
        try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func blob() throws(ForecastArchive.Damage) -> [UInt8] { Array(try take(try number())) }

    mutating func text() throws(ForecastArchive.Damage) -> [String] {
        var result: [String] = []
        for _ in 0..<(try number()) { result.append(String(decoding: try take(try number()), as: UTF8.self)) }
        return result
    }
}
