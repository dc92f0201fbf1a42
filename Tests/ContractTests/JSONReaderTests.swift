import Contract
import Testing

@Suite struct JSONReaderTests {
    static let accepted: [(String, JSONValue)] = [
        ("null", nil), (" true\n", true), ("\t\r\n false ", false), ("0", 0), ("-1", -1),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)),
        ("-9223372036854775809", .double(-9_223_372_036_854_775_808)),
        ("0.5", 0.5), ("-0", .double(-0.0)), ("-0.0", .double(-0.0)), ("0e5", 0.0), ("1E3", 1_000.0),
        ("1e+3", 1_000.0), ("25e-1", 2.5), ("1e-400", 0.0), ("4.9e-324", .double(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("100000000000000000000", 1e20),
        ("0.0000000000000000000000000001", 1e-28), ("1e0000000000000000000000001", 10.0),
        ("\"\"", ""), ("\"a\"", "a"), ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"),
        ("\"\\u00e9\\u4E2D\"", "é中"), ("\"\\ud83d\\uDE00\"", "😀"), ("\"\\u0000\"", "\0"), ("\"\u{7F}\"", "\u{7F}"),
        ("\"\u{2028}\"", "\u{2028}"), ("\"é中😀\"", "é中😀"), ("\"12345678\\n12345678\"", "12345678\n12345678"),
        ("[]", []), ("[ ]", []), ("[1,[2],{}]", [1, [2], [:]]), ("{}", [:]), ("{ }", [:]),
        ("{\"a\":1,\"b\":[true,null]}", ["a": 1, "b": [true, nil]]),
        ("{ \"b\" : 1 , \"a\" : 2 }", ["b": 1, "a": 2]), ("{\"\":0}", ["": 0]),
        // Two keys to the standard, though canonically equivalent.
        ("{\"\u{E9}\":1,\"e\u{301}\":2}", ["\u{E9}": 1, "e\u{301}": 2]),
    ]

    @Test(arguments: accepted.indices)
    func acceptsConformingText(_ index: Int) throws {
        let (text, expected) = Self.accepted[index]
        let value = try JSONReader().read(text)
        #expect(value == expected, "\(text)")
        if case .double(let double) = value, case .double(let wanted) = expected {
            #expect(double.sign == wanted.sign, "\(text)")
        }
        #expect(throws: Never.self) { try Array(text.utf8).withUnsafeBufferPointer { try JSONReader().validate($0) } }
    }

    static let rejected: [(String, JSONError.Kind, Int)] = [
        ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("nul", .unexpectedEnd, 3),
        ("nulL", .unexpectedByte(0x4C), 3),
        ("True", .unexpectedByte(0x54), 0), ("NaN", .unexpectedByte(0x4E), 0), ("-Infinity", .invalidNumber, 0),
        ("01", .invalidNumber, 0), ("-01", .invalidNumber, 0), ("00", .invalidNumber, 0),
        ("+1", .unexpectedByte(0x2B), 0),
        (".5", .unexpectedByte(0x2E), 0), ("1.", .unexpectedEnd, 2), ("1.e1", .invalidNumber, 0),
        ("1e", .unexpectedEnd, 2),
        ("1e+", .unexpectedEnd, 3), ("-", .unexpectedEnd, 1), ("--1", .invalidNumber, 0), ("0x1", .trailingBytes, 1),
        ("1 2", .trailingBytes, 2), ("1e400", .numberOutOfRange, 0), ("-1e400", .numberOutOfRange, 0),
        ("[1e99999]", .numberOutOfRange, 1), ("\"", .unexpectedEnd, 1), ("\"abc", .unexpectedEnd, 4),
        ("\"\\\"", .unexpectedEnd, 3), ("\"a\nb\"", .controlCharacter(0x0A), 2), ("\"\u{0}\"", .controlCharacter(0), 1),
        ("\"\u{1F}12345678\"", .controlCharacter(0x1F), 1), ("\"\\x\"", .invalidEscape, 1),
        ("\"\\u12\"", .invalidEscape, 1),
        ("\"\\u12G4\"", .invalidEscape, 1), ("\"\\é\"", .invalidEscape, 1), ("\"\\ud800\"", .loneSurrogate, 1),
        ("\"\\udc00\"", .loneSurrogate, 1), ("\"\\ud800\\ud800\"", .loneSurrogate, 1),
        ("\"\\ud800x\"", .loneSurrogate, 1),
        ("\"\\ud800\\u00\"", .invalidEscape, 7), ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
        ("[1,", .unexpectedEnd, 3),
        ("[1,]", .unexpectedByte(0x5D), 3), ("[,1]", .unexpectedByte(0x2C), 1), ("[1 2]", .unexpectedByte(0x32), 3),
        ("[1}", .unexpectedByte(0x7D), 2), ("]", .unexpectedByte(0x5D), 0), ("{", .unexpectedEnd, 1),
        ("{1:2}", .unexpectedByte(0x31), 1), ("{\"a\"}", .unexpectedByte(0x7D), 4),
        ("{\"a\":}", .unexpectedByte(0x7D), 5),
        ("{\"a\":1,}", .unexpectedByte(0x7D), 7), ("{\"a\":1", .unexpectedEnd, 6),
        ("{\"a\" 1}", .unexpectedByte(0x31), 5),
        ("{\"a\":1 \"b\":2}", .unexpectedByte(0x22), 7), ("{'a':1}", .unexpectedByte(0x27), 1),
        ("[1]x", .trailingBytes, 3),
        ("// c\n1", .unexpectedByte(0x2F), 0), ("\u{FEFF}1", .unexpectedByte(0xEF), 0),
        ("\u{A0}1", .unexpectedByte(0xC2), 0),
    ]

    @Test(arguments: rejected.indices)
    func rejectsOtherTextAtTheRightByte(_ index: Int) throws {
        let (text, kind, offset) = Self.rejected[index]
        let expected = JSONError(kind: kind, offset: offset)
        #expect(throws: expected, "\(text)") { try JSONReader().read(text) }
        #expect(throws: expected, "\(text)") {
            try Array(text.utf8).withUnsafeBufferPointer { try JSONReader().validate($0) }
        }
        #expect(!expected.description.isEmpty)
    }

    static let invalidUTF8: [([UInt8], Int)] = [
        ([0x80], 0), ([0xC3], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x80, 0x80], 0),
        ([0xED, 0xA0, 0x80], 0),
        ([0xF0, 0x80, 0x80, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFF], 0),
        ([0x61, 0xC3, 0xA9, 0xE2, 0x82], 3), (Array("12345678é".utf8) + [0xFE], 10),
        ([0x5C, 0x6E, 0xE2, 0x28, 0xA1], 2),
    ]

    @Test(arguments: invalidUTF8.indices)
    func rejectsBytesThatAreNotUTF8(_ index: Int) {
        let (bytes, offset) = Self.invalidUTF8[index]
        let text = [0x22] + bytes + [0x22]
        let expected = JSONError(kind: .invalidUTF8, offset: offset + 1)
        #expect(throws: expected) { try JSONReader().read(text) }
        #expect(throws: expected) { try text.withUnsafeBufferPointer { try JSONReader().validate($0) } }
    }

    @Test func rejectsDuplicateKeysInSmallAndLargeObjects() throws {
        #expect(throws: JSONError(kind: .duplicateKey("a"), offset: 7)) { try JSONReader().read("{\"a\":1,\"a\":2}") }
        // The escape spells the same key.
        #expect(throws: JSONError(kind: .duplicateKey("key-nine"), offset: 14)) {
            try JSONReader().read("{\"key-nine\":1,\"key-n\\u0069ne\":2}")
        }
        for count in [31, 32, 33, 34, 100] {
            let members = (0..<count).map { "\"k\($0)\":\($0)" }
            let object = try JSONReader().read("{\(members.joined(separator: ","))}")
            #expect(object.objectValue?.count == count)
            #expect(object["k\(count - 1)"] == .integer(Int64(count - 1)))
            #expect(object["k\(count)"] == nil)
            for repeated in [0, count / 2, count - 1] {
                let text = "{\((members + ["\"k\(repeated)\":0"]).joined(separator: ","))}"
                #expect(throws: JSONError.self) { try JSONReader().read(text) }
            }
        }
    }

    @Test func keepsKeysOfNestedObjectsApart() throws {
        let text = "{\"a\":{\"a\":{\"b\":1,\"a\":2},\"b\":3},\"b\":[{\"a\":1},{\"a\":2}],\"c\":4}"
        let value = try JSONReader().read(text)
        #expect(value["a"]?["a"]?["a"] == 2)
        #expect(String(decoding: JSONWriter.bytes(of: value), as: UTF8.self) == text)
    }

    @Test func keepsLongKeysThatShareHeadTailAndLengthApart() throws {
        let text = "[{\"prefix-0-and-suffix\":1,\"prefix-1-and-suffix\":2},{\"prefix-1-and-suffix\":3}]"
        let value = try JSONReader().read(text)
        #expect(String(decoding: JSONWriter.bytes(of: value), as: UTF8.self) == text)
    }

    @Test func limitsDepthAndNumberOfValues() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONReader().read(nested(128)) }
        #expect(throws: JSONError(kind: .tooDeep(limit: 128), offset: 128)) { try JSONReader().read(nested(129)) }
        let objects = String(repeating: "{\"a\":", count: 200)
        #expect(throws: JSONError(kind: .tooDeep(limit: 128), offset: 640)) { try JSONReader().read(objects) }
        #expect(throws: JSONError(kind: .tooDeep(limit: 128), offset: 640)) {
            try Array(objects.utf8).withUnsafeBufferPointer { try JSONReader().validate($0) }
        }
        let few = JSONReader(limits: JSONReader.Limits(valuesMax: 3))
        #expect(throws: Never.self) { try few.read("[1,2]") }
        #expect(throws: JSONError(kind: .tooManyValues(limit: 3), offset: 5)) { try few.read("[1,2,3]") }
    }

    @Test func splitsTopLevelMembersAndLeavesTheirText() throws {
        let text = Array(" { \"a\" : [1, {\"x\":2}] ,\"b\":\"\\u00e9\" } ".utf8)
        let members = try JSONReader().members(of: text)
        #expect(members.map(\.key) == ["a", "b"])
        #expect(members.map { String(decoding: text[$0.value], as: UTF8.self) } == ["[1, {\"x\":2}]", "\"\\u00e9\""])
        #expect(throws: JSONError(kind: .notAnObject, offset: 0)) { try JSONReader().members(of: Array("[1]".utf8)) }
        #expect(throws: JSONError(kind: .duplicateKey("a"), offset: 7)) {
            try JSONReader().members(of: Array("{\"a\":1,\"a\":2}".utf8))
        }
    }

    @Test func readsDecimalsAsTheStandardLibraryDoes() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let digits = Int.random(in: 1...19, using: &generator)
            var text = Bool.random(using: &generator) ? "-" : ""
            text += String(UInt64.random(in: 1...9, using: &generator))
            for _ in 1..<max(2, digits) { text += String(UInt64.random(in: 0...9, using: &generator)) }
            if Bool.random(using: &generator) {
                let sign = text.hasPrefix("-") ? 1 : 0
                let place = Int.random(in: (sign + 1)...max(sign + 1, text.count - 1), using: &generator)
                if place < text.count { text.insert(".", at: text.index(text.startIndex, offsetBy: place)) }
            }
            text += "e\(Int.random(in: -40...40, using: &generator))"
            let wanted = try #require(Double(text))
            let value = try JSONReader().read(text)
            #expect(value == .double(wanted), "\(text)")
        }
        // Halfway cases, where a second rounding would show.
        for text in ["9007199254740993.0", "9007199254740995.0", "0.1e1", "9007199254740993e1", "123456789012345678.5"]
        {
            #expect(try JSONReader().read(text) == .double(try #require(Double(text))), "\(text)")
        }
    }
}
