/// Writes the compact byte format of stored models: little-endian, integers in LEB128, doubles as their bits.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(byte: UInt8) { bytes.append(byte) }
    mutating func write(flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Unsigned LEB128.
    mutating func write(unsigned value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag and LEB128.
    mutating func write(signed value: Int64) {
        write(unsigned: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func write(count: Int) { write(unsigned: UInt64(max(0, count))) }

    mutating func write(fixed value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8((value >> UInt64(shift)) & 0xFF)) }
    }

    mutating func write(double value: Double) { write(fixed: value.bitPattern) }

    mutating func write(float value: Float) {
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8((value.bitPattern >> UInt32(shift)) & 0xFF))
        }
    }

    mutating func write(text: String) {
        let utf8 = Array(text.utf8)
        write(count: utf8.count)
        bytes += utf8
    }

    mutating func write(doubles values: [Double]) {
        write(count: values.count)
        for value in values { write(double: value) }
    }

    /// A flag and, when set, the value.
    mutating func write(optional value: Double?) {
        write(flag: value != nil)
        if let value { write(double: value) }
    }
}
