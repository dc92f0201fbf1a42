import Records
import RiverTesting
import Silver
import Testing

/// What costs memory by the different value is bounded: a drop with too much of it is refused and leaves nothing behind.
@Suite struct LimitTests {
    private func river(_ change: (inout SilverLimits) -> Void) -> River {
        var settings = SilverSettings.example
        change(&settings.limits)
        return River(settings: settings)
    }

    private static func clients(_ ids: Range<Int>, columns: Range<Int>, value: (Int, Int) -> String) -> String {
        "customer_id,account_creation_date" + columns.map { ",c\($0)" }.joined() + "\n"
            + ids.map { id in "C\(id),2024-01-01" + columns.map { ",\(value(id, $0))" }.joined() + "\n" }.joined()
    }

    @Test func furtherColumnsOfAllDropsTogether() throws {
        let river = river { $0.attributes = 10 }
        #expect(try river.load(.demographics, Self.clients(0..<3, columns: 0..<6) { _, _ in "x" }).excess == nil)
        let before = SilverPicture(river.tables)
        let refused = try river.load(.demographics, Self.clients(3..<5, columns: 5..<11) { _, _ in "y" })
        #expect(refused.excess == .attributes(limit: 10))
        #expect(SilverPicture(river.tables) == before)
        // Those that are known cost nothing further.
        #expect(try river.load(.demographics, Self.clients(3..<5, columns: 2..<10) { _, _ in "z" }).excess == nil)
        #expect(river.tables.clients.attributes.count == 10)
        #expect(river.tables.clients.attributes[9][4] == "z" && river.tables.clients.attributes[9][0] == nil)
    }

    @Test func namesOfFurtherColumns() throws {
        let river = river { $0.attributeNameBytes = 100 }
        let name = String(repeating: "n", count: 60)
        func file(_ suffix: String) -> String {
            "customer_id,account_creation_date,\(name)\(suffix)\nC1,2024-01-01,x\n"
        }
        #expect(try river.load(.demographics, file("1")).excess == nil)
        #expect(try river.load(.demographics, file("2")).excess == .attributeNames(limit: 100))
    }

    /// What counts is where there are values: neither clients who have none nor drops of other people pay for a file of
    /// many columns.
    @Test func cellsOfFurtherColumns() throws {
        let river = river { $0.attributeCells = 20 * 64 }
        #expect(try river.load(.demographics, Self.clients(0..<5, columns: 0..<10) { _, _ in "x" }).excess == nil)
        let events =
            "event_id,customer_id,event_type,timestamp\n"
            + (0..<1000).map { "e\($0),new\($0),login,2024-01-02\n" }.joined()
        #expect(try river.load(.engagement, events, blockBytes: 100).excess == nil)
        #expect(try river.load(.demographics, Self.clients(5..<900, columns: 0..<30) { _, _ in "" }).excess == nil)
        #expect(river.tables.clients.attributeCells == 10 * 64)
        let before = SilverPicture(river.tables)
        let wide = Self.clients(2000..<2200, columns: 0..<10) { _, _ in "y" }
        #expect(try river.load(.demographics, wide, blockBytes: 300).excess == .attributeCells(limit: 20 * 64))
        #expect(SilverPicture(river.tables) == before)
        #expect(river.tables.clients.attributeCells == 10 * 64)
        // A repeated row does not count, and keeps no room.
        let twice = "customer_id,account_creation_date,k1\nz1,2024-01-01,\nz1,2024-01-01,x\n"
        #expect(try river.load(.demographics, twice).counts.duplicates == 1)
        #expect(river.tables.clients.attributeCells == 10 * 64)
    }

    @Test func differentValues() throws {
        let river = river { $0.values = 100 }
        let text = Self.clients(0..<60, columns: 0..<2) { id, column in "\(id)-\(column)" }
        #expect(try river.load(.demographics, text, blockBytes: 200).excess == .values(limit: 100))
        #expect(river.tables.clients.count == 0 && river.tables.clients.attributes.isEmpty)
        #expect(try river.load(.demographics, Self.clients(0..<60, columns: 0..<1) { id, _ in "\(id)" }).excess == nil)
        // A drop that adds none is not to blame, even when there are more than a later version lets in.
        river.settings.limits.values = 10
        #expect(try river.load(.demographics, Self.clients(0..<60, columns: 0..<1) { id, _ in "\(id)" }).excess == nil)
        let bytes = self.river { $0.valueBytes = 1000 }
        let long = String(repeating: "v", count: 100)
        let many = Self.clients(0..<20, columns: 0..<1) { id, _ in "\(id)\(long)" }
        #expect(try bytes.load(.demographics, many, blockBytes: 300).excess == .valueBytes(limit: 1000))
    }

    @Test func kindsOfEventsAndTransactions() throws {
        let river = river { $0.kinds = 10 }
        func events(_ count: Int) -> String {
            "event_id,customer_id,event_type,timestamp,device_type,feature_used\n"
                + (0..<count).map { "e\(count)-\($0),c,login,2024-01-02,d\($0 % 2),f\($0 / 2)\n" }.joined()
        }
        #expect(try river.load(.engagement, events(11), blockBytes: 50).excess == .kinds(limit: 10))
        #expect(river.tables.events.kinds.kinds.isEmpty && river.tables.events.kinds.textBytes == 0)
        #expect(try river.load(.engagement, events(10)).excess == nil)
        #expect(river.tables.events.kinds.textBytes == 10 * "logind0f0".utf8.count)
        func payments(_ count: Int) -> String {
            "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
                + (0..<count).map { "t\(count)-\($0),c,1,USD,m\($0),2024-01-02\n" }.joined()
        }
        #expect(try river.load(.transactions, payments(11), blockBytes: 50).excess == .kinds(limit: 10))
        #expect(try river.load(.transactions, payments(10)).excess == nil)
        let bytes = self.river { $0.kindBytes = 100 }
        #expect(try bytes.load(.engagement, events(30), blockBytes: 50).excess == .kindBytes(limit: 100))
    }

    @Test(arguments: [Category.engagement, .surveys])
    func rowsOfOneDrop(category: Category) throws {
        let river = river {
            $0.stagedRows = 20
            $0.wideRows = 20
        }
        let company = Company.random(seed: 3, around: Day(2024, 3, 31), clients: 40)
        let lines = company.lines(category)
        try #require(lines.count > 50)
        #expect(try river.load(category, Company.file(category, lines), blockBytes: 200).excess == .rows(limit: 20))
        #expect(try river.load(category, Company.file(category, Array(lines.prefix(20)))).excess == nil)
    }

    /// Objects that name few of many keys are stored as what they say.
    @Test func objectsOfDifferentKeys() throws {
        let river = River()
        var text = ""
        for id in 0..<30 {
            text += #"{"customer_id": "C\#(id)", "account_creation_date": "2024-01-01", "k\#(id)": "v\#(id)"}"# + "\n"
        }
        text += #"{"customer_id": "C5", "account_creation_date": "2024-01-01", "k9": "late", "k5": null}"# + "\n"
        let loaded = try river.load(.demographics, text)
        #expect(loaded.counts.accepted == 30 && loaded.counts.duplicates == 1)
        #expect(river.tables.clients.attributes.count == 30)
        for (index, column) in river.tables.clients.attributes.enumerated() {
            #expect((0..<30).map { column[$0] } == (0..<30).map { $0 == index ? "v\(index)" : nil })
        }
        // What an object names is set, null to nothing; what it does not name stays.
        try river.load(
            .demographics,
            #"{"customer_id": "C5", "account_creation_date": "2024-01-01", "k9": "late", "k5": null, "k7": "new"}"#)
        #expect(river.tables.clients.attributes.map { $0[5] }.compactMap { $0 } == ["new", "late"])
    }

    // MARK: Amounts

    private static func payments(_ name: String, _ count: Int, _ amount: String, _ currency: String = "USD") -> String {
        "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
            + (0..<count).map { "\(name)\($0),c\($0),\(amount),\(currency),card,2024-01-02\n" }.joined()
    }

    /// What the amounts of all transactions come to can be added up, or the drop that brings too much is refused.
    @Test func amountsOfAllDropsTogether() throws {
        let river = River()
        let billion = "1000000000000"
        let limit = LoadExcess.turnover(limit: Money.turnoverMax, currency: "USD")
        #expect(try river.load(.transactions, Self.payments("a", 3, billion)).excess == nil)
        let before = SilverPicture(river.tables)
        #expect(try river.load(.transactions, Self.payments("b", 60, billion, "GBP"), blockBytes: 300).excess == limit)
        #expect(try river.load(.transactions, Self.payments("c", 2, billion)).excess == limit)
        // Refunds do not make room.
        #expect(try river.load(.transactions, Self.payments("d", 2, "-" + billion)).excess == limit)
        #expect(SilverPicture(river.tables) == before)
        #expect(limit.code == "amounts_too_large" && "\(limit)".contains("more than 4611686018427 USD"))
        // What does not fit with the others of a load is not to blame on them.
        let together = try river.load(
            .transactions, together: [Self.payments("e", 2, billion), Self.payments("f", 1, billion, "EUR")])
        #expect(together.map(\.excess) == [limit, nil])
        #expect(try river.load(.transactions, Self.payments("g", 1, billion)).excess == limit)
        // Of other categories there is nothing to refuse, nor of what was let in before.
        let survey = "survey_id,customer_id,response_date,nps_score\ns1,c1,2024-01-02,9\n"
        #expect(try river.load(.surveys, survey).excess == nil)
        river.settings.limits = .none
        #expect(try river.load(.transactions, Self.payments("h", 60, billion)).excess == nil)
    }

    /// The rates in force count, not those at the time of an earlier load.
    @Test func amountsByTheRatesInForce() throws {
        let river = River()
        #expect(try river.load(.transactions, Self.payments("a", 3, "1000000000", "EUR")).excess == nil)
        river.settings.rates = ExchangeRates(
            baseCurrency: "USD",
            steps: [("EUR", .init(day: Day(2000, 1, 1), rate: ExchangeRate(mantissa: 2000, scale: 0)))])
        #expect(try river.load(.transactions, Self.payments("b", 1, "1")).excess != nil)
        river.settings.rates = .example
        #expect(try river.load(.transactions, Self.payments("b", 1, "1")).excess == nil)
    }

    // MARK: Grouping and lengths

    @Test(arguments: ["segment", "region", "tier", "product", "subscription_type"])
    func differentValuesThatClientsAreGroupedBy(column: String) throws {
        let river = river { $0.groupingValues = 20 }
        func file(_ count: Int) -> String {
            "customer_id,account_creation_date,\(column)\n" + (0..<count).map { "C\($0),2024-01-01,v\($0)\n" }.joined()
        }
        #expect(try river.load(.demographics, file(30), blockBytes: 100).excess == .groupingValues(limit: 20))
        #expect(river.tables.clients.count == 0)
        #expect(try river.load(.demographics, file(15)).excess == nil)
        river.settings.limits.groupingValues = 10
        #expect(try river.load(.demographics, file(15)).excess == nil)
    }

    @Test(arguments: [
        (Category.demographics, "customer_id", 256), (.demographics, "name", 4096), (.demographics, "segment", 4096),
        (.demographics, "email", 4096), (.demographics, "favourite_colour", 4096),
        (.transactions, "transaction_id", 256),
        (.transactions, "customer_id", 256), (.transactions, "payment_method", 4096), (.transactions, "currency", 4096),
        (.engagement, "event_id", 256), (.engagement, "feature_used", 4096), (.support, "ticket_id", 256),
        (.support, "issue_type", 4096), (.surveys, "comments", 65_536), (.surveys, "survey_id", 256),
        (.events, "name", 4096), (.events, "segment", 4096),
    ])
    func longValues(category: Category, column: String, limit: Int) throws {
        let names = Company.header(category).split(separator: ",").map(String.init)
        let company = Company.random(seed: 5, around: Day(2024, 3, 31), clients: 4)
        let line = try #require(company.lines(category).first ?? "2024-03-01,fair,,0,0")
        let header = names + (names.contains(column) ? [] : [column])
        func row(_ bytes: Int, _ quote: String) -> String {
            var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            if fields.count < header.count { fields.append("") }
            let place = header.firstIndex(of: column) ?? 0
            fields[place] = quote + String(repeating: "v", count: bytes) + quote
            return fields.joined(separator: ",")
        }
        let text = ([header.joined(separator: ","), row(limit, ""), row(limit + 1, ""), row(limit + 1, "\"")])
            .joined(separator: "\n")
        let river = River()
        let loaded = try river.load(category, text)
        let isCurrency = column == "currency"
        #expect(
            loaded.reasons == (isCurrency ? ["currency unknown_currency"] : [])
                + Array(repeating: "\(column) too_long", count: 2))
        #expect(loaded.rejects.map(\.line) == (isCurrency ? [2] : []) + [3, 4])
        #expect(
            loaded.rejects.last?.reason.text
                == "the value is longer than \(limit) bytes, which is the most for this column")
        #expect(loaded.rejects.allSatisfy { $0.raw.count <= Reject.rawLimit })
        #expect(loaded.counts.rows == 3 && loaded.counts.accepted == (isCurrency ? 0 : 1))
        // What was let in before stays.
        river.settings.limits = .none
        #expect(try river.load(category, text).reasons.contains { $0.contains("too_long") } == false)
    }

    @Test func longValuesOfObjects() throws {
        let long = String(repeating: "x", count: 5000)
        let loaded = try River().load(
            .demographics,
            #"[{"customer_id": "a", "account_creation_date": "2024-01-01", "colour": "\#(long)"}, "#
                + #"{"customer_id": "b", "account_creation_date": "2024-01-01", "colour": "red"}]"#)
        #expect(loaded.reasons == ["colour too_long"] && loaded.counts.accepted == 1)
    }

    /// Whatever finds the rows: rejected ones come in the order of their lines.
    @Test func rejectsComeInTheOrderOfLines() throws {
        let long = String(repeating: "x", count: 300)
        let lines = (0..<400).map { row in
            switch row % 7 {
            case 0: "s\(row),c,2024-03-01,11,"
            case 2: "s\(row),c,2024-03-01"
            case 3: "\(long),c,2024-03-01,9,"
            case 5: "s\(row),,2024-03-01,9,"
            default: "s\(row),c,2024-03-01,9,"
            }
        }
        for blockBytes in [nil, 700] {
            let loaded = try River().load(.surveys, Company.file(.surveys, lines), blockBytes: blockBytes)
            #expect(
                loaded.rejects.map(\.line) == lines.indices.filter { [0, 2, 3, 5].contains($0 % 7) }.map { $0 + 2 })
        }
    }
}
