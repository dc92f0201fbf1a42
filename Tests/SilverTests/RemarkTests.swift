import Records
import RiverTesting
import Silver
import Testing
import Words

/// What is noticed of rows that are not rejected, with their lines and columns.
@Suite struct RemarkTests {
    /// `line column code` of the last drop, in the order of lines.
    private func remarks(_ river: River) -> [String] {
        let remarks = river.lastDelta?.remarks.sorted { $0.key < $1.key }.last?.value ?? DropRemarks()
        return remarks.listed.sorted { ($0.line ?? 0, $0.column ?? "") < ($1.line ?? 0, $1.column ?? "") }.map {
            "\($0.line.map { "\($0)" } ?? "-") \($0.column ?? "-") \($0.kind.rawValue)"
        }
    }

    @Test func clients() throws {
        let river = River()
        let header = "customer_id,name,age,account_creation_date,segment,churn_date,plan_note\n"
        try river.load(
            .demographics,
            header
                + "c1,One,200,2024-01-01,smb,,x\nc1,One,20,2024-01-01,smb,,x\nc2,\"Two\nlines\",20,2024-01-01,smb,someday,y\n"
        )
        #expect(
            remarks(river) == ["2 age unreadable_value", "3 age different_duplicate", "4 churn_date unreadable_value"])
        try river.load(
            .demographics,
            header + "c1,Uno,21,2024-01-01,,,z\nc3,Three,1,2024-01-01,smb,,\nc2,\"Two\nlines\",20,2024-01-01,smb,,\n")
        #expect(
            remarks(river) == [
                "2 name replaced_value", "2 plan_note replaced_value", "2 segment removed_value",
                "4 plan_note removed_value",
            ])
        #expect(river.lastDelta?.counts.last?.counts.updated == 2)
        // The same once more changes nothing.
        try river.load(.demographics, header + "c3,Three,1,2024-01-01,smb,,\n")
        #expect(river.lastDelta?.remarks.isEmpty == true)
    }

    @Test func ticketsThatAreOpenAgain() throws {
        let river = River()
        let header = "ticket_id,customer_id,issue_type,created_at,resolved_at,satisfaction_score\n"
        try river.load(
            .support, header + "a,c,bug,2024-01-01,2024-01-02,5\nb,c,bug,2024-01-01,,\nb,c,bug,2024-01-02,,\n")
        #expect(remarks(river) == ["4 - different_duplicate"])
        try river.load(.support, header + "b,c,bug,2024-01-01,2024-01-03,4\na,c,bug,2024-01-01,,\n")
        // That a ticket gets resolved and rated is what such a file comes for.
        #expect(remarks(river) == ["3 resolved_at reopened_ticket", "3 satisfaction_score removed_value"])
        try river.load(.support, header + "a,d,help,2024-01-01,,\n")
        #expect(remarks(river) == ["2 customer_id replaced_value", "2 issue_type replaced_value"])
    }

    @Test func answersAndKnownDays() throws {
        let river = River()
        let header = "survey_id,customer_id,response_date,nps_score,comments\n"
        try river.load(
            .surveys, header + "s,c,2024-01-01,5,x\ns,c,2024-01-01,5,x\ns,c,2024-01-01,6,x\ns,c,2024-01-01,5,y\n")
        #expect(remarks(river) == ["4 nps_score different_duplicate", "5 comments different_duplicate"])
        let days = "date,name,lower_window,upper_window\n"
        try river.load(.events, days + "2024-05-01,Sale,-1,1\n2024-05-01,Sale,-2,1\n")
        #expect(remarks(river) == ["3 lower_window different_duplicate"])
        try river.load(.events, days + "2024-05-01,Sale,-1,3\n")
        #expect(remarks(river) == ["2 upper_window replaced_value"])
    }

    /// Payments and events keep no lines of their own: they are told all the same, past rejects, rows of several lines, and
    /// other drops of the load.
    @Test(arguments: [nil, 30] as [Int?])
    func linesOfPayments(blockBytes: Int?) throws {
        let river = River()
        let header = "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
        let first =
            header + "a,c,1.5,USD,card,2024-01-01\nb,c,never,USD,card,2024-01-01\n\n"
            + "d,c,1.5,USD,\"by\ncard\",2024-01-01\na,c,2.5,USD,card,2024-01-01\n"
        let second = header + "x,c,1.5,USD,card,2024-01-01\nd,c,3.5,USD,card,2024-01-01\na,c,1.5,USD,card,2024-01-01\n"
        try river.load(.transactions, together: [Array(first.utf8), Array(second.utf8)], blockBytes: blockBytes)
        let remarks = try #require(river.lastDelta?.remarks)
        #expect(remarks[1]?.listed == [Remark(line: 7, column: nil, kind: .differentDuplicate)])
        #expect(remarks[2]?.listed == [Remark(line: 3, column: nil, kind: .differentDuplicate)])
        // Against earlier loads, too.
        try river.load(
            .transactions,
            header + "z,c,1.5,USD,card,2024-01-01\nz,c,1.5,USD,card,2024-01-01\na,c,9.5,USD,card,2024-01-01\n")
        #expect(self.remarks(river) == ["4 - different_duplicate"])
    }

    @Test func repeatedHeaders() throws {
        let river = River()
        let header = "event_id,customer_id,event_type,timestamp"
        let loaded = try river.load(
            .engagement,
            "\(header)\na,c,login,2024-01-01\n\(header)\r\n\u{FEFF}\(header)\nb,c,login,2024-01-02\nx,c,login,never\n")
        #expect(loaded.counts.rows == 3)
        #expect(loaded.counts.accepted == 2)
        #expect(loaded.reasons == ["timestamp not_an_instant"])
        #expect(remarks(river) == ["3 - repeated_header", "4 - repeated_header"])
    }

    @Test func thereMayBeMany() throws {
        let river = River()
        let header = "customer_id,age,account_creation_date\n"
        let count = DropRemarks.listedMax + 10
        try river.load(.demographics, header + (1...count).map { "c\($0),old,2024-01-01\n" }.joined())
        let remarks = try #require(river.lastDelta?.remarks[1])
        #expect(remarks.listed.count == DropRemarks.listedMax)
        #expect(
            remarks.more.map(\.value) == [.init(first: DropRemarks.listedMax + 2, last: count + 1, rows: 10)])
    }
}
