/// `<hash>.<extension>`, or `<hash>.<extension>.zst` when the archive has packed the original.
struct ArchivedName: Hashable {
    var hash: ContentHash
    var ending: String
    var isPacked: Bool

    static let packedEnding = ".zst"
    static let endingByteCountMax = 32

    var fileName: FileName {
        FileName(made: "\(hash).\(ending)\(isPacked ? ArchivedName.packedEnding : "")")
    }

    /// Where the packed form is made.
    var temporaryName: FileName { FileName(made: ".\(hash).\(ending)\(ArchivedName.packedEnding).tmp") }

    /// - Parameter ending: `csv`, `ndjson.gz`; what is not a lower-case letter, digit or point is dropped, and `zst` at
    ///   its end becomes `zstd`, because `.zst` is how the archive marks its own packing.
    init(hash: ContentHash, ending: String) {
        self.hash = hash
        isPacked = false
        let kept = ending.lowercased().utf8.filter {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
        var parts = kept.suffix(ArchivedName.endingByteCountMax).split(separator: UInt8(ascii: "."))
            .map { String(decoding: $0, as: UTF8.self) }
        if parts.last == "zst" { parts[parts.count - 1] = "zstd" }
        self.ending = parts.isEmpty ? "data" : parts.joined(separator: ".")
    }

    /// Nil for a name that the archive has not made.
    init?(_ fileName: FileName) {
        let text = fileName.description
        guard text.utf8.count > 65, text.utf8.elementsEqual(fileName.bytes),
            let hash = ContentHash(text.prefix(64)), text.dropFirst(64).first == "."
        else { return nil }
        var ending = text.dropFirst(65)
        isPacked = ending.hasSuffix(ArchivedName.packedEnding)
        if isPacked { ending = ending.dropLast(ArchivedName.packedEnding.count) }
        guard !ending.isEmpty, ending != ArchivedName.packedEnding.dropFirst() else { return nil }
        self.hash = hash
        self.ending = String(ending)
    }
}
