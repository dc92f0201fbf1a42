import Records
import RiverTesting
import Silver
import Testing

/// Rows of clients that have not arrived: kept, counted, and joined when the client does.
@Suite struct OrphanTests {
    @Test func orphansOfAllCategoriesAreJoinedLater() throws {
        let river = River()
        try river.load(.demographics, "customer_id,account_creation_date\nhere,2024-01-01\n")
        let transactions = try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,transaction_date\nt1,late,1,USD,2024-01-01\n"
                + "t2,late,1,USD,2024-01-01\nt3,here,1,USD,2024-01-01\nt4,never,1,USD,2024-01-01\n"
                + "t2,late,1,USD,2024-01-01\n")
        let events = try river.load(
            .engagement, "event_id,customer_id,event_type,timestamp\ne1,late,x,2024-02-01\ne2,here,x,2024-01-01\n")
        let tickets = try river.load(
            .support, "ticket_id,customer_id,created_at\nk1,late,2024-01-01\nk2,here,2024-01-01\nk1,late,2024-01-01\n")
        let surveys = try river.load(
            .surveys, "survey_id,customer_id,response_date,nps_score\ns1,late,2024-03-01,5\ns1,late,2024-03-01,5\n")
        #expect([transactions, events, tickets, surveys].map(\.counts.orphans) == [3, 1, 1, 1])
        #expect(river.waiting == [2: 3, 3: 1, 4: 1, 5: 1])
        // Orphans count for the as-of day.
        #expect(river.tables.lastDay == Day(2024, 3, 1))
        #expect(river.tables.clients.knownCount == 1)
        try river.load(.demographics, "customer_id,account_creation_date\nlate,2024-01-01\n")
        #expect(river.waiting == [2: 1])
        #expect(river.tables.clients.knownCount == 2)
        #expect(SilverPicture(river.tables).events == ["here 2024-01-01 0h x||", "late 2024-02-01 0h x||"])
    }

    @Test func rowsAfterTheArrivalAreNoOrphans() throws {
        let river = River()
        try river.load(.demographics, "customer_id,account_creation_date\nc1,2024-01-01\n")
        let loaded = try river.load(
            .engagement, "event_id,customer_id,event_type,timestamp\ne1,c1,x,2024-02-01\n")
        #expect(loaded.counts.orphans == 0)
        #expect(river.waiting.isEmpty)
    }

    @Test func eachDropHasItsOwnOrphans() throws {
        let river = River()
        let header = "event_id,customer_id,event_type,timestamp\n"
        let loaded = try river.load(
            .engagement,
            together: [
                header + "e1,a,x,2024-02-01\ne2,b,x,2024-02-01\n", header + "e1,a,x,2024-02-01\ne3,a,x,2024-02-01\n",
            ])
        #expect(loaded.map(\.counts.orphans) == [2, 1])
        #expect(river.waiting == [1: 2, 2: 1])
        try river.load(.demographics, "customer_id,account_creation_date\na,2024-01-01\n")
        #expect(river.waiting == [1: 1])
    }
}
