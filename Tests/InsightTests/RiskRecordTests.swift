import ChurnModel
import Assessment
import Records
import RiskValue
import Testing

@Suite struct RiskRecordTests {
    /// Clients of whom every fourth left, put where the test says.
    private static func day(
        _ number: Int, levels: [RiskScores.Level], health: [Double], seen: [Double], left: [Bool]
    ) -> ChurnDay {
        let count = left.count
        let none = ClientFeatures.Levels(codes: [Int32](repeating: -1, count: count), names: [])
        return ChurnDay(
            features: ClientFeatures(
                asOf: ChurnDays.first.advanced(by: 30 * number), positions: (0..<count).map { Int32($0) },
                numbers: [Double](repeating: .nan, count: count * ClientFeature.allCases.count),
                categories: [ClientFeatures.Levels](repeating: none, count: ClientCategory.allCases.count)),
            customers: (0..<count).map { UInt64($0) }, churned: left, daysToChurn: left.map { $0 ? 5 : 0 },
            rulesScores: levels.map { Double($0.rawValue) / 3 },
            standing: ChurnDay.Standing(
                ruleLevels: levels, healthScores: health,
                healthLevels: health.map { $0.isNaN ? nil : $0 < 40 ? .atRisk : .healthy }, daysSinceSeen: seen))
    }

    private static let left = (0..<40).map { $0 % 4 == 0 }
    /// The rules know it all, health knows the opposite, nobody knows by silence.
    private static func made() throws -> RiskRecord {
        let levels = left.map { $0 ? RiskScores.Level.critical : .low }
        let health = left.map { $0 ? 90.0 : 10 }
        let first = day(
            0, levels: levels, health: health, seen: [Double](repeating: 3, count: 40), left: left)
        let half = day(
            1, levels: levels, health: health.map { _ in .nan }, seen: left.map { $0 ? 9 : 1 },
            left: left.enumerated().map { $0.element && $0.offset < 20 })
        return try RiskRecord.make(days: [half, first], horizonDays: 30, settings: "abc", records: 7, scorer: nil)
    }

    @Test func windows() throws {
        let record = try Self.made()
        #expect(record.windows.map(\.day) == [ChurnDays.first, ChurnDays.first.advanced(by: 30)])
        #expect(record.windows.map(\.clients) == [40, 40] && record.windows.map(\.left) == [10, 5])
        let first = try #require(record.windows.first?.rankings)
        #expect(first[.model] == nil)
        #expect(first[.rules]?.areaUnderROC == 1 && first[.rules]?.topTenthYield == 1)
        #expect(first[.health]?.areaUnderROC == 0 && first[.health]?.topTenthYield == 0)
        #expect(first[.lastSeen]?.areaUnderROC == 0.5 && first[.lastSeen]?.topTenthYield == 0.25)
        // Of the other window's ten at the top five left, and of the thirty below nobody: one of each added.
        let expected: Double = 10 * 6.0 / 12 + 30 * 1.0 / 32
        #expect(first[.rules]?.expected.map { abs($0 - expected) < 1e-9 } == true)
        #expect(first[.lastSeen]?.expected == nil)
        let second = try #require(record.windows.last?.rankings)
        // Ten at the top, five of them left: half of the others' pairs are right, and those of the rest all are.
        let area: Double = 32.5 / 35
        #expect(second[.rules]?.areaUnderROC == area)
        // Nobody has a health.
        #expect(second[.health]?.areaUnderROC == nil)
        #expect(record.ruleLevels.map(\.clients) == [60, 0, 0, 20] && record.ruleLevels.map(\.left) == [0, 0, 0, 15])
        #expect(
            record.healthLevels.map(\.clients) == [10, 0, 0, 30] && record.healthLevels.map(\.left) == [10, 0, 0, 0])
    }

    @Test func whatALevelIsWorth() throws {
        // Twenty at the top are too few for a share of their own: all are one.
        let share: Double = 16.0 / 82
        #expect(try Self.made().shares.probabilities == [share, share, share, share])
        let mean: Double = (10 + 5 * 32.5 / 35) / 15
        #expect(try Self.made().areaUnderROC(.rules) == mean)
        #expect(try Self.made().areaUnderROC(.model) == nil)
    }

    @Test func textComesBack() throws {
        let record = try Self.made()
        #expect(RiskRecord(text: record.text) == record)
        var lines = record.text.split(separator: "\n").map(String.init)
        for index in lines.indices {
            var damaged = lines
            damaged[index] += "x"
            #expect(RiskRecord(text: damaged.joined(separator: "\n")) != record, "\(lines[index])")
        }
        lines.removeLast(4)
        #expect(RiskRecord(text: lines.joined(separator: "\n")) != record)
        #expect(RiskRecord(text: "") == nil && RiskRecord(text: "aura risk record 2\n") == nil)
    }

    /// A model is judged on the days from its training on, and on no other.
    @Test func theModelOnWindowsItDidNotSee() throws {
        let days = ChurnDays().make()
        let standing = days.map { day in
            ChurnDay(
                features: day.features, customers: day.customers, churned: day.churned, daysToChurn: day.daysToChurn,
                rulesScores: day.rulesScores,
                standing: ChurnDay.Standing(
                    ruleLevels: day.rulesScores.map { _ in .low }, healthScores: day.rulesScores,
                    healthLevels: day.rulesScores.map { _ in .watch }, daysSinceSeen: day.rulesScores))
        }
        let training = ChurnDays.training(trainedOn: days[3].asOf)
        let scorer = try ChurnScorer(version: "v", bundle: training.train(Array(standing[..<2])))
        #expect(scorer.bundle.model.report.rival?.areaUnderROC == scorer.bundle.model.report.baseline?.areaUnderROC)
        let record = try RiskRecord.make(days: standing, horizonDays: 90, settings: "", records: 7, scorer: scorer)
        #expect(record.windows.map { $0.rankings[.model] != nil } == [false, false, false, true, true])
        let last = try #require(record.windows.last)
        let expected = try #require(last.rankings[.model]?.expected)
        #expect(expected > 0 && (last.rankings[.model]?.areaUnderROC ?? 0) > 0.6)
        #expect(scorer.facts.baseRate > 0.1 && scorer.facts.baseRate < 0.5)
    }
}
