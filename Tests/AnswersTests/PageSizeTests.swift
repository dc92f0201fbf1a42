import Answers
import Contract
import Records
import RiverTesting
import Snapshots
import Testing

/// Pages fit a frame, however wide their rows are, and put together they are the whole.
@Suite struct PageSizeTests {
    /// Clients with names that take six times their room inside a string.
    private static func snapshot(clients: Int, nameBytes: Int = 40) throws -> Snapshot {
        let river = River()
        let rows = (0..<clients).map { number in
            let name = String(repeating: number % 3 == 0 ? "\u{1}" : "ä\\", count: 1 + number * 7 % nameBytes)
            return "c\(number),2023-0\(1 + number % 9)-01,\(name),s\(number % 5),r\(number % 4)"
        }
        try river.load(
            .demographics,
            (["customer_id,account_creation_date,name,segment,region"] + rows).joined(separator: "\n") + "\n")
        return AnswersTests.snapshot(river, asOf: Day(2024, 3, 31))
    }

    /// The text of an answer as it goes into a frame.
    private static func text(
        _ parameters: JSONObject, _ snapshot: Snapshot, bytesMax: Int, isList: Bool = false
    ) throws(Problem) -> [UInt8] {
        let reader = try Parameters(parameters, of: isList ? .clientsList : .exportTable, hiding: nil)
        var bytes: [UInt8] = []
        try JSONWriter.append(to: &bytes) { (writer) throws(Problem) in
            if isList {
                try ClientsAnswer.write(
                    ClientsAnswer.Question(reader), snapshot, bytesMax: bytesMax, to: &writer)
            } else {
                try ExportAnswer.write(ExportAnswer.Question(reader), snapshot, bytesMax: bytesMax, to: &writer)
            }
        }
        return bytes
    }

    private static let tables = [
        "customer_metrics", "customer_health_scores", "ai_model_features", "dashboard_kpis", "cohort_retention",
        "mrr_movements",
    ]

    @Test(arguments: tables, ["csv", "ndjson"])
    func exportsAreCutByBytes(_ table: String, _ format: String) throws {
        let snapshot = try Self.snapshot(clients: 300)
        let whole = try JSONReader().read(
            Self.text(["table": .string(table), "format": .string(format)], snapshot, bytesMax: .max))
        #expect(whole["next_cursor"] == JSONValue.null)
        // Room for a single row, for some, and for more than a batch.
        for bytesMax in [12_000, 24_001, 150_000] {
            var data = ""
            var rows: Int64 = 0
            var pages = 0
            var cursor = JSONValue.null
            repeat {
                let bytes = try Self.text(
                    ["table": .string(table), "format": .string(format), "cursor": cursor], snapshot,
                    bytesMax: bytesMax)
                #expect(bytes.count <= bytesMax)
                let page = try JSONReader().read(bytes)
                let count = try #require(page["rows"]?.integerValue)
                try #require(count > 0)
                #expect(page["total"] == whole["total"])
                data += page["data"]?.stringValue ?? ""
                rows += count
                pages += 1
                cursor = page["next_cursor"] ?? .null
            } while !cursor.isNull
            #expect(data == whole["data"]?.stringValue, "\(table) in pages of \(bytesMax)")
            #expect(rows == whole["total"]?.integerValue)
            // No page is shorter than it need be.
            let bytes = (whole["data"]?.stringValue?.utf8.count ?? 0) * 6
            #expect(pages <= 1 + bytes / (bytesMax / 4))
        }
    }

    @Test func listsAreCutByBytes() throws {
        let snapshot = try Self.snapshot(clients: 300)
        let whole = try JSONReader().read(Self.text(["limit": 10_000], snapshot, bytesMax: .max, isList: true))
        #expect(whole["clients"]?.arrayValue?.count == 300)
        for bytesMax in [8_000, 20_000, 100_000] {
            var clients: [JSONValue] = []
            var cursor = JSONValue.null
            repeat {
                let bytes = try Self.text(["limit": 250, "cursor": cursor], snapshot, bytesMax: bytesMax, isList: true)
                #expect(bytes.count <= bytesMax)
                let page = try JSONReader().read(bytes)
                let elements = try #require(page["clients"]?.arrayValue)
                try #require(!elements.isEmpty)
                clients += elements
                cursor = page["next_cursor"] ?? .null
            } while !cursor.isNull
            #expect(JSONValue.array(clients) == whole["clients"])
        }
    }

    /// A row that fits no frame is an error that says so, and names nobody.
    @Test func aRowThatCannotFit() throws {
        let snapshot = try Self.snapshot(clients: 2, nameBytes: 1)
        let wide = River()
        try wide.load(
            .demographics,
            "customer_id,account_creation_date,name,segment,region\n"
                + "c1,2023-01-01" + String(repeating: "," + String(repeating: "x", count: 4000), count: 3) + "\n")
        let other = AnswersTests.snapshot(wide, asOf: Day(2024, 3, 31))
        for (parameters, isList) in [(["table": "customer_metrics"], false), ([:], true)] as [(JSONObject, Bool)] {
            #expect(throws: Never.self) { try Self.text(parameters, snapshot, bytesMax: 10_000, isList: isList) }
            do throws(Problem) {
                _ = try Self.text(parameters, other, bytesMax: 10_000, isList: isList)
                Issue.record("a row of 12,000 bytes went into 10,000")
            } catch {
                #expect(error.code == .tooLarge)
                #expect(error.message.contains("alone has 1") && error.message.contains("10000 at most"))
                #expect(error.hint?.contains("max_frame_bytes") == true)
                #expect(!error.message.contains("c1"))
            }
        }
    }
}
