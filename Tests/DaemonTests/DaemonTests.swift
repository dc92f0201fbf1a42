import Contract
import Testing

/// The whole daemon from dropped files to answers over its real socket.
@Suite(.serialized)
struct DaemonTests {
    @Test("Dropped files become answers, survive a restart, and a rebuild gives the same bytes")
    func dropsBecomeAnswers() async throws {
        let files = try SampleFiles.make(clients: 60, days: 200, seed: 3)
        let daemon = try RunningDaemon()
        for category in SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try await daemon.settle(drops: 5)
        let list = try daemon.call("clients.list", ["limit": 5])
        #expect(list["total"]?.integerValue ?? 0 > 40)
        let first = try #require(list["clients"]?.arrayValue?.first?["customer_id"]?.stringValue)
        let client = try daemon.call("clients.get", ["customer_id": .string(first)])
        #expect(client["customer_id"]?.stringValue == first)
        let exported = try daemon.exportEverything()
        #expect(exported.utf8.count > 10_000)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)

        try await daemon.restart()
        #expect(try daemon.exportEverything() == exported)
        try await daemon.restart(rebuild: true)
        #expect(try daemon.exportEverything() == exported)
        await daemon.stop()
    }

    @Test("Any order of the same drops gives the same gold, and a second delivery changes nothing")
    func orderDoesNotMatter() async throws {
        let files = try SampleFiles.make(clients: 40, days: 120, seed: 9)
        /// The rows of a file in pieces, each with the header.
        func pieces(_ category: String, _ count: Int) -> [(category: String, name: String, text: String)] {
            let lines = (files[category] ?? "").split(separator: "\n", omittingEmptySubsequences: true)
            guard let header = lines.first else { return [] }
            // Of rows that differ under one key the first to come counts: which that is depends on the order by design.
            var lineOfKey: [Substring: Substring] = [:]
            let rows = lines.dropFirst().filter { line in
                let key = line.prefix { $0 != "," }
                defer { if lineOfKey[key] == nil { lineOfKey[key] = line } }
                return lineOfKey[key].map { $0 == line } ?? true
            }
            let size = max(1, (rows.count + count - 1) / count)
            return stride(from: 0, to: rows.count, by: size).map { start in
                let text = ([header] + rows[start..<min(rows.count, start + size)]).joined(separator: "\n") + "\n"
                return (category, "\(category)-\(start).csv", text)
            }
        }
        let drops =
            pieces("demographics", 1) + pieces("transactions", 7) + pieces("engagement", 9) + pieces("support", 1)
            + pieces("surveys", 3)
        var results: [String] = []
        for order in [drops, drops.reversed()] {
            let daemon = try RunningDaemon()
            for (index, drop) in order.enumerated() {
                try daemon.drop(drop.text, as: drop.name, category: drop.category)
                if index % 4 == 0 { try await daemon.settle(drops: index + 1) }
            }
            try await daemon.settle(drops: order.count)
            let exported = try daemon.exportEverything()
            for drop in order { try daemon.drop(drop.text, as: "again-\(drop.name)", category: drop.category) }
            try await daemon.settle(drops: order.count * 2)
            #expect(try daemon.exportEverything() == exported)
            let duplicates = try daemon.call("data.drops", ["state": "duplicate"])["drops"]?.arrayValue?.count
            #expect(duplicates == order.count)
            results.append(exported)
            await daemon.stop()
        }
        #expect(results[0] == results[1])
    }

    @Test("Files that cannot be loaded end in a recorded reason, and the daemon goes on")
    func badFiles() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop("", as: "empty.csv", category: "support")
        try daemon.drop("nothing,known\n1,2\n", as: "foreign.csv", category: "support")
        try daemon.drop("\u{1}\u{2}\u{3}binary\u{0}", as: "rubbish.csv", category: "surveys")
        try daemon.drop(
            "survey_id,customer_id,response_date,nps_score\n", as: "header.csv", category: "surveys")
        try daemon.drop(
            "survey_id,customer_id,response_date,nps_score\nS1,C1,2024-01-02,11\nS2,,2024-01-02,3\nS3,C1,2024-01-02,7\n",
            as: "rows.csv", category: "surveys")
        try await daemon.settle(drops: 5)
        let drops = try #require(try daemon.call("data.drops")["drops"]?.arrayValue)
        #expect(drops.count == 5)
        for drop in drops where drop["state"]?.stringValue == "refused" {
            #expect(drop["reason"]?.stringValue?.isEmpty == false)
        }
        #expect(drops.filter { $0["state"]?.stringValue == "refused" }.count == 3)
        let rows = try #require(drops.first { $0["file"]?.stringValue == "rows.csv" })
        #expect(rows["rows"]?.integerValue == 3)
        #expect(rows["accepted"]?.integerValue == 1)
        #expect(rows["rejected"]?.integerValue == 2)
        #expect(rows["orphans"]?.integerValue == 1)
        let rejects = try #require(try daemon.call("data.rejects")["rejects"]?.arrayValue)
        #expect(rejects.map { $0["line"]?.integerValue } == [2, 3])
        #expect(rejects.map { $0["column"]?.stringValue } == ["nps_score", "customer_id"])
        await daemon.stop()
    }
}
