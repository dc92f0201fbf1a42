import Records
import RiverTesting
import Silver
import Testing
import Words

/// What `validation:` of the configuration adds to the schema.
@Suite struct RuleTests {
    private func load(_ category: Category, _ rules: [String: ColumnRule], _ text: String) throws -> River.Loaded {
        var settings = SilverSettings.example
        settings.rules = [category: rules]
        return try River(settings: settings).load(category, text)
    }

    @Test func requiredAndAllowedValues() throws {
        let loaded = try load(
            .demographics,
            ["subscription_type": ColumnRule(required: true, allowedValues: ["basic", "pro"])],
            """
            customer_id,account_creation_date,subscription_type
            c1,2024-01-01,basic
            c2,2024-01-01,
            c3,2024-01-01,Pro
            c4,never,gold
            """)
        #expect(
            loaded.reasons == [
                "subscription_type missing", "subscription_type not_allowed", "subscription_type not_allowed",
            ])
        #expect(loaded.counts.accepted == 1)
    }

    @Test func aRequiredColumnMayStandBehindTheDate() throws {
        let loaded = try load(
            .demographics, ["segment": ColumnRule(required: true)],
            "customer_id,account_creation_date\nc1,2024-01-01\nc2,never\n")
        #expect(loaded.reasons == ["segment missing", "account_creation_date not_a_date"])
    }

    @Test func boundsAndNumbers() throws {
        let loaded = try load(
            .transactions,
            ["amount": ColumnRule(minimum: 1, maximum: 100), "payment_method": ColumnRule(pattern: "c?rd*")],
            """
            transaction_id,customer_id,amount,currency,payment_method,transaction_date
            t1,c1,1,USD,card,2024-01-01
            t2,c1,0.999999,USD,card,2024-01-01
            t3,c1,100.000001,USD,card,2024-01-01
            t4,c1,100,USD,cash,2024-01-01
            t5,c1,100,USD,cord-17,2024-01-01
            t6,c1,100,USD,,2024-01-01
            t7,c1,100,USD,cash,never
            t8,c1,100,XXX,cash,never
            """)
        #expect(
            loaded.reasons == [
                "amount below_minimum", "amount above_maximum", "payment_method pattern_mismatch",
                "payment_method pattern_mismatch", "currency unknown_currency",
            ])
    }

    @Test func aRuleOnTextThatIsNoNumber() throws {
        let loaded = try load(
            .support, ["issue_type": ColumnRule(minimum: 3)],
            "ticket_id,customer_id,issue_type,created_at\nk1,c1,high,2024-01-01\nk2,c1,3,2024-01-01\n")
        #expect(loaded.reasons == ["issue_type not_an_amount"])
    }

    @Test func everyColumnOfEveryCategoryCanHaveARule() throws {
        let rows: [(Category, String)] = [
            (.transactions, "id,c1,5,USD,x,2024-01-01,2024-01-01,2024-02-01,x,1"),
            (.engagement, "id,c1,x,2024-01-01,x,x"),
            (.support, "id,c1,x,2024-01-01,2024-01-02,3"), (.surveys, "id,c1,2024-01-01,5,x"),
            (
                .demographics,
                "id," + ClientAttribute.allCases.map { $0.form.isDay ? "2024-01-01" : "5" }.joined(separator: ",")
            ),
        ]
        for (category, row) in rows {
            let header = category.columns.map(\.name).joined(separator: ",")
            for column in category.columns {
                let loaded = try load(
                    category, [column.name: ColumnRule(allowedValues: ["nothing of the kind"])], "\(header)\n\(row)\n")
                #expect(loaded.reasons == ["\(column.name) not_allowed"])
            }
        }
    }

    @Test func theFirstRuleInColumnOrderCounts() throws {
        let forbid = ColumnRule(allowedValues: ["nothing"])
        for category in [Category.engagement, .support, .surveys, .transactions] {
            var rules: [String: ColumnRule] = [:]
            for column in category.columns { rules[column.name] = forbid }
            let row =
                switch category {
                case .engagement: "id,c1,x,2024-01-01,x,x"
                case .support: "id,c1,x,2024-01-01,2024-01-02,3"
                case .surveys: "id,c1,2024-01-01,5,x"
                default: "id,c1,5,USD,x,2024-01-01,2024-01-01,2024-02-01,x,1"
                }
            for column in category.columns {
                let header = category.columns.map(\.name).joined(separator: ",")
                let loaded = try load(category, rules, "\(header)\n\(row)\n")
                let first = category.columns.first { rules[$0.name] != nil }
                #expect(loaded.reasons == ["\(first?.name ?? "") not_allowed"])
                rules[column.name] = nil
            }
        }
    }

    @Test func aBadTimestampStandsBeforeARuleOnTheDevice() throws {
        let loaded = try load(
            .engagement, ["device_type": ColumnRule(required: true)],
            """
            event_id,customer_id,event_type,timestamp,device_type
            e1,c1,x,never,
            e2,c1,x,1999-01-01,
            e3,c1,x,2024-01-01,
            e4,c1,x,2024-01-01,phone
            """)
        #expect(
            loaded.reasons == [
                "timestamp not_an_instant", "timestamp before_earliest_day", "device_type missing",
            ])
    }

    @Test(arguments: [
        ("", "", true), ("*", "", true), ("*", "abc", true), ("?", "", false), ("?", "ä", true), ("a*c", "abbc", true),
        ("a*c", "abcd", false), ("a*b*c", "aXbYbZc", true), ("*.com", "x@y.com", true), ("*.com", "x@y.comm", false),
        ("a*", "a*", true), ("**a", "bba", true), ("a?c", "a*c", true), ("abc", "abd", false),
    ])
    func patterns(pattern: String, text: String, matches: Bool) throws {
        let loaded = try load(
            .surveys, ["comments": ColumnRule(pattern: pattern)],
            "survey_id,customer_id,response_date,nps_score,comments\ns1,c1,2024-01-01,5,\(text)\n")
        // An empty value is not there: a pattern says nothing about it.
        #expect(loaded.counts.accepted == (matches || text.isEmpty ? 1 : 0))
    }
}
