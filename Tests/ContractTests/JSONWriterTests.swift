import Contract
import Testing

@Suite struct JSONWriterTests {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes, body)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func writesStructureWithCommasWhereTheyBelong() {
        let written = text { writer in
            writer.beginObject()
            writer.member("a", integer: 1)
            writer.key("b")
            writer.beginArray()
            writer.null()
            writer.bool(true)
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.string("x")
            writer.endArray()
            writer.member("c", text: nil)
            writer.key(text: "quote\"")
            writer.raw(Array("{\"raw\":[1]}".utf8))
            writer.object { $0.member("d", double: nil) }
            writer.endObject()
        }
        // The object without a key is the caller's mistake; the writer separates values all the same.
        #expect(
            written
                == "{\"a\":1,\"b\":[null,true,{},[],\"x\"],\"c\":null,\"quote\\\"\":{\"raw\":[1]},{\"d\":null}}")
    }

    @Test(
        arguments: [
            (0, "0"), (12_340_000, "12.34"), (12_000_000, "12"), (12_500_000, "12.5"), (1, "0.000001"),
            (-1, "-0.000001"),
            (-12_345_678, "-12.345678"), (999_999, "0.999999"), (10, "0.00001"),
            (Int64.max, "9223372036854.775807"), (Int64.min, "-9223372036854.775808"),
        ] as [(Int64, String)])
    func writesMoneyExactly(microUnits: Int64, expected: String) {
        #expect(text { $0.money(microUnits: microUnits) } == expected)
    }

    @Test(
        arguments: [
            (0, "0"), (9, "9"), (10, "10"), (99, "99"), (100, "100"), (-1_234, "-1234"), (1_000_000_007, "1000000007"),
            (Int64.max, "9223372036854775807"), (Int64.min, "-9223372036854775808"),
        ] as [(Int64, String)])
    func writesIntegersExactly(value: Int64, expected: String) {
        #expect(text { $0.integer(value) } == expected)
    }

    @Test(
        arguments: [
            (0.0, "0"), (-0.0, "-0.0"), (0.5, "0.5"), (0.1, "0.1"), (1.0 / 3, "0.3333333333333333"), (1e21, "1e+21"),
            (123_456.789, "123456.789"), (1e-7, "1e-07"), (100, "100"), (1e15, "1000000000000000"),
            (0.000001, "0.000001"),
            (.nan, "null"), (.infinity, "null"), (-.infinity, "null"), (.leastNonzeroMagnitude, "5e-324"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-999_999_999.999999, "-999999999.999999"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        ] as [(Double, String)])
    func writesShortestDoubles(value: Double, expected: String) {
        #expect(text { $0.double(value) } == expected)
    }

    @Test func writesDoublesThatReadBackAndAreNoLongerThanNeeded() throws {
        var generator = SeededGenerator(seed: 2)
        for round in 0..<20_000 {
            let value: Double
            switch round % 4 {
            case 0: value = Double(bitPattern: generator.next())
            case 1: value = Double(Int64.random(in: -1_000_000_000...1_000_000_000, using: &generator)) / 1_000
            case 2: value = Double.random(in: -1...1, using: &generator)
            default: value = Double(Int64.random(in: 0...999_999_999_999_999, using: &generator)) / 1e6
            }
            let written = text { $0.double(value) }
            guard value.isFinite else {
                #expect(written == "null")
                continue
            }
            #expect(try JSONReader().read(written).doubleValue == value, "\(value)")
            // The standard library's digits are the shortest there are.
            let digits = { (text: String) in text.prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" } }
            let trimmed = { (text: String) in String(String(digits(text)).reversed().drop { $0 == "0" }) }
            #expect(trimmed(written) == trimmed(value.description), "\(value)")
        }
    }

    @Test func escapesStrings() {
        #expect(text { $0.string("a\"b\\c/d") } == "\"a\\\"b\\\\c/d\"")
        #expect(
            text { $0.string("\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F}\u{7F}") }
                == "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\u{7F}\"")
        #expect(text { $0.string("x\u{2027}\u{2028}\u{2029}\u{202A}y") } == "\"x\u{2027}\\u2028\\u2029\u{202A}y\"")
        #expect(text { $0.string("日本 😀 é €") } == "\"日本 😀 é €\"")
        // Every place in a word of eight.
        for place in 0..<20 {
            let plain = String(repeating: "x", count: place)
            #expect(text { $0.string(plain + "\n" + plain) } == "\"\(plain)\\n\(plain)\"")
            #expect(text { $0.string(plain + "\u{2028}" + plain) } == "\"\(plain)\\u2028\(plain)\"")
        }
    }

    @Test func writesIntoACallersBufferAndTellsWhenItIsFull() {
        var storage = [UInt8](repeating: 0, count: 32)
        storage.withUnsafeMutableBufferPointer { buffer in
            var writer = JSONWriter(buffer: buffer)
            writer.beginArray()
            writer.integer(Int64(1))
            writer.endArray()
            expect(writer, "[1]", overflowed: false)
            writer.string(String(repeating: "y", count: 40))
            let (overflowed, count) = (writer.hasOverflowed, writer.count)
            #expect(overflowed)
            #expect(count <= 32)
            writer.removeAll()
            writer.null()
            expect(writer, "null", overflowed: false)
        }
        var empty = JSONWriter(buffer: UnsafeMutableBufferPointer(start: nil, count: 0))
        empty.null()
        expect(empty, "", overflowed: true)
    }

    private func expect(_ writer: borrowing JSONWriter, _ text: String, overflowed: Bool) {
        let found = writer.withBytes { String(decoding: $0, as: UTF8.self) }
        let state = writer.hasOverflowed
        #expect(found == text)
        #expect(state == overflowed)
    }

    @Test func growsFromTheSmallestBuffer() throws {
        var writer = JSONWriter(reservedBytes: 0)
        writer.beginArray()
        for number in 0..<10_000 { writer.integer(number) }
        writer.endArray()
        let value = try writer.withBytes { try JSONReader().read($0) }
        #expect(value.arrayValue?.count == 10_000)
    }
}
