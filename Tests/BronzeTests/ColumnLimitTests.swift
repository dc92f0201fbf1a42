import Bronze
import Records
import RiverTesting
import Testing

/// A file that names more columns than a table has is refused, whichever way it names them.
@Suite struct ColumnLimitTests {
    private static let limits = BronzeReader.Limits(rowBytesMax: 4096, columnsMax: 100)

    private func refusal(_ text: String, blockBytes: Int? = nil) -> DropRefusal? {
        do {
            try BlockFeed.forEachBatch(
                Array(text.utf8), category: .surveys, limits: Self.limits, blockBytes: blockBytes, finishes: true
            ) { _ in }
            return nil
        } catch {
            return error as? DropRefusal
        }
    }

    private static func object(_ number: Int, key: String) -> String {
        #"{"survey_id": "s\#(number)", "customer_id": "c", "response_date": "2024-01-01", "nps_score": 9, "\#(key)": 1}"#
    }

    /// Another key in every object: each made a table of all keys so far, and thousands of them kept intake for hours.
    @Test(arguments: [nil, 64, 1000] as [Int?])
    func everyObjectWithAnotherKey(blockBytes: Int?) {
        func lines(_ count: Int) -> [String] { (0..<count).map { Self.object($0, key: "k\($0)") } }
        // Four columns of the schema and 96 others.
        #expect(refusal(lines(96).joined(separator: "\n"), blockBytes: blockBytes) == nil)
        let refused = DropRefusal.tooManyColumns(line: 97, limit: 100)
        #expect(refusal(lines(97).joined(separator: "\n"), blockBytes: blockBytes) == refused)
        #expect(refusal("[" + lines(97).joined(separator: ",\n") + "]", blockBytes: blockBytes) == refused)
        #expect(refused.description.hasPrefix("line 97: more than 100 different columns; leave out"))
    }

    @Test func oneObjectOfManyKeys() {
        let members = (0..<101).map { #""k\#($0)": 1"# }
        #expect(refusal("{" + members.joined(separator: ", ") + "}") == .tooManyColumns(line: 1, limit: 100))
        #expect(
            refusal("{}\n{\n" + members.joined(separator: ",\n") + "}") == .tooManyColumns(line: 103, limit: 100))
    }

    @Test func keysThatAreTooLongTogether() {
        let lines = (0..<5).map { Self.object($0, key: String(repeating: "k", count: 1000) + "\($0)") }
        #expect(refusal(lines.joined(separator: "\n")) == .columnNamesTooLong(line: 5, limit: 4096))
    }

    /// Keys of objects that are no rows are no columns, and cost nothing later.
    @Test func keysOfDamagedObjectsDoNotCount() throws {
        var text = ""
        for number in 0..<500 { text += #"{"x\#(number)": 1, "y\#(number)": oops}"# + "\n" }
        text += Self.object(1, key: "comments")
        let rows = try BlockFeed.rows(Array(text.utf8), category: .surveys, limits: Self.limits, blockBytes: 300)
        #expect(rows.rejects.count == 500)
        #expect(rows.rows.count == 1)
        #expect(rows.columns == ["survey_id", "customer_id", "response_date", "nps_score", "comments"])
    }

    @Test func aHeaderOfManyColumns() {
        func header(_ count: Int) -> String {
            "survey_id,customer_id,response_date,nps_score," + (0..<count).map { "c\($0)" }.joined(separator: ",")
                + "\n"
        }
        #expect(refusal(header(96)) == nil)
        #expect(refusal(header(97)) == .tooManyColumns(line: 1, limit: 100))
        #expect(refusal("\n\n" + header(97)) == .tooManyColumns(line: 3, limit: 100))
    }

    /// Rows of few keys among many are as wide as all of them: a batch ends before it is too large.
    @Test func batchesOfWideRowsAreShort() throws {
        let members = (0..<900).map { #""k\#($0)": 1"# }
        let text =
            "{" + members.joined(separator: ", ") + "}\n" + String(repeating: #"{"k1": 2}"# + "\n", count: 20_000)
        var rows = 0
        var largest = 0
        try BlockFeed.forEachBatch(Array(text.utf8), category: .surveys) { batch in
            rows += batch.rowCount
            largest = max(largest, batch.rowCount * batch.columnCount)
        }
        #expect(rows == 20_001)
        #expect(largest <= (1 << 20) + 900)
    }
}
