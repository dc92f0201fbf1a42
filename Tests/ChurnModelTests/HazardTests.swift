import Glibc
import Testing

@testable import ChurnModel

struct HazardTests {
    /// Customers with a monthly risk that falls with age and rises with a feature; observed for up to 36 months.
    private func survival(_ count: Int, seed: UInt64) throws -> SurvivalData {
        var generator = SplitMix64(seed: seed)
        func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
        var load: [Double] = []
        var plan: [String?] = []
        var exits: [Int] = []
        var entries: [Int] = []
        var churned: [Bool] = []
        for _ in 0..<count {
            let value = uniform() * 2 - 1
            let isYearly = uniform() < 0.5
            let entry = Int(uniform() * 5)
            let end = entry + Int(uniform() * 36)
            var month = entry
            var isChurned = false
            while month < end {
                month += 1
                let margin = -2.5 + value - 0.3 * log(1 + Double(month)) - (isYearly ? 0.8 : 0)
                if uniform() < 1 / (1 + exp(-margin)) {
                    isChurned = true
                    break
                }
            }
            load.append(uniform() < 0.05 ? .nan : value)
            plan.append(isYearly ? "yearly" : "monthly")
            entries.append(entry)
            exits.append(month)
            churned.append(isChurned)
        }
        let table = try FeatureTable(columns: [
            FeatureColumn(name: "load", values: .double(load)), FeatureColumn(name: "plan", texts: plan),
        ])
        return try SurvivalData(table: table, entryMonths: entries, exitMonths: exits, churned: churned)
    }

    /// The model must equal a logistic regression on the written-out person-months with the time functions as columns.
    @Test func equalsLogisticRegressionOnPersonMonths() throws {
        let data = try survival(400, seed: 1)
        let model = try HazardModel.fit(data)
        var rows: [Int] = []
        var months: [Int] = []
        var labels: [Bool] = []
        for row in 0..<data.table.rowCount {
            for month in data.entryMonths[row]..<data.exitMonths[row] {
                rows.append(row)
                months.append(month + 1)
                labels.append(data.churned[row] && month + 1 == data.exitMonths[row])
            }
        }
        let basis = months.map(TimeBasis.values)
        let times = (0..<TimeBasis.count).map { index in
            FeatureColumn(name: "time\(index)", values: .double(basis.map { $0[index] }))
        }
        // The median that stands in for missing values is taken over customers, not over their months.
        var filled = data.table.rows(rows).columns
        let load = try #require(model.features.terms.first { !$0.isMissingFlag && $0.feature == 0 })
        if case .double(let values) = filled[0].values {
            filled[0] = FeatureColumn(name: "load", values: .double(values.map { $0.isNaN ? load.fill : $0 }))
            filled.append(
                FeatureColumn(name: "load_missing", values: .double(values.map { $0.isNaN ? 1 : 0 }))
            )
        }
        let long = try TrainingData(
            table: FeatureTable(columns: filled + times), labels: labels, groups: rows.map { UInt64($0) }
        )
        let regression = try LogisticRegression.fit(long)
        let margins = try regression.margins(long.table)
        let hazards = try model.hazards(
            data.table.rows(rows), completedMonths: months.map { $0 - 1 }, monthsAhead: 1
        )
        for (hazard, margin) in zip(hazards, margins) {
            #expect(abs(hazard[0] - 1 / (1 + exp(-margin))) < 1e-8)
        }
    }

    @Test func survivalIsTheProductAndFalls() throws {
        let data = try survival(500, seed: 2)
        let model = try HazardModel.fit(data, threadCount: 2)
        #expect(model == (try HazardModel.fit(data)))
        let head = data.table.rows([0, 1, 2])
        let hazards = try model.hazards(head, completedMonths: [0, 6, 100], monthsAhead: 60)
        let survival = try model.survival(head, completedMonths: [0, 6, 100], monthsAhead: 60)
        for (chances, curve) in zip(hazards, survival) {
            var product = 1.0
            for (chance, alive) in zip(chances, curve) {
                #expect(chance > 0 && chance < 1)
                product *= 1 - chance
                #expect(abs(product - alive) < 1e-12)
            }
        }
        let medians = try model.medianMonthsToChurn(head, completedMonths: [0, 0, 0], monthsMax: 600)
        let long = try model.survival(head, completedMonths: [0, 0, 0], monthsAhead: 600)
        for (median, curve) in zip(medians, long) {
            let months = try #require(median)
            #expect(curve[months - 1] < 0.5)
            #expect(months == 1 || curve[months - 2] >= 0.5)
        }
        let soon = try model.medianMonthsToChurn(head, completedMonths: [0, 0, 0], monthsMax: 0)
        #expect(soon == [nil, nil, nil])
    }

    /// The outlook of one client against the curve in steps of a hundredth of a month, the risk of a month spread evenly.
    @Test func theOutlookFollowsTheCurve() throws {
        let data = try survival(500, seed: 7)
        let model = try HazardModel.fit(data)
        let time = TimeToChurn(model, monthsAhead: 48)
        #expect(time.columns == ["load", "plan"])
        var medians = 0
        for (row, completed) in zip(stride(from: 0, to: 500, by: 17), [0, 3, 30, 200].cycled()) {
            let head = data.table.rows([row])
            let months = try model.medianMonthsToChurn(head, completedMonths: [completed], monthsMax: 48)[0]
            let curve = try [1] + model.survival(head, completedMonths: [completed], monthsAhead: 48)[0]
            let outlook = try time.outlook(model.encoder.values(head, row: 0), completedMonths: completed)
            #expect(outlook.medianMonths.map { Int($0.rounded(.up)) } == months)
            func alive(_ time: Double) -> Double {
                let month = min(47, Int(time))
                return curve[month] * pow(curve[month + 1] / curve[month], time - Double(month))
            }
            if let median = outlook.medianMonths {
                #expect(abs(alive(median) - 0.5) < 1e-9)
                medians += 1
            }
            let area = (0..<4_800).reduce(0.0) { $0 + alive((Double($1) + 0.5) / 100) / 100 }
            #expect(abs(outlook.meanMonths - area) < 1e-3)
        }
        #expect(medians > 5)
        #expect(throws: ChurnModelError.self) { try time.outlook([], completedMonths: 0) }
    }

    @Test func ranksCustomersByRisk() throws {
        let data = try survival(1_500, seed: 3)
        let model = try HazardModel.fit(data)
        let survival = try model.survival(
            data.table, completedMonths: [Int](repeating: 0, count: 1_500), monthsAhead: 12
        )
        let risks = survival.map { 1 - ($0.last ?? 1) }
        let index = try #require(
            SurvivalQuality.concordance(durations: data.exitMonths, churned: data.churned, risks: risks)
        )
        #expect(index > 0.6)
    }

    @Test func theWideSolverAgrees() throws {
        let data = try survival(300, seed: 4)
        var settings = LogisticSettings()
        let newton = try HazardModel.fit(data, settings: settings)
        settings.newtonColumnsMax = 1
        let limited = try HazardModel.fit(data, settings: settings)
        for (first, second) in zip(newton.features.terms, limited.features.terms) {
            #expect(abs(first.coefficient - second.coefficient) < 1e-5)
        }
    }

    @Test func concordanceCountsPairs() throws {
        var generator = SplitMix64(seed: 5)
        let durations = (0..<80).map { _ in Int(generator.next() % 12) }
        let churned = (0..<80).map { _ in generator.next() % 2 == 0 }
        let risks = (0..<80).map { _ in Double(generator.next() % 9) }
        var pairs = 0.0
        var agreeing = 0.0
        for first in 0..<80 where churned[first] {
            for second in 0..<80 where first != second {
                let isLater =
                    durations[second] > durations[first] || durations[second] == durations[first] && !churned[second]
                guard isLater else { continue }
                pairs += 1
                agreeing += risks[first] > risks[second] ? 1 : risks[first] == risks[second] ? 0.5 : 0
            }
        }
        let index = try #require(SurvivalQuality.concordance(durations: durations, churned: churned, risks: risks))
        #expect(abs(index - agreeing / pairs) < 1e-12)
        #expect(SurvivalQuality.concordance(durations: [1], churned: [false], risks: [1]) == nil)
        #expect(SurvivalQuality.concordance(durations: [1], churned: [], risks: [1]) == nil)
    }

    /// Without censoring the weighted Brier score is the plain one; with it, one case by hand.
    @Test func weightedBrierByHand() throws {
        let plain = try #require(
            SurvivalQuality.brier(
                month: 2, durations: [1, 2, 3, 4], churned: [true, true, true, true], survival: [0.5, 0.5, 0.9, 0.8]
            )
        )
        #expect(abs(plain - (0.25 + 0.25 + 0.01 + 0.04) / 4) < 1e-12)
        // One of four is censored in month 1: those observed longer count for 1 / (3/4).
        let weighted = try #require(
            SurvivalQuality.brier(
                month: 2, durations: [1, 2, 3, 4], churned: [false, true, true, true], survival: [0.5, 0.5, 0.9, 0.8]
            )
        )
        #expect(abs(weighted - (0.25 + 0.01 + 0.04) / 0.75 / 4) < 1e-12)
        #expect(SurvivalQuality.brier(month: 5, durations: [1], churned: [false], survival: [0.5]) != nil)
        #expect(SurvivalQuality.brier(month: 5, durations: [], churned: [], survival: []) == nil)
    }

    @Test func oddInputIsRefused() throws {
        let table = try FeatureTable(columns: [FeatureColumn(name: "a", values: .double([1, 2]))])
        #expect(throws: ChurnModelError.self) { try SurvivalData(table: table, exitMonths: [1], churned: [true]) }
        #expect(throws: ChurnModelError.self) {
            try SurvivalData(table: table, entryMonths: [3, 0], exitMonths: [2, 1], churned: [true, true])
        }
        let few = try SurvivalData(table: table, exitMonths: [1, 5], churned: [true, false])
        #expect(throws: ChurnModelError.self) { try HazardModel.fit(few) }
        let data = try survival(300, seed: 6)
        var allGone = TrainingGate()
        allGone.negativesMin = 1_000_000
        #expect(throws: ChurnModelError.self) { try HazardModel.fit(data, gate: allGone) }
        let model = try HazardModel.fit(data)
        #expect(throws: ChurnModelError.self) {
            try model.hazards(data.table, completedMonths: [1], monthsAhead: 3)
        }
        #expect(throws: ChurnModelError.self) {
            try model.survival(table, completedMonths: [1, 2], monthsAhead: 3)
        }
    }
}

extension [Int] {
    /// The numbers again and again.
    fileprivate func cycled() -> some Sequence<Int> { (0..<1_000).lazy.map { self[$0 % count] } }
}
