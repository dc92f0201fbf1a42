import Testing

@testable import ChurnModel

struct PersistenceTests {
    private func model(_ candidates: ChurnModelSettings.Candidates, rows: Int = 900) throws -> FittedChurnModel {
        var settings = SyntheticChurn.quickSettings
        settings.candidates = candidates
        settings.boosting.roundsMax = 6
        settings.labelDefinition = LabelDefinition(kind: .inactivity, horizonDays: 30, population: "alle Kunden")
        return try fit(try SyntheticChurn.data(rows: rows, seed: 1), settings: settings)
    }

    @Test(arguments: [ChurnModelSettings.Candidates.boostedOnly, .logisticOnly])
    func everythingComesBack(candidates: ChurnModelSettings.Candidates) throws {
        let model = try model(candidates)
        let bytes = model.encoded()
        let decoded = try FittedChurnModel(decoding: bytes)
        #expect(decoded == model)
        #expect(decoded.encoded() == bytes)
        let data = try SyntheticChurn.data(rows: 200, seed: 2)
        let (before, after) = (try model.predict(data.table), try decoded.predict(data.table))
        #expect(LeakCheck.firstDifference(before, after) == nil)
        #expect(bytes.count < 40_000)
    }

    @Test func aPlattModelWithoutTimesComesBack() throws {
        let data = try SyntheticChurn.data(rows: 600, seed: 3)
        let plain = try TrainingData(table: data.table, labels: data.labels, groups: data.groups)
        var settings = SyntheticChurn.quickSettings
        settings.importanceRowsMax = 0
        let model = try fit(plain, settings: settings)
        #expect(model.report.baseline == nil && model.report.windows[0].day == nil)
        #expect(try FittedChurnModel(decoding: model.encoded()) == model)
        settings.calibration = .none
        let raw = try fit(plain, settings: settings)
        #expect(try FittedChurnModel(decoding: raw.encoded()) == raw)
    }

    @Test func hazardModelsComeBack() throws {
        let data = try SyntheticChurn.data(rows: 300, seed: 4)
        let survival = try SurvivalData(
            table: data.table, exitMonths: (0..<300).map { 1 + $0 % 30 }, churned: data.labels
        )
        let model = try HazardModel.fit(survival)
        let bytes = model.encoded()
        #expect(try HazardModel(decoding: bytes) == model)
        #expect(throws: ChurnModelError.self) { try FittedChurnModel(decoding: bytes) }
        for length in stride(from: 0, to: bytes.count, by: 17) {
            #expect(throws: ChurnModelError.self) { try HazardModel(decoding: Array(bytes.prefix(length))) }
        }
        exhaust(bytes, mark: SealedBytes.hazardMark, seed: 2) { _ = try HazardModel(decoding: $0) }
    }

    @Test func damageIsNoticed() throws {
        let bytes = try model(.boostedOnly).encoded()
        for position in stride(from: 0, to: bytes.count, by: 97) {
            var damaged = bytes
            damaged[position] ^= 1 << UInt8(position % 8)
            #expect(throws: ChurnModelError.self) { try FittedChurnModel(decoding: damaged) }
        }
        for length in stride(from: 0, to: bytes.count, by: 331) {
            #expect(throws: ChurnModelError.self) { try FittedChurnModel(decoding: Array(bytes.prefix(length))) }
        }
        #expect(throws: ChurnModelError.self) { try FittedChurnModel(decoding: []) }
        #expect(throws: ChurnModelError.self) { try FittedChurnModel(decoding: bytes + [0]) }
    }

    @Test func otherVersionsAreNamed() throws {
        let bytes = SealedBytes.seal([1, 2, 3], mark: SealedBytes.churnMark, version: 99)
        do throws(ChurnModelError) {
            _ = try FittedChurnModel(decoding: bytes)
            Issue.record("version 99 must be refused")
        } catch {
            #expect(error.description.contains("version 99"))
        }
    }

    /// Damaged content under a right checksum: any answer but a crash will do, and what is accepted must be usable.
    @Test(arguments: [ChurnModelSettings.Candidates.boostedOnly, .logisticOnly])
    func forgedContentNeverCrashes(candidates: ChurnModelSettings.Candidates) throws {
        let bytes = try model(candidates, rows: 500).encoded()
        let table = try SyntheticChurn.data(rows: 3, seed: 9).table
        exhaust(bytes, mark: SealedBytes.churnMark, seed: 1) { forged in
            let model = try FittedChurnModel(decoding: forged)
            guard let probabilities = try? model.predict(table) else { return }
            #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
            _ = try? model.explain(table, row: 0)
            _ = try? model.whatWouldHelp(table, row: 0)
            _ = try? model.inputDrift(table)
        }
    }

    private func exhaust(_ bytes: [UInt8], mark: [UInt8], seed: UInt64, decode: ([UInt8]) throws -> Void) {
        var generator = SplitMix64(seed: seed)
        let content = Array(bytes.dropFirst(mark.count + 3).dropLast(8))
        var refused = 0
        for _ in 0..<400 {
            var forged = content
            for _ in 0...(generator.next() % 3) {
                let position = Int(generator.next() % UInt64(forged.count))
                switch generator.next() % 4 {
                case 0: forged[position] = UInt8(truncatingIfNeeded: generator.next())
                case 1: forged[position] = 0xFF
                case 2: forged.remove(at: position)
                default: forged.insert(UInt8(truncatingIfNeeded: generator.next()), at: position)
                }
            }
            do {
                try decode(SealedBytes.seal(forged, mark: mark, version: 1))
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test func forgedTreesAreRefused() throws {
        func decode(_ nodes: [DecisionTree.Node]) throws(ChurnModelError) -> DecisionTree {
            var writer = ByteWriter()
            writer.write(DecisionTree(nodes: nodes))
            var reader = ByteReader(writer.bytes)
            return try reader.read()
        }
        func split(left: Int32, cover: Int32 = 10) -> DecisionTree.Node {
            DecisionTree.Node(
                feature: 0, bin: 1, threshold: 0, missingLeft: false, left: left, right: left + 1, value: 0,
                cover: cover
            )
        }
        let leaf = DecisionTree.Node.leaf(value: 1, cover: 5)
        #expect(try decode([split(left: 1), leaf, leaf]).nodes.count == 3)
        let wrong: [[DecisionTree.Node]] = [
            [], [split(left: 0), leaf, leaf], [split(left: 2), leaf, leaf], [split(left: 1, cover: 11), leaf, leaf],
            [split(left: 1), leaf, leaf, leaf], [.leaf(value: 1, cover: 0)], [.leaf(value: 1e13, cover: 1)],
            [.leaf(value: .nan, cover: 1)],
        ]
        for nodes in wrong { #expect(throws: ChurnModelError.self) { try decode(nodes) } }
        // Leaves and splits alternate: the split of a level is the right child of the one before.
        var deep: [DecisionTree.Node] = [split(left: 1, cover: 100)]
        for level in 1..<70 {
            deep.append(.leaf(value: 0, cover: 1))
            deep.append(split(left: Int32(2 * level + 1), cover: Int32(100 - level)))
        }
        deep.append(.leaf(value: 0, cover: 1))
        deep.append(.leaf(value: 0, cover: 30))
        #expect(throws: ChurnModelError.self) { try decode(deep) }
    }

    @Test func numbersOfVariableLengthComeBack() throws {
        for number in [0, 1, -1, 63, -64, 64, 300, -70_000, .max, .min] {
            var writer = ByteWriter()
            writer.write(number)
            var reader = ByteReader(writer.bytes)
            let back: Int = try reader.read()
            #expect(back == number)
            #expect(reader.remaining == 0)
        }
        var long = ByteReader([UInt8](repeating: 0xFF, count: 12))
        #expect(throws: ChurnModelError.self) { try long.readUnsigned() }
        var flag = ByteReader([7])
        #expect(throws: ChurnModelError.self) { try Bool(from: &flag) }
        var text = ByteReader([2, 0xC3, 0x28])
        #expect(throws: ChurnModelError.self) { try String(from: &text) }
        var list = ByteReader([200, 1, 0])
        #expect(throws: ChurnModelError.self) { try [Int](from: &list) }
    }
}
