import Records
import RiverTesting
import Silver
import Testing

/// A row of transactions with a higher revision takes the place of the one before it.
@Suite struct RevisionTests {
    private static let header =
        "transaction_id,customer_id,amount,currency,payment_method,transaction_date,period_start,period_end,revision\n"
    private static let plain = "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"

    private func transactions(_ river: River) -> [String] { SilverPicture(river.tables).transactions }

    @Test func aHigherRevisionReplacesARowThatNamedNone() throws {
        let river = River()
        try river.load(.transactions, Self.plain + "t1,c1,1,USD,card,2024-01-01\nt2,c1,2,USD,card,2024-01-02\n")
        let loaded = try river.load(
            .transactions, Self.header + "t1,c1,9,EUR,,2024-01-03,2024-01-03,2024-02-03,1\n")
        #expect(loaded.counts.accepted == 1)
        #expect(loaded.counts.updated == 1)
        #expect(loaded.counts.duplicates == 0)
        #expect(transactions(river) == ["c1 2024-01-02 2 USD|card", "c1 2024-01-03 9 EUR| 2024-01-03…2024-02-03"])
        let again = try river.load(.transactions, Self.header + "t1,c1,8,USD,,2024-01-04,,,2\n")
        #expect(again.counts.updated == 1)
        #expect(transactions(river) == ["c1 2024-01-02 2 USD|card", "c1 2024-01-04 8 USD|"])
    }

    @Test func aLowerOneIsLateAndAnEqualOneRepeats() throws {
        let river = River()
        try river.load(.transactions, Self.header + "t1,c1,9,USD,,2024-01-03,,,3\n")
        let loaded = try river.load(
            .transactions,
            Self.header + "t1,c1,1,USD,,2024-01-03,,,2\nt1,c1,9,USD,,2024-01-03,,,3\nt1,c1,8,USD,,2024-01-03,,,3\n")
        #expect(loaded.counts.accepted == 0)
        #expect(loaded.counts.duplicates == 3)
        #expect(loaded.counts.collisions == 1)
        // One that names none is the first of all.
        let plain = try river.load(.transactions, Self.plain + "t1,c1,5,USD,,2024-01-03\n")
        #expect(plain.counts.duplicates == 1)
        #expect(plain.counts.collisions == 0)
        #expect(transactions(river) == ["c1 2024-01-03 9 USD|"])
    }

    @Test func itMayNameAnotherClient() throws {
        let river = River()
        try river.load(
            .transactions,
            Self.plain + "t1,c1,1,USD,,2024-01-01\nt2,c2,1,USD,,2024-01-01\nt3,c1,1,USD,,2024-01-01\n")
        try river.load(.transactions, Self.header + "t1,c3,1,USD,,2024-01-01,,,1\n")
        #expect(transactions(river) == ["c1 2024-01-01 1 USD|", "c2 2024-01-01 1 USD|", "c3 2024-01-01 1 USD|"])
        try river.load(.transactions, Self.header + "t2,c1,7,USD,,2024-01-01,,,1\n")
        #expect(transactions(river) == ["c1 2024-01-01 1 USD|", "c1 2024-01-01 7 USD|", "c3 2024-01-01 1 USD|"])
    }

    /// Two rows of a client that are the same but for their keys.
    @Test func alikeRowsAreReplacedOneByOne() throws {
        let river = River()
        try river.load(.transactions, Self.plain + "t1,c1,1,USD,,2024-01-01\nt2,c1,1,USD,,2024-01-01\n")
        try river.load(
            .transactions, Self.header + "t1,c1,2,USD,,2024-01-01,,,1\nt2,c1,3,USD,,2024-01-01,,,1\n")
        #expect(transactions(river) == ["c1 2024-01-01 2 USD|", "c1 2024-01-01 3 USD|"])
        #expect(river.tables.transactions.segments.count == 1)
    }

    @Test func theLatestDayIsThatOfRowsInForce() throws {
        let river = River()
        try river.load(.demographics, "customer_id,account_creation_date\nc1,2023-05-01\n")
        try river.load(.transactions, Self.plain + "t1,c1,1,USD,,2024-12-01\nt2,c1,1,USD,,2024-01-05\n")
        try river.load(.transactions, Self.header + "t1,c1,1,USD,,2024-01-02,,,1\n")
        #expect(river.tables.lastDay == Day(2024, 1, 5))
    }

    @Test(arguments: ["-1", "x", "1.5", "99999999999"]) func whatIsNoRevisionIsNone(revision: String) throws {
        let river = River()
        try river.load(.transactions, Self.plain + "t1,c1,1,USD,,2024-01-01\n")
        let loaded = try river.load(.transactions, Self.header + "t1,c1,2,USD,,2024-01-01,,,\(revision)\n")
        #expect(loaded.counts.warnings == 1)
        #expect(loaded.counts.collisions == 1)
        #expect(transactions(river) == ["c1 2024-01-01 1 USD|"])
    }

    /// Where the keys know of a row that is not there, nothing is counted twice.
    @Test func whatReplacesNothingThatIsThereIsACollision() throws {
        struct WrongKeys: KnownKeys {
            func find(_ sorted: UnsafeBufferPointer<KeyEntry>, found: (_ position: Int, _ content: UInt32) -> Void) {
                for position in sorted.indices { found(position, 1) }
            }
        }
        let river = River()
        try river.load(.transactions, Self.plain + "t1,c1,1,USD,,2024-01-01\n")
        let load = SilverLoad(river.state, category: .transactions, settings: .example, byteCount: 100)
        load.beginDrop(9, latestDay: SilverSettings.example.latestDay)
        try BlockFeed.forEachBatch(
            Array((Self.header + "t1,c1,2,USD,,2024-01-01,,,1\n").utf8), category: .transactions, blockBytes: nil,
            finishes: true
        ) { load.load($0) { _ in } }
        load.endDrop()
        let delta = try load.finish(known: WrongKeys())
        #expect(delta.counts.first?.counts.collisions == 1)
        #expect(delta.counts.first?.counts.updated == 0)
        #expect(delta.transactionSegment == nil && delta.revisedKeys.isEmpty)
    }

    @Test(arguments: OrderTests.seeds)
    func anyOrderOfDropsGivesTheSameTables(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var rows: [String] = []
        for number in 0..<40 {
            for revision in 0...Int.random(in: 0...3, using: &random) {
                let client = random.chance(0.2) ? Int.random(in: 0...5, using: &random) : number % 6
                let day = Day(2024, 1, 1).advanced(by: Int.random(in: 0...60, using: &random))
                let mark = revision == 0 && random.chance(0.5) ? "" : "\(revision)"
                rows.append("t\(number),c\(client),\(Int.random(in: 1...3, using: &random)),USD,,\(day),,,\(mark)")
            }
        }
        var pictures: [SilverPicture] = []
        for _ in 0..<4 {
            var rest = rows.shuffled(using: &random)[...]
            var files: [String] = []
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &random)
                files.append(Self.header + rest.prefix(count).joined(separator: "\n") + "\n")
                rest = rest.dropFirst(count)
            }
            let together = River()
            let loaded = try together.load(.transactions, together: files)
            let apart = River()
            for (index, file) in files.enumerated() {
                let counts = try apart.load(.transactions, file).counts
                #expect(counts == loaded[index].counts)
                #expect(counts.rows == counts.accepted + counts.duplicates)
            }
            #expect(together.waiting == apart.waiting)
            pictures += [SilverPicture(together.tables), SilverPicture(apart.tables)]
        }
        for picture in pictures {
            #expect(picture.transactions == pictures[0].transactions && picture.lastDay == pictures[0].lastDay)
        }
        #expect(pictures[0].transactions.count == 40)
    }
}
