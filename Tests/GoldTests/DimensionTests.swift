import Gold
import Records
import RiverTesting
import Silver
import Testing

/// Segment, region, tier and product with the defaults of the data contract.
@Suite struct DimensionTests {
    private func dimensions(_ rows: String, _ settings: GoldSettings = .example) throws -> [String: [String]] {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,account_creation_date,subscription_type,location,segment,region,tier,product\n" + rows)
        let gold = GoldRefinery.refine(river.tables, asOf: Day(2024, 3, 31), settings: settings)
        return GoldPicture(gold, river.tables).dimensions
    }

    @Test func defaultsAndOwnValues() throws {
        #expect(
            try dimensions(
                """
                own,2024-01-01,pro,Germany,smb,LATAM,gold,crm
                mapped,2024-01-01,pro,GERMANY,,,,
                code,2024-01-01,basic,us,,,,
                elsewhere,2024-01-01,basic,Atlantis,,,,
                nothing,2024-01-01,,,,,,
                """) == [
                    "own": ["smb", "LATAM", "gold", "crm"],
                    "mapped": ["professional", "EMEA", "pro", ""],
                    "code": ["basic", "NA", "basic", ""],
                    "elsewhere": ["basic", "OTHER", "basic", ""],
                    "nothing": ["", "OTHER", "", ""],
                ])
    }

    @Test func codesFollowTheBytesOfTheValues() throws {
        let river = River()
        for (index, segment) in ["zeta", "alpha", "Beta", "ähre"].enumerated() {
            try river.load(
                .demographics, "customer_id,account_creation_date,segment\nc\(index),2024-01-01,\(segment)\n")
        }
        let gold = GoldRefinery.refine(river.tables, asOf: Day(2024, 3, 31), settings: .example)
        #expect(gold.dimensions.segment.values == ["", "Beta", "alpha", "zeta", "ähre"])
        #expect(gold.dimensions.segment.codes == [3, 2, 1, 4])
        // Values of clients that do not count are not there.
        let before = GoldRefinery.refine(river.tables, asOf: Day(2023, 3, 31), settings: .example)
        #expect(before.dimensions.segment.values == [""])
    }

    @Test func activity() throws {
        for (activity, expected) in [
            (ActivityDefinition.any, [true, true, false]), (.engagement, [true, false, false]),
            (.transactions, [false, true, false]),
        ] {
            var fixture = GoldFixture(asOf: Day(2024, 3, 31))
            fixture.settings.activity = activity
            fixture.event(Day(2024, 1, 5))
            fixture.payment(Day(2024, 2, 5), 1)
            fixture.payment(Day(2024, 3, 5), -1)
            let gold = try fixture.gold()
            #expect(gold.activity == activity)
            #expect(gold.months[0].map(\.isActive) == expected)
        }
    }
}
