/// Writes what ``PackedForecast`` is made of: little-endian, texts and lists with their length before them.
struct PackedBytes {
    var bytes: [UInt8] = []

    mutating func write(_ number: UInt32) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ text: String) {
        write(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// One byte that tells the precision, and 4 bytes where they are enough, 8 otherwise.
    mutating func write(_ value: Double) {
        let single = Float(value)
        if Double(single) == value {
            bytes.append(4)
            write(single.bitPattern)
        } else {
            bytes.append(8)
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    /// Two bytes a value where all are multiples of one power of two, four otherwise.
    mutating func write(_ values: [Float]) {
        write(UInt32(values.count))
        guard let unit = RoundedColumn.unit(values),
            values.allSatisfy({
                abs($0 / unit) <= 32_767 && ($0 / unit).rounded() == $0 / unit && ($0 != 0 || $0.sign == .plus)
            })
        else {
            bytes.append(4)
            for value in values { write(value.bitPattern) }
            return
        }
        bytes.append(2)
        write(unit.bitPattern)
        for value in values {
            withUnsafeBytes(of: Int16(value / unit).littleEndian) { bytes.append(contentsOf: $0) }
        }
    }
}

/// Reads what ``PackedBytes`` writes, never beyond the end: what is missing reads as nothing, and ``isSound`` tells.
struct PackedReader {
    var bytes: ArraySlice<UInt8>
    private(set) var isSound = true

    init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        guard count <= bytes.count else {
            isSound = false
            bytes = []
            return []
        }
        let taken = bytes.prefix(count)
        bytes = bytes.dropFirst(count)
        return taken
    }

    mutating func number() -> UInt32 { take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    /// Of a list whose elements take a byte each at least.
    mutating func count() -> Int {
        let count = Int(number())
        if count > bytes.count {
            isSound = false
            return 0
        }
        return count
    }

    mutating func text() -> String { String(decoding: take(count()), as: UTF8.self) }

    mutating func double() -> Double {
        switch take(1).first {
        case 4: return Double(Float(bitPattern: number()))
        case 8: return Double(bitPattern: take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
        default:
            isSound = false
            return 0
        }
    }

    mutating func floats() -> [Float] {
        let count = Int(number())
        switch take(1).first {
        case 4 where count <= bytes.count / 4:
            return (0..<count).map { _ in Float(bitPattern: number()) }
        case 2 where bytes.count >= 4 && count <= (bytes.count - 4) / 2:
            let unit = Float(bitPattern: number())
            return (0..<count).map { _ in
                let pair = take(2).reversed().reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
                return Float(Int16(bitPattern: pair)) * unit
            }
        default:
            isSound = false
            return []
        }
    }
}
