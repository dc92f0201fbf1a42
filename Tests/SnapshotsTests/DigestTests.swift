import Gold
import Records
import RiverTesting
import Snapshots
import Testing

/// A generation's name says what it holds: the same for the same content, another one for every change.
@Suite struct DigestTests {
    private static let asOf = Day(2024, 3, 31)
    private static let demographics =
        "customer_id,account_creation_date,name,segment,region,tier,product,industry,owner,location,subscription_type,"
        + "contract_end_date,churn_date,gender,age,email,phone,contact_name,currency,city\n"
    private static let client =
        "c1,2024-01-01,Ann,smb,EMEA,gold,crm,steel,olaf,Italy,pro,2025-01-01,2024-03-01,f,40,a@b.c,+39,Zoe,EUR,Rome\n"

    private func river() throws -> River {
        let river = River()
        try river.load(.demographics, Self.demographics + Self.client + "c2,2024-01-01,Bob,,,,,,,,,,,,,,,,,\n")
        try river.load(
            .surveys, "survey_id,customer_id,response_date,nps_score\ns9,c1,2024-03-01,5\n")
        try river.load(
            .support, "ticket_id,customer_id,created_at,resolved_at,satisfaction_score\nk1,c1,2024-01-01,2024-01-02,3\n"
        )
        return river
    }

    @Test(arguments: Array<UInt64>(1...5))
    func theSameDataInAnotherOrderHasTheSameName(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.asOf)
        let expected = snapshot(try company.river()).id
        var random = SeededGenerator(seed: seed)
        let river = River()
        for category in Category.allCases.shuffled(using: &random) {
            for line in company.lines(category).shuffled(using: &random) {
                try river.load(category, Company.file(category, [line]))
            }
        }
        #expect(snapshot(river).id == expected)
        #expect(expected.hasPrefix("2024-03-31-"))
        #expect(expected.count == 27)
    }

    /// Every published column of a client: a change of it alone must not go unnoticed.
    @Test(arguments: [
        ("Ann", "Anna"), ("smb", "ent"), ("EMEA", "APAC"), ("gold", "tin"), ("crm", "erp"), ("steel", "wood"),
        ("olaf", "pia"), ("Italy", "Spain"), (",pro,", ",basic,"), ("2025-01-01", "2025-01-02"),
        ("2024-03-01", "2024-03-02"), ("Rome", "Oslo"), ("2024-01-01", "2024-01-02"), ("Rome", ""), (",f,", ",m,"),
        (",40,", ",41,"), ("a@b.c", "a@b.d"), ("+39", "+40"), ("Zoe", "Zoé"), ("EUR", "USD"),
    ])
    func everyAttributeCounts(old: String, new: String) throws {
        let river = try river()
        let before = snapshot(river).id
        try river.load(.demographics, Self.demographics + Self.client)
        #expect(snapshot(river).id == before)
        try river.load(.demographics, Self.demographics + Self.client.replacing(old, with: new, maxReplacements: 1))
        #expect(snapshot(river).id != before)
        try river.load(.demographics, Self.demographics + Self.client)
        #expect(snapshot(river).id == before)
    }

    /// What a record says beside its figures: a client's timeline shows it.
    @Test func textsOfRecordsCount() throws {
        let river = try river()
        let first = snapshot(river).id
        try river.load(.support, "ticket_id,customer_id,created_at,issue_type\nk1,c1,2024-01-01,billing\n")
        let second = snapshot(river).id
        #expect(second != first)
        try river.load(.support, "ticket_id,customer_id,created_at,issue_type\nk1,c1,2024-01-01,outage\n")
        #expect(snapshot(river).id != second)
        func answer(_ comment: String) throws -> String {
            let river = try self.river()
            try river.load(
                .surveys, "survey_id,customer_id,response_date,nps_score,comments\ns1,c1,2024-02-01,9,\(comment)\n")
            return snapshot(river).id
        }
        #expect(try answer("fine") != answer("fun"))
    }

    /// Records that no metric of a client shows, but a month does.
    @Test func everyRecordCounts() throws {
        let files: [(Category, String)] = [
            (.surveys, "survey_id,customer_id,response_date,nps_score\ns1,c1,2024-02-01,9\n"),
            (
                .support,
                "ticket_id,customer_id,created_at,resolved_at,satisfaction_score\nk1,c1,2024-02-01,2024-02-02,3\n"
            ),
            (.transactions, "transaction_id,customer_id,amount,currency,transaction_date\nt1,c1,1,USD,2023-01-01\n"),
            (.engagement, "event_id,customer_id,event_type,timestamp\ne1,c2,x,2023-01-01\n"),
            (.demographics, "customer_id,account_creation_date\nc3,2024-01-01\n"),
        ]
        var names = [snapshot(try river()).id]
        for (category, text) in files {
            let river = try river()
            try river.load(category, text)
            names.append(snapshot(river).id)
        }
        #expect(Set(names).count == names.count)
    }

    @Test func settingsCount() throws {
        let river = try river()
        try river.load(.engagement, "event_id,customer_id,event_type,timestamp\ne1,c2,login,2024-01-01\n")
        var settings = GoldSettings.example
        let before = snapshot(river, settings: settings).id
        settings.activity = .transactions
        #expect(snapshot(river, settings: settings).id != before)
        #expect(snapshot(river, rules: []).id != before)
        #expect(snapshot(river, asOf: Day(2024, 3, 30)).id != before)
    }
}
