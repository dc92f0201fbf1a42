import Contract
import Gold
import Records
import RiverTesting
import Rollup
import Silver
import Snapshots
import Testing

/// Whatever amounts there are, and whatever they are worth after a reload: every figure is answered, none stops the
/// daemon.
@Suite struct ExtremeAmountsTests {
    /// Everything in which amounts are added up, compared or written.
    private func askEverything(_ snapshot: Snapshot) throws {
        for parameters in [
            "{}", #"{"group_by": "segment"}"#, #"{"by": "week"}"#, #"{"compare": "previous"}"#,
            #"{"where": "total_amount>0"}"#, #"{"from": "2024-01-10", "to": "2024-03-20"}"#,
        ] {
            _ = try ask("kpis.get", parameters, snapshot) { _ in snapshot }
        }
        _ = try ask("mrr.movements", "{}", snapshot)
        _ = try ask("cohorts.get", "{}", snapshot)
        _ = try ask("clients.list", #"{"sort": "total_amount"}"#, snapshot)
        for position in 0..<snapshot.count {
            let id = snapshot.silver.clients.id[Int(snapshot.gold.clients[position])] ?? ""
            _ = try ask("clients.get", #"{"customer_id": "\#(id)", "timeline": 5}"#, snapshot)
        }
        for table in PublishedTable.allCases {
            table.forEachBatch(snapshot, rows: 0..<table.rowCount(snapshot)) { batch in
                #expect(batch.cells.count == batch.rowCount * batch.columnCount)
            }
        }
    }

    private static func clients(_ count: Int) -> String {
        "customer_id,account_creation_date,subscription_type,segment\n"
            + (0..<count).map { "C\($0),2023-01-01,\($0 % 3 == 0 ? "yearly" : "basic"),s\($0 % 4)\n" }.joined()
    }

    private static func river() -> River {
        var settings = SilverSettings.example
        settings.limits = .none
        return River(settings: settings)
    }

    /// Many clients whose sums fit, which together do not.
    @Test func sumsOverClients() throws {
        let river = Self.river()
        try river.load(.demographics, Self.clients(30))
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
                + (0..<60).map { "t\($0),C\($0 % 30),1000000000000,GBP,card,2024-03-20\n" }.joined())
        let snapshot = snapshot(river)
        #expect(snapshot.cutsAmounts)
        try askEverything(snapshot)
        let summary = try ask("kpis.get", "{}", snapshot).object("summary")
        #expect(summary.number("mrr") == summary.number("arr") && summary.number("mrr") ?? 0 > 9.2e12)
    }

    /// One client whose own do not fit.
    @Test func sumsOfOneClient() throws {
        let river = Self.river()
        try river.load(.demographics, Self.clients(2))
        for (month, sign) in [("2024-01", ""), ("2024-02", "-"), ("2024-03", "")] {
            try river.load(
                .transactions,
                "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
                    + (0..<12).map { "\(month)\($0),C1,\(sign)1000000000000,USD,card,\(month)-20\n" }.joined())
        }
        let snapshot = snapshot(river)
        #expect(snapshot.cutsAmounts)
        try askEverything(snapshot)
    }

    /// Recurring revenue whose year does not fit is said to be cut, too; what fits is not.
    @Test(arguments: [(500_000_000_000, false), (800_000_000_000, true)])
    func aYearOfIt(amount: Int, isCut: Bool) throws {
        let river = Self.river()
        try river.load(.demographics, Self.clients(2))
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,payment_method,transaction_date\nt,C1,\(amount),USD,,2024-03-20\n"
        )
        #expect(snapshot(river).cutsAmounts == isCut)
    }

    /// Any amounts in any order, in parts or at once, at any rates: no figure stops the daemon, and what is carried from
    /// one generation to the next is what it is when made anew.
    @Test(arguments: Array<UInt64>(1...12))
    func anyAmountsAndRates(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let currencies = ["USD", "EUR", "GBP", "JPY"]
        let river = Self.river()
        try river.load(.demographics, Self.clients(12))
        var settings = GoldSettings.example
        var latest: Snapshot?
        for round in 0..<6 {
            if round % 2 == 1 {
                settings.rates = ExchangeRates(
                    baseCurrency: "USD",
                    steps: currencies.dropFirst().flatMap { currency in
                        [Day(2000, 1, 1), Day(2024, 2, 10)].map { day in
                            let mantissa = Int64.random(
                                in: 1...(.max >> Int64.random(in: 0...60, using: &random)), using: &random)
                            return (
                                currency,
                                .init(
                                    day: day,
                                    rate: ExchangeRate(
                                        mantissa: mantissa, scale: Int.random(in: 0...12, using: &random)))
                            )
                        }
                    })
            }
            var text = "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
            for row in 0..<30 {
                let size =
                    Int64.random(in: 0...1_000_000_000_000, using: &random) >> Int64.random(in: 0...39, using: &random)
                let amount = random.chance(0.3) ? "-\(size)" : "\(size)"
                let month = Int.random(in: 1...3, using: &random)
                let currency = currencies[Int.random(in: 0..<4, using: &random)]
                text +=
                    "r\(round)-\(row),C\(Int.random(in: 0..<12, using: &random)),\(amount),\(currency),,2024-0\(month)-1\(row % 10)\n"
            }
            try river.load(.transactions, text)
            let fresh = snapshot(river, settings: settings)
            let carried = snapshot(river, settings: settings, previous: latest, changed: Array(0..<12))
            #expect(carried.monthly == fresh.monthly && carried.id == fresh.id)
            try askEverything(carried)
            latest = carried
        }
    }
}
