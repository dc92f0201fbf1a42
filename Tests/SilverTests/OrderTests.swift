import Records
import RiverTesting
import Silver
import Testing

/// Tables do not depend on how the data was cut into drops and in which order they came.
@Suite struct OrderTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]
    private static let asOf = Day(2024, 3, 31)

    /// Cuts every category into random drops.
    private func drops(_ company: Company, _ random: inout SeededGenerator) -> [(Category, String)] {
        var result: [(Category, String)] = []
        for category in Category.allCases {
            var rest = company.lines(category)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...max(1, rest.count), using: &random)
                result.append((category, Company.file(category, Array(rest.prefix(count)))))
                rest = rest.dropFirst(count)
            }
        }
        return result
    }

    @Test(arguments: seeds)
    func anyOrderOfTheSameDropsGivesTheSameTables(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.asOf)
        let expected = SilverPicture(try company.river().tables)
        var random = SeededGenerator(seed: seed &+ 100)
        for _ in 0..<4 {
            let drops = drops(company, &random).shuffled(using: &random)
            let river = River()
            for (category, text) in drops { try river.load(category, text) }
            #expect(SilverPicture(river.tables) == expected)
            // Whoever arrived has no rows waiting.
            let ghosts = company.lines(.transactions).filter { $0.contains(",ghost") }.count
            #expect(river.waiting.values.reduce(0, +) >= ghosts)
        }
    }

    @Test(arguments: seeds)
    func blocksOfAnySizeGiveTheSameTables(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.asOf, clients: 6)
        let expected = SilverPicture(try company.river().tables)
        for blockBytes in [1, 7, 64, 129, 1000] {
            let river = River()
            for category in Category.allCases {
                try river.load(category, Array(company.file(category).utf8), blockBytes: blockBytes)
            }
            #expect(SilverPicture(river.tables) == expected)
        }
    }

    /// Drops full of mistakes and repetitions: the books balance, and one load of many drops counts as many loads do.
    @Test(arguments: seeds)
    func theBooksBalance(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let company = Company.random(seed: seed, around: Self.asOf, clients: 8)
        for category in Category.allCases {
            let lines = company.lines(category)
            var files: [String] = []
            for _ in 0..<4 {
                var rows: [String] = []
                for _ in 0..<40 {
                    var row = random.pick(lines, else: "")
                    if random.chance(0.1) { row = "," + row.drop { $0 != "," }.dropFirst() }
                    if random.chance(0.1) { row += ",one,too,many" }
                    if random.chance(0.1) { row = row.replacing("2024", with: "20x4") }
                    if random.chance(0.1) { row = row.replacing("2023", with: "2022") }
                    rows.append(row)
                }
                files.append(Company.file(category, rows))
            }
            let together = River()
            let loaded = try together.load(category, together: files)
            let apart = River()
            var single: [River.Loaded] = []
            for file in files { single.append(try apart.load(category, file)) }
            for (one, other) in zip(loaded, single) {
                let counts = one.counts
                #expect(counts.rows == 40)
                #expect(counts.rows == counts.accepted + counts.rejected + counts.duplicates)
                #expect(counts.rejected == one.rejects.count)
                #expect(counts.collisions <= counts.duplicates)
                #expect(counts == other.counts)
                #expect(one.rejects == other.rejects)
            }
            #expect(SilverPicture(together.tables) == SilverPicture(apart.tables))
            #expect(together.waiting == apart.waiting)
        }
    }
}
