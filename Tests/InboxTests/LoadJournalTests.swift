import Foundation
import Glibc
import Records
import Testing

@testable import Inbox

@Suite struct LoadJournalTests {
    private func record(_ number: Int64, file: String = "a.csv") -> LoadRecord {
        LoadRecord(
            drop: 10 + number, order: number, category: .transactions,
            sourceType: number.isMultiple(of: 2) ? "crm" : nil,
            file: file, bytes: 1000 + number, sha256: ContentHash(parts: [Array("\(number)".utf8)]).description,
            ending: "csv.gz", receivedAt: Instant(rawValue: 1_700_000_000_000 + number),
            loadedAt: Instant(rawValue: 1_700_000_100_000 + number), clockDay: Day(rawValue: 19_000 + Int32(number)),
            settings: number == 3 ? nil : "ab12", mapping: nil)
    }

    private func journal(_ state: State) throws -> LoadJournal {
        let journal = LoadJournal(folders: state.folders)
        try journal.open(at: try journal.read()?.end ?? .start)
        return journal
    }

    private func path(_ state: State) -> String { "\(state.bronzePath)/journal.ndjson" }

    @Test func whatIsWrittenIsRead() throws {
        let state = try State()
        let names = [
            "a.csv", "Kundin \"Müller\"\n.csv", "\\u0041.csv", String(repeating: "語", count: 85), ",\"salt\":\"",
        ]
        let records = names.enumerated().map { record(Int64($0 + 1), file: $1) }
        let first = try journal(state)
        let middle = try first.append(Array(records.prefix(2)))
        let end = try first.append(Array(records.dropFirst(2)))
        #expect(middle.lines == 2 && end.lines == 5 && end.bytes > middle.bytes)
        let content = try #require(try LoadJournal(folders: state.folders).read())
        #expect(content.records == records)
        #expect(content.end == end && content.damagedLine == nil && content.tornBytes == 0)
        let rest = try #require(try first.read(from: middle))
        #expect(rest.records == Array(records.dropFirst(2)))
        #expect(rest.ends.last == end && rest.end == end)
        #expect(LoadJournal.Position(end.description) == end)
        #expect(Files.permissions(path(state)) == 0o600)
    }

    @Test func everyChangedByteIsFound() throws {
        let state = try State()
        let journal = try journal(state)
        let end = try journal.append((1...3).map { record($0) })
        let bytes = try Files.read(path(state))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << (index % 8)
            try Files.write(path(state), changed)
            let content = try #require(try journal.read())
            let isFound = content.damagedLine != nil || content.end != end || content.tornBytes > 0
            #expect(isFound, "byte \(index)")
        }
    }

    @Test func linesCannotBeLeftOutExchangedOrAdded() throws {
        let state = try State()
        let journal = try journal(state)
        let end = try journal.append((1...4).map { record($0) })
        let lines = String(decoding: try Files.read(path(state)), as: UTF8.self).split(separator: "\n").map(String.init)
        func damage(_ lines: [String]) throws -> LoadJournal.Content {
            try Files.write(path(state), lines.joined(separator: "\n") + "\n")
            return try #require(try journal.read())
        }
        #expect(try damage([lines[0], lines[2], lines[3]]).damagedLine == 2)
        #expect(try damage([lines[0], lines[2], lines[1], lines[3]]).damagedLine == 2)
        #expect(try damage([lines[1], lines[2], lines[3]]).damagedLine == 1)
        #expect(try damage([lines[0], lines[0], lines[1], lines[2], lines[3]]).damagedLine == 2)
        #expect(try damage(lines).end == end)
        // Without its last line the file is whole in itself, and not what the ledger has noted.
        _ = try damage(Array(lines.dropLast()))
        #expect(try journal.read(from: end) == nil)
    }

    @Test func aLineWhoseFieldsWereTakenAwayStillHolds() throws {
        let state = try State()
        let journal = try journal(state)
        let end = try journal.append((1...3).map { record($0, file: "secret.csv") })
        var lines = String(decoding: try Files.read(path(state)), as: UTF8.self).split(separator: "\n").map(String.init)
        let leaf = try #require(lines[1].range(of: ",\"leaf\":"))
        lines[1] = "{\"fields\":null" + lines[1][leaf.lowerBound...]
        try Files.write(path(state), lines.joined(separator: "\n") + "\n")
        let content = try #require(try journal.read())
        #expect(content.damagedLine == nil && content.end.chain == end.chain)
        #expect(content.records.map { $0?.order } == [1, nil, 3])
    }

    @Test func whatACrashHasCutOffIsTakenAway() throws {
        let state = try State()
        let first = try journal(state)
        let end = try first.append([record(1)])
        let bytes = try Files.read(path(state))
        _ = try first.append([record(2)])
        let both = try Files.read(path(state))
        for count in [bytes.count + 1, bytes.count + 100, both.count - 1] {
            try Files.write(path(state), Array(both.prefix(count)))
            let content = try #require(try first.read())
            #expect(content.records.count == 1 && content.end == end && content.tornBytes == count - bytes.count)
            let again = try journal(state)
            #expect(try Files.read(path(state)) == bytes)
            _ = try again.append([record(2)])
            #expect(try first.read()?.records == [record(1), record(2)])
        }
    }

    @Test func whatCameToNothingIsTakenBack() throws {
        let state = try State()
        let journal = try journal(state)
        let end = try journal.append([record(1)])
        _ = try journal.append([record(2), record(3)])
        journal.takeBack(to: end)
        _ = try journal.append([record(4)])
        #expect(try journal.read()?.records == [record(1), record(4)])
    }

    @Test func aDamagedJournalIsKeptBesideANewOne() throws {
        let state = try State()
        let journal = try journal(state)
        _ = try journal.append([record(1)])
        try Files.write(path(state), "rubbish\n")
        let end = try journal.write([record(1), record(2)]).end
        #expect(try journal.read()?.records == [record(1), record(2)])
        #expect(try journal.read()?.end == end)
        #expect(try Files.names(state.bronzePath) == ["journal.damaged-1.ndjson", "journal.ndjson"])
        // Neither is an original.
        let archive = try Archive(folders: state.folders)
        #expect(archive.hashes.isEmpty)
        #expect(try archive.relist().isEmpty)
        _ = try journal.append([record(3)])
        #expect(try journal.read()?.records.count == 3)
    }

    @Test func linesTellNothingOfFieldsWithoutTheirSalt() throws {
        let state = try State()
        let journal = try journal(state)
        _ = try journal.append([record(1), record(1)])
        let lines = String(decoding: try Files.read(path(state)), as: UTF8.self).split(separator: "\n").map(String.init)
        let leaves = try lines.map { line in
            let range = try #require(line.range(of: "\"leaf\":\""))
            return line[range.upperBound...].prefix(64)
        }
        #expect(leaves[0] != leaves[1])
    }
}
