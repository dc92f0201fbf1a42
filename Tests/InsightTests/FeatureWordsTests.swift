import Records
import Testing

@testable import Assessment

@Suite struct FeatureWordsTests {
    private func words(_ feature: ClientFeature, _ value: Double, now: Double = .nan, before: Double = .nan) -> String {
        FeatureWords.words(feature, value: value, now: now, before: before)
    }

    @Test func whatPeopleWouldSay() {
        #expect(
            words(.activeDays28, 3, now: 3, before: 11)
                == "uses the product on 3 days in four weeks, 11 in the four before")
        #expect(words(.logins28, 2, now: 2, before: 14) == "logins fell to 2 in four weeks, 14 in the four before")
        #expect(words(.payments90, 1, now: 1, before: 1) == "payments stayed at 1 in 90 days")
        #expect(words(.daysSinceLastLogin, 41) == "no login for 41 days")
        #expect(words(.daysSinceLastLogin, 0) == "a login today" && words(.daysSinceLastLogin, .nan) == "no login ever")
        #expect(words(.daysToRenewal, 28) == "renewal in 28 days" && words(.daysToRenewal, 0) == "renewal today")
        #expect(words(.missedPayments, .nan) == "has never paid")
        #expect(words(.tickets7, 1) == "1 support ticket in the last 7 days")
        #expect(words(.tickets90, 0) == "no support ticket in the last 90 days")
        #expect(words(.eventsSlope8Weeks, -0.2) == "activity falls by 20 % a week")
        #expect(words(.npsChange, -4) == "recommendation score down by 4")
        #expect(words(.revenue56, 0) == "paid nothing in the last 56 days")
        #expect(words(.openTicketsOlder7, 2) == "2 tickets open for more than a week")
        #expect(words(.engagementScore, 0.4) == "use is at 40 % of what is usual for this client")
    }

    /// Every feature has words of its own for every value: no column's name, no number that is none.
    @Test(arguments: ClientFeature.allCases) func allFeatures(feature: ClientFeature) {
        for value in [0, 1, 2, 0.25, 1_234.5, -3] as [Double] {
            let text = words(feature, value, now: value, before: 7)
            #expect(!text.contains("nan") && !text.contains("_") && !text.contains("unknown"), "\(text)")
            #expect(!text.contains(feature.name))
        }
        #expect(!words(feature, .nan, now: .nan, before: .nan).contains("nan"))
    }
}
