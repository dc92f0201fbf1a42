import Contract
import Foundation
import Testing

/// A daemon whose frames are small: whatever comes in pages comes whole.
@Suite(.serialized)
struct SmallFrameTests {
    private static let yaml = RunningDaemon.withoutForecasts + "max_frame_bytes: 65536\n"

    /// All elements of a list, page by page.
    private static func pages(
        _ method: String, _ name: String, _ parameters: JSONObject, _ daemon: RunningDaemon
    ) throws -> (elements: [JSONValue], pages: Int) {
        var elements: [JSONValue] = []
        var pages = 0
        var parameters = parameters
        repeat {
            let page = try daemon.call(method, parameters)
            elements += page[name]?.arrayValue ?? []
            pages += 1
            parameters["cursor"] = page["next_cursor"] ?? .null
        } while parameters["cursor"] != JSONValue.null
        return (elements, pages)
    }

    @Test func everyPageFits() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        let files = try SampleFiles.make(clients: 400, days: 120, seed: 5)
        for category in ["demographics", "transactions"] {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        // Rows that are rejected for a bad day, each with a long text; and many drops.
        let rows = (0..<60).map { "x\($0),no day,\(String(repeating: "\"\"é", count: 700))\n" }
        let head = "customer_id,account_creation_date,name\n"
        try daemon.drop(
            head
                + rows.map { row in
                    let parts = row.split(separator: ",", maxSplits: 2)
                    return "\(parts[0]),\(parts[1]),\"\(parts[2].dropLast())\"\n"
                }.joined(), as: "bad.csv", category: "demographics")
        for number in 0..<150 {
            try daemon.drop(
                head + "n\(number),2016-01-01,\(number)\n", as: "\(String(repeating: "n", count: 100))\(number).csv",
                category: "demographics")
        }
        try await daemon.settle(drops: 153)

        let clients = try Self.pages("clients.list", "clients", ["limit": 10_000], daemon)
        #expect(clients.pages > 1)
        #expect(Set(clients.elements.compactMap { $0["customer_id"]?.stringValue }).count == clients.elements.count)
        #expect(Int64(clients.elements.count) == (try daemon.call("clients.list")["total"]?.integerValue))

        let drops = try Self.pages("data.drops", "drops", ["limit": 100_000], daemon)
        #expect(drops.pages > 1)
        #expect(drops.elements.compactMap { $0["drop_id"]?.integerValue } == (1...153).reversed().map { Int64($0) })
        let some = try Self.pages("data.drops", "drops", ["limit": 7, "state": "loaded"], daemon)
        #expect(some.elements.count == 153 && some.pages == 22)

        let rejects = try Self.pages("data.rejects", "rejects", ["limit": 10_000], daemon)
        #expect(rejects.pages > 1)
        let whole = try daemon.call("data.rejects", ["limit": 1])["total"]?.integerValue
        #expect(Int64(rejects.elements.count) == whole)
        let lines = rejects.elements.map { "\($0["drop_id"]?.integerValue ?? 0) \($0["line"]?.integerValue ?? 0)" }
        #expect(Set(lines).count == lines.count)
        let few = try Self.pages("data.rejects", "rejects", ["limit": 7], daemon)
        #expect(few.elements == rejects.elements)

        for table in ["ai_model_features", "customer_metrics", "customer_health_scores", "mrr_movements"] {
            for format in ["csv", "ndjson"] {
                var total: Int64 = 0
                var pages = 0
                var parameters: JSONObject = ["table": .string(table), "format": .string(format)]
                repeat {
                    let page = try daemon.call("export.table", parameters)
                    total += page["rows"]?.integerValue ?? 0
                    pages += 1
                    parameters["cursor"] = page["next_cursor"] ?? .null
                    if parameters["cursor"] == JSONValue.null { #expect(total == page["total"]?.integerValue) }
                } while parameters["cursor"] != JSONValue.null
                if table != "mrr_movements" { #expect(pages > 1) }
            }
        }
        await daemon.stop()
    }
}
