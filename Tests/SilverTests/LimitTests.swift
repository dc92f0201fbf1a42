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

    /// Clients that are only mentioned have a place for every further column, too.
    @Test func clientsTimesFurtherColumns() throws {
        let river = river { $0.attributeCells = 100 }
        #expect(try river.load(.demographics, Self.clients(0..<5, columns: 0..<10) { _, _ in "x" }).excess == nil)
        let events =
            "event_id,customer_id,event_type,timestamp\n"
            + (0..<20).map { "e\($0),new\($0),login,2024-01-02\n" }.joined()
        let refused = try river.load(.engagement, events, blockBytes: 100)
        #expect(refused.excess == .attributeCells(limit: 100))
        #expect(river.tables.clients.count == 5)
        #expect(try river.load(.demographics, Self.clients(0..<2, columns: 0..<30) { _, _ in "x" }).excess != nil)
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
}
