import Testing

@testable import ChurnModel

struct ExplanationTests {
    private func models() throws -> (TrainingData, [FittedChurnModel]) {
        let data = try SyntheticChurn.data(rows: 1_200, seed: 1)
        var settings = SyntheticChurn.quickSettings
        let models = try [ChurnModelSettings.Candidates.boostedOnly, .logisticOnly].map { candidates in
            settings.candidates = candidates
            return try fit(data, settings: settings)
        }
        return (data, models)
    }

    @Test func contributionsAddUpAndAreRanked() throws {
        let (data, models) = try models()
        for model in models {
            let margins = try model.margins(data.table)
            let probabilities = try model.predict(data.table)
            let explanations = try model.explain(data.table, rows: Array(0..<60), threadCount: 2)
            for (row, explanation) in explanations.enumerated() {
                let sum = explanation.contributions.reduce(explanation.base) { $0 + $1.contribution }
                #expect(abs(sum - margins[row]) < 1e-9)
                #expect(abs(explanation.margin - margins[row]) < 1e-9)
                #expect(abs(explanation.probability - probabilities[row]) < 1e-9)
                let sizes = explanation.contributions.map { abs($0.contribution) }
                #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 >= $1 })
                #expect(Set(explanation.contributions.map(\.feature)) == Set(data.table.columns.map(\.name)))
                for contribution in explanation.contributions {
                    #expect(contribution.value == data.table.column(named: contribution.feature)?.value(row: row))
                }
            }
        }
    }

    @Test func importanceIgnoresWhatTheModelIgnores() throws {
        let (_, models) = try models()
        let copy = try #require(models[0].report.importance.first { $0.feature == "days_again" })
        #expect(copy.meanAbsoluteContribution == 0 && copy.permutationDrop == 0 && copy.permutationSpread == 0)
        let used = try #require(models[0].report.importance.first { $0.feature == "days_since_last_login" })
        #expect(used.permutationDrop > 0.01)
    }

    /// Every answer is checked against a plain search over many values of the feature.
    @Test func whatWouldHelpFindsTheLowestProbability() throws {
        let (data, models) = try models()
        for model in models {
            for row in stride(from: 0, to: 60, by: 6) {
                let answers = try model.whatWouldHelp(data.table, row: row)
                let current = try model.predict(data.table)[row]
                let encoded = try model.encoder.encode(data.table.rows([row]))
                let vector = model.encoder.featureVector(encoded, row: 0)
                #expect(zip(answers, answers.dropFirst()).allSatisfy { $0.marginChange <= $1.marginChange })
                for answer in answers {
                    #expect(answer.proposedProbability < answer.currentProbability)
                    #expect(abs(answer.currentProbability - current) < 1e-9)
                    #expect(answer.feature != "has_complaint")
                    let position = try #require(model.encoder.sources.firstIndex { $0.name == answer.feature })
                    func margin(_ value: FeatureValue) -> Double {
                        var changed = vector
                        changed.replaceSubrange(
                            model.encoder.featureRanges[position],
                            with: model.encoder.features(of: value, source: position)
                        )
                        return model.estimator.margin(changed)
                    }
                    let reached = margin(answer.proposed)
                    #expect(abs(model.probability(reached) - answer.proposedProbability) < 1e-9)
                    if let range = model.profile.sources[position].range {
                        for step in 0...200 {
                            let value = range.lowerBound + Double(step) / 200 * (range.upperBound - range.lowerBound)
                            let isWhole = model.profile.sources[position].isIntegral
                            #expect(margin(.number(isWhole ? value.rounded() : value)) >= reached - 1e-8)
                        }
                    }
                }
            }
        }
    }

    @Test func whatWouldHelpCanBeAskedForNamedFeatures() throws {
        let (data, models) = try models()
        let named = try models[0].whatWouldHelp(data.table, row: 3, features: ["has_complaint"])
        #expect(named.allSatisfy { $0.feature == "has_complaint" })
        #expect(throws: ChurnModelError.self) {
            try models[0].whatWouldHelp(data.table, row: 3, features: ["nothing"])
        }
    }

    @Test func nearestValuesAreReadableAndInside() {
        let wide = -1_000.0...1_000
        #expect(NearestValue.find(above: 3.26, upTo: 9, range: wide, origin: 1, isIntegral: false) == 3.3)
        #expect(NearestValue.find(above: 3.5, upTo: 9.5, range: wide, origin: 1, isIntegral: true) == 4)
        #expect(NearestValue.find(above: 3.5, upTo: 9.5, range: wide, origin: 20, isIntegral: true) == 9)
        #expect(NearestValue.find(above: 3.5, upTo: 3.7, range: wide, origin: 20, isIntegral: true) == nil)
        #expect(NearestValue.find(above: 3, upTo: 9, range: wide, origin: 20, isIntegral: false) == 9)
        #expect(NearestValue.find(above: 3, upTo: 9, range: wide, origin: 5, isIntegral: false) == 5)
        #expect(NearestValue.find(above: -.infinity, upTo: 9, range: 0...20, origin: -4, isIntegral: false) == 0)
        #expect(NearestValue.find(above: 30, upTo: .infinity, range: 0...20, origin: 1, isIntegral: false) == nil)
        let narrow = NearestValue.find(above: 1, upTo: 1.0.nextUp, range: wide, origin: 0, isIntegral: false)
        #expect(narrow == 1.0.nextUp)
    }
}
