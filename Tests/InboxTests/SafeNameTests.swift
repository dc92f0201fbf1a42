import Records
import Testing

@testable import Inbox

@Suite struct SafeNameTests {
    @Test func plainNamesStayAsTheyAre() throws {
        let name = try #require(FileName("Kunden_2026-06.v2.csv.gz"))
        let encoded = SafeName.encode(name, limit: 200)
        #expect(encoded.text == "Kunden_2026-06.v2.csv.gz")
        #expect(encoded.isWhole)
    }

    @Test func everyOtherByteIsEscaped() throws {
        let name = try #require(FileName([0x20, 0x25, 0xC3, 0xA4, 0xFF, 0x0A, 0x41]))
        #expect(SafeName.encode(name, limit: 200).text == "%20%25%C3%A4%FF%0AA")
    }

    @Test func anyNameComesBack() throws {
        var random = SeededGenerator(1)
        for _ in 0..<5000 {
            let count = Int.random(in: 1...255, using: &random)
            guard let name = FileName(random.bytes(count).filter { $0 != 0 && $0 != UInt8(ascii: "/") }) else {
                continue
            }
            let encoded = SafeName.encode(name, limit: 765)
            #expect(encoded.isWhole)
            let decoded = try #require(SafeName.decode(encoded.text.utf8))
            #expect(decoded.name == name)
            #expect(decoded.isWhole)
        }
    }

    @Test func aCutNameFitsAndSaysSo() throws {
        var random = SeededGenerator(2)
        for _ in 0..<3000 {
            let count = Int.random(in: 1...255, using: &random)
            let limit = Int.random(in: 4...260, using: &random)
            guard let name = FileName(random.bytes(count).filter { $0 != 0 && $0 != UInt8(ascii: "/") }) else {
                continue
            }
            let whole = SafeName.encode(name, limit: 1000).text
            let encoded = SafeName.encode(name, limit: limit)
            #expect(encoded.text.utf8.count <= limit)
            #expect(encoded.isWhole == (whole.utf8.count <= limit))
            if !encoded.isWhole {
                #expect(encoded.text.hasSuffix("%"))
                #expect(whole.hasPrefix(encoded.text.dropLast()))
                // A unit has three bytes, so no more than three are given up for the mark.
                #expect(encoded.text.utf8.count >= limit - 2)
                let decoded = try #require(SafeName.decode(encoded.text.utf8))
                #expect(!decoded.isWhole)
                #expect(name.bytes.starts(with: decoded.name.bytes))
            }
        }
    }

    @Test(arguments: ["", "%", "a b", "%4", "%G0", "%41", "a%2Fb", "%00", "ä", "%c3"])
    func whatWasNotEncodedIsNotDecoded(_ text: String) {
        #expect(SafeName.decode(text.utf8)?.isWhole != true)
    }

    @Test func impossibleFileNamesAreRefused() {
        #expect(FileName("") == nil)
        #expect(FileName(".") == nil)
        #expect(FileName("..") == nil)
        #expect(FileName("a/b") == nil)
        #expect(FileName([0x41, 0]) == nil)
        #expect(FileName([UInt8](repeating: 0x41, count: 256)) == nil)
        #expect(FileName([UInt8](repeating: 0x41, count: 255)) != nil)
    }

    @Test(arguments: [
        (".hidden", true), ("a.part", true), ("a.tmp", true), ("a.swp", true), ("a~", true), ("a.csv", false),
        ("part", false), ("a.PART", false), ("~a", false), ("a.tmp.csv", false),
    ])
    func ignoredNames(_ name: String, _ isIgnored: Bool) throws {
        #expect(try #require(FileName(name)).isIgnored == isIgnored)
    }

    @Test func claimedNamesCarryEverything() throws {
        var random = SeededGenerator(3)
        for _ in 0..<1000 {
            let count = Int.random(in: 1...60, using: &random)
            guard let name = FileName(random.bytes(count).filter { $0 != 0 && $0 != UInt8(ascii: "/") }) else {
                continue
            }
            let category = Category.allCases.randomElement(using: &random) ?? .support
            let sequence = Int64.random(in: 1...10_000_000_000_000_000, using: &random)
            let (fileName, isWhole) = ClaimedName.make(sequence: sequence, category: category, name: name)
            #expect(isWhole)
            let parsed = try #require(ClaimedName(fileName))
            #expect(parsed.sequence == sequence)
            #expect(parsed.category == category)
            #expect(parsed.name == name)
        }
    }

    @Test(arguments: ["0000000000000001.transactions", "1.transactions.a", "000000000000000x.support.a", "readme", "."])
    func foreignNamesAreNotClaims(_ text: String) {
        #expect(FileName(text).flatMap { ClaimedName($0) } == nil)
        #expect(FileName("0000000000000001.unknown.a").flatMap { ClaimedName($0) } == nil)
    }

    @Test func archivedNames() throws {
        let hash = ContentHash(of: UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(hash.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(ArchivedName(hash: hash, ending: "csv").fileName.description == "\(hash).csv")
        #expect(ArchivedName(hash: hash, ending: "CSV.ZST").ending == "csv.zstd")
        #expect(ArchivedName(hash: hash, ending: "..//x y..").ending == "xy")
        #expect(ArchivedName(hash: hash, ending: "").ending == "data")
        #expect(ArchivedName(hash: hash, ending: "..").ending == "data")
        for ending in ["csv", "csv.zst", "ndjson.gz", "zst", String(repeating: "a", count: 500)] {
            var name = ArchivedName(hash: hash, ending: ending)
            #expect(ArchivedName(name.fileName) == name)
            name.isPacked = true
            #expect(ArchivedName(name.fileName) == name)
        }
        for text in ["\(hash)", "\(hash).", "\(hash).zst", "x.csv", "\(hash.description.uppercased()).csv"] {
            #expect(FileName(text).flatMap { ArchivedName($0) } == nil)
        }
    }

    @Test func hashesAreReadStrictly() {
        #expect(ContentHash("e3b0c442") == nil)
        #expect(ContentHash(String(repeating: "g", count: 64)) == nil)
        #expect(ContentHash(bytes: [1]) == nil)
        let hash = ContentHash(bytes: Array(0..<32))
        #expect(hash.flatMap { ContentHash($0.description) } == hash)
    }
}
