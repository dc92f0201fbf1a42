import Testing

@testable import ChurnModel

struct EncodingTests {
    @Test func fewDistinctValuesAreCutAtMidpoints() {
        #expect(QuantileCuts.cuts(of: [3, 1, 2, 2, .nan, .infinity], binsMax: 256) == [1.5, 2.5])
        #expect(QuantileCuts.cuts(of: [5, 5, 5], binsMax: 256).isEmpty)
        #expect(QuantileCuts.cuts(of: [.nan], binsMax: 256).isEmpty)
    }

    @Test func manyDistinctValuesFillTheBinsEvenly() {
        let values = (0..<10_000).map { Double(($0 * 7_919) % 10_000) }
        let cuts = QuantileCuts.cuts(of: values, binsMax: 256)
        #expect(cuts.count == 254)
        #expect(zip(cuts, cuts.dropFirst()).allSatisfy { $0 < $1 })
        var counts = [Int](repeating: 0, count: 255)
        for value in values { counts[BinnedTable.countBelow(value, in: cuts)] += 1 }
        #expect((counts.min() ?? 0) >= 39 && (counts.max() ?? 0) <= 40)
    }

    @Test func midpointsOfNeighbouringAndHugeNumbersStillSeparate() {
        let cuts = QuantileCuts.cuts(of: [1, 1.0.nextUp, -1e308, 1.7e308], binsMax: 256)
        for (cut, upper) in zip(cuts, [1, 1.0.nextUp, 1.7e308]) { #expect(cut < upper && cut.isFinite) }
    }

    @Test func radixSortAgreesWithTheLibrary() {
        var generator = SplitMix64(seed: 3)
        let values = (0..<20_000).map { index -> Double in
            switch index % 4 {
            case 0: Double(Int64(bitPattern: generator.next()))
            case 1: Double(generator.next() % 50) - 25
            case 2: Double(generator.next()) * 1e-30
            default: -Double(generator.next()) * 1e200
            }
        }
        #expect(FloatingSort.sorted(values) == values.sorted())
    }

    @Test func frequentLevelsComeFirstAndRareOnesShareOther() throws {
        var texts: [String?] = []
        for level in 0..<40 { texts += [String?](repeating: "L\(level)", count: 100 - level) }
        texts += [nil, nil]
        let table = try FeatureTable(columns: [FeatureColumn(name: "c", texts: texts)])
        let encoder = FeatureEncoder(fittedTo: table)
        #expect(encoder.features.count == 34)
        #expect(encoder.features[0].name == "c=L0")
        #expect(encoder.features[31].name == "c=L31")
        #expect(encoder.features[32].name == "c=(other)")
        #expect(encoder.features[33].name == "c=(missing)")
        let later = try FeatureTable(columns: [FeatureColumn(name: "c", texts: ["L39", "new", nil, "L5"])])
        let encoded = try encoder.encode(later)
        for (row, feature) in [32, 32, 33, 5].enumerated() {
            let vector = encoder.featureVector(encoded, row: row)
            #expect(vector.firstIndex(of: 1) == feature)
            #expect(vector.reduce(0, +) == 1)
        }
        #expect(encoder.features(of: .level("L5"), source: 0).firstIndex(of: 1) == 5)
        #expect(encoder.features(of: .missing, source: 0).firstIndex(of: 1) == 33)
    }

    @Test func levelsUnknownToTrainingMatchNothingWithoutOther() throws {
        let encoder = FeatureEncoder(
            fittedTo: try FeatureTable(columns: [FeatureColumn(name: "c", texts: ["a", "b", "a"])])
        )
        let encoded = try encoder.encode(try FeatureTable(columns: [FeatureColumn(name: "c", texts: ["z", nil])]))
        #expect(encoder.featureVector(encoded, row: 0) == [0, 0])
        #expect(encoder.featureVector(encoded, row: 1) == [0, 0])
    }

    @Test func aMillionLevelsAreBoundedToOneByte() throws {
        let count = 1_000_000
        let levels = (0..<count).map { "id\($0)" }
        let column = FeatureColumn(name: "id", values: .category(codes: (0..<Int32(count)).map { $0 }, levels: levels))
        let table = try FeatureTable(columns: [column])
        let encoder = FeatureEncoder(fittedTo: table)
        #expect(encoder.features.count == 33)
        // Equal counts are ordered by name.
        #expect(encoder.features[1].name == "id=id1")
        #expect(encoder.features[2].name == "id=id10")
        let single = table.rows([999_999])
        guard case .category(let codes, let kept) = single.columns[0].values else { return }
        #expect(codes == [0] && kept == ["id999999"])
    }

    @Test func missingAndNegativeZeroAreCleaned() throws {
        #expect(EncodedTable.clean(.infinity).isNaN)
        #expect(EncodedTable.clean(-.infinity).isNaN)
        #expect(EncodedTable.clean(-0.0).sign == .plus)
        #expect(FeatureValue(number: .nan) == .missing)
        #expect(FeatureValue(number: -0.0).description == "0")
        #expect(FeatureValue.number(2.5).description == "2.5")
        #expect(FeatureValue.level("x").description == "x")
        #expect(FeatureValue.missing.description == "missing")
    }

    @Test func tablesThatDoNotFitTogetherAreRefused() throws {
        #expect(throws: ChurnModelError.self) {
            try FeatureTable(columns: [FeatureColumn(name: "", values: .double([1]))])
        }
        #expect(throws: ChurnModelError.self) {
            try FeatureTable(columns: [
                FeatureColumn(name: "a", values: .double([1])), FeatureColumn(name: "a", values: .double([2])),
            ])
        }
        #expect(throws: ChurnModelError.self) {
            try FeatureTable(columns: [
                FeatureColumn(name: "a", values: .double([1])), FeatureColumn(name: "b", values: .float([2, 3])),
            ])
        }
        #expect(throws: ChurnModelError.self) {
            try FeatureTable(columns: [FeatureColumn(name: "a", values: .category(codes: [1], levels: ["x"]))])
        }
        let table = try FeatureTable(columns: [
            FeatureColumn(name: "a", values: .double([1, 2])), FeatureColumn(name: "b", texts: ["x", nil]),
        ])
        #expect(table.column(named: "b")?.isCategory == true)
        #expect(table.column(named: "c") == nil)
        #expect(table.column(named: "b")?.value(row: 1) == .missing)
        #expect(table.dropping(["a"]).columns.map(\.name) == ["b"])
        let encoder = FeatureEncoder(fittedTo: table)
        #expect(throws: ChurnModelError.self) { try encoder.encode(table.dropping(["a"])) }
        let swapped = try FeatureTable(columns: [
            FeatureColumn(name: "a", texts: ["x", "y"]), FeatureColumn(name: "b", values: .double([1, 2])),
        ])
        #expect(throws: ChurnModelError.self) { try encoder.encode(swapped) }
        #expect(throws: ChurnModelError.self) { try encoder.encode(swapped.dropping(["a"])) }
        let half = try FeatureTable(columns: [
            FeatureColumn(name: "a", values: .double([1, 2])), FeatureColumn(name: "b", values: .double([1, 2])),
        ])
        #expect(throws: ChurnModelError.self) { try encoder.encode(half) }
    }

    @Test func trainingDataThatDoNotFitTogetherAreRefused() throws {
        let table = try FeatureTable(columns: [FeatureColumn(name: "a", values: .double([1, 2]))])
        let labels = [true, false]
        let groups: [UInt64] = [1, 2]
        #expect(throws: ChurnModelError.self) { try TrainingData(table: table, labels: [true], groups: groups) }
        #expect(throws: ChurnModelError.self) { try TrainingData(table: table, labels: labels, groups: [1]) }
        #expect(throws: ChurnModelError.self) {
            try TrainingData(table: table, labels: labels, groups: groups, snapshots: [0, -1])
        }
        #expect(throws: ChurnModelError.self) {
            try TrainingData(table: table, labels: labels, groups: groups, snapshots: [0, 2], snapshotDays: [1, 2])
        }
        #expect(throws: ChurnModelError.self) {
            try TrainingData(table: table, labels: labels, groups: groups, snapshots: [0, 1], snapshotDays: [2, 1])
        }
        #expect(throws: ChurnModelError.self) {
            try TrainingData(table: table, labels: labels, groups: groups, baselineScores: [0, .nan])
        }
        let error = ChurnModelError.invalidTrainingData("x")
        #expect(error.description == "training data refused: x")
    }
}
