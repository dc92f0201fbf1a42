/// Arbitrary file names as plain ASCII: letters, digits, `.`, `_` and `-` stay, any other byte becomes `%XX` (upper
/// case). A name that would grow too long is cut and ends in a lone `%`, which a whole one never does.
enum SafeName {
    /// At most `limit` bytes of ASCII.
    static func encode(_ name: FileName, limit: Int) -> (text: String, isWhole: Bool) {
        precondition(limit >= 4, "no room for a name")
        var units: [UInt8] = []
        units.reserveCapacity(name.bytes.count)
        // The end of the last unit that still leaves room for the mark of a cut.
        var cut = 0
        for byte in name.bytes {
            if units.count <= limit - 1 { cut = units.count }
            if isPlain(byte) {
                units.append(byte)
            } else {
                units.append(UInt8(ascii: "%"))
                units.append(hexDigits[Int(byte >> 4)])
                units.append(hexDigits[Int(byte & 15)])
            }
        }
        guard units.count > limit else { return (String(decoding: units, as: UTF8.self), true) }
        return (String(decoding: units.prefix(cut), as: UTF8.self) + "%", false)
    }

    /// The name again, and whether it is the whole one; nil when `text` was not made by `encode`.
    static func decode(_ text: some Sequence<UInt8>) -> (name: FileName, isWhole: Bool)? {
        var bytes: [UInt8] = []
        var isWhole = true
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            if byte != UInt8(ascii: "%") {
                guard isPlain(byte) else { return nil }
                bytes.append(byte)
            } else if let first = iterator.next() {
                guard let second = iterator.next(), let high = value(first), let low = value(second) else { return nil }
                let decoded = high << 4 | low
                guard !isPlain(decoded) else { return nil }
                bytes.append(decoded)
            } else {
                isWhole = false
            }
        }
        guard let name = FileName(bytes) else { return nil }
        return (name, isWhole)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// `value` in decimal, at least `width` digits wide. Not for negative numbers.
func zeroPadded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
