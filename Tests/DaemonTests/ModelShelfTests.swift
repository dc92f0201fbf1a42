import Dispatch
import Foundation
import Records
import Store
import Synchronization
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
            let nothing = ModelShelf.InForce(version: nil, isChosen: false)
            #expect(try shelf.versions().isEmpty && shelf.inForce() == nothing && shelf.journal().isEmpty)
            for number in 1...5 { try shelf.write([UInt8(number)], as: "churn-\(number)") }
            let first = ModelShelf.InForce(version: "churn-1", isChosen: true)
            try shelf.putInForce(first)
            #expect(try shelf.inForce() == first)
            #expect(try shelf.read("churn-3") == [3])
            // The one in force stays, however old.
            shelf.prune(keeping: 2, oldestFirst: shelf.versions())
            #expect(shelf.versions() == ["churn-1", "churn-4", "churn-5"])
            // What is not there (any more) cannot be put in force.
            #expect(throws: ModelShelf.Failure.self) {
                try shelf.putInForce(ModelShelf.InForce(version: "churn-2", isChosen: false))
            }
            #expect(try shelf.inForce() == first)
            try shelf.putInForce(nothing)
            #expect(try shelf.inForce() == nothing)
            try shelf.putInForce(ModelShelf.InForce(version: nil, isChosen: true))
            #expect(try ModelShelf(folder: shelf.folder).inForce().isChosen)
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
            #expect(try shelf.journal().count == 200)
            #expect(try shelf.journal().last?.statement == "one two three")
            #expect(try shelf.journal().last?.asOf == note.asOf && shelf.journal().last?.at == note.at)
        }
    }

    @Test func whatACrashLeavesHalfWrittenGoes() throws {
        try inScratch { root in
            let shelf = try ModelShelf(folder: "\(root)/churn")
            try shelf.write([1], as: "churn-1")
            for name in ["churn-2.model.77.tmp", "in-force.77.tmp"] {
                let descriptor = open("\(root)/churn/\(name)", O_WRONLY | O_CREAT, 0o640)
                try #require(descriptor >= 0)
                close(descriptor)
            }
            _ = try ModelShelf(folder: "\(root)/churn")
            #expect(access("\(root)/churn/churn-2.model.77.tmp", F_OK) != 0)
            #expect(access("\(root)/churn/in-force.77.tmp", F_OK) != 0)
            #expect(shelf.versions() == ["churn-1"])
        }
    }

    /// An unreadable file is no reason to forget what stands in it.
    @Test func damagedFilesAreNamedAndKept() throws {
        try inScratch { root in
            let shelf = try ModelShelf(folder: "\(root)/churn")
            for name in ["in-force", "journal.tsv"] { try #require(mkdir("\(root)/churn/\(name)", 0o700) == 0) }
            #expect { try shelf.inForce() } throws: { "\($0)".contains("churn/in-force") }
            let note = ModelShelf.Note(
                at: Instant(rawValue: 1), version: "v", outcome: "taken", asOf: nil, statement: "one")
            #expect { try shelf.note(note) } throws: { "\($0)".contains("churn/journal.tsv") }
            #expect { try shelf.journal() } throws: { "\($0)".contains("churn/journal.tsv") }
        }
    }

    /// Two imports, a training that keeps, prunes and takes, and an operator who chooses, all at once.
    @Test func manyThreadsAtOnce() throws {
        try inScratch { root in
            let shelf = try ModelShelf(folder: "\(root)/churn")
            let content = (0..<8).map { [UInt8](repeating: UInt8($0), count: 50_000 + $0) }
            try shelf.write(content[0], as: "churn-0")
            let wrong = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for round in 0..<25 {
                    do {
                        switch thread {
                        case 0, 1:
                            // The same file handed in twice at the same time.
                            try shelf.write(content[2], as: "churn-2")
                            try shelf.note(
                                ModelShelf.Note(
                                    at: Instant(rawValue: Int64(round)), version: "churn-2", outcome: "imported",
                                    asOf: nil, statement: "\(thread)"))
                        case 2, 3:
                            try shelf.write(content[thread], as: "churn-\(thread)")
                            shelf.prune(keeping: 2, oldestFirst: shelf.versions())
                            try shelf.note(
                                ModelShelf.Note(
                                    at: Instant(rawValue: Int64(round)), version: "churn-\(thread)",
                                    outcome: "taken", asOf: nil, statement: "\(thread)"))
                        case 4, 5:
                            // Refused when it was pruned meanwhile, never half done.
                            let version = shelf.versions().randomElement() ?? "churn-0"
                            try? shelf.putInForce(ModelShelf.InForce(version: version, isChosen: thread == 4))
                        default:
                            if let version = try shelf.inForce().version {
                                // In force is there to be read, whole.
                                let number = Int(version.dropFirst(6)) ?? 0
                                if let bytes = try? shelf.read(version), bytes != content[number] {
                                    wrong.withLock { $0.append("\(version) is torn") }
                                }
                            }
                        }
                    } catch {
                        wrong.withLock { $0.append("\(error)") }
                    }
                }
            }
            #expect(wrong.withLock { $0 } == [])
            // Every line of every thread is there.
            #expect(try shelf.journal().count == 100)
            let inForce = try shelf.inForce()
            #expect(inForce.version.map { shelf.versions().contains($0) } ?? true)
            var names = [String]()
            for name in try FileManager.default.contentsOfDirectory(atPath: shelf.folder) { names.append(name) }
            #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
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

    /// What is not what was written is no choice, and no decision that can be passed over.
    @Test(arguments: ["churn-1\nchoosen\n", "churn-1\nchosen\nchurn-2\n", "a/b\n"])
    func wordsThatWereNotWritten(text: String) throws {
        try inScratch { root in
            let shelf = try ModelShelf(folder: "\(root)/churn")
            try text.write(toFile: "\(root)/churn/in-force", atomically: true, encoding: .utf8)
            #expect(throws: ModelShelf.Failure.self) { try shelf.inForce() }
        }
    }

    @Test(arguments: ["soon\tv\ttaken\t2024-01-01\tx", "1\tv\ttaken", "1\tv\ttaken\tyesterday\tx"])
    func linesThatWereNotWritten(line: String) throws {
        try inScratch { root in
            let shelf = try ModelShelf(folder: "\(root)/churn")
            let note = ModelShelf.Note(
                at: Instant(rawValue: 1), version: "v", outcome: "taken", asOf: nil, statement: "one")
            try shelf.note(note)
            let path = "\(root)/churn/journal.tsv"
            let damaged = try String(contentsOfFile: path, encoding: .utf8) + line + "\n"
            try damaged.write(toFile: path, atomically: true, encoding: .utf8)
            #expect {
                try shelf.journal()
            } throws: { error in "\(error)".contains("line 2 of \(path)") }
            // What can still be read of it is not written over.
            #expect(throws: ModelShelf.Failure.self) { try shelf.note(note) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == damaged)
        }
    }
}
