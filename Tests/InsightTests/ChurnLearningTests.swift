import ChurnModel
import Records
import Testing

@testable import Assessment

@Suite struct ChurnLearningTests {
    @Test func theSameDaysGiveTheSameBytes() throws {
        let days = ChurnDays().make()
        let bytes = try ChurnDays.training().train(days).encoded()
        #expect(try ChurnDays.training().train(days.reversed().map { $0.shuffled() }).encoded() == bytes)
        #expect(try ChurnDays.training(threadCount: 2).train(days).encoded() == bytes)
        var other = ChurnDays()
        other.seed = 2
        #expect(try ChurnDays.training().train(other.make()).encoded() != bytes)
        let read = try ChurnModelBundle(decoding: bytes)
        #expect(read.encoded() == bytes)
        #expect(read.hasPassedGate && read.hazard != nil)
        // What says nothing or nothing new is left out, and said so.
        #expect(read.leftOut.contains("events_7d: the same for all"))
        for place in stride(from: 0, to: bytes.count, by: 997) {
            var damaged = bytes
            damaged[place] ^= 0x40
            #expect(throws: ChurnModelError.self) { try ChurnModelBundle(decoding: damaged) }
        }
    }

    /// Every snapshot whose label window reaches into the examined one is kept out of the examination.
    @Test func labelWindowsDoNotOverlap() throws {
        let bundle = try ChurnDays.training().train(ChurnDays().make())
        #expect(bundle.model.report.kind == .latestSnapshot)
        // Five days 30 apart, a horizon of 90: of the days before the latest two are over when it begins.
        #expect(bundle.model.report.statement.contains("trained on 1400 rows"))
        #expect(bundle.model.report.rows == 700)
        #expect(bundle.model.record.lastSnapshotDay == Int(ChurnDays.first.rawValue) + 120 + 1)
    }

    @Test func tooLittleIsRefusedInWords() {
        var few = ChurnDays()
        few.customers = 40
        few.dayCount = 1
        func refusal(_ days: [ChurnDay]) -> TrainingRefusal? {
            do {
                _ = try ChurnDays.training().train(days)
                return nil
            } catch {
                if case .refused(let refusal) = error { return refusal }
                return nil
            }
        }
        #expect(refusal(few.make())?.reason == .tooFewPositives)
        #expect(refusal(few.make())?.description.contains("risk rules rank the clients") == true)
        #expect(refusal([])?.reason == .noRows || refusal([])?.reason == .noFeatures)
        let day = ChurnDays().day(0)
        #expect(refusal([day.relabelled(day.churned.map { _ in false })])?.reason == .oneClassOnly)
        #expect(refusal([day.relabelled(day.churned.map { _ in true })])?.reason == .oneClassOnly)
        let blank = ClientFeatures(
            asOf: day.asOf, positions: day.features.positions,
            numbers: day.features.numbers.map { _ in .nan },
            categories: day.features.categories.map { .init(codes: $0.codes.map { _ in -1 }, names: []) })
        let nothing = ChurnDay(
            features: blank, customers: day.customers, churned: day.churned, daysToChurn: day.daysToChurn,
            rulesScores: day.rulesScores)
        #expect(refusal([nothing])?.reason == .nothingVaries)
    }

    /// The other leak test: labels dealt out anew inside each day cannot be foretold.
    @Test(arguments: 1...3)
    func shuffledLabelsTeachNothing(seed: UInt64) throws {
        var company = ChurnDays()
        company.seed = seed
        let days = company.make().enumerated().map { index, day in
            // The labels of another customer, far away in the list.
            day.relabelled(day.churned.indices.map { day.churned[($0 + 211 + 37 * index) % day.churned.count] })
        }
        let bundle = try ChurnDays.training().train(days)
        let area = try #require(bundle.model.report.chosen.areaUnderROC)
        #expect(abs(area.value - 0.5) <= 3 * area.standardError, "\(area)")
    }

    @Test func aModelThatRanksByChanceStaysOut() throws {
        var company = ChurnDays()
        company.signal = 0
        let bundle = try ChurnDays.training().train(company.make())
        #expect(!bundle.hasPassedGate)
        #expect(bundle.verdict.contains("rules"))
        let challenge = try ChurnChallenge.judge(
            bundle, ChurnDays.training(), days: company.make(), champion: nil)
        #expect(!challenge.takes)
    }

    // MARK: Champion and challenger

    @Test func aChallengerMustBeBetterOnRowsNeitherHasSeen() throws {
        let training = ChurnDays.training()
        let days = ChurnDays().make()
        let challenger = try training.train(days)
        #expect(try ChurnChallenge.judge(challenger, training, days: days, champion: nil).takes)

        // Trained on data to the latest day, of which it knows no outcome: a fair comparison, and no difference.
        let equal = try ChurnDays.training(trainedOn: days[4].asOf).train(days)
        let champion = ChurnChallenge.Champion(version: "equal", bundle: equal)
        let draw = try ChurnChallenge.judge(challenger, training, days: days, champion: champion)
        #expect(!draw.takes && draw.comparison?.rows == 700)

        // Trained on what has turned into its opposite.
        let wrong = try ChurnDays.training(trainedOn: days[4].asOf).train(days.map { $0.relabelled($0.churned.map(!)) })
        let taken = try ChurnChallenge.judge(
            challenger, training, days: days, champion: .init(version: "wrong", bundle: wrong))
        #expect(taken.takes)
        #expect(taken.statement.contains("beyond noise"))
        #expect((taken.challengerArea ?? 0) > (taken.championArea ?? 1))
    }

    @Test func aChampionThatKnowsTheOutcomesCannotBeJudged() throws {
        let training = ChurnDays.training()
        let days = ChurnDays().make()
        let challenger = try training.train(days)
        let champion = ChurnChallenge.Champion(version: "young", bundle: challenger)
        let challenge = try ChurnChallenge.judge(challenger, training, days: days, champion: champion)
        #expect(!challenge.takes && challenge.comparison == nil)
        #expect(challenge.statement.contains("young stays"))
        // Another question needs another model.
        let inactivity = ChurnDays.training(kind: .inactivity)
        #expect(try ChurnChallenge.judge(inactivity.train(days), inactivity, days: days, champion: champion).takes)
    }

    // MARK: At work

    private struct Source: FeatureSource {
        let all: ClientFeatures

        func features(of positions: Range<Int>) -> ClientFeatures { features(at: Array(positions)) }
        func features(at positions: [Int]) -> ClientFeatures { all.rows(positions) }
    }

    @Test func scoresAreTheModelsAndSharesAddUp() throws {
        let days = ChurnDays().make()
        let bundle = try ChurnDays.training().train(days)
        let scorer = try ChurnScorer(version: "v", bundle: bundle)
        let today = ChurnDays().day(9).features
        let scores = scorer.score(count: today.rowCount, features: Source(all: today)) { $0 % 10 != 0 }
        let plain = try bundle.model.predict(ChurnTable.table(today))
        for position in 0..<today.rowCount {
            if position % 10 == 0 {
                #expect(scores.probability[position].isNaN)
                #expect(scores.explainer?.explain(position) == nil)
            } else {
                #expect(scores.probability[position] == plain[position])
            }
        }
        #expect(scores.ranked.count == 630)
        let top = try #require(
            (0..<700).filter { $0 % 10 != 0 }.max { scores.probability[$0] < scores.probability[$1] })
        #expect(scores.percentile(top) == 1)
        for position in [1, top, 699] {
            let explanation = try #require(scores.explainer?.explain(position))
            let sum =
                explanation.base + explanation.otherContributions
                + explanation.contributions.reduce(0) { $0 + $1.contribution }
            #expect(abs(sum - explanation.margin) < 1e-9)
            #expect(explanation.probability == scores.probability[position])
            #expect(explanation.contributions.allSatisfy { $0.text.contains("associated with") })
            // What would change it goes the way the business wants, and is worth saying.
            for change in explanation.changes {
                #expect(change.probability <= 0.9 * explanation.probability)
                #expect(FeatureRegistry.definition(change.feature)?.aim != nil)
            }
        }
        let logins = try #require(
            scores.explainer?.explain(top)?.contributions.first { $0.feature == "logins_28d" })
        #expect(logins.contribution > 0)
        #expect(logins.text.hasPrefix("logins ") && logins.text.contains("in four weeks"))
    }

    @Test func scoringWhatChangedGivesTheWhole() throws {
        let days = ChurnDays().make()
        let scorer = try ChurnScorer(version: "v", bundle: ChurnDays.training().train(days))
        let (before, after) = (ChurnDays().day(7).features, ChurnDays().day(8).features)
        // Every third client of the later day has its values, the others those of the earlier one.
        let changed = Array(stride(from: 0, to: 700, by: 3))
        var numbers = before.numbers
        for feature in ClientFeature.allCases {
            for row in changed { numbers[feature.rawValue * 700 + row] = after.value(feature, row: row) }
        }
        let mixed = ClientFeatures(
            asOf: before.asOf, positions: before.positions, numbers: numbers, categories: before.categories)
        let earlier = scorer.score(count: 700, features: Source(all: before)) { $0 % 10 != 0 }
        let whole = scorer.score(count: 700, features: Source(all: mixed)) { $0 % 5 != 0 }
        let atRisk = Array(Set(changed + Array(stride(from: 0, to: 700, by: 5)))).sorted()
        let part = scorer.rescore(earlier, changed: atRisk, features: Source(all: mixed)) { $0 % 5 != 0 }
        #expect(part.probability.map(\.bitPattern) == whole.probability.map(\.bitPattern))
        #expect(part.ranked == whole.ranked && part.model == whole.model)
        #expect(earlier.ranked != whole.ranked)
    }

    /// Many at once are explained as one by one, and an increment as the whole.
    @Test func explanationsDoNotDependOnWhoElseIsAsked() throws {
        let scorer = try ChurnScorer(version: "v", bundle: ChurnDays.training().train(ChurnDays().make()))
        let (before, after) = (ChurnDays().day(7).features, ChurnDays().day(8).features)
        let scores = scorer.score(count: 700, features: Source(all: before)) { $0 % 10 != 0 }
        let explainer = try #require(scores.explainer)
        #expect(explainer.isQuick && scores.changed == nil)
        let one = (0..<700).map { explainer.explain($0) }
        let packed = explainer.explain(Array(0..<700))
        #expect(packed.indices.map { place in packed[place].map { explainer.text($0, of: place) } } == one)
        #expect(one.count { $0 != nil } == 630)
        let changed = Array(stride(from: 0, to: 700, by: 3))
        let next = scorer.rescore(scores, changed: changed, features: Source(all: after)) { $0 % 10 != 0 }
        #expect(next.changed == changed && next.explainer?.model == explainer.model)
    }

    @Test func onlyWindowsAfterTheTrainingAreWatched() throws {
        let days = ChurnDays().make()
        let bundle = try ChurnDays.training(trainedOn: days[3].asOf).train(Array(days[..<3]))
        let scorer = try ChurnScorer(version: "v", bundle: bundle)
        let watch = try ChurnWatch.look(scorer, days: days, today: ChurnDays().day(9).features)
        #expect(watch.windows.map(\.day) == [days[3].asOf, days[4].asOf])
        #expect(watch.windows.allSatisfy { $0.drift.advice == .keep })
        #expect(watch.inputs.allSatisfy { $0.level == .stable })
        let moved = try ChurnWatch.look(
            scorer, days: [days[4].relabelled(days[4].churned.map(!))], today: ChurnDays().day(9).features)
        #expect(moved.advice == .retrain)
    }

    /// Half of the churners stay: the ranking holds, and the level is set to that of the window.
    @Test func aLostLevelIsSetAnewWithoutAnotherTraining() throws {
        let days = ChurnDays(customers: 1_500).make()
        let bundle = try ChurnDays.training(trainedOn: days[4].asOf).train(Array(days[..<3]))
        #expect(try bundle.recentred(on: days[4]) == nil)
        let fewer = days[4].relabelled(days[4].churned.enumerated().map { $1 && $0 % 2 == 0 })
        let before = try ChurnWatch.look(
            ChurnScorer(version: "v", bundle: bundle), days: [fewer], today: days[4].features)
        #expect(before.advice == .recentre)
        let moved = try #require(try bundle.recentred(on: fewer))
        let after = try ChurnWatch.look(
            ChurnScorer(version: "w", bundle: moved), days: [fewer], today: days[4].features)
        #expect(after.advice == .keep)
        #expect(abs((after.windows.first?.drift.report.observedOverExpected ?? 0) - 1) < 0.01)
        #expect(moved.hasPassedGate && moved.verdict == bundle.verdict && moved.encoded() != bundle.encoded())
        #expect(try ChurnModelBundle(decoding: moved.encoded()) == moved)
        #expect(try bundle.recentred(on: days[4].relabelled(days[4].churned.map { _ in false })) == nil)
    }

    @Test func aTrainingCanBeCancelled() {
        #expect(throws: ChurnModelError.cancelled) {
            try ChurnDays.training().train(ChurnDays().make(), isCancelled: { true })
        }
    }

    @Test func snapshotDaysEndTheirWindows() {
        let settings = ChurnSettings()
        let last = Day(rawValue: 20_000)
        let days = settings.snapshotDays(first: Day(rawValue: 19_700), last: last)
        #expect(days.map(\.rawValue) == [19_910, 19_880, 19_850, 19_820, 19_790, 19_760])
        #expect(settings.snapshotDays(first: Day(rawValue: 19_851), last: last).isEmpty)
    }
}
