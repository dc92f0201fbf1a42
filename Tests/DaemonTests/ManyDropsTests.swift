import Contract
import Foundation
import GRDB
import Store
import Testing

/// What many small drops leave behind on disk is merged as they come, and nobody can tell from the answers.
@Suite(.serialized)
struct ManyDropsTests {
    private static let pieces = 26

    /// The rows of a file in so many pieces, each with the header; no row holds a line end.
    private static func cut(_ text: String) -> [String] {
        let lines = text.split(separator: "\n")
        let rows = lines.dropFirst()
        return (0..<pieces).map { piece in
            let start = rows.startIndex + piece * rows.count / pieces
            let end = rows.startIndex + (piece + 1) * rows.count / pieces
            return ([lines[0]] + rows[start..<end]).joined(separator: "\n") + "\n"
        }
    }

    private static func counts(_ daemon: RunningDaemon) throws -> (segments: [String: Int], runs: [String: Int]) {
        let database = try DatabaseQueue(path: "\(daemon.root)/state/aura.db")
        return try database.read { database in
            func counts(_ table: String) throws -> [String: Int] {
                try Row.fetchAll(database, sql: "SELECT category, count(*) AS n FROM \(table) GROUP BY category")
                    .reduce(into: [:]) { $0[$1["category"]] = $1["n"] }
            }
            return (try counts("segment"), try counts("key_run"))
        }
    }

    @Test("Segments and runs of keys of many small drops are merged; gold, duplicates and a restart do not show it")
    func mergesAreInvisible() async throws {
        let files = try SampleFiles.make(clients: 40, days: 200, seed: 11)
        let whole = try RunningDaemon()
        for category in SampleFiles.categories {
            try whole.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try await whole.settle(drops: 5)
        let expected = try whole.exportEverything()
        var known: [String: Int64] = [:]
        for drop in try #require(try whole.call("data.drops")["drops"]?.arrayValue) {
            let accepted = drop["accepted"]?.integerValue ?? 0
            let duplicates = drop["duplicates"]?.integerValue ?? 0
            known[drop["category"]?.stringValue ?? ""] = accepted + duplicates
        }
        await whole.stop()

        let daemon = try RunningDaemon()
        var drops = 0
        for category in ["demographics", "support", "surveys"] {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
            drops += 1
        }
        try await daemon.settle(drops: drops)
        let events = ManyDropsTests.cut(files["engagement"] ?? "")
        let payments = ManyDropsTests.cut(files["transactions"] ?? "")
        for piece in 0..<ManyDropsTests.pieces {
            try daemon.drop(events[piece], as: "e\(piece).csv", category: "engagement")
            try daemon.drop(payments[piece], as: "t\(piece).csv", category: "transactions")
            drops += 2
            try await daemon.settle(drops: drops)
        }
        #expect(try daemon.exportEverything() == expected)
        let (segments, runs) = try ManyDropsTests.counts(daemon)
        for category in ["engagement", "transactions"] {
            #expect((1..<ManyDropsTests.pieces).contains(segments[category] ?? 0))
            #expect((1..<ManyDropsTests.pieces).contains(runs[category] ?? 0))
        }

        try await daemon.restart()
        #expect(try daemon.exportEverything() == expected)

        // The same rows once more, in files of another content.
        for category in ["engagement", "transactions"] {
            try daemon.drop((files[category] ?? "") + "\n", as: "again-\(category).csv", category: category)
        }
        try await daemon.settle(drops: drops + 2)
        let again = try #require(try daemon.call("data.drops")["drops"]?.arrayValue)
            .filter { $0["file"]?.stringValue?.hasPrefix("again") ?? false }
        #expect(again.count == 2)
        for drop in again {
            #expect(drop["accepted"]?.integerValue == 0)
            #expect(drop["duplicates"]?.integerValue == known[drop["category"]?.stringValue ?? ""])
        }
        #expect(try daemon.exportEverything() == expected)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }
}
