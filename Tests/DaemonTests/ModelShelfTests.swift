import Glibc
import Records
import Store
import Testing

@Suite struct ModelShelfTests {
    private func inScratch(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/aura-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { ScratchDirectory.remove(root) }
        try body(root)
    }

    @Test func keepsVersionsAndWhichIsInForce() throws {
        try inScratch { root in
            let shelf = try ModelShelf(folder: "\(root)/models/churn")
            #expect(shelf.versions().isEmpty && shelf.inForce() == nil && shelf.journal().isEmpty)
            for number in 1...5 { try shelf.write([UInt8(number)], as: "churn-\(number)") }
            try shelf.putInForce("churn-1")
            #expect(shelf.inForce() == "churn-1")
            #expect(try shelf.read("churn-3") == [3])
            // The one in force stays, however old.
            shelf.prune(keeping: 2, oldestFirst: shelf.versions())
            #expect(shelf.versions() == ["churn-1", "churn-4", "churn-5"])
            try shelf.putInForce(nil)
            #expect(shelf.inForce() == nil)
            #expect(throws: ModelShelf.Failure.self) { try shelf.read("churn-2") }
        }
    }

    @Test(arguments: ["", "../x", "a/b", ".hidden", "a b", "ü", String(repeating: "a", count: 101)])
    func namesLeadNowhereElse(name: String) throws {
        #expect(!ModelShelf.isName(name))
        try inScratch { root in
            let shelf = try ModelShelf(folder: "\(root)/churn")
            #expect(throws: ModelShelf.Failure.self) { try shelf.write([1], as: name) }
        }
    }

    @Test func theJournalKeepsItsLines() throws {
        try inScratch { root in
            let shelf = try ModelShelf(folder: "\(root)/churn")
            let note = ModelShelf.Note(
                at: Instant(rawValue: 1_700_000_000_000), version: "v", outcome: "taken", asOf: Day(rawValue: 19_000),
                statement: "one\ttwo\nthree")
            for _ in 0..<250 { try shelf.note(note) }
            #expect(shelf.journal().count == 200)
            #expect(shelf.journal().last?.statement == "one two three")
            #expect(shelf.journal().last?.asOf == note.asOf && shelf.journal().last?.at == note.at)
        }
    }

    /// The state directory may be named from where the daemon was started.
    @Test func aRelativeFolderIsMadeWhereOneStands() throws {
        let name = "aura-test-\(getpid())-relative"
        _ = try ModelShelf(folder: "\(name)/models/churn")
        defer { ScratchDirectory.remove(name) }
        var status = stat()
        #expect(stat("\(name)/models/churn", &status) == 0)
        #expect(stat("/\(name)", &status) != 0)
    }
}
