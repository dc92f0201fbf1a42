import Gold
import Records
import RiverTesting
import Silver
import Testing

/// The first day on which something that came may count, to the day.
@Suite struct HealthChangesTests {
    private static func river() throws -> River {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,account_creation_date,tier\na,2023-01-10,basic\nb,2023-02-20,pro\n")
        try river.load(.engagement, "event_id,customer_id,event_type,timestamp,feature_used\ne1,a,login,2023-03-01,x\n")
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,transaction_date\nt1,a,5,USD,2023-03-02\n")
        try river.load(.support, "ticket_id,customer_id,created_at\nk1,a,2023-03-03T10:00:00Z\n")
        try river.load(.surveys, "survey_id,customer_id,response_date,nps_score\ns1,a,2023-03-04,3\n")
        return river
    }

    /// What loading a file changes; nil when nothing.
    private static func first(_ category: Category, _ text: String, in river: River) throws -> String? {
        let before = river.tables
        try river.load(category, text)
        return HealthChanges.firstDay(before, river.tables)?.description
    }

    @Test func recordsCountFromTheirDay() throws {
        let river = try Self.river()
        let events = "event_id,customer_id,event_type,timestamp\n"
        #expect(try Self.first(.engagement, events + "e1,a,login,2023-03-01\n", in: river) == nil)
        #expect(
            try Self.first(.engagement, events + "e2,a,x,2023-06-01\ne3,b,x,2023-05-07T23:59:59Z\n", in: river)
                == "2023-05-07")
        #expect(
            try Self.first(
                .transactions,
                "transaction_id,customer_id,amount,currency,transaction_date\nt2,b,-5,USD,2022-01-02\n", in: river)
                == "2022-01-02")
        #expect(
            try Self.first(.surveys, "survey_id,customer_id,response_date,nps_score\ns2,a,2023-09-04,3\n", in: river)
                == "2023-09-04")
    }

    @Test func ticketsCountFromWhatIsNewOfThem() throws {
        let river = try Self.river()
        let head = "ticket_id,customer_id,created_at,resolved_at,satisfaction_score\n"
        func first(_ row: String) throws -> String? { try Self.first(.support, head + row + "\n", in: river) }
        #expect(try first("k2,a,2023-04-01T00:00:00Z,,") == "2023-04-01")
        // Resolved, with a rating that nobody knew before: from the day of the resolution.
        #expect(try first("k1,a,2023-03-03T10:00:00Z,2023-05-05T12:00:00Z,4") == "2023-05-05")
        #expect(try first("k1,a,2023-03-03T10:00:00Z,2023-05-09T12:00:00Z,4") == "2023-05-05")
        #expect(try first("k1,a,2023-03-03T10:00:00Z,2023-05-09T12:00:00Z,5") == "2023-05-09")
        #expect(try first("k1,a,2023-03-03T10:00:00Z,2023-05-09T12:00:00Z,5") == nil)
        // An open ticket that is rated counts from its beginning, and so does one that loses such a rating.
        #expect(try first("k2,a,2023-04-01T00:00:00Z,,2") == "2023-04-01")
        #expect(try first("k2,a,2023-04-01T00:00:00Z,2023-06-01T00:00:00Z,2") == "2023-04-01")
        // Another day or client.
        #expect(try first("k2,a,2023-03-30T00:00:00Z,2023-06-01T00:00:00Z,2") == "2023-03-30")
        #expect(try first("k2,b,2023-03-30T00:00:00Z,2023-06-01T00:00:00Z,2") == "2023-03-30")
    }

    @Test func clientsCountFromTheDayTheySignedUp() throws {
        let river = try Self.river()
        let head = "customer_id,account_creation_date,tier,name\n"
        func first(_ row: String) throws -> String? { try Self.first(.demographics, head + row + "\n", in: river) }
        #expect(try first("c,2024-05-05,pro,") == "2024-05-05")
        #expect(try first("a,2023-01-10,basic,Another name") == nil)
        #expect(try first("a,2023-01-10,pro,Another name") == "2023-01-10")
        #expect(try first("b,2023-02-01,pro,") == "2023-02-01")
        #expect(try first("b,2023-02-28,pro,") == "2023-02-01")
        // Records that waited for a client count as soon as he is there.
        _ = try Self.first(
            .engagement, "event_id,customer_id,event_type,timestamp\no1,later,x,2023-03-01\n", in: river)
        #expect(try first("later,2023-02-11,pro,") == "2023-02-11")
    }

    /// Knowing a kind of data at all changes what is known of every day.
    @Test func aNewKindOfDataChangesEveryDay() throws {
        let river = River()
        try river.load(.demographics, "customer_id,account_creation_date\na,2023-01-10\n")
        let always = Day(rawValue: .min).description
        let tickets = "ticket_id,customer_id,created_at\nk1,a,2023-03-03T10:00:00Z\n"
        #expect(try Self.first(.support, tickets, in: river) == always)
        let events = "event_id,customer_id,event_type,timestamp,feature_used\n"
        #expect(try Self.first(.engagement, events + "e1,a,x,2023-03-01,\n", in: river) == always)
        #expect(try Self.first(.engagement, events + "e2,a,x,2023-04-01,\n", in: river) == "2023-04-01")
        #expect(try Self.first(.engagement, events + "e3,a,x,2023-04-01,f\n", in: river) == always)
        #expect(try Self.first(.engagement, events + "e4,a,x,2023-04-02,g\n", in: river) == "2023-04-02")
    }

    /// Segments are merged at any time, also together with what has just come.
    @Test func mergingChangesNothing() throws {
        let river = try Self.river()
        let events = "event_id,customer_id,event_type,timestamp\n"
        for index in 0..<5 {
            try river.load(.engagement, events + "m\(index),a,x,2023-0\(index + 2)-01\nn\(index),b,x,2023-03-01\n")
        }
        let before = river.tables
        var merged = before
        merged.events.segments = [SegmentMerge.merge(before.events.segments, id: 900)]
        #expect(HealthChanges.firstDay(before, merged) == nil)
        #expect(HealthChanges.firstDay(merged, before) == nil)
        try river.load(.engagement, events + "late,a,x,2023-04-17\nlast,b,x,2023-07-01\n")
        merged.events.segments = [SegmentMerge.merge(river.tables.events.segments, id: 901)]
        #expect(HealthChanges.firstDay(before, merged)?.description == "2023-04-17")
        // Two segments became one, another one stayed as it was.
        merged.events.segments =
            [SegmentMerge.merge(Array(river.tables.events.segments.dropFirst()), id: 902)]
            + river.tables.events.segments.prefix(1)
        #expect(HealthChanges.firstDay(before, merged)?.description == "2023-04-17")
        // What went counts as what came.
        #expect(HealthChanges.firstDay(merged, before)?.description == "2023-04-17")
        merged.events.segments.removeLast()
        #expect(HealthChanges.firstDay(before, merged)?.description == "2023-03-01")
    }

    @Test func theSameIsTheSame() throws {
        let river = try Company.random(seed: 3, around: Day(2024, 3, 31)).river()
        #expect(HealthChanges.firstDay(river.tables, river.tables) == nil)
    }
}
