import Records
import RiverTesting
import Testing

/// The identity of natural keys: different texts are different keys.
@Suite struct RecordKeyTests {
    @Test func alikeTextsAreDifferentKeys() {
        var texts = Set<String>()
        for length in 0...70 {
            for filler in ["0", "a", "ab", "0123456789abcdef"] {
                let text = String(String(repeating: filler, count: length).prefix(length))
                texts.insert(text)
                for index in stride(from: 0, to: length, by: 3) {
                    for other in ["1", "b", "3", "q"] {
                        let start = text.index(text.startIndex, offsetBy: index)
                        texts.insert(text.replacingCharacters(start, with: other))
                    }
                }
            }
        }
        let keys = Set(texts.map { RecordKey($0) })
        #expect(texts.count > 5000)
        #expect(keys.count == texts.count)
    }

    /// The length must not be made up for by the text.
    @Test(arguments: [
        ("100000000000000000000007", "0000000000000000000000007"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ])
    func keysOfDifferentLengths(one: String, other: String) { #expect(RecordKey(one) != RecordKey(other)) }

    @Test func shortKeysAreTheirText() {
        #expect(RecordKey("a") == RecordKey(low: 0x61, high: 1 << 56))
        #expect(RecordKey("abcdefgh") == RecordKey(low: 0x6867_6665_6463_6261, high: 8 << 56))
        #expect(RecordKey("abcdefghi") == RecordKey(low: 0x6867_6665_6463_6261, high: 9 << 56 | 0x69))
        #expect(RecordKey("") == RecordKey(low: 0, high: 0))
        #expect(RecordKey("0123456789abcde").high >> 56 == 15)
        #expect(RecordKey("0123456789abcdef").high >> 56 == 0xFF)
    }

    /// What stands behind the text plays no part.
    @Test func onlyTheTextCounts() {
        for length in [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33] {
            let text = String(repeating: "x", count: length)
            for padding: UInt8 in [0, 0x78, 0xFF] {
                let bytes = Array(text.utf8) + Array(repeating: padding, count: 16)
                bytes.withUnsafeBufferPointer { buffer in
                    if let base = buffer.baseAddress {
                        #expect(RecordKey(paddedBytes: base, count: length) == RecordKey(text))
                    }
                }
            }
        }
    }

    /// Mixing is a bijection: it adds no collision, and turns one changed bit into many.
    @Test func mixing() {
        var random = SeededGenerator(seed: 2)
        var seen = Set<RecordKey>()
        var flipped = 0
        for _ in 0..<2000 {
            let key = RecordKey(low: random.next(), high: random.next())
            seen.insert(key.mixed)
            let bit = UInt64(1) << UInt64.random(in: 0..<64, using: &random)
            let other = RecordKey(low: key.low ^ bit, high: key.high).mixed
            seen.insert(other)
            flipped += (other.low ^ key.mixed.low).nonzeroBitCount + (other.high ^ key.mixed.high).nonzeroBitCount
        }
        #expect(seen.count == 4000)
        #expect((60.0...68.0).contains(Double(flipped) / 2000))
    }
}

extension String {
    fileprivate func replacingCharacters(_ index: Index, with text: String) -> String {
        String(self[..<index]) + text + String(self[self.index(after: index)...])
    }
}
