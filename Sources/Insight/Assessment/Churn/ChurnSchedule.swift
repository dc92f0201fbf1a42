public import ChurnModel
public import Records

/// When the model is looked at and a challenger is trained without anybody asking. All times are days of data, so that a
/// feed that stands still starts nothing.
///
/// It cannot run in circles: every test of a challenger may succeed by chance, so there is at most one a week; and drift
/// that a challenger did not help against calls for the next one only when a month of further data tells more.
public struct ChurnSchedule: Sendable, Equatable {
    /// The as-of day of the latest look at how the model holds.
    public var lookedOn: Day?
    /// The as-of day of the latest training, whatever came of it.
    public var triedOn: Day?
    /// The as-of day on which drift last called for a challenger.
    public var driftAnsweredOn: Day?

    /// How many records there were when the latest training was refused for want of data; nil when it was not refused.
    public var refusedWith: Int?

    public static let daysBetweenLooks = 7
    public static let daysBetweenTests = 7
    public static let daysBetweenTrainings = 28
    /// A training that was refused is tried again when there is so much more data, as a share of what there was: a company
    /// that hands over its history file by file must not wait a month for its first model.
    public static let growthForRetry = 0.1

    public init() {}

    private static func isWithin(_ days: Int, after day: Day?, _ asOf: Day) -> Bool {
        day.map { (0..<days).contains($0.days(to: asOf)) } ?? false
    }

    private func hasGrown(_ records: Int) -> Bool {
        refusedWith.map { Double(records) >= Double($0) * (1 + ChurnSchedule.growthForRetry) + 1 } ?? false
    }

    /// Whether it is time to look.
    /// - Parameter records: how many there are now.
    public func isDue(asOf: Day, records: Int) -> Bool {
        !ChurnSchedule.isWithin(ChurnSchedule.daysBetweenLooks, after: lookedOn, asOf) || hasGrown(records)
    }

    /// Whether a challenger may be trained again.
    public func mayTrain(asOf: Day) -> Bool {
        !ChurnSchedule.isWithin(ChurnSchedule.daysBetweenTests, after: triedOn, asOf)
    }

    /// Whether a month of further data has come in since the latest training, or there was none, or it was refused and
    /// there is more data now.
    public func isTrainingDue(asOf: Day, records: Int) -> Bool {
        !ChurnSchedule.isWithin(ChurnSchedule.daysBetweenTrainings, after: triedOn, asOf) || hasGrown(records)
    }

    /// Whether what a completed window advises calls for a challenger now.
    public func answersDrift(_ advice: CalibrationDrift.Advice?, asOf: Day) -> Bool {
        switch advice {
        case .retrain, .recentre: break
        case .keep, .wait, nil: return false
        }
        return mayTrain(asOf: asOf)
            && !ChurnSchedule.isWithin(ChurnSchedule.daysBetweenTrainings, after: driftAnsweredOn, asOf)
    }
}
