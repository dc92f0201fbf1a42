import Glibc
import Testing

@testable import ChurnModel

struct DriftTests {
    @Test func theIndexByHand() {
        // Half a row is added to each of the two bins.
        let then = (50.5 / 101, 50.5 / 101)
        let now = (80.5 / 101, 20.5 / 101)
        let expected = (now.0 - then.0) * log(now.0 / then.0) + (now.1 - then.1) * log(now.1 / then.1)
        #expect(abs(InputDrift.populationStabilityIndex(then: [50, 50], now: [80, 20]) - expected) < 1e-12)
        #expect(InputDrift.populationStabilityIndex(then: [5, 5], now: [5, 5]) == 0)
        #expect(InputDrift.populationStabilityIndex(then: [5, 0], now: [5, 0]) == 0)
    }

    @Test func movedInputsAreFoundAndOthersAreNot() throws {
        let data = try SyntheticChurn.data(rows: 1_500, seed: 1)
        let model = try fit(data, settings: SyntheticChurn.quickSettings)
        let same = try SyntheticChurn.data(rows: 1_000, seed: 2)
        for drift in try model.inputDrift(same.table) { #expect(drift.level == .stable) }
        let moved = try FeatureTable(
            columns: same.table.columns.map { column in
                switch column.name {
                case "days_since_last_login":
                    guard case .double(let values) = column.values else { return column }
                    return FeatureColumn(name: column.name, values: .double(values.map { $0 * 0.3 }))
                case "spend_28d":
                    guard case .double(let values) = column.values else { return column }
                    let half = values.enumerated().map { $0.offset % 3 == 0 ? Double.nan : $0.element }
                    return FeatureColumn(name: column.name, values: .double(half))
                case "plan":
                    return FeatureColumn(name: column.name, texts: [String?](repeating: "lifetime", count: 1_000))
                default: return column
                }
            }
        )
        let drifts = try model.inputDrift(moved)
        let levels = Dictionary(uniqueKeysWithValues: drifts.map { ($0.feature, $0.level) })
        #expect(levels["days_since_last_login"] == .major)
        #expect(levels["plan"] == .major)
        #expect(levels["logins_28d"] == .stable)
        let spend = try #require(drifts.first { $0.feature == "spend_28d" })
        #expect(spend.missingShareNow > 0.35 && spend.missingShareThen < 0.15)
        #expect(spend.level != .stable)
    }

    private func window(_ count: Int, seed: UInt64, slope: Double, shift: Double) -> ([Double], [Bool]) {
        var generator = SplitMix64(seed: seed)
        func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
        var probabilities: [Double] = []
        var labels: [Bool] = []
        for _ in 0..<count {
            let margin = 4 * uniform() - 3
            probabilities.append(1 / (1 + exp(-margin)))
            labels.append(uniform() < 1 / (1 + exp(-slope * margin - shift)))
        }
        return (probabilities, labels)
    }

    @Test func adviceFollowsTheKindOfDrift() throws {
        let (probabilities, labels) = window(3_000, seed: 1, slope: 1, shift: 0)
        let good = CalibrationDrift(probabilities: probabilities, labels: labels, validated: nil)
        #expect(good.advice == .keep && good.areaChange == nil)
        #expect((good.ratioLower...good.ratioUpper).contains(1))
        #expect(abs((good.slope ?? 0) - 1) < 0.2)
        let validated = try #require(good.report.areaUnderROC)

        let (lower, fewer) = window(3_000, seed: 2, slope: 1, shift: -1)
        let level = CalibrationDrift(probabilities: lower, labels: fewer, validated: validated)
        #expect(level.advice == .recentre && level.ratioUpper < 1)

        let (random, coins) = window(3_000, seed: 3, slope: 0, shift: -0.5)
        let ranking = CalibrationDrift(probabilities: random, labels: coins, validated: validated)
        #expect(ranking.advice == .retrain && ranking.statement.contains("ranks worse"))
        let spread = CalibrationDrift(probabilities: random, labels: coins, validated: nil)
        #expect(spread.advice == .retrain && spread.statement.contains("spread"))

        let few = CalibrationDrift(
            probabilities: [0.1, 0.2], labels: [false, false], validated: validated
        )
        #expect(few.advice == .wait && few.slope == nil)
    }

    @Test func aModelJudgesItsOwnWindow() throws {
        let model = try fit(try SyntheticChurn.data(rows: 1_200, seed: 5), settings: SyntheticChurn.quickSettings)
        let later = try SyntheticChurn.data(rows: 900, seed: 6)
        let drift = try model.calibrationDrift(later.table, labels: later.labels)
        #expect(drift.advice == .keep)
        #expect(drift.report.rows == 900)
    }
}
