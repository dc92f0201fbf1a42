import Bronze
import Records
import RiverTesting
import Testing

/// Tables written for people carry a `'` before what a spreadsheet would take for a formula; it comes off again.
@Suite struct FormulaGuardTests {
    private static let cells: [(file: String, value: String)] = [
        ("'=1+2", "=1+2"), ("'+SUM(A1)", "+SUM(A1)"), ("'-2+3", "-2+3"), ("'@SUM(1)", "@SUM(1)"), ("'\tx", "\tx"),
        ("\"'=A1&\"\"x\"\"\"", "=A1&\"x\""), ("\"'=a,b\"", "=a,b"), ("\"'\rx\"", "\rx"),
        // Part of the value.
        ("'abc", "'abc"), ("''=1", "''=1"), ("O'=Brien", "O'=Brien"), ("'", "'"), ("'5", "'5"), ("\" '=1\"", " '=1"),
        ("=1+2", "=1+2"),
    ]

    @Test(arguments: cells.indices, [nil, 7] as [Int?])
    func cell(index: Int, blockBytes: Int?) throws {
        let (file, value) = Self.cells[index]
        for delimiter in [",", ";"] {
            let lines = [
                ["survey_id", "customer_id", "response_date", "nps_score", "comments"],
                ["s1", "c", "2024-01-01", "9", file], ["'=s2", "c", "2024-01-01", "9", "fine"],
            ]
            let text = lines.map { $0.joined(separator: delimiter) + "\n" }.joined()
            let read = try BlockFeed.rows(Array(text.utf8), category: .surveys, blockBytes: blockBytes)
            #expect(read.rejects.isEmpty)
            #expect(read.rows.map { $0["comments"] } == [value, "fine"])
            #expect(read.rows.map { $0["survey_id"] } == ["s1", "=s2"])
        }
    }

    @Test func jsonHasNoGuard() throws {
        let text =
            ##"{"survey_id": "'=s", "customer_id": "c", "response_date": "2024-01-01", "nps_score": 9, "comments": "'+1"}"##
        let rows = try BlockFeed.rows(Array(text.utf8), category: .surveys)
        #expect(rows.rows.first?["survey_id"] == "'=s" && rows.rows.first?["comments"] == "'+1")
    }
}
