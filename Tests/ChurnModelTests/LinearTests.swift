import Glibc
import Testing

@testable import ChurnModel

struct LinearTests {
    /// The gradient of the penalised objective at the solution, computed afresh from the definition.
    private func gradientNorm(_ data: TrainingData, _ fitted: LogisticRegression.Fitted) throws -> Double {
        let margins = try fitted.margins(data.table)
        let encoded = try fitted.encoder.encode(data.table)
        let rows = (0..<data.rowCount).map { fitted.encoder.featureVector(encoded, row: $0) }
        let residuals = zip(margins, data.labels).map { 1 / (1 + exp(-$0)) - ($1 ? 1 : 0) }
        var squares = pow(residuals.reduce(0, +), 2)
        for term in fitted.model.terms {
            var sum = term.coefficient
            for row in rows.indices {
                sum += residuals[row] * (term.column(rows[row][term.feature]) - term.mean) / term.scale
            }
            squares += sum * sum
        }
        return squares.squareRoot()
    }

    @Test func newtonReachesTheOptimum() throws {
        let data = try SyntheticChurn.data(rows: 1_000, seed: 1)
        let fitted = try LogisticRegression.fit(data)
        #expect(try gradientNorm(data, fitted) < 1e-7)
        #expect(fitted.model.terms.contains { $0.isMissingFlag })
    }

    @Test func bothSolversAgree() throws {
        let data = try SyntheticChurn.data(rows: 800, seed: 2)
        var settings = LogisticSettings()
        let newton = try LogisticRegression.fit(data, settings: settings)
        settings.newtonColumnsMax = 1
        let limited = try LogisticRegression.fit(data, settings: settings)
        for (first, second) in zip(newton.model.terms, limited.model.terms) {
            #expect(abs(first.coefficient - second.coefficient) < 1e-6)
        }
        #expect(abs(newton.model.intercept - limited.model.intercept) < 1e-6)
    }

    @Test func threadsDoNotChangeABit() throws {
        let data = try SyntheticChurn.data(rows: 2_500, seed: 3)
        let single = try LogisticRegression.fit(data)
        let many = try LogisticRegression.fit(data, threadCount: 3)
        #expect(single.model == many.model)
    }

    /// One 0/1 column without penalty to speak of: the coefficients are the log-odds of the two groups.
    @Test func aFlagGivesTheLogOddsOfItsGroups() throws {
        let flags = (0..<400).map { $0 < 100 ? 1.0 : 0.0 }
        let labels = (0..<400).map { $0 < 60 || (100..<160).contains($0) }
        let data = try TrainingData(
            table: FeatureTable(columns: [FeatureColumn(name: "flag", values: .double(flags))]), labels: labels,
            groups: (0..<400).map { UInt64($0) }
        )
        var settings = LogisticSettings()
        settings.inversePenalty = 1e9
        let margins = try LogisticRegression.fit(data, settings: settings).margins(data.table)
        #expect(abs(margins[0] - log(0.6 / 0.4)) < 1e-6)
        #expect(abs(margins[399] - log(0.2 / 0.8)) < 1e-6)
    }

    @Test func separableDataStayFinite() throws {
        let values = (0..<200).map { Double($0) }
        let data = try TrainingData(
            table: FeatureTable(columns: [
                FeatureColumn(name: "x", values: .double(values)), FeatureColumn(name: "y", values: .double(values)),
                FeatureColumn(name: "constant", values: .double([Double](repeating: 3, count: 200))),
                FeatureColumn(name: "empty", values: .double([Double](repeating: .nan, count: 200))),
            ]),
            labels: values.map { $0 >= 100 }, groups: (0..<200).map { UInt64($0) }
        )
        let fitted = try LogisticRegression.fit(data)
        #expect(fitted.model.terms.count == 2)
        #expect(abs(fitted.model.terms[0].coefficient - fitted.model.terms[1].coefficient) < 1e-6)
        let margins = try fitted.margins(data.table)
        #expect(margins.allSatisfy { $0.isFinite })
    }

    @Test func settingsAreChecked() throws {
        let data = try SyntheticChurn.data(rows: 100, seed: 1)
        let changes: [(inout LogisticSettings) -> Void] = [
            { $0.inversePenalty = 0 }, { $0.gradientNormMax = 0 }, { $0.newtonColumnsMax = 0 },
            { $0.iterationsMax = 0 },
        ]
        for change in changes {
            var settings = LogisticSettings()
            change(&settings)
            #expect(throws: ChurnModelError.self) { try LogisticRegression.fit(data, settings: settings) }
        }
    }

    @Test func choleskySolvesAndRefuses() throws {
        let solution = try #require(Cholesky.solve([4, 2, 2, 3], [2, 5], dimension: 2))
        #expect(abs(solution[0] + 0.5) < 1e-12 && abs(solution[1] - 2) < 1e-12)
        #expect(Cholesky.solve([-1, 0, 0, -1], [1, 1], dimension: 2) == nil)
        // Singular, but solvable with a small ridge.
        #expect(Cholesky.solve([1, 1, 1, 1], [1, 1], dimension: 2) != nil)
    }
}
