/// A promotion that comes back every year, with the same effect each time.
struct Promotion: Sendable {
    /// One run of a promotion.
    struct Run: Sendable {
        let promotion: Promotion
        let day: Int
    }

    let name: String
    let length: Int
    /// The segment that it is for; nil for all.
    let segment: Segment?
    /// Factor on the activity of the clients it is for.
    let engagement: Double
    /// Factor on sign-ups.
    let signups: Double
    /// Factor on the chance that a client takes more seats.
    let expansion: Double

    private static let spring = Promotion(
        name: "Spring Launch", length: 10, segment: nil, engagement: 1.3, signups: 1.7, expansion: 1.8)
    private static let academy = Promotion(
        name: "Summer Academy", length: 12, segment: .small, engagement: 1.4, signups: 1.3, expansion: 1.3)
    private static let backToWork = Promotion(
        name: "Back to Work", length: 9, segment: .middle, engagement: 1.4, signups: 1.4, expansion: 1.6)
    private static let partnerDays = Promotion(
        name: "Partner Days", length: 5, segment: .enterprise, engagement: 1.45, signups: 1.2, expansion: 2)
    private static let harvestWeek = Promotion(
        name: "Harvest Week", length: 7, segment: .small, engagement: 1.5, signups: 2.2, expansion: 1.5)

    /// The runs of the given years in order of their days. Dates move a few days from year to year.
    static func runs(years: ClosedRange<Int>, seed: UInt64) -> [Run] {
        var runs: [Run] = []
        for year in years {
            var stream = RandomStream(seed: seed, concern: .calendar, entity: 4, index: year)
            func monday(_ month: Int, _ nth: Int) -> Int {
                CivilDate.dayNumber(year: year, month: month, weekday: 0, nth: nth)
            }
            runs.append(Run(promotion: partnerDays, day: monday(2, 2) + 7 * stream.below(2)))
            runs.append(Run(promotion: spring, day: monday(4, 2) + stream.below(4)))
            runs.append(Run(promotion: academy, day: monday(6, 2) + stream.below(5)))
            runs.append(Run(promotion: backToWork, day: monday(9, 2) + stream.below(3)))
            runs.append(Run(promotion: harvestWeek, day: monday(11, 2) + stream.below(2)))
        }
        return runs.sorted { $0.day < $1.day }
    }
}
