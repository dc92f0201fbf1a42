import Records
import RiverTesting
import Silver
import Testing

/// Amounts as people and programs write them, by all amounts of their file.
@Suite struct AmountTests {
    /// The amounts of a file in the order of its rows: micro-units, or the reason why there are none.
    private func amounts(_ texts: [String], currency: String = "USD", blockBytes: Int? = nil) throws -> [String] {
        let river = River()
        let rows = texts.enumerated().map { "t\($0.offset);c\($0.offset);\($0.element);\(currency);2024-01-01\n" }
        let loaded = try river.load(
            .transactions, "transaction_id;customer_id;amount;currency;transaction_date\n" + rows.joined(),
            blockBytes: blockBytes)
        #expect(loaded.counts.rows == texts.count)
        #expect(loaded.counts.rejected == loaded.rejects.count)
        var result = [String](repeating: "?", count: texts.count)
        for reject in loaded.rejects { result[reject.line - 2] = reject.reason.code }
        for line in SilverPicture(river.tables).transactions {
            let parts = line.split(separator: " ")
            if let row = Int(parts[0].dropFirst()) { result[row] = String(parts[2]) }
        }
        return result
    }

    @Test(
        arguments: [
            (["12,50"], ["12.5"]), (["1.488,69", "1.000"], ["1488.69", "1000"]),
            (["1.000", "236,48"], ["1000", "236.48"]),
            (["-1.234.567,8", "0,125"], ["-1234567.8", "0.125"]), (["1,234.50", "1,000"], ["1234.5", "1000"]),
            (["1.000", "12.50"], ["1", "12.5"]), (["12.50", "1.125"], ["12.5", "1.125"]),
            (["1.000", "0.5"], ["1", "0.5"]),
            (["1,000", "12,5"], ["1", "12.5"]), (["1,000,000", "7"], ["1000000", "7"]),
            // Nothing tells: not one, and not a thousand.
            (["1.000", "2.500"], ["ambiguous_amount", "ambiguous_amount"]),
            (["1,000", "7"], ["ambiguous_amount", "7"]),
            (["1.000", "1,000"], ["ambiguous_amount", "ambiguous_amount"]), (["1.000"], ["ambiguous_amount"]),
            // One number with a decimal comma: a point between thousands, unless it can only be a decimal one.
            (["1.000", "236,48", "77.00", "1,000"], ["1000", "236.48", "77", "ambiguous_amount"]),
            // They cannot be thousands.
            (["0.500"], ["0.5"]), (["1234.500"], ["1234.5"]), (["-.125"], ["-0.125"]), (["012.345"], ["12.345"]),
            (["1'234.50", "1 000", "12 345,5"], ["1234.5", "1000", "12345.5"]),
            (
                ["1.23.456", "12,34,567", "1,23.4", "1.2.3", "1,2,3", "1 00", "1'0"],
                Array(repeating: "not_an_amount", count: 7)
            ),
        ] as [([String], [String])])
    func marks(texts: [String], expected: [String]) throws {
        for blockBytes in [nil, 40] { #expect(try amounts(texts, blockBytes: blockBytes) == expected) }
    }

    @Test(
        arguments: [
            ("$120.00", "USD", "120"), ("120.00 €", "EUR", "120"), ("€ 1.250,00", "EUR", "1250"),
            ("£-5.25", "GBP", "-5.25"),
            ("-£5.25", "GBP", "-5.25"), ("¥500", "JPY", "500"), ("USD 12.5", "USD", "12.5"), ("12.5USD", "USD", "12.5"),
            ("US$ 3.5", "USD", "3.5"), ("(45.00)", "USD", "-45"), ("($45.00)", "USD", "-45"),
            ("$(45.00)", "USD", "-45"),
            ("( 7,5 )", "USD", "-7.5"), ("$120.00", "EUR", "other_currency_sign"),
            ("EUR 5.5", "USD", "other_currency_sign"),
            ("12 pieces", "USD", "not_an_amount"), ("$", "USD", "not_an_amount"), ("()", "USD", "not_an_amount"),
            ("-(5.5)", "USD", "not_an_amount"), ("(-5.5)", "USD", "not_an_amount"), ("$5.5$", "USD", "not_an_amount"),
            ("5%", "USD", "not_an_amount"), ("\" 77.00\"", "USD", "77"), ("\"15.00 \"", "USD", "15"),
            ("\u{2212}15.5", "USD", "-15.5"), ("1\u{A0}250,5", "USD", "1250.5"),
            // Powers of ten, and decimals.
            ("1e3", "USD", "1000"), ("1.5E+2", "USD", "150"), ("25e-1", "USD", "2.5"), ("1e", "USD", "not_an_amount"),
            ("1e99", "USD", "not_an_amount"), ("1e13", "USD", "amount_too_large"), ("4e-7", "USD", "too_many_decimals"),
            ("12.0000000", "USD", "12"), ("12.5000000000", "USD", "12.5"), ("0.0000004", "USD", "too_many_decimals"),
            ("12.3456789", "USD", "too_many_decimals"), ("0.30000000000000004", "USD", "0.3"),
            ("19.990000000000002", "USD", "19.99"), ("0.7999999999999999", "USD", "0.8"),
            ("33.333333333333336", "USD", "33.333333"), ("1.0000005000000", "USD", "too_many_decimals"),
            ("100000.0000005", "USD", "100000"), ("100000.0000015", "USD", "100000.000002"),
            ("0.00000000000000001", "USD", "too_many_decimals"), ("1.23456789012e-9", "USD", "amount_is_zero"),
            ("999999999999.9999999", "USD", "1000000000000"), ("00000000000000012,5", "USD", "12.5"),
        ] as [(String, String, String)])
    func forms(text: String, currency: String, expected: String) throws {
        #expect(try amounts([text], currency: currency) == [expected])
    }

    /// Whatever is read a second time counts once, beside other drops of the same load.
    @Test func aSecondReadingCountsOnce() throws {
        let river = River()
        let header = "transaction_id;customer_id;amount;currency;transaction_date\n"
        let loaded = try river.load(
            .transactions,
            together: [
                header + "a;c;5.5;USD;2024-01-01\n",
                header + "b;c;1.000;USD;2024-01-01\nx;;1;USD;2024-01-01\nc;c;2,5;USD;2024-01-01\n",
                header + "d;c;1.125;USD;2024-01-01\na;c;6.5;USD;2024-01-01\n",
            ])
        #expect(loaded.map(\.counts.rows) == [1, 3, 2])
        #expect(loaded.map(\.counts.accepted) == [1, 2, 1])
        #expect(loaded.map(\.counts.rejected) == [0, 1, 0])
        #expect(loaded.map(\.counts.collisions) == [0, 0, 1])
        #expect(
            SilverPicture(river.tables).transactions.sorted() == [
                "c 2024-01-01 1.125 USD|", "c 2024-01-01 1000 USD|", "c 2024-01-01 2.5 USD|", "c 2024-01-01 5.5 USD|",
            ])
    }

    /// Bounds of the configuration are for the number, however it is written.
    @Test func rulesForAmounts() throws {
        var settings = SilverSettings.example
        settings.rules = [.transactions: ["amount": ColumnRule(minimum: 10, maximum: 2_000)]]
        let river = River(settings: settings)
        let loaded = try river.load(
            .transactions,
            "transaction_id;customer_id;amount;currency;transaction_date\na;c;1.500,50;USD;2024-01-01\nb;c;9,99;USD;2024-01-01\n"
        )
        #expect(loaded.reasons == ["amount below_minimum"])
    }
}
