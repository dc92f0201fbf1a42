/// Objects, one a line, as one JSON array.
struct JSONArrayText {
    private var isEmpty = true

    /// The text of a page: whole lines, each with its line feed.
    mutating func page(_ lines: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.count + lines.count / 64 + 2)
        for line in lines.split(separator: 0x0A) {
            bytes.append(contentsOf: isEmpty ? [0x5B, 0x0A] : [0x2C, 0x0A])
            isEmpty = false
            bytes.append(contentsOf: line)
        }
        return bytes
    }

    /// The end of the array.
    func end() -> [UInt8] { Array((isEmpty ? "[]\n" : "\n]\n").utf8) }
}
