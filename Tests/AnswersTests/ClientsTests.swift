import Answers
import Contract
import Records
import RiverTesting
import Snapshots
import Testing
import Words

/// `clients.list` and `clients.get`.
@Suite struct ClientsTests {
    private func ids(_ parameters: String, _ snapshot: Snapshot) throws -> [String] {
        try ask("clients.list", parameters, snapshot).objects("clients").compactMap { $0.text("customer_id") }
    }

    @Test(
        arguments: [
            ("{}", ["cat", "bob", "dan", "ann"]),
            (#"{"sort": "mrr"}"#, ["ann", "cat", "bob", "dan"]),
            (#"{"segment": "smb"}"#, ["bob", "ann"]),
            (#"{"segment": ["smb", "ent"], "region": "EMEA"}"#, ["cat", "dan", "ann"]),
            (#"{"tier": "gold", "sort": "customer_id"}"#, ["ann", "cat"]), (#"{"product": "crm"}"#, []),
            (#"{"risk": "low", "sort": "customer_id"}"#, ["ann"]),
            (#"{"risk": ["high", "critical"]}"#, ["bob", "dan"]), (#"{"risk": ["medium"]}"#, ["cat"]),
            (#"{"sort": "risk"}"#, ["bob", "dan", "cat", "ann"]),
            (#"{"search": "AN", "sort": "customer_id"}"#, ["ann", "dan"]), (#"{"search": "älv"}"#, ["ann"]),
            (#"{"search": "ÄLV"}"#, ["ann"]), (#"{"search": ["a", "b"]}"#, ["dan"]),
            (#"{"search": ""}"#, ["cat", "bob", "dan", "ann"]),
            (#"{"search": "nobody"}"#, []),
            (#"{"where": "mrr>10"}"#, ["ann"]), (#"{"where": "mrr >= 10", "sort": "mrr"}"#, ["ann", "cat"]),
            (#"{"where": ["mrr<=10", "mrr > 0"]}"#, ["cat"]), (#"{"where": "last_nps!=9"}"#, ["bob"]),
            (#"{"where": "last_nps == 9"}"#, ["ann"]),
            (#"{"where": "risk_score<0.3", "sort": "customer_id"}"#, ["ann"]),
            (#"{"where": "industry==Real Estate"}"#, ["ann"]), (#"{"where": "home_town == New York"}"#, ["ann"]),
            (
                #"{"where": ["industry==steel", "industry==Real Estate"], "sort": "customer_id"}"#,
                ["ann", "bob", "cat"]
            ),
            (#"{"where": "industry!=steel"}"#, ["ann"]),
            (#"{"where": ["industry!=steel", "industry!=Real Estate"]}"#, []),
            (#"{"where": "region!=EMEA"}"#, ["bob"]),
            (#"{"where": ["segment==ent", "segment==smb"]}"#, ["cat", "bob", "dan", "ann"]),
            (#"{"where": "account_creation_date==2024-01-01"}"#, ["ann"]),
            (
                #"{"where": ["account_creation_date>=2000-01-01", "account_creation_date<2024-01-01"], "sort": "customer_id"}"#,
                ["dan"]
            ),
            (#"{"where": "gender==f"}"#, ["ann"]), (#"{"where": "home_town==nowhere"}"#, []),
            (#"{"limit": 2, "sort": "customer_id:desc"}"#, ["dan", "cat"]),
        ] as [(String, [String])])
    func filtersAndOrders(parameters: String, expected: [String]) throws {
        let snapshot = try Example.snapshot()
        let answer = try ask("clients.list", parameters, snapshot)
        #expect(answer.objects("clients").compactMap { $0.text("customer_id") } == expected)
        if !parameters.contains("limit") { #expect(answer.number("total") == Double(expected.count)) }
        #expect(answer.text("as_of") == "2024-03-31")
        #expect(answer.text("snapshot") == snapshot.id)
    }

    @Test(arguments: [
        #"{"sort": "luck"}"#, #"{"limit": 0}"#, #"{"limit": 10001}"#, #"{"limit": "5"}"#, #"{"limit": 2.5}"#,
        #"{"cursor": "x"}"#, #"{"cursor": "x~-1"}"#, #"{"cursor": "x~1e3"}"#, #"{"risk": "huge"}"#, #"{"segment": 5}"#,
        #"{"segment": ["a", 5]}"#, #"{"where": "mrr"}"#, #"{"where": "mrr>"}"#, #"{"where": "mrr>many"}"#,
        #"{"where": "luck>5"}"#, #"{"where": "left_on>5"}"#, #"{"where": "account_creation_date>yesterday"}"#,
        #"{"where": "mrr>nan"}"#, #"{"where": "mrr>inf"}"#, #"{"where": "name>5"}"#,
        #"{"where": "==x"}"#, #"{"colour": "red"}"#, #"{"search": {}}"#, #"{"sort": 1}"#,
    ])
    func refused(parameters: String) throws {
        let problem = try #require(problem("clients.list", parameters, try Example.snapshot()))
        #expect(problem.code == .invalidParams)
        #expect(problem.hint != nil)
    }

    @Test func whoAsksIsNoParameter() throws {
        #expect(problem("clients.list", #"{"context": {"words": "all"}}"#, try Example.snapshot()) == nil)
        #expect(problem("clients.list", #"{"segment": null, "cursor": null}"#, try Example.snapshot()) == nil)
    }

    /// What a question may hold is bounded, and so is what is said about it.
    @Test func questionsThatAskTooMuch() throws {
        let snapshot = try Example.snapshot()
        func refusal(_ name: String, _ value: JSONValue) throws -> Problem? {
            let params = String(decoding: JSONWriter.bytes(of: .object([name: value])), as: UTF8.self)
            return problem("clients.list", params, snapshot)
        }
        func many(_ count: Int, _ text: (Int) -> String) -> JSONValue { .array((0..<count).map { .string(text($0)) }) }
        let long = String(repeating: "é", count: 100_000)
        let limits: [(String, Int, (Int) -> String)] = [
            ("where", 64, { "mrr>=\($0)" }),
            ("search", 16, { "s\($0)" }), ("segment", Parameter.valuesMax, { "s\($0)" }),
            ("region", Parameter.valuesMax, { "s\($0)" }), ("tier", Parameter.valuesMax, { "s\($0)" }),
            ("product", Parameter.valuesMax, { "s\($0)" }),
            ("risk", Parameter.valuesMax, { RiskLevel.allCases[$0 % 4].rawValue }),
        ]
        for (name, maximum, text) in limits {
            #expect(try refusal(name, many(maximum, text)) == nil, "\(name)")
            let refused = try #require(try refusal(name, many(maximum + 1, text)), "\(name)")
            #expect(refused.code == .invalidParams)
            #expect(refused.message.contains("\(maximum + 1) values") && refused.hint?.contains("\(maximum)") == true)
        }
        for name in [
            "where", "search", "segment", "region", "tier", "product", "risk", "sort", "cursor", "as_of", long,
        ] {
            let refused = try #require(try refusal(name, .string(long)), "\(name.excerpt)")
            #expect(refused.code == .invalidParams, "\(name.excerpt)")
            #expect(refused.message.utf8.count < 300, "\(name.excerpt)")
        }
    }

    @Test(arguments: [
        ("mrr>=5", true), ("mrr >= 5", true), ("\t mrr\u{a0}<5", true), ("mrr==5", true), ("mrr!=-1e3", true),
        ("mrr>5", true), ("mrr<=5", true), ("home_town==a<b>=c!=d", true), ("home_town == a=b", true), ("mrr=5", false),
        ("mrr!5", false), ("mrr", false), ("", false), ("<5", false), ("mrr<", false), ("mrr=>5", false),
        ("mrr<inf", false), ("mrr<>5", false), ("home_town==", false), ("home_town<5", false),
    ])
    func conditions(_ text: String, isAccepted: Bool) throws {
        let params = String(decoding: JSONWriter.bytes(of: .object(["where": .string(text)])), as: UTF8.self)
        let refused = problem("clients.list", params, try Example.snapshot())
        #expect((refused == nil) == isAccepted, "\(text): \(String(describing: refused))")
        #expect(refused.map { $0.code == .invalidParams } ?? true)
    }

    @Test func attributesThatDoNotExist() throws {
        let snapshot = try Example.snapshot()
        let parameters = try Parameters(
            JSONObject(members: [.init(key: "where", value: .string("shoe==39"))]), of: .clientsList, hiding: nil)
        let filter = ClientFilter(parameters)
        #expect(throws: Problem.self) { try filter.validate(snapshot) }
        #expect(!filter.isEmpty)
        #expect(!filter.isDimensional)
    }

    /// Pages put together are the list, for every size and with every filter.
    @Test(arguments: ["", #", "risk": "low""#, #", "where": "events_total>3""#, #", "segment": "smb""#])
    func pages(filter: String) throws {
        let snapshot = snapshot(
            try Company.random(seed: 9, around: Example.asOf, clients: 60).river(), asOf: Example.asOf)
        let whole = try ids(#"{"limit": 1000, "sort": "mrr"\#(filter)}"#, snapshot)
        for limit in [1, 7, 60] {
            var pages: [String] = []
            var cursor: String?
            repeat {
                let mark = cursor.map { #", "cursor": "\#($0)""# } ?? ""
                let answer = try ask(
                    "clients.list", #"{"limit": \#(limit), "sort": "mrr"\#(filter)\#(mark)}"#, snapshot)
                pages += answer.objects("clients").compactMap { $0.text("customer_id") }
                #expect(answer.number("total") == Double(whole.count))
                cursor = answer.text("next_cursor")
            } while cursor != nil
            #expect(pages == whole)
        }
        let beyond = try ask("clients.list", #"{"cursor": "\#(snapshot.id)~9223372036854775807"}"#, snapshot)
        #expect(beyond.objects("clients").isEmpty)
        #expect(beyond.text("next_cursor") == nil)
        let parsed = try #require(ClientsAnswer.Cursor("a~b~7"))
        #expect(parsed == ClientsAnswer.Cursor(snapshotID: "a~b", offset: 7))
        #expect(parsed.text == "a~b~7")
    }

    @Test func aRowOfTheList() throws {
        let answer = try ask("clients.list", #"{"search": "bob"}"#, try Example.snapshot())
        let row = try #require(answer.objects("clients").first)
        #expect(row.text("name") == "Bob")
        #expect(row.text("region") == "NA")
        #expect(row["product"]?.isNull == true)
        #expect(row.number("risk_score") == 0.8)
        #expect(row.text("risk_level") == "high" && row.text("risk_basis") == "rules")
        #expect(row.number("rule_score") == 0.8 && row.text("rule_level") == "high")
        // No window of his company's past is over: nothing says how probable it is.
        #expect(row["value_at_risk"]?.isNull == true && row.texts("signals").isEmpty)
        #expect(row["churn_probability"]?.isNull == true)
        #expect(row.number("days_since_last_login") == 55)
        #expect(row.number("mrr") == 0)
        #expect(row.texts("reasons") == ["no login for 55 days", "recurring revenue is down by 100 %"])
    }

    @Test func oneClient() throws {
        let snapshot = try Example.snapshot()
        let ann = try ask("clients.get", #"{"customer_id": "ann"}"#, snapshot, showsContact: true)
        #expect(ann.number("total_amount") == 244.6)
        #expect(ann.number("transactions_total") == 2)
        #expect(ann.number("avg_transaction_value") == 125)
        #expect(ann.number("mean_resolution_hours") == 2)
        #expect(ann.number("age") == 40)
        #expect(ann.text("account_creation_date") == "2024-01-01")
        #expect(ann.object("contact").text("email") == "a@x.it")
        #expect(ann.object("attributes").text("home_town") == "New York")
        #expect(ann.object("risk").number("score") == 0)
        #expect(ann.object("risk").texts("not_evaluated").isEmpty)
        #expect(ann.object("risk").text("basis") == "rules" && ann.object("risk").texts("why").isEmpty)
        let components = ann.object("health").objects("components")
        #expect(
            components.compactMap { $0.text("name") } == ["engagement", "revenue", "support", "sentiment", "contract"])
        let points = components.compactMap { $0.number("points") }.reduce(0, +)
        #expect(abs(points - (ann.object("health").number("score") ?? .nan)) < 1e-9)
        // Every metric of the registry's client metrics is there.
        for metric in MetricRegistry.clientMetrics
        where ![
            "health_score", "risk_score", "rule_score", "churn_probability", "value_at_risk",
        ].contains(metric.name) {
            #expect(ann[metric.name] != nil, "\(metric.name)")
        }
        let masked = try ask("clients.get", #"{"customer_id": "ann"}"#, snapshot).object("contact")
        #expect(masked["masked"]?.boolValue == true)
        #expect(masked["email"]?.isNull == true)
        #expect(problem("clients.get", #"{"customer_id": "zoe"}"#, snapshot)?.code == .notFound)
        #expect(problem("clients.get", "{}", snapshot)?.code == .invalidParams)
        #expect(problem("clients.get", #"{"customer_id": ""}"#, snapshot)?.code == .invalidParams)
        let dan = try ask("clients.get", #"{"customer_id": "dan"}"#, snapshot)
        #expect(dan.object("risk").number("score") == 0.8)
        #expect(
            dan.object("risk").objects("reasons").compactMap { $0.text("text") }
                == ["no login for 55 days", "recurring revenue is down by 100 %"])
        #expect(
            dan.objects("recommendations").compactMap { $0.text("playbook") } == ["silent_account", "usage_drop"])
    }

    @Test func theTimeline() throws {
        let snapshot = try Example.snapshot()
        let timeline = try ask("clients.get", #"{"customer_id": "ann"}"#, snapshot).objects("timeline")
        #expect(
            timeline.map { "\($0.text("day") ?? "") \($0.text("kind") ?? "")" } == [
                "2024-03-30 engagement", "2024-03-06 refund", "2024-03-03 survey", "2024-03-01 ticket_resolved",
                "2024-03-01 ticket_created", "2024-03-01 payment", "2024-02-01 payment",
            ])
        #expect(timeline[0].number("events") == 2)
        #expect(timeline[0].number("logins") == 1)
        #expect(timeline[1].number("amount") == -5)
        #expect(timeline[1].text("currency") == "EUR")
        #expect(timeline[2].text("comment") == "fine")
        #expect(timeline[3].number("satisfaction") == 5)
        #expect(timeline[4].text("issue_type") == "bug")
        let short = try ask("clients.get", #"{"customer_id": "ann", "timeline": 2}"#, snapshot).objects("timeline")
        #expect(short.map { $0.text("kind") } == ["engagement", "refund"])
        #expect(try ask("clients.get", #"{"customer_id": "ann", "timeline": 0}"#, snapshot).objects("timeline").isEmpty)
        // As of an earlier day nothing later is shown.
        let earlier = AnswersTests.snapshot(try Example.river(), asOf: Day(2024, 3, 1))
        let then = try ask("clients.get", #"{"customer_id": "ann"}"#, earlier).objects("timeline")
        #expect(then.compactMap { $0.text("kind") } == ["ticket_resolved", "ticket_created", "payment", "payment"])
    }

    /// Logins are what the configuration says they are, as in the metrics.
    @Test func theTimelineCountsTheConfiguredLogins() throws {
        var settings = GoldSettings.example
        settings.loginEvents = ["view"]
        let snapshot = snapshot(try Example.river(), settings: settings)
        let cat = try ask("clients.get", #"{"customer_id": "cat"}"#, snapshot)
        #expect(cat.objects("timeline").compactMap { $0.number("logins") } == [1])
        #expect(cat.number("days_since_last_login") == 6)
        let bob = try ask("clients.get", #"{"customer_id": "bob"}"#, snapshot)
        #expect(bob.objects("timeline").compactMap { $0.number("logins") } == [0])
        #expect(bob["days_since_last_login"]?.isNull == true)
    }

    /// Attributes whose names say so are contact data, for those who read them and for those who filter.
    @Test func attributesThatAreContactData() throws {
        let river = try Example.river()
        try river.load(
            .demographics,
            "customer_id,account_creation_date,Billing E-Mail,MobilePhone,hotel\nann,2024-01-01,b@x.it,555,Ritz\n")
        let snapshot = AnswersTests.snapshot(river)
        func attributes(showsContact: Bool) throws -> [String] {
            try ask("clients.get", #"{"customer_id": "ann"}"#, snapshot, showsContact: showsContact)
                .object("attributes").members.map(\.key)
        }
        #expect(try attributes(showsContact: true) == ["billing_e_mail", "home_town", "hotel", "mobilephone"])
        #expect(try attributes(showsContact: false) == ["home_town", "hotel"])
        func refusal(_ condition: String, _ hidden: ContactColumns?) throws -> Problem? {
            do throws(Problem) {
                let parameters = try Parameters(
                    JSONObject(members: [.init(key: "where", value: .string(condition))]), of: .clientsList,
                    hiding: hidden)
                try ClientFilter(parameters).validate(snapshot)
                return nil
            } catch {
                return error
            }
        }
        #expect(try refusal("billing_e_mail==b@x.it", .standard)?.code == .forbidden)
        #expect(try refusal("billing_e_mail==b@x.it", nil) == nil)
        #expect(try refusal("hotel==Ritz", .standard) == nil)
        // Whether there is such a column is not told either, nor is its name where others are listed.
        #expect(try refusal("any_phone==5", .standard)?.code == .forbidden)
        let unknown = try refusal("shoe==39", .standard)
        #expect(unknown?.code == .invalidParams)
        #expect(unknown?.hint?.contains("hotel") == true)
        #expect(unknown?.hint?.contains("mobilephone") == false)
        #expect(try refusal("hotel==Ritz", ContactColumns(["Hotel"]))?.code == .forbidden)
        // What is published for everybody has none at all.
        for table in PublishedTable.allCases {
            #expect(!table.columns.contains { ContactColumns.standard.contains($0.name) }, "\(table)")
        }
    }

    /// The newest entries, however the records are spread over segments.
    @Test(arguments: [1, 3, 10, 1000])
    func theTimelineOfManySegments(limit: Int) throws {
        let company = Company.random(seed: 13, around: Example.asOf, clients: 4)
        let river = River()
        for category in Category.allCases {
            for line in company.lines(category) { try river.load(category, Company.file(category, [line])) }
        }
        let one = snapshot(try company.river(), asOf: Example.asOf)
        let many = snapshot(river, asOf: Example.asOf)
        for client in company.clients where client.created <= Example.asOf {
            let question = #"{"customer_id": "\#(client.id)", "timeline": \#(limit)}"#
            let days = try [one, many].map { snapshot in
                try ask("clients.get", question, snapshot).objects("timeline").map {
                    "\($0.text("day") ?? "") \($0.number("events") ?? -1)"
                }.sorted()
            }
            #expect(days[0] == days[1])
        }
    }
}
