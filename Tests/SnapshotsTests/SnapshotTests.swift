import Gold
import Records
import RiverTesting
import Rollup
@testable import Snapshots
import Testing
import Words

@Suite struct SnapshotTests {
    private static let asOf = Day(2024, 3, 31)

    @Test func clientsAreFoundByTheirID() throws {
        let company = Company.random(seed: 1, around: Self.asOf, clients: 60)
        let river = try company.river()
        let snapshot = snapshot(river)
        for client in company.clients {
            let position = snapshot.position(ofCustomer: client.id)
            #expect((position != nil) == (client.created <= Self.asOf), "\(client.id)")
            if let position { #expect(river.tables.clients.id[Int(snapshot.gold.clients[position])] == client.id) }
        }
        #expect(snapshot.position(ofCustomer: "ghost1") == nil)
        #expect(snapshot.position(ofCustomer: "") == nil)
        #expect(snapshot.baseCurrency == "USD")
        let ids = snapshot.positionsByID.map { river.tables.clients.id[Int(snapshot.gold.clients[$0])] ?? "" }
        #expect(ids == company.clients.filter { $0.created <= Self.asOf }.map(\.id).sorted())
    }

    /// What is carried from generation to generation is what a fresh one would be.
    @Test func generationsBuildOnEachOther() throws {
        let company = Company.random(seed: 2, around: Self.asOf, clients: 50)
        let river = River()
        var random = SeededGenerator(seed: 2)
        var previous: Snapshot?
        for line in company.lines(.demographics).shuffled(using: &random).prefix(30) {
            try river.load(.demographics, Company.file(.demographics, [line]))
            let next = snapshot(river, previous: previous)
            let fresh = snapshot(river)
            #expect(next.lookup.byID == fresh.lookup.byID)
            #expect(next.id == fresh.id)
            previous = next
        }
        let carried = try #require(previous)
        #expect(snapshot(river, previous: carried).lookup === carried.lookup)
        // A generation of fewer clients, as after a restore, builds on nothing.
        let smaller = River()
        try smaller.load(
            .demographics, company.file(.demographics).split(separator: "\n").prefix(4).joined(separator: "\n"))
        #expect(snapshot(smaller, previous: carried).lookup.byID.count == 3)
        try river.load(.engagement, company.file(.engagement))
        let all = Array(UInt32(0)..<UInt32(river.tables.clients.count))
        let base = snapshot(river)
        try river.load(.transactions, company.file(.transactions))
        #expect(snapshot(river, previous: base, changed: all).monthly == snapshot(river).monthly)
    }

    /// The name of a generation is that of its content, whatever of it is carried over.
    @Test(arguments: Array<UInt64>(1...4))
    func aCarriedNameIsAFreshOne(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.asOf, clients: 30)
        let river = River()
        var random = SeededGenerator(seed: seed)
        var drops = Category.allCases.flatMap { category in company.lines(category).map { (category, $0) } }
        drops.shuffle(using: &random)
        var previous = snapshot(river)
        var names = Set<String>()
        for start in stride(from: 0, to: min(drops.count, 240), by: 8) {
            for (category, line) in drops[start..<min(start + 8, drops.count)] {
                try river.load(category, Company.file(category, [line]))
            }
            let next = snapshot(river, previous: previous)
            #expect(next.id == snapshot(river).id)
            names.insert(next.id)
            previous = next
            // Events alone, so that what clients, tickets and surveys contribute is carried over.
            try river.load(
                .engagement, "event_id,customer_id,event_type,timestamp\nx\(start),c1,login,2024-03-01T10:00:00Z\n")
            let after = snapshot(river, previous: previous)
            #expect(after.id == snapshot(river).id)
            previous = after
        }
        #expect(names.count > 10)
    }

    @Test func groupsAndCounts() throws {
        let river = try Company.random(seed: 3, around: Self.asOf, clients: 40).river()
        let snapshot = snapshot(river)
        let dimensions = snapshot.gold.dimensions
        #expect(Set(snapshot.groups.groups).count == snapshot.groups.count)
        var counts = [Int32](repeating: 0, count: snapshot.groups.count * 5)
        for position in 0..<snapshot.count {
            let group = snapshot.groups.groups[Int(snapshot.groups.groupOfPosition[position])]
            #expect(group.segment == dimensions.segment.codes[position])
            #expect(group.region == dimensions.region.codes[position])
            #expect(group.tier == dimensions.tier.codes[position])
            #expect(group.product == dimensions.product.codes[position])
            counts[
                Int(snapshot.groups.groupOfPosition[position]) * 5
                    + (snapshot.assessments.risk.level[position].map { Int($0.rawValue) } ?? 4)] += 1
        }
        #expect((0..<snapshot.buckets.count).map { Int32(snapshot.buckets.size($0)) } == counts)
        #expect(
            (0..<snapshot.buckets.count).flatMap { snapshot.buckets[$0] }.sorted()
                == snapshot.positionsByID.sorted().map { UInt32($0) })
        for group in 0..<snapshot.groups.count {
            let members = (0..<snapshot.count).filter { snapshot.groups.groupOfPosition[$0] == Int32(group) }
                .filter { snapshot.gold.status[$0] != .left }
            let standing = snapshot.buckets.standing(ofGroup: group)
            #expect(standing.clients == members.count)
            #expect(standing.customers == members.count { snapshot.gold.status[$0].isCustomer })
            let atRisk = members.filter { (snapshot.assessments.risk.level[$0] ?? .low) >= .high }
            #expect(standing.atRisk == atRisk.count)
            #expect(standing.atRiskMRR == atRisk.reduce(0) { $0 + max(0, snapshot.gold.metrics.mrr[$1]) })
            let health = members.map { snapshot.assessments.health.score[$0] }.filter { !$0.isNaN }
            #expect(standing.healthCount == health.count)
            #expect(abs(standing.health - health.reduce(0, +)) < 1e-9)
            let engagement = members.map { snapshot.gold.metrics.engagementScore[$0] }
            #expect(abs(standing.engagement - engagement.reduce(0, +)) < 1e-9)
        }
    }

    @Test func whatIsWorkedOutOnceIsKept() throws {
        let river = try Company.random(seed: 4, around: Self.asOf).river()
        let snapshot = snapshot(river)
        for definition in CohortDefinition.allCases {
            #expect(
                snapshot.cohorts(definition)
                    == CohortTable(
                        snapshot.gold, silver: river.tables, standings: snapshot.standings, by: definition))
            #expect(snapshot.cohorts(definition) == snapshot.cohorts(definition))
        }
        #expect(snapshot.heatmap() == EngagementHeatmap(snapshot.gold, silver: river.tables))
        #expect(snapshot.heatmap() == snapshot.heatmap())
        #expect(snapshot.knownOrder(.workList) == nil)
        #expect(!snapshot.expectsOrder(.workList))
        #expect(snapshot.claimsOrder(.workList))
        #expect(!snapshot.claimsOrder(.workList))
        #expect(snapshot.expectsOrder(.workList))
        #expect(snapshot.knownOrder(.workList) == nil)
        let order = snapshot.order(.workList)
        #expect(snapshot.knownOrder(.workList) === order)
        #expect(snapshot.order(.workList) === order)
        for (rank, position) in order.positions.enumerated() { #expect(order.ranks[Int(position)] == UInt32(rank)) }
    }

    /// Every key: a permutation, in order, unknown values last, ties by MRR and then by id.
    @Test func orders() throws {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,account_creation_date,name\nb,2024-01-01,Zoe\na,2024-01-01,\nd,2024-01-01,Ann\nc,2024-02-01,Zoe\n"
        )
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,transaction_date\nt1,a,5,USD,2024-03-01\nt2,c,9,USD,2024-03-01\n"
        )
        try river.load(
            .surveys, "survey_id,customer_id,response_date,nps_score\ns1,b,2024-03-01,3\ns2,d,2024-03-01,7\n")
        let snapshot = snapshot(river)
        func order(_ text: String) throws -> [String] {
            let key = try #require(SortKey(text))
            return snapshot.order(key).positions.map {
                river.tables.clients.id[Int(snapshot.gold.clients[Int($0)])] ?? ""
            }
        }
        #expect(try order("customer_id") == ["a", "b", "c", "d"])
        #expect(try order("customer_id:desc") == ["d", "c", "b", "a"])
        #expect(try order("name") == ["d", "b", "c", "a"])
        #expect(try order("name:desc") == ["b", "c", "d", "a"])
        #expect(try order("mrr") == ["c", "a", "b", "d"])
        #expect(try order("mrr:asc") == ["b", "d", "a", "c"])
        #expect(try order("last_nps") == ["d", "b", "c", "a"])
        #expect(try order("last_nps:asc") == ["b", "d", "c", "a"])
        #expect(try order("tenure_days") == ["a", "b", "d", "c"])
        #expect(try order("churn_probability") == ["c", "a", "b", "d"])
        for name in SortKey.names {
            let key = try #require(SortKey(name))
            #expect(key.name == name)
            #expect(snapshot.order(key).positions.sorted() == [0, 1, 2, 3])
            let values = snapshot.order(key).positions.map { key.value(snapshot, Int($0)) }.filter { !$0.isNaN }
            #expect(values == values.sorted(by: >))
        }
        #expect(SortKey.workList == SortKey("value_at_risk") && SortKey("risk") == SortKey("risk_score"))
        for text in ["", "risky", "risk_score:", "risk_score:up", ":asc", "risk_score:asc:desc"] {
            #expect(SortKey(text) == nil, "\(text)")
        }
    }

    private func generations(_ count: Int) throws -> [Snapshot] {
        let river = try Company.random(seed: 5, around: Self.asOf).river()
        return (0..<count).map {
            snapshot(river, asOf: Self.asOf.advanced(by: $0), generation: UInt64($0 + 1))
        }
    }

    @Test func theBoxKeepsTheFormerGeneration() throws {
        let list = try generations(3)
        let box = SnapshotBox()
        #expect(box.current == nil && box.snapshot(id: "x", at: 0) == nil)
        for one in list { box.publish(one, at: 1) }
        #expect(box.current === list[2])
        #expect(box.snapshot(id: list[2].id, at: 2) === list[2])
        #expect(box.snapshot(id: list[1].id, at: 2) === list[1])
        #expect(box.snapshot(id: list[0].id, at: 2) == nil)
        #expect(box.snapshot(asOf: list[2].asOf, generation: 99, at: 2) === list[2])
        #expect(box.snapshot(asOf: list[1].asOf, generation: 2, at: 2) === list[1])
        #expect(box.snapshot(asOf: list[1].asOf, generation: 3, at: 2) == nil)
    }

    /// A list whose pages are being turned outlives questions of others and new data, for as long as somebody goes on.
    @Test func pagesAreTurnedToTheirEnd() throws {
        let list = try generations(30)
        let box = SnapshotBox()
        box.publish(list[0], at: 0)
        #expect(box.snapshot(id: list[0].id, at: 1) === list[0])
        for number in 1...3 { box.publish(list[number], at: Double(number)) }
        for number in 4..<30 { box.keep(list[number], at: Double(number)) }
        #expect(box.snapshot(id: list[0].id, at: 100) === list[0])
        for number in 4...6 { box.publish(list[number], at: 150) }
        #expect(box.snapshot(id: list[0].id, at: 180) === list[0])
        box.publish(list[7], at: 180 + SnapshotBox.pagingSeconds + 1)
        #expect(box.snapshot(id: list[0].id, at: 302) == nil)
    }

    /// Days that are compared are worked out once; the one not asked for longest goes first, and new data ends them.
    @Test func otherDaysAreKeptForTheNextQuestion() throws {
        let list = try generations(20)
        let box = SnapshotBox()
        box.publish(list[19], at: 0)
        for number in 0..<15 {
            box.keep(list[number], at: Double(number))
            #expect(box.snapshot(asOf: list[0].asOf, generation: 1, at: Double(number) + 0.5) === list[0])
        }
        #expect(box.snapshot(asOf: list[14].asOf, generation: 15, at: 20) === list[14])
        #expect(box.snapshot(asOf: list[1].asOf, generation: 2, at: 20) == nil)
        box.publish(list[18], at: 30)
        #expect(box.snapshot(asOf: list[0].asOf, generation: 1, at: 31) == nil)
    }
}
