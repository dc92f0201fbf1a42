/// Reads what `ByteWriter` wrote. Every read is checked against the bytes that are left.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], from position: Int, to end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    var isAtEnd: Bool { position == end }

    mutating func byte() throws(ForecastError) -> UInt8 {
        guard position < end else { throw .corruptModel(reason: "it ends early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func flag() throws(ForecastError) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        case let other: throw .corruptModel(reason: "found \(other) for a flag")
        }
    }

    mutating func unsigned() throws(ForecastError) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            let part = UInt64(next & 0x7F)
            guard shift < 63 || (shift == 63 && part <= 1) else {
                throw .corruptModel(reason: "an integer is too long")
            }
            result |= part << shift
            if next & 0x80 == 0 { return result }
            shift += 7
        }
    }

    mutating func signed() throws(ForecastError) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func integer() throws(ForecastError) -> Int { Int(try signed()) }

    /// A count of items that take at least `size` bytes each, so that a wrong count cannot ask for much memory.
    mutating func count(ofSize size: Int) throws(ForecastError) -> Int {
        let value = try unsigned()
        guard value <= UInt64((end - position) / max(1, size)) else {
            throw .corruptModel(reason: "found a count of \(value) with \(end - position) bytes left")
        }
        return Int(value)
    }

    mutating func fixed() throws(ForecastError) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 8) { result |= UInt64(try byte()) << UInt64(shift) }
        return result
    }

    mutating func double() throws(ForecastError) -> Double { Double(bitPattern: try fixed()) }

    /// A double that must be finite.
    mutating func finite() throws(ForecastError) -> Double {
        let value = try double()
        guard value.isFinite else { throw .corruptModel(reason: "found a number that is not finite") }
        return value
    }

    mutating func float() throws(ForecastError) -> Float {
        var result: UInt32 = 0
        for shift in stride(from: 0, to: 32, by: 8) { result |= UInt32(try byte()) << UInt32(shift) }
        return Float(bitPattern: result)
    }

    mutating func text() throws(ForecastError) -> String {
        let length = try count(ofSize: 1)
        var utf8: [UInt8] = []
        for _ in 0..<length { utf8.append(try byte()) }
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw .corruptModel(reason: "a name is not UTF-8")
        }
        return text
    }

    mutating func doubles() throws(ForecastError) -> [Double] {
        let length = try count(ofSize: 8)
        var result: [Double] = []
        for _ in 0..<length { result.append(try finite()) }
        return result
    }

    mutating func optional() throws(ForecastError) -> Double? {
        try flag() ? try finite() : nil
    }

    /// One of an enumeration's raw values.
    mutating func choice<Choice: RawRepresentable>(
        _ type: Choice.Type
    ) throws(ForecastError) -> Choice where Choice.RawValue == UInt8 {
        let raw = try byte()
        guard let value = Choice(rawValue: raw) else {
            throw .corruptModel(reason: "found \(raw) for a choice this version does not know")
        }
        return value
    }
}
