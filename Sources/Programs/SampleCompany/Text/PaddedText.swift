/// A text of at most 16 bytes of UTF-8 in two machine words, so that it is written with two stores.
struct PaddedText: Sendable {
    let low: UInt64
    let high: UInt64
    let count: Int

    /// `text` must have at most 16 bytes and need no quoting.
    init(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(bytes.count <= 16, "a padded text has at most 16 bytes")
        low = PaddedText.word(bytes.prefix(8))
        high = PaddedText.word(bytes.dropFirst(8))
        count = bytes.count
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var word: UInt64 = 0
        for byte in bytes.reversed() { word = word << 8 | UInt64(byte) }
        return word.littleEndian
    }
}
