import Records
import RiverTesting
import Testing
import Words

@testable import Snapshots

/// Clients by id, and in the order of their ids.
@Suite struct LookupTests {
    /// Ids of all lengths that share their beginnings as often as not.
    private static func ids(count: Int, seed: UInt64) -> [String] {
        var random = SeededGenerator(seed: seed)
        func next(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        let pieces = ["a", "b", "0", "Z", "é", "customer", "-", "~"]
        var seen: Set<String> = []
        while seen.count < count {
            let id = (0...next(6)).map { _ in pieces[next(pieces.count)] }.joined()
            // A word for nothing is no id.
            if !FileReading.wordsForNothing.contains(id) { seen.insert(id) }
        }
        return seen.sorted().shuffled(using: &random)
    }

    private func load(_ ids: [String], into river: River) throws {
        try river.load(
            .demographics,
            "customer_id,account_creation_date\n" + ids.map { "\($0),2024-01-01\n" }.joined())
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func theOrderIsThatOfTheBytes(seed: UInt64) throws {
        let ids = Self.ids(count: 500, seed: seed)
        let river = River()
        try load(ids, into: river)
        let lookup = ClientLookup(river.tables.clients)
        let ordered = lookup.byID.map { ids[Int($0)] }
        #expect(ordered == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for (row, id) in ids.enumerated() { #expect(lookup.client(withID: id) == row) }
        #expect(lookup.client(withID: "nobody") == nil)
    }

    @Test func whatIsAddedIsMerged() throws {
        let ids = Self.ids(count: 300, seed: 9)
        let river = River()
        try load(Array(ids.prefix(100)), into: river)
        var lookup = ClientLookup(river.tables.clients)
        for end in [101, 200, 300] {
            try load(Array(ids[lookup.count..<end]), into: river)
            lookup = ClientLookup(river.tables.clients, previous: lookup)
            #expect(lookup.byID == ClientLookup(river.tables.clients).byID)
            #expect(lookup.client(withID: ids[end - 1]) == end - 1)
        }
    }
}
