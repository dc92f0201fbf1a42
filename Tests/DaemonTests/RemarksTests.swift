import Contract
import Testing

/// What was noticed of rows is told where a file is handed over, where it is looked at, and in a list.
@Suite(.serialized)
struct RemarksTests {
    @Test func aLateFileIsNoticed() async throws {
        let daemon = try RunningDaemon()
        defer { daemon.remove() }
        let header = "ticket_id,customer_id,issue_type,created_at,resolved_at,satisfaction_score\n"
        _ = try daemon.ingest(
            "customer_id,name,age,account_creation_date\np1,Pike Ltd,forty,2025-01-01\n", "clients.csv", "demographics")
        _ = try daemon.ingest(
            header + "t1,p1,billing,2025-03-01,2025-03-02,5\nt2,p1,bug,2025-03-01,2025-03-04,4\n", "new.csv", "support")
        let told = try daemon.ingest(
            header + "t3,p1,bug,2025-03-03,,\nt2,p1,bug,2025-03-01,,\nt1,p1,billing,2025-03-01,,\n", "old.csv",
            "support")
        #expect(told.contains("2 × resolved_at: takes back when the ticket was resolved"), "\(told)")
        #expect(told.contains("2 × satisfaction_score: takes back a value"))
        #expect(told.contains("aurac remarks 3"))
        let list = try daemon.aurac(["remarks", "3", "-o", "csv"])
        #expect(list.status == 0)
        let lines = list.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 5)
        #expect(lines.contains { $0.hasPrefix("3,") && $0.contains("reopened_ticket") })
        #expect(lines.contains { $0.hasPrefix("4,") && $0.contains("reopened_ticket") })
        let page = try daemon.call("data.remarks", ["drop_id": 3, "limit": 3])
        #expect(page["total"]?.integerValue == 4)
        let cursor = try #require(page["next_cursor"]?.stringValue)
        let rest = try daemon.call("data.remarks", ["drop_id": 3, "limit": 3, "cursor": .string(cursor)])
        #expect(rest["remarks"]?.arrayValue?.count == 1)
        #expect(rest["next_cursor"] == .null)
        let shown = try daemon.aurac(["drops", "show", "1"])
        #expect(shown.text.contains("1 × age: the value cannot be read"), "\(shown.text)")
        #expect(try daemon.aurac(["remarks", "2"]).text.contains("nothing was noticed"))
        // A rebuild finds the same again.
        try await daemon.restart(rebuild: true)
        #expect(try daemon.aurac(["remarks", "3", "-o", "csv"]).text == list.text)
        await daemon.stop()
    }

    /// Each of forty small files of payments is in the next answer, whichever is asked.
    @Test func fortySmallFilesOfPayments() async throws {
        let daemon = try RunningDaemon()
        defer { daemon.remove() }
        _ = try daemon.ingest("customer_id,account_creation_date\np1,2025-01-01\n", "clients.csv", "demographics")
        for number in 1...40 {
            let text = "transaction_id,customer_id,amount,currency,transaction_date\nx\(number),p1,2,USD,2025-03-01\n"
            _ = try daemon.ingest(text, "payments-\(number).csv", "transactions")
            let client = try daemon.aurac(["client", "p1", "-o", "json"])
            #expect(client.text.contains("\"total_amount\":\(2 * number)"), "after file \(number)")
            let total = try daemon.call("data.drops", ["limit": 1])["drops"]?.arrayValue?.first
            #expect(total?["served"]?.boolValue == true)
        }
        await daemon.stop()
    }
}
