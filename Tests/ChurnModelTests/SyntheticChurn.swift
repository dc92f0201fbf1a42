import Glibc

@testable import ChurnModel

/// Made customers whose churn depends on some of their features.
enum SyntheticChurn {
    /// Numbers with missing values, a flag, a category with missing values, and a copy of the first column.
    static func data(rows: Int, seed: UInt64, snapshots: Int = 1, missingShare: Double = 0.1) throws -> TrainingData {
        var generator = SplitMix64(seed: seed)
        func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
        func normal() -> Double {
            (-2 * log(max(uniform(), 1e-300))).squareRoot() * cos(2 * .pi * uniform())
        }
        var recency: [Double] = []
        var logins: [Double] = []
        var spend: [Double] = []
        var flag: [Double] = []
        var plan: [String?] = []
        var labels: [Bool] = []
        let plans = ["monthly", "yearly", "trial"]
        for _ in 0..<rows {
            let days = (uniform() * 90).rounded()
            let count = (exp(normal()) * 4).rounded()
            let amount = uniform() < missingShare ? Double.nan : 50 + 20 * normal()
            let isFlagged = uniform() < 0.3
            let kind = Int(generator.next() % 3)
            var margin = -1.2 + 0.03 * (days - 45) - 0.08 * count + (isFlagged ? 0.7 : 0)
            margin += kind == 2 ? 0.9 : 0
            margin += amount.isNaN ? 0.4 : abs(amount - 50) / 40
            recency.append(days)
            logins.append(count)
            spend.append(amount)
            flag.append(isFlagged ? 1 : 0)
            plan.append(uniform() < missingShare / 2 ? nil : plans[kind])
            labels.append(uniform() < 1 / (1 + exp(-margin)))
        }
        let table = try FeatureTable(columns: [
            FeatureColumn(name: "days_since_last_login", unit: "days", isActionable: true, values: .double(recency)),
            FeatureColumn(name: "logins_28d", isActionable: true, values: .float(logins.map { Float($0) })),
            FeatureColumn(name: "spend_28d", unit: "EUR", isActionable: true, values: .double(spend)),
            FeatureColumn(name: "has_complaint", values: .double(flag)),
            FeatureColumn(name: "plan", isActionable: true, texts: plan),
            FeatureColumn(name: "days_again", values: .double(recency)),
        ])
        return try TrainingData(
            table: table,
            labels: labels,
            groups: (0..<rows).map { CustomerHash.hash("customer \($0 / max(1, snapshots))") },
            snapshots: (0..<rows).map { $0 % max(1, snapshots) },
            snapshotDays: (0..<max(1, snapshots)).map { 19_000 + 30 * $0 },
            baselineScores: recency
        )
    }

    /// Settings that keep debug test runs short.
    static var quickBoosting: BoostingSettings {
        var settings = BoostingSettings()
        settings.roundsMax = 40
        settings.learningRate = 0.15
        settings.leavesMax = 8
        settings.patienceRounds = 10
        settings.binsMax = 64
        return settings
    }

    static var quickSettings: ChurnModelSettings {
        var settings = ChurnModelSettings()
        settings.boosting = quickBoosting
        settings.foldCount = 3
        settings.importanceRowsMax = 200
        settings.importancePermutations = 2
        settings.labelDefinition.horizonDays = 30
        return settings
    }
}
