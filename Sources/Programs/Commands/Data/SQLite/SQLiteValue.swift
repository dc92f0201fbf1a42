/// A value of a cell, as a table of SQLite stores it.
enum SQLiteValue: Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
}

/// Rows in SQLite's record format, see "Record Format" in the description of the database file format.
enum SQLiteRecord {
    /// Appends a row: the types of its values, then the values.
    static func append(_ values: [SQLiteValue], to bytes: inout [UInt8]) {
        var types: [UInt8] = []
        for value in values { SQLiteNumber.appendVarint(type(value), to: &types) }
        // The length of the header counts itself.
        var headerCount = types.count + 1
        if SQLiteNumber.varintCount(UInt64(headerCount)) > 1 { headerCount += 1 }
        SQLiteNumber.appendVarint(UInt64(headerCount), to: &bytes)
        bytes += types
        for value in values { append(value, to: &bytes) }
    }

    private static func type(_ value: SQLiteValue) -> UInt64 {
        switch value {
        case .null: 0
        case .integer(0): 8
        case .integer(1): 9
        case .integer(let number):
            switch byteCount(number) {
            case 1: 1
            case 2: 2
            case 4: 4
            default: 6
            }
        case .real: 7
        case .text(let text): UInt64(13 + 2 * text.utf8.count)
        }
    }

    private static func byteCount(_ number: Int64) -> Int {
        if Int8(exactly: number) != nil { return 1 }
        if Int16(exactly: number) != nil { return 2 }
        return Int32(exactly: number) != nil ? 4 : 8
    }

    private static func append(_ value: SQLiteValue, to bytes: inout [UInt8]) {
        switch value {
        case .null, .integer(0), .integer(1): break
        case .integer(let number):
            SQLiteNumber.append(UInt64(bitPattern: number), byteCount: byteCount(number), to: &bytes)
        case .real(let number): SQLiteNumber.append(number.bitPattern, byteCount: 8, to: &bytes)
        case .text(let text): bytes += text.utf8
        }
    }
}

/// Numbers as the file format has them: big-endian, or as a varint of one to nine bytes.
enum SQLiteNumber {
    static func append(_ number: UInt64, byteCount: Int, to bytes: inout [UInt8]) {
        for shift in stride(from: (byteCount - 1) * 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    static func store(_ number: Int, byteCount: Int, in page: inout [UInt8], at offset: Int) {
        for index in 0..<byteCount {
            page[offset + index] = UInt8(truncatingIfNeeded: number >> ((byteCount - 1 - index) * 8))
        }
    }

    static func varintCount(_ number: UInt64) -> Int {
        var count = 1
        while count < 9, number >> UInt64(7 * count) != 0 { count += 1 }
        return count
    }

    /// Seven bits a byte, the highest first, all but the last marked; a ninth byte holds eight.
    static func appendVarint(_ number: UInt64, to bytes: inout [UInt8]) {
        let count = varintCount(number)
        if count == 9 {
            for index in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(57 - 7 * index)) | 0x80)
            }
            bytes.append(UInt8(truncatingIfNeeded: number))
            return
        }
        for index in stride(from: count - 1, through: 0, by: -1) {
            let bits = UInt8(truncatingIfNeeded: number >> UInt64(7 * index)) & 0x7F
            bytes.append(index > 0 ? bits | 0x80 : bits)
        }
    }
}
