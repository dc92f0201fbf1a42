/// A value with a byte form. Reading checks everything that the rest of the module relies on.
protocol ByteCodable {
    func write(to writer: inout ByteWriter)
    init(from reader: inout ByteReader) throws(ChurnModelError)
}

extension ByteWriter {
    mutating func write(_ value: some ByteCodable) { value.write(to: &self) }
}

extension ByteReader {
    mutating func read<Value: ByteCodable>() throws(ChurnModelError) -> Value { try Value(from: &self) }
}

extension Int: ByteCodable {
    /// The sign goes to the lowest bit, so that small numbers of either sign are short.
    func write(to writer: inout ByteWriter) {
        writer.write(unsigned: UInt64(bitPattern: Int64((self << 1) ^ (self >> (Int.bitWidth - 1)))))
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let value = try reader.readUnsigned()
        self = Int(Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
    }
}

extension UInt64: ByteCodable {
    func write(to writer: inout ByteWriter) { writer.write(fixed: self) }
    init(from reader: inout ByteReader) throws(ChurnModelError) { self = try reader.readFixed() }
}

extension Bool: ByteCodable {
    func write(to writer: inout ByteWriter) { writer.write(byte: self ? 1 : 0) }
    init(from reader: inout ByteReader) throws(ChurnModelError) {
        switch try reader.readByte() {
        case 0: self = false
        case 1: self = true
        case let other: throw .undecodable("a flag is \(other), neither 0 nor 1")
        }
    }
}

extension Double: ByteCodable {
    func write(to writer: inout ByteWriter) { writer.write(fixed: bitPattern) }
    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let value = Double(bitPattern: try reader.readFixed())
        guard value.isFinite else { throw .undecodable("a number is not finite") }
        self = value
    }
}

extension String: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(unsigned: UInt64(utf8.count))
        writer.write(bytes: Array(utf8))
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let count = try reader.readUnsigned()
        guard count <= UInt64(reader.remaining),
            let text = String(validating: try reader.readBytes(Int(count)), as: UTF8.self)
        else { throw .undecodable("a text is cut off or not UTF-8") }
        self = text
    }
}

extension Optional: ByteCodable where Wrapped: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(self != nil)
        if let self { writer.write(self) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let isPresent: Bool = try reader.read()
        self = isPresent ? try Wrapped(from: &reader) : nil
    }
}

extension Array: ByteCodable where Element: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(unsigned: UInt64(count))
        for element in self { writer.write(element) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let count = try reader.readUnsigned()
        // Every element takes at least one byte, so a damaged count cannot ask for more memory than there are bytes.
        guard count <= UInt64(reader.remaining) else { throw .undecodable("a list is longer than the bytes") }
        self = []
        reserveCapacity(Int(count))
        for _ in 0..<count { append(try Element(from: &reader)) }
    }
}

extension ByteCodable where Self: RawRepresentable, RawValue == String {
    func write(to writer: inout ByteWriter) { writer.write(rawValue) }
    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let name: String = try reader.read()
        guard let value = Self(rawValue: name) else { throw .undecodable("'\(name)' is no known kind") }
        self = value
    }
}
