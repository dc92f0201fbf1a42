import Answers
import Contract
import Records
import RiverTesting
import Snapshots
import Testing
import Words

/// Every way in which a page can be found gives the rows that a plain walk over all clients gives.
@Suite struct ClientsPageTests {
    private static let asOf = Example.asOf

    /// Filters from none to one that nobody passes, and those that look at text.
    private static let filters: [(text: String, passes: @Sendable (Snapshot, Int) -> Bool)] = [
        ("", { $0.gold.status[$1] != .left }),
        (#", "status": "left""#, { $0.gold.status[$1] == .left }),
        (
            #", "status": ["current", "left"], "where": "events_total>3""#,
            {
                [.current, .left].contains($0.gold.status[$1]) && $0.gold.metrics.eventsTotal[$1] > 3
            }
        ),
        (#", "risk": ["high", "critical"]"#, { $0.assessments.risk.level[$1].map { $0 >= .high } ?? false }),
        (#", "risk": "critical""#, { $0.assessments.risk.level[$1] == .critical }),
        (#", "where": "events_total>3""#, { $0.gold.metrics.eventsTotal[$1] > 3 }),
        (#", "where": "events_total!=0""#, { $0.gold.metrics.eventsTotal[$1] != 0 }),
        (
            #", "where": ["engagement_score<=1", "mrr>=1"], "risk": ["low", "medium"]"#,
            {
                $0.gold.metrics.engagementScore[$1] <= 1 && $0.gold.metrics.mrr[$1] >= 1_000_000
                    && $0.assessments.risk.level[$1].map { $0 < .high } ?? false
            }
        ),
        (
            #", "where": "revenue_decline_90d>0""#, { $0.gold.metrics.revenueDecline90Days($1) > 0 }
        ),
        (#", "where": "avg_transaction_value<20""#, { $0.gold.metrics.averageTransactionValue($1) < 20 }),
        (#", "where": "last_nps==100""#, { _, _ in false }),
        (
            #", "search": "1""#,
            { ($0.silver.clients.id[Int($0.gold.clients[$1])] ?? "").contains("1") || name($0, $1).contains("1") }
        ),
    ]

    private static func name(_ snapshot: Snapshot, _ position: Int) -> String {
        snapshot.silver.clients.name[Int(snapshot.gold.clients[position])] ?? ""
    }

    /// What the list has to be: all clients, one after the other, sorted by comparing.
    private static func expected(
        _ snapshot: Snapshot, _ sort: String, _ passes: (Snapshot, Int) -> Bool
    ) throws -> [String] {
        let key = try #require(SortKey(sort))
        let chosen = (0..<snapshot.count).filter { passes(snapshot, $0) }
        func id(_ position: Int) -> String { snapshot.silver.clients.id[Int(snapshot.gold.clients[position])] ?? "" }
        return chosen.sorted { left, right in
            let (a, b) = (key.value(snapshot, left), key.value(snapshot, right))
            if a.isNaN != b.isNaN { return b.isNaN }
            if a != b, !a.isNaN { return key.ascending ? a < b : a > b }
            let (first, second) = (snapshot.gold.metrics.mrr[left], snapshot.gold.metrics.mrr[right])
            if first != second { return first > second }
            return id(left).utf8.lexicographicallyPrecedes(id(right).utf8)
        }.map(id)
    }

    @Test(arguments: ["risk_score", "mrr:asc", "last_nps", "days_since_last_login:asc"], [1 as UInt64, 2])
    func pages(sort: String, seed: UInt64) throws {
        let river = try Company.random(seed: seed, around: Self.asOf, clients: 700).river()
        for (text, passes) in Self.filters {
            // A generation of its own: the first page meets it without an order, as does one whose order is in work.
            let fresh = snapshot(river, asOf: Self.asOf)
            // Who has left is in no list unless he is asked for.
            let expected = try Self.expected(fresh, sort) {
                passes($0, $1) && (text.contains("status") || $0.gold.status[$1] != .left)
            }
            let claimed = snapshot(river, asOf: Self.asOf)
            _ = claimed.claimsOrder(try #require(SortKey(sort)))
            for one in [fresh, claimed] {
                for (limit, offset) in [(20, 0), (3, 5), (10_000, 0), (600, 40)] {
                    let answer = try ask(
                        "clients.list",
                        #"{"sort": "\#(sort)", "limit": \#(limit), "cursor": "\#(one.id)~\#(offset)"\#(text)}"#, one)
                    #expect(answer.number("total") == Double(expected.count), "\(text)")
                    let ids = answer.objects("clients").compactMap { $0.text("customer_id") }
                    #expect(ids == Array(expected.dropFirst(offset).prefix(limit)), "\(text) \(limit) \(offset)")
                }
            }
        }
    }

    /// The same question takes longer with more clients, and a client for every group makes as many groups as clients.
    @Test func whatIsQuickDependsOnTheCompany() throws {
        let count = 4_000
        let river = River()
        try river.load(
            .demographics,
            "customer_id,account_creation_date,product\n"
                + (0..<count).map { "c\($0),2022-01-01,p\($0)\n" }.joined())
        let many = snapshot(river, asOf: Self.asOf)
        let few = snapshot(
            try Company.random(seed: 3, around: Self.asOf, clients: 50).river(), asOf: Self.asOf)
        func isQuick(_ conditions: Int, _ snapshot: Snapshot) throws -> Bool {
            _ = snapshot.order(.workList)
            let list = (0..<conditions).map { "\"mrr>=\($0)\"" }.joined(separator: ",")
            let reader = try Parameters(
                try #require(JSONReader().read("{\"where\": [\(list)]}").objectValue), of: .clientsList, hiding: nil)
            return ClientsAnswer.isQuick(try ClientsAnswer.Question(reader), snapshot)
        }
        #expect(try isQuick(1, many) && isQuick(50, many))
        #expect(try !isQuick(51, many))
        #expect(try isQuick(64, few))
        func isSumQuick(_ snapshot: Snapshot) throws -> Bool {
            let reader = try Parameters(
                try #require(JSONReader().read(#"{"from": "2024-03-01"}"#).objectValue), of: .kpisGet, hiding: nil)
            return KPIsAnswer.isQuick(try KPIsAnswer.Question(reader), snapshot)
        }
        #expect(many.groups.groups.count == count)
        #expect(try !isSumQuick(many))
        #expect(try isSumQuick(few))
    }

    @Test func whatIsQuick() throws {
        let snapshot = snapshot(
            try Company.random(seed: 3, around: Self.asOf, clients: 50).river(), asOf: Self.asOf)
        func isQuick(_ parameters: String) throws -> Bool {
            let reader = try Parameters(
                try #require(JSONReader().read(parameters).objectValue), of: .clientsList, hiding: nil)
            return ClientsAnswer.isQuick(try ClientsAnswer.Question(reader), snapshot)
        }
        // Nobody has worked out an order yet.
        #expect(try !isQuick("{}"))
        _ = snapshot.claimsOrder(.workList)
        #expect(try isQuick("{}"))
        _ = snapshot.order(.workList)
        #expect(try isQuick(#"{"where": "mrr>1"}"#))
        #expect(try !isQuick(#"{"search": "a"}"#))
        #expect(try !isQuick(#"{"limit": 5000}"#))
        #expect(try !isQuick(#"{"sort": "name"}"#))
    }
}
