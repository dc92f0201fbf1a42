import Records
import RiverTesting
import Silver
import Testing

/// Natural keys: the first row of a key wins within a drop; across drops it depends on the category.
@Suite struct DeduplicationTests {
    private static let transactions = "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
    private static let events = "event_id,customer_id,event_type,timestamp,device_type,feature_used\n"
    private static let surveys = "survey_id,customer_id,response_date,nps_score,comments\n"

    @Test func theFirstTransactionOfAKeyWins() throws {
        let river = River()
        let first = try river.load(
            .transactions,
            Self.transactions + "t1,c1,1,USD,,2024-01-01\nt1,c1,1,USD,,2024-01-01\nt1,c1,2,USD,,2024-01-01\n"
                + "T1,c1,3,USD,,2024-01-01\n")
        #expect(first.counts.accepted == 2)
        #expect(first.counts.duplicates == 2)
        #expect(first.counts.collisions == 1)
        let second = try river.load(
            .transactions, Self.transactions + "t1,c1,9,USD,,2024-01-05\nt2,c1,4,USD,,2024-01-02\n")
        #expect(second.counts.accepted == 1)
        #expect(second.counts.duplicates == 1)
        #expect(second.counts.collisions == 1)
        #expect(
            SilverPicture(river.tables).transactions == [
                "c1 2024-01-01 1 USD|", "c1 2024-01-01 3 USD|", "c1 2024-01-02 4 USD|",
            ])
        // A duplicate is not accepted: its day does not count either.
        #expect(river.tables.lastDay == Day(2024, 1, 2))
    }

    @Test(arguments: [
        "t1,c2,1,USD,,2024-01-01", "t1,c1,1.000001,USD,,2024-01-01", "t1,c1,1,EUR,,2024-01-01",
        "t1,c1,1,USD,card,2024-01-01", "t1,c1,1,USD,,2024-01-02",
    ])
    func everyValueOfATransactionMakesACollision(row: String) throws {
        let river = River()
        try river.load(.transactions, Self.transactions + "t1,c1,1,USD,,2024-01-01\n")
        let loaded = try river.load(.transactions, Self.transactions + row + "\n")
        #expect(loaded.counts.duplicates == 1)
        #expect(loaded.counts.collisions == 1)
    }

    @Test(arguments: [
        "e1,c2,x,2024-01-01T10:00:00Z,d,f", "e1,c1,y,2024-01-01T10:00:00Z,d,f", "e1,c1,x,2024-01-01T10:00:01Z,d,f",
        "e1,c1,x,2024-01-01T10:00:00Z,,f", "e1,c1,x,2024-01-01T10:00:00Z,d,", "e1,c1,x,2024-01-01T10:00:00.001Z,d,f",
        "e1,c1,x,2024-01-01T10:00:00Z,f,d",
    ])
    func everyValueOfAnEventMakesACollision(row: String) throws {
        let river = River()
        try river.load(.engagement, Self.events + "e1,c1,x,2024-01-01T10:00:00Z,d,f\n")
        let loaded = try river.load(.engagement, Self.events + "\(row)\ne1,c1,x,2024-01-01 10:00:00,d,f\n")
        #expect(loaded.counts.duplicates == 2)
        #expect(loaded.counts.collisions == 1)
        #expect(SilverPicture(river.tables).events == ["c1 2024-01-01 10h x|d|f"])
    }

    /// Against the row that was kept, not against the one before: otherwise the count depends on how rows are split
    /// into drops.
    @Test func collisionsAreCountedAgainstTheRowThatIsKept() throws {
        let rows = ["e1,c1,y,2024-01-02,,", "e1,c1,x,2024-01-01,,", "e1,c1,y,2024-01-02,,", "e1,c1,x,2024-01-01,,"]
        let kept = Self.events + "e1,c1,x,2024-01-01,,\n"
        let together = River()
        try together.load(.engagement, kept)
        let loaded = try together.load(.engagement, Self.events + rows.joined(separator: "\n"))
        #expect(loaded.counts.duplicates == 4)
        #expect(loaded.counts.collisions == 2)
        let apart = River()
        try apart.load(.engagement, kept)
        let collisions = try rows.map { try apart.load(.engagement, Self.events + $0 + "\n").counts.collisions }
        #expect(collisions == [1, 0, 1, 0])
    }

    @Test func surveysKeepTheFirstAnswer() throws {
        let river = River()
        let first = try river.load(
            .surveys, Self.surveys + "s1,c1,2024-01-01,5,ok\ns1,c1,2024-01-01,5,ok\ns1,c1,2024-01-01,5,other\n")
        #expect(first.counts.duplicates == 2)
        #expect(first.counts.collisions == 1)
        let second = try river.load(
            .surveys,
            Self.surveys + "s1,c2,2024-01-01,5,ok\ns1,c1,2024-01-02,5,ok\ns1,c1,2024-01-01,6,ok\ns2,c1,2024-01-09,1,\n")
        #expect(second.counts.accepted == 1)
        #expect(second.counts.collisions == 3)
        #expect(SilverPicture(river.tables).surveys == ["s1 c1 2024-01-01 5 ok", "s2 c1 2024-01-09 1 -"])
    }

    @Test func rejectedRowsTakeNoKey() throws {
        let river = River()
        let loaded = try river.load(
            .transactions, Self.transactions + "t1,c1,zero,USD,,2024-01-01\nt1,c1,7,USD,,2024-01-01\n")
        #expect(loaded.counts.rejected == 1)
        #expect(loaded.counts.accepted == 1)
        #expect(loaded.counts.duplicates == 0)
    }

    /// Keys of up to 15 bytes are kept as they are, longer ones as a hash: both must tell alike ids apart.
    @Test func idsOfAllLengths() throws {
        var rows: [String] = []
        for length in 1...70 {
            let id = String(repeating: "a", count: length)
            rows.append("\(id),\(id),1,USD,,2024-01-01")
            if length > 1 { rows.append("\(id.dropLast())b,\(id.dropLast())b,1,USD,,2024-01-01") }
            if length > 1 { rows.append("b\(id.dropFirst()),b\(id.dropFirst()),1,USD,,2024-01-01") }
        }
        let river = River()
        let loaded = try river.load(.transactions, Self.transactions + rows.joined(separator: "\n"))
        // "b" is made from length 1 once, and "ab", "ba", … are all different.
        let distinct = Set(rows).count
        #expect(loaded.counts.accepted == distinct)
        #expect(loaded.counts.duplicates == rows.count - distinct)
        #expect(river.tables.clients.count == distinct)
        for row in 0..<river.tables.clients.count {
            #expect(river.state.client(withID: river.tables.clients.id[row] ?? "") == row)
        }
        #expect(river.state.client(withID: String(repeating: "a", count: 71)) == nil)
        let again = try river.load(.transactions, Self.transactions + rows.joined(separator: "\n"))
        #expect(again.counts.accepted == 0)
        #expect(again.counts.duplicates == rows.count)
        #expect(again.counts.collisions == 0)
    }

    /// Zero-padded numbers of different lengths: nothing in the text may make up for the length.
    @Test func paddedNumbersOfDifferentLengthsAreDifferent() throws {
        let ids = ["100000000000000000000007", "0000000000000000000000007"]
        let river = River()
        let loaded = try river.load(
            .transactions,
            Self.transactions + ids.map { "\($0),\($0),1,USD,,2024-01-01" }.joined(separator: "\n"))
        #expect(loaded.counts.accepted == 2)
        #expect(river.tables.clients.count == 2)
    }

    /// Many rows, told to be more than they are: all ways of partitioning the keys give the same.
    @Test(arguments: [1 << 10, 10 << 20, 100 << 20, 3 << 30])
    func partitionsDoNotMatter(byteCount: Int) throws {
        var random = SeededGenerator(seed: 5)
        var rows: [String] = []
        for _ in 0..<6000 {
            let id = Int.random(in: 0..<3000, using: &random)
            rows.append(
                "e\(id),c\(id % 1500),x\(id % 3),2024-01-0\(1 + id % 9),,f\(Int.random(in: 0..<2, using: &random))")
        }
        var firstOfKey: [Substring: String] = [:]
        var collisions = 0
        for row in rows {
            let key = row.prefix { $0 != "," }
            if let first = firstOfKey[key] { collisions += first == row ? 0 : 1 } else { firstOfKey[key] = row }
        }
        let river = River()
        let file = Array((Self.events + rows.joined(separator: "\n")).utf8)
        let loaded = try river.load(.engagement, together: [file], byteCount: byteCount)
        #expect(loaded.first?.counts.accepted == firstOfKey.count)
        #expect(loaded.first?.counts.duplicates == rows.count - firstOfKey.count)
        #expect(loaded.first?.counts.collisions == collisions)
        let expected = firstOfKey.values.map { row -> String in
            let fields = row.split(separator: ",", omittingEmptySubsequences: false)
            return "\(fields[1]) \(fields[3]) 0h \(fields[2])||\(fields[5])"
        }
        #expect(SilverPicture(river.tables).events == expected.sorted())
    }

    /// What the store keeps of a load: every new key once, in ascending order, whatever the load was split into.
    @Test(arguments: [1000, 5 << 20, 70 << 20, 3 << 30])
    func newKeysComeInOrder(byteCount: Int) throws {
        let state = SilverState()
        let known = MemoryKeys()
        func load(_ ids: some Sequence<Int>) throws -> (delta: SilverDelta, keys: [KeyEntry]) {
            let settings = SilverSettings.example
            let load = SilverLoad(state, category: .engagement, settings: settings, byteCount: byteCount)
            load.beginDrop(1, latestDay: settings.latestDay)
            let text = Self.events + ids.map { "e\($0),c\($0 % 7),x,2024-01-01,,\n" }.joined()
            try BlockFeed.forEachBatch(Array(text.utf8), category: .engagement) { load.load($0) { _ in } }
            load.endDrop()
            let delta = try load.finish(known: known)
            var keys: [KeyEntry] = []
            delta.keys.forEachPiece {
                known.insert($0)
                keys += $0
            }
            #expect(zip(keys, keys.dropFirst()).allSatisfy { KeyEntry.precedes($0, $1) })
            #expect(delta.keys.count == keys.count)
            state.adopt(delta)
            return (delta, keys)
        }
        let first = try load(0..<3000)
        #expect(first.keys.count == 3000)
        #expect(first.delta.eventSegment?.id == 1)
        // Every other one is known, and every one comes twice.
        let second = try load(stride(from: 0, to: 12_000, by: 2).flatMap { [$0, $0] })
        #expect(second.keys.count == 4500)
        #expect(second.delta.counts.first?.counts.duplicates == 7500)
        #expect(second.delta.eventSegment?.id == 2)
        #expect(known.count == 7500)
        // Nothing new: no key and no segment.
        let third = try load(0..<10)
        #expect(third.keys.isEmpty && third.delta.eventSegment == nil)
    }
}
