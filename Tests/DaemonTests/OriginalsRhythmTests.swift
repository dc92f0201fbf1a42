import Contract
import Foundation
import Glibc
import Inbox
import Settings
import Store
import Testing

@testable import Pipeline

/// Which originals are read when, and what is said of what a quiet hour finds.
@Suite(.serialized)
struct OriginalsRhythmTests {
    private func archive(_ folder: ScratchDirectory, contents: [String]) throws -> (Archive, [KeptOriginal]) {
        let folders = try StateFolders(root: "\(folder.path)/state")
        var originals: [KeptOriginal] = []
        for (number, content) in contents.enumerated() {
            let path = "\(folder.path)/original"
            try Data(content.utf8).write(to: URL(filePath: path))
            let hash = try DropReader.hash(path: path)
            #expect(rename(path, "\(folder.path)/state/bronze/\(hash).csv") == 0)
            originals.append(
                KeptOriginal(
                    drop: Int64(number + 1), sha256: hash.description, bytes: Int64(content.utf8.count),
                    lookedAtMilliseconds: Int64(number) * 1000))
        }
        return (try Archive(folders: folders), originals)
    }

    @Test("A share is read from the one looked at longest ago on, and whatever would be too late with the next")
    func share() throws {
        let folder = try ScratchDirectory()
        let (archive, originals) = try archive(
            folder, contents: (0..<10).map { "\($0)" + String(repeating: "x", count: 99) })
        let check = OriginalsCheck(archive: archive)
        let hashes = originals.map(\.sha256)
        #expect(try check.run(originals, share: .whole).whole == hashes)
        #expect(try check.run(originals, share: .listing).whole == [])
        #expect(try check.run(originals, share: .budget(bytes: 1, before: .min)).whole == Array(hashes.prefix(1)))
        #expect(try check.run(originals, share: .budget(bytes: 250, before: .min)).whole == Array(hashes.prefix(3)))
        #expect(try check.run(originals, share: .budget(bytes: 1, before: 4000)).whole == Array(hashes.prefix(4)))
        // Those that were never looked at are overdue.
        var unseen = originals
        unseen[9].lookedAtMilliseconds = nil
        #expect(try check.run(unseen, share: .budget(bytes: 1, before: 0)).whole == [hashes[0], hashes[9]])
        var asked = 0
        let cut = try check.run(originals, share: .whole) {
            asked += 1
            return asked > 2
        }
        #expect(cut.whole == Array(hashes.prefix(2)) && cut.isCutShort && cut.isGood)
    }

    @Test("Thirty days of daily shares read every original, however large they are")
    func everyOriginalWithinThirtyDays() throws {
        let folder = try ScratchDirectory()
        let (archive, first) = try archive(
            folder, contents: (0..<60).map { "\($0)" + String(repeating: "x", count: ($0 * 7919) % 900) })
        var originals = first.map { original in
            var original = original
            original.lookedAtMilliseconds = 0
            return original
        }
        let day: Int64 = 86_400_000
        let bytes = originals.reduce(0) { $0 + $1.bytes }
        for today in 1...Int64(90) {
            originals.sort { ($0.lookedAtMilliseconds ?? 0, $0.drop) < ($1.lookedAtMilliseconds ?? 0, $1.drop) }
            let share = OriginalsCheck.Share.due(bytes: bytes, days: 1, now: today * day)
            let read = Set(try OriginalsCheck(archive: archive).run(originals, share: share).whole)
            for index in originals.indices where read.contains(originals[index].sha256) {
                originals[index].lookedAtMilliseconds = today * day
            }
            let oldest = originals.map { $0.lookedAtMilliseconds ?? 0 }.min() ?? 0
            #expect(today * day - oldest <= 30 * day, "day \(today)")
        }
    }

    @Test("Compression that meets an original of another hash raises an alarm with drop and hash, and leaves it alone")
    func compressionFindsDamage() async throws {
        let log = CapturedLog()
        let daemon = try RunningDaemon(
            yaml: RunningDaemon.withoutForecasts
                + "store: { compress_after_seconds: 0 }\nschedule: { compress_minutes: 0 }\n",
            logger: log.logger())
        let rows = (0..<5000).map { "C\($0),2024-01-01\n" }.joined()
        try daemon.drop("customer_id,account_creation_date\n" + rows, as: "c.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        let bronze = "\(daemon.root)/state/bronze"
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: bronze).first { $0.hasSuffix(".csv") })
        let path = "\(bronze)/\(name)"
        chmod(path, 0o600)
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: path))
        let hash = String(name.prefix(64))
        // Asked for by the reload, and done with the next turn of the clock.
        await daemon.reload { $0.schedule.compressMinutes = 1 }
        for _ in 0..<1200 where !log.text.contains(hash) { try await Task.sleep(for: .milliseconds(50)) }
        #expect(log.text.contains("the original of drop 1 in bronze is damaged: SHA-256 \(hash)"), "\(log.text)")
        let problems = "\(try daemon.call("system.status")["problems"] ?? .null)"
        #expect(problems.contains(hash) && problems.contains("drop 1"), "\(problems)")
        #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        await daemon.stop()
    }
}
