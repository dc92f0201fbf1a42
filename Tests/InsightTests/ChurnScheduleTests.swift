import Assessment
import ChurnModel
import Records
import Testing

struct ChurnScheduleTests {
    private let start = Day(rawValue: 20_000)

    private func day(_ offset: Int) -> Day { start.advanced(by: offset) }

    @Test func looksWeeklyAndTrainsMonthly() {
        var schedule = ChurnSchedule()
        #expect(schedule.isDue(asOf: start) && schedule.mayTrain(asOf: start) && schedule.isTrainingDue(asOf: start))
        schedule.lookedOn = start
        schedule.triedOn = start
        #expect(!schedule.isDue(asOf: day(6)) && schedule.isDue(asOf: day(7)))
        #expect(!schedule.mayTrain(asOf: day(6)) && schedule.mayTrain(asOf: day(7)))
        #expect(!schedule.isTrainingDue(asOf: day(27)) && schedule.isTrainingDue(asOf: day(28)))
        // A clock that was set back starts afresh instead of waiting for the day to come again.
        #expect(schedule.isDue(asOf: day(-1)) && schedule.isTrainingDue(asOf: day(-1)))
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
        for offset in 1...365 where schedule.isDue(asOf: day(offset)) {
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
