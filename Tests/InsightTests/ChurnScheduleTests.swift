import Assessment
import ChurnModel
import Records
import Testing

struct ChurnScheduleTests {
    private let start = Day(rawValue: 20_000)

    private func day(_ offset: Int) -> Day { start.advanced(by: offset) }

    @Test func looksWeeklyAndTrainsMonthly() {
        var schedule = ChurnSchedule()
        #expect(schedule.isDue(asOf: start, records: 100) && schedule.mayTrain(asOf: start))
        #expect(schedule.isTrainingDue(asOf: start, records: 100))
        schedule.lookedOn = start
        schedule.triedOn = start
        #expect(!schedule.isDue(asOf: day(6), records: 100) && schedule.isDue(asOf: day(7), records: 100))
        #expect(!schedule.mayTrain(asOf: day(6)) && schedule.mayTrain(asOf: day(7)))
        #expect(!schedule.isTrainingDue(asOf: day(27), records: 100))
        #expect(schedule.isTrainingDue(asOf: day(28), records: 100))
        // A clock that was set back starts afresh instead of waiting for the day to come again.
        #expect(schedule.isDue(asOf: day(-1), records: 100) && schedule.isTrainingDue(asOf: day(-1), records: 100))
    }

    /// The first file tells too little, and the others come an hour later.
    @Test func aRefusedTrainingIsTriedAgainWithMoreData() {
        var schedule = ChurnSchedule()
        schedule.lookedOn = start
        schedule.triedOn = start
        schedule.refusedWith = 1_000
        #expect(!schedule.isDue(asOf: start, records: 1_100) && !schedule.isTrainingDue(asOf: start, records: 1_100))
        #expect(schedule.isDue(asOf: start, records: 1_101) && schedule.isTrainingDue(asOf: start, records: 1_101))
        schedule.refusedWith = 0
        #expect(!schedule.isDue(asOf: start, records: 0) && schedule.isDue(asOf: start, records: 1))
        // What was trained is not trained again for that.
        schedule.refusedWith = nil
        #expect(!schedule.isDue(asOf: start, records: 1_000_000))
    }

    @Test func onlyDriftCallsForAChallenger() {
        var schedule = ChurnSchedule()
        schedule.triedOn = start
        for advice in [CalibrationDrift.Advice.keep, .wait, nil] {
            #expect(!schedule.answersDrift(advice, asOf: day(20)))
        }
        for advice in [CalibrationDrift.Advice.retrain, .recentre] {
            #expect(schedule.answersDrift(advice, asOf: day(20)))
            #expect(!schedule.answersDrift(advice, asOf: day(6)))
        }
    }

    /// Drift that nothing helps against, looked at every day for a year.
    @Test func lastingDriftDoesNotTrainInALoop() {
        var schedule = ChurnSchedule()
        schedule.triedOn = start
        var tests: [Int] = []
        for offset in 1...365 where schedule.isDue(asOf: day(offset), records: 100) {
            schedule.lookedOn = day(offset)
            guard schedule.answersDrift(.retrain, asOf: day(offset)) else { continue }
            schedule.driftAnsweredOn = day(offset)
            schedule.triedOn = day(offset)
            tests.append(offset)
        }
        #expect(tests.count == 13)
        #expect(zip(tests, tests.dropFirst()).allSatisfy { $1 - $0 >= ChurnSchedule.daysBetweenTrainings })
    }
}
