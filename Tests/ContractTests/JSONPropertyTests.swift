import Contract
import Testing

@Suite struct JSONPropertyTests {
    static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &generator) {
        case 0: return nil
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64(bitPattern: generator.next() >> UInt64.random(in: 0..<64, using: &generator)))
        case 3: return .double(Double.random(in: -1e6...1e6, using: &generator))
        case 4:
            let bits = Double(bitPattern: generator.next())
            return .double(bits.isFinite && bits != bits.rounded() ? bits : 0.25)
        case 5, 6: return .string(string(&generator))
        case 7:
            return .array(
                (0..<Int.random(in: 0..<6, using: &generator)).map { _ in value(depth: depth - 1, &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                object[string(&generator)] = value(depth: 0, &generator)
            }
            return .object(object)
        }
    }

    static func string(_ generator: inout SeededGenerator) -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "b", "z", " ", "\"", "\\", "/", "\n", "\0", "\u{1F}", "\u{7F}", "é", "e", "\u{301}", "中", "😀",
            "\u{2028}",
            "\u{2029}", "\u{FFFF}", "\u{10FFFF}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<24, using: &generator) {
            text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
        }
        return text
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<3_000 {
            let value = Self.value(depth: 4, &generator)
            let bytes = JSONWriter.bytes(of: value)
            let read = try JSONReader().read(bytes)
            #expect(JSONWriter.bytes(of: read) == bytes)
            #expect(throws: Never.self) { try bytes.withUnsafeBufferPointer { try JSONReader().validate($0) } }
        }
    }

    @Test func mutatedTextIsAcceptedOrRefusedAlikeByBothParsers() throws {
        var generator = SeededGenerator(seed: 4)
        let interesting =
            Array("\"\\{}[]:,0123456789-+.eEtrufalsn \u{0}\u{1F}".utf8) + [0x80, 0xC3, 0xE2, 0xED, 0xF4, 0xFF]
        var texts: [[UInt8]] = []
        for _ in 0..<200 { texts.append(JSONWriter.bytes(of: Self.value(depth: 2, &generator))) }
        var accepted = 0
        for round in 0..<30_000 {
            var text = texts[round % texts.count]
            for _ in 0...Int.random(in: 0..<3, using: &generator) where !text.isEmpty {
                let place = Int.random(in: 0..<text.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: text[place] = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
                case 1: text.remove(at: place)
                case 2: text.insert(interesting[Int.random(in: 0..<interesting.count, using: &generator)], at: place)
                default: text.removeSubrange(place...)
                }
            }
            let read = Result { () throws(JSONError) in try JSONReader().read(text) }
            let checked = Result { () throws(JSONError) in
                try text.withUnsafeBufferPointer { buffer throws(JSONError) in try JSONReader().validate(buffer) }
            }
            switch (read, checked) {
            case (.success(let value), .success):
                accepted += 1
                let again = try JSONReader().read(JSONWriter.bytes(of: value))
                #expect(JSONWriter.bytes(of: again) == JSONWriter.bytes(of: value))
            case (.failure(let left), .failure(let right)):
                #expect((0...text.count).contains(left.offset))
                if case .duplicateKey = left.kind { continue }
                #expect(left == right)
            case (.failure(let left), .success):
                guard case .duplicateKey = left.kind else {
                    Issue.record("the parser refuses what the skimmer takes: \(left)")
                    continue
                }
            case (.success, .failure(let right)):
                Issue.record("the skimmer refuses what the parser takes: \(right)")
            }
        }
        #expect(accepted > 1_000)
    }
}
