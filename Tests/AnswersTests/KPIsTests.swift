import Answers
import Contract
import Records
import RiverTesting
import Rollup
import Snapshots
import Testing

/// `kpis.get`.
@Suite struct KPIsTests {
    @Test func theSummary() throws {
        let answer = try ask("kpis.get", #"{"from": "2024-03-01"}"#, try Example.snapshot())
        #expect(answer.text("standing_on") == "2024-03-31")
        #expect(answer.object("period").text("from") == "2024-03-01")
        #expect(answer.object("period").text("to") == "2024-03-31")
        #expect(answer.object("period").text("label") == "2024-03")
        // Its last day is the as-of day, of which more may come.
        #expect(answer.object("period")["complete"]?.boolValue == false)
        #expect(answer["running"]?.isNull == true)
        let summary = answer.object("summary")
        #expect(summary.number("customers") == 4)
        #expect(summary.number("active_customers") == 2)
        #expect(summary.number("new_customers") == 0)
        #expect(summary.number("mrr") == 160)
        #expect(summary.number("arr") == 1920)
        #expect(summary.number("mrr_growth") == 20.0 / 140)
        // February: ann 100 and bob 40; March: ann 150, bob gone.
        #expect(summary.number("nrr") == 150.0 / 140)
        #expect(summary.number("grr") == 100.0 / 140)
        #expect(summary.number("arpa") == 80)
        #expect(summary.number("churned_customers") == 0)
        #expect(summary.number("churn_rate") == 0)
        #expect(summary.number("revenue") == 154.6)
        #expect(summary.number("transactions") == 2)
        #expect(summary.number("avg_transaction_value") == 80)
        #expect(summary.number("at_risk_customers") == 2)
        #expect(summary.number("events") == 3)
        #expect(summary.number("tickets") == 2)
        #expect(summary.number("mean_resolution_hours") == 2)
        #expect(summary.number("csat") == 5)
        #expect(summary.number("nps_responses") == 2)
        #expect(summary.number("nps") == 0)
    }

    /// Where nobody asks for a period: what stands, as of the day; what flows, of the last whole month.
    @Test func theHeadline() throws {
        let answer = try ask("kpis.get", "{}", snapshot(try Example.river(), asOf: Day(2024, 3, 20)))
        #expect(answer.text("standing_on") == "2024-03-20")
        #expect(answer.object("period").text("label") == "2024-02")
        #expect(answer.object("period")["complete"]?.boolValue == true)
        let february = try ask(
            "kpis.get", #"{"from": "2024-02-01", "to": "2024-02-29"}"#,
            snapshot(try Example.river(), asOf: Day(2024, 3, 20)))
        for flow in ["revenue", "transactions", "events", "new_customers", "nrr", "grr", "churned_customers"] {
            #expect(answer.object("summary")[flow] == february.object("summary")[flow], "\(flow)")
        }
        let now = answer.object("running").object("now")
        #expect(now.text("from") == "2024-03-01" && now.text("to") == "2024-03-20")
        #expect(now["complete"]?.boolValue == false)
        #expect(now.object("summary")["customers"] == nil)
        let before = answer.object("running").object("before")
        #expect(before.text("from") == "2024-02-01" && before.text("to") == "2024-02-20")
    }

    @Test func theSeries() throws {
        let answer = try ask("kpis.get", "{}", try Example.snapshot())
        let series = answer.objects("series")
        #expect(series.compactMap { $0.text("period") } == ["2023-11", "2023-12", "2024-01", "2024-02", "2024-03"])
        #expect(series.map { $0.number("mrr") } == [100, 0, 0, 140, 160])
        #expect(series.last?.text("to") == "2024-03-31")
        // On its last day the month of the as-of day is not over yet.
        #expect(series.map { $0["complete"]?.boolValue } == [true, true, true, true, false])
        let earlier = try ask("kpis.get", "{}", snapshot(try Example.river(), asOf: Day(2024, 3, 30)))
        #expect(earlier.objects("series").last?["complete"]?.boolValue == false)
    }

    /// Whole months by their days say what the monthly cells say.
    @Test(arguments: ["{}", #"{"segment": "smb"}"#, #"{"where": "events_total>5"}"#, #"{"risk": ["low", "medium"]}"#])
    func monthsAndTheirDays(filter: String) throws {
        let snapshot = snapshot(
            try Company.random(seed: 5, around: Example.asOf, clients: 40).river(), asOf: Example.asOf)
        let filters = String(filter.dropFirst().dropLast())
        func question(_ rest: String) -> String { "{\(filters.isEmpty ? "" : filters + ", ")\(rest)}" }
        let month = try ask("kpis.get", question(#""from": "2024-02-01", "to": "2024-02-29""#), snapshot)
        let days = try ask("kpis.get", question(#""from": "2024-02-01", "to": "2024-02-29", "by": "day""#), snapshot)
        let weeks = try ask("kpis.get", question(#""from": "2024-02-01", "to": "2024-02-29", "by": "week""#), snapshot)
        #expect(days.objects("series").count == 29)
        #expect(
            weeks.objects("series").compactMap { $0.text("from") } == [
                "2024-02-01", "2024-02-05", "2024-02-12", "2024-02-19", "2024-02-26",
            ])
        #expect(weeks.objects("series").last?["complete"]?.boolValue == true)
        for key in ["revenue", "transactions", "events", "tickets", "nps_responses", "new_customers"] {
            let expected = month.object("summary").number(key) ?? .nan
            for answer in [days, weeks] {
                let sum = answer.objects("series").compactMap { $0.number(key) }.reduce(0, +)
                #expect(abs(sum - expected) < 1e-6, "\(key)")
                #expect(answer.object("summary").number(key) == expected)
            }
            #expect(month.objects("series").first?.number(key) == expected)
        }
        #expect(
            month.objects("series").first?.number("active_customers")
                == month.object("summary").number("active_customers"))
    }

    @Test func groupsAddUp() throws {
        let snapshot = snapshot(
            try Company.random(seed: 6, around: Example.asOf, clients: 40).river(), asOf: Example.asOf)
        for grouping in ["segment", "region", "tier", "product"] {
            for filter in ["", #", "where": "tenure_days>100""#] {
                let answer = try ask("kpis.get", #"{"group_by": "\#(grouping)"\#(filter)}"#, snapshot)
                let groups = answer.objects("groups")
                #expect(!groups.isEmpty)
                for key in [
                    "customers", "active_customers", "revenue", "mrr", "events", "tickets", "at_risk_customers",
                ] {
                    let sum = groups.compactMap { $0.object("summary").number(key) }.reduce(0, +)
                    #expect(abs(sum - (answer.object("summary").number(key) ?? .nan)) < 1e-6, "\(grouping) \(key)")
                }
            }
        }
    }

    /// So many groups that their months are not kept: what is asked is the same as when all clients are walked.
    @Test func moreGroupsThanAreKept() throws {
        let river = River()
        let count = 2500
        try river.load(
            .demographics,
            "customer_id,account_creation_date,segment,region,tier,product\n"
                + (0..<count).map { "C\($0),2024-0\($0 % 3 + 1)-01,s\($0 % 700),r\($0 / 5),t\($0 % 3),p\($0)\n" }
                .joined())
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
                + (0..<count).map { "t\($0),C\($0),\($0 % 90 + 1),USD,,2024-0\($0 % 3 + 1)-15\n" }.joined())
        let snapshot = snapshot(river, asOf: Example.asOf)
        #expect(snapshot.groups.count == count && snapshot.groups.isTooMany)
        #expect(snapshot.monthly.groupCount == 1)
        for filter in ["", #""segment": "s5", "#, #""region": ["r7", "r9"], "tier": "t1", "#, #""product": "none", "#] {
            for method in ["kpis.get", "mrr.movements"] {
                let summed = try ask(method, "{\(filter)\"from\": \"2024-02-01\"}", snapshot)
                let walked = try ask(
                    method, "{\(filter)\"from\": \"2024-02-01\", \"where\": \"tenure_days>=0\"}", snapshot)
                for key in ["summary", "series", "months"] { #expect(summed[key] == walked[key], "\(filter) \(key)") }
            }
        }
        // The largest, in the order of their names, and how many there are.
        let bySegment = try ask("kpis.get", #"{"group_by": "segment"}"#, snapshot)
        #expect(bySegment.objects("groups").count == KPIsAnswer.groupsMax && bySegment.number("groups_total") == 700)
        #expect(bySegment.objects("groups").allSatisfy { $0.object("summary").number("customers") == 4 })
        let byTier = try ask("kpis.get", #"{"group_by": "tier"}"#, snapshot)
        #expect(byTier.objects("groups").map { $0.text("group") } == ["t0", "t1", "t2"])
        for key in ["customers", "active_customers", "revenue", "mrr", "at_risk_customers"] {
            let sum = byTier.objects("groups").compactMap { $0.object("summary").number(key) }.reduce(0, +)
            #expect(abs(sum - (byTier.object("summary").number(key) ?? .nan)) < 1e-6, "\(key)")
        }
        #expect(try ask("kpis.get", "{}", snapshot)["groups_total"] == .null)
        // What is published adds up to the same, in the order it has otherwise.
        var revenue: Int64 = 0
        var months: [String] = []
        let columns = PublishedTable.dashboardKPIs.columns.map(\.name)
        PublishedTable.dashboardKPIs.forEachBatch(snapshot, rows: 0..<Int.max) { batch in
            for row in 0..<batch.rowCount {
                let cells = batch.cells[row * batch.columnCount..<(row + 1) * batch.columnCount]
                if case .money(let micro)? = columns.firstIndex(of: "revenue").map({ cells[cells.startIndex + $0] }) {
                    revenue += micro
                }
                if case .text(let start, let count) = cells[cells.startIndex] {
                    months.append(String(decoding: batch.bytes[Int(start)..<Int(start + count)], as: UTF8.self))
                }
            }
        }
        #expect(revenue == snapshot.gold.metrics.totalAmount.reduce(0, +))
        #expect(months == months.sorted() && months.count > count)
    }

    @Test func comparisons() throws {
        let river = try Example.river()
        let now = snapshot(river, asOf: Example.asOf)
        func ask(_ parameters: String) throws -> JSONObject {
            try AnswersTests.ask("kpis.get", parameters, now) { snapshot(river, asOf: $0) }
        }
        let previous = try ask(#"{"from": "2024-03-01", "compare": "previous"}"#).object("comparison")
        #expect(previous.text("with") == "previous")
        #expect(previous.text("from") == "2024-02-01")
        #expect(previous.object("summary").number("mrr") == 140)
        // Of four clients one has not begun by then.
        #expect(previous.object("summary").number("customers") == 3)
        let year = try ask(#"{"from": "2024-03-01", "compare": "year"}"#).object("comparison")
        #expect(year.text("from") == "2023-03-01")
        #expect(year.text("to") == "2023-03-31")
        #expect(year.object("summary").number("customers") == 0)
        let days = try ask(#"{"from": "2024-03-05", "to": "2024-03-08", "compare": "previous"}"#).object("comparison")
        #expect(days.text("from") == "2024-03-01")
        #expect(days.text("to") == "2024-03-04")
        #expect(days.object("summary").number("revenue") == 150)
        #expect(try ask("{}")["comparison"]?.isNull == true)
        // Without a generation of that day nothing is said of what belongs to a day.
        let alone = try AnswersTests.ask("kpis.get", #"{"from": "2024-03-01", "compare": "previous"}"#, now)
            .object("comparison")
        #expect(alone.object("summary")["customers"]?.isNull == true)
        #expect(alone.object("summary")["mrr"]?.isNull == true)
        #expect(alone.object("summary").number("revenue") == 140)
    }

    @Test func periodsThatLieElsewhere() throws {
        let snapshot = try Example.snapshot()
        let future = try ask("kpis.get", #"{"from": "2024-03-10", "to": "2030-01-01"}"#, snapshot)
        #expect(future.object("period").text("to") == "2024-03-31")
        let before = try ask("kpis.get", #"{"from": "2001-01-01", "to": "2001-01-31"}"#, snapshot)
        #expect(before.object("summary").number("revenue") == 0)
        #expect(before.object("summary")["nrr"]?.isNull == true)
        for by in ["day", "week", "month"] {
            let series = try ask("kpis.get", #"{"by": "\#(by)"}"#, snapshot).objects("series")
            #expect(series.count == (by == "day" ? 90 : by == "week" ? 26 : 5))
        }
        let odd = try ask("kpis.get", #"{"from": "2024-02-10", "to": "2024-03-05", "by": "month"}"#, snapshot).objects(
            "series")
        #expect(odd.compactMap { $0.text("from") } == ["2024-02-10", "2024-03-01"])
        #expect(odd.map { $0.number("revenue") } == [40, 160])
    }

    @Test(arguments: [
        #"{"from": "2024-03-02", "to": "2024-03-01"}"#, #"{"from": "yesterday"}"#, #"{"from": 5}"#, #"{"by": "year"}"#,
        #"{"group_by": "owner"}"#, #"{"compare": "twin"}"#, #"{"from": "0001-01-01", "by": "day"}"#,
        #"{"from": "1000-01-02", "by": "week"}"#, #"{"luck": 1}"#,
    ])
    func refused(parameters: String) throws {
        #expect(problem("kpis.get", parameters, try Example.snapshot())?.code == .invalidParams)
    }

    @Test func cheapQuestions() throws {
        func isCheap(_ members: [JSONObject.Member]) throws -> Bool {
            let parameters = try Parameters(JSONObject(members: members), of: .kpisGet, hiding: nil)
            return KPIsAnswer.isQuick(try KPIsAnswer.Question(parameters), try Example.snapshot())
        }
        let month = JSONObject.Member(key: "from", value: .string("2024-03-01"))
        #expect(try isCheap([month]))
        #expect(try isCheap([month, .init(key: "segment", value: .string("smb"))]))
        // The same days of the month before are looked up in the records.
        #expect(try !isCheap([]))
        #expect(try !isCheap([.init(key: "search", value: .string("a"))]))
        #expect(try !isCheap([.init(key: "by", value: .string("day"))]))
    }
}
