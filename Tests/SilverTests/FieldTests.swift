import Records
import RiverTesting
import Silver
import Testing

/// How text becomes amounts, days and instants.
@Suite struct FieldTests {
    private func amount(_ text: String) throws -> Int64? {
        let river = River()
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,transaction_date\nt1,c1,\(text),USD,2024-01-01\n")
        return river.tables.transactions.segments.first?.values.first?.amount
    }

    @Test(
        arguments: [
            ("1", 1_000_000), ("1.", 1_000_000), (".5", 500_000), ("+2.50", 2_500_000), ("-2.500000", -2_500_000),
            ("0.000001", 1), ("-0.000001", -1), ("000000000000000012.3", 12_300_000),
            ("1000000000000", 1_000_000_000_000_000_000),
            ("999999999999.999999", 999_999_999_999_999_999),
        ] as [(String, Int64)])
    func amounts(text: String, micro: Int64) throws { #expect(try amount(text) == micro) }

    @Test(arguments: [
        "", "-", "+", ".", "-.", "0x10", "1.2.3", "--1", "1-", "1000000000000.000001",
        "1000000000001", "12345678901234567890123456789", "1234567890123x", "0.0000000", "٣", "1_000",
    ])
    func noAmounts(text: String) throws { #expect(try amount("\"\(text)\"") == nil) }

    private func instant(_ text: String) throws -> Int64? {
        let river = River()
        try river.load(.support, "ticket_id,customer_id,created_at\nk1,c1,\(text)\n")
        return river.tables.tickets.createdAt.first
    }

    @Test(arguments: [
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("2024-02-29T12:34:56Z", "2024-02-29T12:34:56Z"),
        ("2024-02-29 12:34:56", "2024-02-29T12:34:56Z"),
        ("2024-02-29T12:34:56", "2024-02-29T12:34:56Z"),
        ("2024-02-29t12:34:56z", "2024-02-29T12:34:56Z"),
        ("2024-02-29 12:34:56Z", "2024-02-29T12:34:56Z"),
        ("2024-02-29T12:34:56.7Z", "2024-02-29T12:34:56.700Z"),
        ("2024-02-29T12:34:56.789Z", "2024-02-29T12:34:56.789Z"),
        ("2024-02-29T12:34:56.7899999Z", "2024-02-29T12:34:56.789Z"),
        ("2024-02-29T00:30:00+01:00", "2024-02-28T23:30:00Z"),
        ("2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00Z"),
        ("2024-02-29T12:00:00.25+05:30", "2024-02-29T06:30:00.250Z"),
        // As databases and programs print them.
        ("2024-02-29 12:34:56+00", "2024-02-29T12:34:56Z"), ("2024-02-29 12:34:56.5+02", "2024-02-29T10:34:56.500Z"),
        ("2024-02-29T12:34:56-0330", "2024-02-29T16:04:56Z"), ("2024-02-29 12:34", "2024-02-29T12:34:00Z"),
        ("2024-02-29T12:34Z", "2024-02-29T12:34:00Z"), ("2024-02-29 12:34+01:00", "2024-02-29T11:34:00Z"),
        ("2024-02-29 12:34:56 UTC", "2024-02-29T12:34:56Z"),
        ("2024-02-29 12:34:56.25 +0000", "2024-02-29T12:34:56.250Z"),
        ("2024-02-29 12:34:56 GMT", "2024-02-29T12:34:56Z"), ("2024-02-29 12:34:56UTC", "2024-02-29T12:34:56Z"),
        ("\" 2024-02-29 12:34:56 \"", "2024-02-29T12:34:56Z"), ("\"2024-02-29 \"", "2024-02-29T00:00:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"),
        ("2024-12-31T23:59:59-23:59", "2025-01-01T23:58:59Z"),
    ])
    func instants(text: String, expected: String) throws {
        #expect(try instant(text).map { Instant(rawValue: $0).description } == expected)
    }

    @Test(arguments: [
        "2024-02-30", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-1-1", "20240101", "24-01-01",
        "2024-01-01T", "2024-01-01T12", "2024-01-01T12:0", "2024-01-01T24:00:00Z", "2024-01-01T12:60:00Z",
        "2024-01-01T12:00:61Z", "2024-01-01T12:00:00.Z", "2024-01-01T12:00:00+1", "2024-01-01T12:00:00+24:00",
        "2024-01-01T12:00:00+01:60", "2024-01-01T12:00:00+01:00Z", "2024-01-01T12:00:00ZZ", "2024-01-01X12:00:00Z",
        "2024/01/01", "2024-01-01 x", "2024-01-01T12:00 CET", "2024-01-01T12:00+01000", "2024-01-01T12:00+ 1",
        "01/02/2024", "01.02.2024", "2024-01-01T12:00:00,5Z", "2024-01-01T12-00-00Z", "2024-O1-01",
        "2024-01-01T1a:00:00Z",
    ])
    func noInstants(text: String) throws { #expect(try instant("\"\(text)\"") == nil) }

    /// The parser keeps the last date it saw; a date that shares eight of ten bytes must not be taken for it.
    @Test func datesThatShareTheirBeginning() throws {
        let river = River()
        let days = ["2024-01-01", "2024-01-11", "2024-01-12", "2024-01-1x", "2024-01-12", "2014-01-12", "2024-01-12"]
        let rows = days.enumerated().map { "s\($0.offset),c1,\($0.element),5" }
        let loaded = try river.load(
            .surveys, "survey_id,customer_id,response_date,nps_score\n" + rows.joined(separator: "\n"))
        #expect(loaded.reasons == ["response_date not_a_date"])
        #expect(
            river.tables.surveys.day.map { Day(rawValue: $0).description } == days.filter { !$0.contains("x") })
    }

    @Test func theHourIsThatOfUTC() throws {
        let river = River()
        try river.load(
            .engagement,
            """
            event_id,customer_id,event_type,timestamp
            e1,c1,x,2024-01-01T00:30:00+01:00
            e2,c1,x,2024-01-01T23:59:59.999Z
            e3,c1,x,2024-01-01
            """)
        #expect(
            SilverPicture(river.tables).events == [
                "c1 2023-12-31 23h x||", "c1 2024-01-01 0h x||", "c1 2024-01-01 23h x||",
            ])
    }

    @Test func columnsInAnyOrderAndWithExtraOnes() throws {
        let river = River()
        let loaded = try river.load(
            .transactions,
            "Note;Transaction Date;CURRENCY;customerID;Amount;transaction-id\nx;2024-01-02;EUR;c9;-3.25;t1\n")
        #expect(loaded.counts.accepted == 1)
        #expect(SilverPicture(river.tables).transactions == ["c9 2024-01-02 -3.25 EUR|"])
    }
}
