import Records
import RiverTesting
import Silver
import Testing

/// What rows of payments say of what is paid for: the period, and whether it comes again.
@Suite struct PaymentTermsTests {
    private static let header =
        "transaction_id,customer_id,amount,currency,payment_method,transaction_date,period_start,period_end,kind\n"

    private func load(_ rows: String...) throws -> (River, River.Loaded) {
        let river = River()
        let loaded = try river.load(.transactions, Self.header + rows.joined(separator: "\n"))
        return (river, loaded)
    }

    @Test func periodsAndKindsAreKept() throws {
        let (river, loaded) = try load(
            "t1,c1,120,USD,card,2024-01-05,2024-01-01,2024-12-31,subscription", "t2,c1,5,USD,card,2024-01-06,,,One-Off",
            "t3,c1,5,USD,card,2024-01-07T10:00:00Z,2024-02-01T00:00:00Z,2024-03-01,set up",
            "t4,c1,5,USD,card,2024-01-08,,,",
            "t5,c1,5,USD,card,2024-01-09,,,USAGE", "t6,c1,5,USD,card,2024-01-10,,,service",
            "t7,c1,5,USD,card,2024-01-11,,,other")
        #expect(loaded.counts.warnings == 0)
        #expect(
            SilverPicture(river.tables).transactions == [
                "c1 2024-01-05 120 USD|card 2024-01-01…2024-12-31", "c1 2024-01-06 5 USD|card once",
                "c1 2024-01-07 5 USD|card once 2024-02-01…2024-03-01", "c1 2024-01-08 5 USD|card",
                "c1 2024-01-09 5 USD|card once", "c1 2024-01-10 5 USD|card once", "c1 2024-01-11 5 USD|card",
            ])
    }

    /// Payments a month apart for the month that begins then have the same terms.
    @Test func periodsOfTheSameShapeAreOneKind() throws {
        let (river, _) = try load(
            "t1,c1,5,USD,,2024-01-05,2024-01-05,2024-02-05,", "t2,c2,6,USD,,2024-03-07,2024-03-07,2024-04-07,")
        #expect(river.tables.transactions.kinds.kinds.count == 1)
    }

    @Test(arguments: [
        "2024-01-01,", ",2024-01-31", "2024-01-31,2024-01-01", "2024-01-01,2024-01-01", "soon,2024-01-31",
        "2024-01-01,later", "1800-01-01,2024-01-31", "2024-01-01,9999-12-31", "0001-01-01,9999-12-31",
    ])
    func periodsThatCannotBeAreUnknown(period: String) throws {
        let (river, loaded) = try load("t1,c1,5,USD,,2024-01-05,\(period),one_off")
        #expect(loaded.counts.accepted == 1)
        #expect(loaded.counts.warnings == 1)
        #expect(SilverPicture(river.tables).transactions == ["c1 2024-01-05 5 USD| once"])
    }

    @Test func rejectedRowsGiveNoWarning() throws {
        let (_, loaded) = try load("t1,c1,5,USD,,2099-01-05,2024-01-01,,")
        #expect(loaded.counts.rejected == 1)
        #expect(loaded.counts.warnings == 0)
    }

    @Test(arguments: ["2024-01-01,2024-01-31,", "2024-01-01,2024-02-02,", ",,", "2024-01-01,2024-02-01,usage"])
    func otherTermsMakeACollision(terms: String) throws {
        let (river, _) = try load("t1,c1,5,USD,,2024-01-05,2024-01-01,2024-02-01,")
        let again = try river.load(.transactions, Self.header + "t1,c1,5,USD,,2024-01-05,\(terms)\n")
        #expect(again.counts.duplicates == 1)
        #expect(again.counts.collisions == 1)
    }

    /// A file that has the columns and says nothing in them is the same as one that has them not.
    @Test func emptyColumnsSayNothing() throws {
        let (river, _) = try load("t1,c1,5,USD,card,2024-01-05,,,")
        let again = try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,payment_method,transaction_date\nt1,c1,5,USD,card,2024-01-05\n")
        #expect(again.counts.duplicates == 1)
        #expect(again.counts.collisions == 0)
    }

    @Test func rulesOfTheConfigurationHold() throws {
        var settings = SilverSettings.example
        settings.rules[.transactions] = ["kind": ColumnRule(allowedValues: ["one_off", "recurring"])]
        let river = River(settings: settings)
        let loaded = try river.load(
            .transactions, Self.header + "t1,c1,5,USD,,2024-01-05,,,one_off\nt2,c1,5,USD,,2024-01-05,,,gift\n")
        #expect(loaded.reasons == ["kind not_allowed"])
    }

    @Test(arguments: OrderTests.seeds)
    func anyOrderGivesTheSameTables(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<60).map { number in
            let day = Day(2024, 1, 1).advanced(by: Int.random(in: 0...80, using: &random))
            let start = day.advanced(by: Int.random(in: -3...3, using: &random))
            let period = random.chance(0.6) ? "\(start),\(start.advanced(by: 30))" : ","
            return "t\(number),c\(number % 7),5,USD,,\(day),\(period),\(random.pick(["", "usage", "x"], else: ""))\n"
        }
        var pictures: [SilverPicture] = []
        for _ in 0..<3 {
            let river = River()
            for row in rows.shuffled(using: &random) { try river.load(.transactions, Self.header + row) }
            pictures.append(SilverPicture(river.tables))
        }
        #expect(pictures[0] == pictures[1] && pictures[1] == pictures[2])
        #expect(pictures[0].transactions.count == 60)
    }
}
