import Bronze
import Records
import RiverTesting
import Silver
import Testing

/// Which rows are rejected, and for which reason: one a row, the first in the order of the columns.
@Suite struct RejectTests {
    /// Loads one row under the full header of its category.
    private func reasons(_ category: Category, _ row: String) throws -> [String] {
        let river = River()
        let header = category.columns.map(\.name).joined(separator: ",")
        let loaded = try river.load(category, "\(header)\n\(row)\n")
        #expect(loaded.counts.rows == 1)
        #expect(loaded.counts.accepted + loaded.counts.rejected == 1)
        #expect(loaded.counts.rejected == loaded.rejects.count)
        return loaded.reasons
    }

    @Test(
        arguments: [
            ("t1,c1,10.50,USD,card,2024-01-31", []),
            (",c1,10,USD,,2024-01-31", ["transaction_id missing"]),
            ("t1,,10,USD,,2024-01-31", ["customer_id missing"]),
            ("t1,c1,,USD,,2024-01-31", ["amount missing"]),
            ("t1,c1,ten,USD,,2024-01-31", ["amount not_an_amount"]),
            ("t1,c1,0,USD,,2024-01-31", ["amount amount_is_zero"]),
            ("t1,c1,-0.000000,USD,,2024-01-31", ["amount amount_is_zero"]),
            ("t1,c1,1.0000001,USD,,2024-01-31", ["amount too_many_decimals"]),
            ("t1,c1,1000000000000.1,USD,,2024-01-31", ["amount amount_too_large"]),
            ("t1,c1,10,,,2024-01-31", ["currency missing"]),
            ("t1,c1,10,usd,,2024-01-31", ["currency unknown_currency"]),
            ("t1,c1,10,XXX,,2024-01-31", ["currency unknown_currency"]),
            ("t1,c1,10,USD,,", ["transaction_date missing"]),
            ("t1,c1,10,USD,,2023-02-29", ["transaction_date not_a_date"]),
            ("t1,c1,10,USD,,1999-12-31", ["transaction_date before_earliest_day"]),
            ("t1,c1,10,USD,,2031-01-01", ["transaction_date after_latest_day"]),
            ("t1,c1,10,USD,,2030-12-31", []),
            ("t1,c1,10,EUR,,2000-01-01", []),
            // Several mistakes: the first column counts.
            (",,ten,XXX,,never", ["transaction_id missing"]),
            ("t1,,ten,XXX,,never", ["customer_id missing"]),
            ("t1,c1,ten,XXX,,never", ["amount not_an_amount"]),
            ("t1,c1,10,XXX,,never", ["currency unknown_currency"]),
            ("t1,c1,10,USD,,never", ["transaction_date not_a_date"]),
        ] as [(String, [String])])
    func transactions(row: String, expected: [String]) throws {
        #expect(try reasons(.transactions, row + ",,,,") == expected)
    }

    @Test(
        arguments: [
            ("e1,c1,login,2024-01-31T10:00:00Z,,", []),
            (",c1,login,2024-01-31T10:00:00Z,,", ["event_id missing"]),
            ("e1,,login,2024-01-31T10:00:00Z,,", ["customer_id missing"]),
            ("e1,c1,,2024-01-31T10:00:00Z,,", ["event_type missing"]),
            ("e1,c1,login,,,", ["timestamp missing"]),
            ("e1,c1,login,2024-01-31T24:00:00Z,,", ["timestamp not_an_instant"]),
            ("e1,c1,login,1999-12-31T23:59:59Z,,", ["timestamp before_earliest_day"]),
            ("e1,c1,login,2031-01-01T00:00:00Z,,", ["timestamp after_latest_day"]),
            // The UTC day counts: half past midnight in Berlin is still the old year.
            ("e1,c1,login,2031-01-01T00:30:00+01:00,,", []),
            ("e1,c1,login,2000-01-01T00:30:00+01:00,,", ["timestamp before_earliest_day"]),
            (",c1,,never,,", ["event_id missing"]),
            ("e1,c1,,never,,", ["event_type missing"]),
        ] as [(String, [String])])
    func engagement(row: String, expected: [String]) throws {
        #expect(try reasons(.engagement, row) == expected)
    }

    @Test(
        arguments: [
            ("k1,c1,bug,2024-01-31,,", []),
            ("k1,c1,,2024-01-31T08:00:00Z,2024-01-31T08:00:00Z,5", []),
            (",c1,,2024-01-31,,", ["ticket_id missing"]),
            ("k1,,,2024-01-31,,", ["customer_id missing"]),
            ("k1,c1,,,,", ["created_at missing"]),
            ("k1,c1,,soon,,", ["created_at not_an_instant"]),
            ("k1,c1,,1999-01-01,,", ["created_at before_earliest_day"]),
            ("k1,c1,,2031-01-01,,", ["created_at after_latest_day"]),
            ("k1,c1,,2024-01-31,soon,", ["resolved_at not_an_instant"]),
            ("k1,c1,,2024-01-31T08:00:00Z,2024-01-31T07:59:59.999Z,", ["resolved_at resolved_before_created"]),
            ("k1,c1,,2024-01-31,1999-01-01,", ["resolved_at before_earliest_day"]),
            ("k1,c1,,2024-01-31,2031-01-01,", ["resolved_at after_latest_day"]),
            ("k1,c1,,2024-01-31,,0", ["satisfaction_score not_an_integer"]),
            ("k1,c1,,2024-01-31,,6", ["satisfaction_score not_an_integer"]),
            ("k1,c1,,2024-01-31,,4.5", ["satisfaction_score not_an_integer"]),
            ("k1,c1,,2024-01-31,,4.0", []), ("k1,c1,,2024-01-31,,\" 4\"", []),
            ("k1,c1,,2024-01-31,,4.", ["satisfaction_score not_an_integer"]),
            ("k1,c1,NULL,2024-01-31,NaT,NaN", []), ("k1,c1,n/a,2024-01-31,\\N,-", []),
            ("NULL,c1,,2024-01-31,,", ["ticket_id missing"]), ("k1,None,,2024-01-31,,", ["customer_id missing"]),
            ("k1,c1,,N/A,,", ["created_at missing"]),
            // Resolved before created stands at its column: before the score, after created_at.
            ("k1,c1,,2024-01-31,2024-01-30,9", ["resolved_at resolved_before_created"]),
            ("k1,c1,,soon,soon,9", ["created_at not_an_instant"]),
        ] as [(String, [String])])
    func support(row: String, expected: [String]) throws {
        #expect(try reasons(.support, row) == expected)
    }

    @Test(
        arguments: [
            ("s1,c1,2024-01-31,0,", []),
            ("s1,c1,2024-01-31,10,fine", []),
            ("s1,c1,2024-01-31T23:59:59Z,+7,", []),
            (",c1,2024-01-31,7,", ["survey_id missing"]),
            ("s1,,2024-01-31,7,", ["customer_id missing"]),
            ("s1,c1,,7,", ["response_date missing"]),
            ("s1,c1,31.01.2024,7,", ["response_date not_a_date"]),
            ("s1,c1,1999-12-31,7,", ["response_date before_earliest_day"]),
            ("s1,c1,2031-01-01,7,", ["response_date after_latest_day"]),
            ("s1,c1,2024-01-31,,", ["nps_score missing"]),
            ("s1,c1,2024-01-31,11,", ["nps_score not_an_integer"]),
            ("s1,c1,2024-01-31,-1,", ["nps_score not_an_integer"]),
            ("s1,c1,2024-01-31,NA,", ["nps_score not_an_integer"]),
            ("s1,c1,never,11,", ["response_date not_a_date"]),
        ] as [(String, [String])])
    func surveys(row: String, expected: [String]) throws {
        #expect(try reasons(.surveys, row) == expected)
    }

    @Test(
        arguments: [
            ("c1,2024-01-31", []),
            (",2024-01-31", ["customer_id missing"]),
            ("c1,", ["account_creation_date missing"]),
            ("c1,yesterday", ["account_creation_date not_a_date"]),
            ("c1,1999-12-31", ["account_creation_date before_earliest_day"]),
            ("c1,2031-01-01", ["account_creation_date after_latest_day"]),
            ("c1,2030-12-31T23:59:59-01:00", ["account_creation_date after_latest_day"]),
            (",yesterday", ["customer_id missing"]),
        ] as [(String, [String])])
    func demographics(row: String, expected: [String]) throws {
        let loaded = try River().load(.demographics, "customer_id,account_creation_date\n\(row)\n")
        #expect(loaded.reasons == expected)
    }

    @Test func optionalValuesOfAClientOnlyWarn() throws {
        let river = River()
        let loaded = try river.load(
            .demographics,
            """
            customer_id,account_creation_date,age,contract_end_date,churn_date
            c1,2024-01-31,131,soon,1999-12-31
            c2,2024-01-31,130,2040-01-01,
            c3,2024-01-31,0,,2035-06-01
            c4,2024-01-31,forty,,
            """)
        #expect(loaded.counts.accepted == 4)
        #expect(loaded.counts.rejected == 0)
        #expect(loaded.counts.warnings == 4)
        #expect(river.tables.clients.age == [-1, 130, 0, -1])
        // A contract may end, and a client be known to leave, after the latest day.
        #expect(river.tables.clients.contractEndDay[1] == Day(2040, 1, 1).rawValue)
        #expect(river.tables.clients.churnDay[2] == Day(2035, 6, 1).rawValue)
        #expect(river.tables.clients.contractEndDay[0] == ClientTable.unknownDay)
        #expect(river.tables.clients.churnDay[0] == ClientTable.unknownDay)
    }

    @Test func aRejectKeepsLineColumnAndText() throws {
        let loaded = try River().load(
            .surveys,
            "survey_id,customer_id,response_date,nps_score,comments\ns1,c1,2024-01-01,5,\n"
                + "s2,c1,2024-01-01,\"5\n\",\"two\nlines\"\n\ns3,c1,2024-01-01,99,\n")
        #expect(loaded.rejects.map(\.line) == [3, 7])
        #expect(loaded.rejects.map(\.column) == ["nps_score", "nps_score"])
        #expect(
            loaded.rejects.map { String(decoding: $0.raw, as: UTF8.self) } == [
                "s2,c1,2024-01-01,\"5\n\",\"two\nlines\"", "s3,c1,2024-01-01,99,",
            ])
    }

    @Test func aCurrencyIsUnknownBeforeItsFirstRate() throws {
        let rates = ExchangeRates(
            baseCurrency: "USD",
            steps: [("CHF", .init(day: Day(2024, 3, 1), rate: ExchangeRate(mantissa: 11, scale: 1)))])
        let river = River(
            settings: SilverSettings(earliestDay: Day(2000, 1, 1), latestDay: Day(2030, 12, 31), rates: rates))
        let loaded = try river.load(
            .transactions,
            """
            transaction_id,customer_id,amount,currency,payment_method,transaction_date
            t1,c1,10,CHF,,2024-03-01
            t2,c1,10,CHF,,2024-02-29
            t3,c1,10,CHF,,1999-12-31
            t4,c1,10,USD,,2024-02-29
            """)
        #expect(loaded.reasons == ["currency unknown_currency", "transaction_date before_earliest_day"])
        #expect(loaded.rejects.map(\.line) == [3, 4])
        #expect(loaded.counts.accepted == 2)
    }
}
