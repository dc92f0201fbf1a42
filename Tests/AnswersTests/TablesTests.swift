import Answers
import Contract
import Records
import RiverTesting
import Snapshots
import Testing

/// Cohorts, movements, the heatmap, rules and exports.
@Suite struct TablesTests {
    @Test func cohorts() throws {
        let snapshot = try Example.snapshot()
        let answer = try ask("cohorts.get", "{}", snapshot)
        #expect(answer.text("by") == "signup_month")
        let cohorts = answer.objects("cohorts")
        #expect(cohorts.compactMap { $0.text("cohort") } == ["2023-01", "2024-01", "2024-02"])
        #expect(cohorts[1].numbers("active") == [0, 2, 1])
        #expect(cohorts[1].numbers("retention") == [0, 1, 0.5])
        #expect(cohorts[1].number("complete") == 2)
        // Complete months only: k = 0 of four clients, of whom none was active; k = 1 of dan, ann and bob.
        #expect(answer.numbers("overall").prefix(3) == [0, 2.0 / 3, 0])
        let revenue = try ask(
            "cohorts.get", #"{"measure": "revenue", "by": "first_activity", "segment": "smb"}"#, snapshot)
        #expect(revenue.objects("cohorts").map { $0.numbers("active") } == [[140, 150]])
        #expect(revenue.objects("cohorts").map { $0.numbers("retention") } == [[1, 150.0 / 140]])
        #expect(revenue.numbers("overall").isEmpty)
        let nobody = try ask("cohorts.get", #"{"segment": "none"}"#, snapshot)
        #expect(nobody.objects("cohorts").isEmpty)
        #expect(problem("cohorts.get", #"{"by": "luck"}"#, snapshot)?.code == .invalidParams)
    }

    @Test func movements() throws {
        let snapshot = try Example.snapshot()
        let months = try ask("mrr.movements", "{}", snapshot).objects("months")
        #expect(months.compactMap { $0.text("month") } == ["2023-11", "2023-12", "2024-01", "2024-02", "2024-03"])
        let march = try #require(months.last)
        #expect(
            ["starting", "new", "expansion", "contraction", "churned", "reactivated", "ending"].map { march.number($0) }
                == [140, 10, 50, 0, -40, 0, 160])
        #expect(march.number("churned_customers") == 1)
        #expect(march.number("logo_churn") == 0.5)
        #expect(months[1].number("churned") == -100)
        for month in months {
            let sum = ["starting", "new", "expansion", "contraction", "churned", "reactivated"]
                .compactMap { month.number($0) }.reduce(0, +)
            #expect(sum == month.number("ending"))
        }
        let some = try ask("mrr.movements", #"{"from": "2024-02-01", "to": "2024-02-29", "region": "NA"}"#, snapshot)
        #expect(some.objects("months").map { $0.number("new") } == [40])
        #expect(try ask("mrr.movements", #"{"segment": "none"}"#, snapshot).objects("months").count == 1)
        #expect(problem("mrr.movements", #"{"from": "x"}"#, snapshot)?.code == .invalidParams)
    }

    @Test func theHeatmap() throws {
        let snapshot = try Example.snapshot()
        let answer = try ask("engagement.heatmap", "{}", snapshot)
        #expect(answer.number("total") == 4)
        let days = answer.objects("weekdays").map { $0.numbers("hours") }
        #expect(days.count == 7)
        #expect(days.allSatisfy { $0.count == 24 })
        // Saturday 10 and 11 h, Monday midnight (twice a Monday: 02-05 at 23 h).
        #expect(days[5][10] == 1)
        #expect(days[5][11] == 1)
        #expect(days[0][0] == 1)
        #expect(days[0][23] == 1)
        #expect(try ask("engagement.heatmap", #"{"search": "ann"}"#, snapshot).number("total") == 2)
    }

    @Test func rules() throws {
        let snapshot = try Example.snapshot()
        let answer = try ask("risk.rules", "{}", snapshot)
        #expect(answer.number("customers") == 4)
        let rules = answer.objects("rules")
        #expect(
            rules.compactMap { $0.text("rule") } == [
                "inactive_login", "many_tickets", "revenue_decline", "renewal_at_risk",
            ])
        #expect(rules.map { $0.number("hits") } == [3, 0, 2, 0])
        #expect(rules.map { $0.number("not_evaluated") } == [0, 0, 0, 0])
        #expect(rules[0].objects("when").first?.text("otherwise") == "tenure_days")
        #expect(rules[0]["fired"] == nil)
        let bob = try ask("risk.rules", #"{"customer_id": "bob"}"#, snapshot)
        #expect(bob.number("score") == 0.8)
        #expect(bob.objects("rules").map { $0["fired"]?.boolValue } == [true, false, true, false])
        #expect(bob.objects("rules").map { $0["evaluated"]?.boolValue } == [true, true, true, true])
        #expect(bob.objects("rules").first?.number("observed") == 55)
        #expect(problem("risk.rules", #"{"customer_id": "zoe"}"#, snapshot)?.code == .notFound)
    }

    @Test func reasonsInWords() throws {
        func reason(_ text: String, _ metric: String = "mrr", _ threshold: Double = 5) throws -> String? {
            let rule = RiskRule(
                name: "r", category: .revenue,
                conditions: [.init(metric: metric, comparison: .notEqual, threshold: threshold)], weightMicro: 1,
                text: text)
            let snapshot = snapshot(try Example.river(), asOf: Example.asOf, rules: [rule])
            return try ask("clients.get", #"{"customer_id": "ann"}"#, snapshot).object("risk").objects("reasons").first?
                .text("text")
        }
        #expect(try reason("plain") == "plain")
        #expect(try reason("{value} of {threshold}") == "150 of 5")
        #expect(try reason("{value} {what} {", "total_amount", 2.5) == "244.6 {what} {")
        #expect(try reason("{percent}", "engagement_score", 0.125) == "186.7 %")
        #expect(try reason("{threshold}", "mrr", 0.126) == "0.13")
        let empty = RiskRule(name: "r", category: .revenue, conditions: [], weightMicro: 1, text: "x")
        let quiet = snapshot(try Example.river(), asOf: Example.asOf, rules: [empty])
        #expect(try ask("clients.get", #"{"customer_id": "ann"}"#, quiet).object("risk").objects("reasons").isEmpty)
    }

    @Test func exportsAsCSV() throws {
        let river = try Example.river()
        try river.load(
            .demographics,
            "customer_id,account_creation_date,name,owner\n\"e,1\",2024-01-01,\"say \"\"hi\"\"\",\" x\"\n")
        let snapshot = snapshot(river, asOf: Example.asOf)
        let answer = try ask("export.table", #"{"table": "customer_metrics"}"#, snapshot)
        let lines = (answer.text("data") ?? "").split(separator: "\n")
        #expect(answer.number("rows") == 5)
        #expect(answer.number("total") == 5)
        #expect(lines.count == 6)
        #expect(lines[0].hasPrefix("customer_id,status,left_on,left_basis,name,segment,"))
        #expect(lines[1].hasPrefix("ann,current,,,Ann Älv,smb,EMEA,gold,,Real Estate,"))
        #expect(lines[1].contains(",244.6,125,244.6,0,,1,1,30,1,"))
        #expect(lines[5].hasPrefix("\"e,1\",not_started,,,\"say \"\"hi\"\"\",,OTHER,,,,\" x\","))
        #expect(lines[1].hasSuffix(",2024-03-31,\(snapshot.id)"))
        #expect(answer.objects("columns").compactMap { $0.text("name") }.joined(separator: ",") == lines[0])
        #expect(answer["next_cursor"]?.isNull == true)
    }

    @Test(arguments: PublishedTable.allCases)
    func exportsAsNDJSON(table: PublishedTable) throws {
        let snapshot = try Example.snapshot()
        let answer = try ask("export.table", #"{"table": "\#(table.rawValue)", "format": "ndjson"}"#, snapshot)
        let lines = (answer.text("data") ?? "").split(separator: "\n")
        #expect(lines.count == table.rowCount(snapshot))
        let csv = try ask("export.table", #"{"table": "\#(table.rawValue)"}"#, snapshot)
        let rows = (csv.text("data") ?? "").split(separator: "\n").dropFirst()
        #expect(rows.count == lines.count)
        for (line, row) in zip(lines, rows) {
            let object = try #require(try JSONReader().read(String(line)).objectValue)
            #expect(object.members.map(\.key) == table.columns.map(\.name))
            // The same values in both: none of the example's has a comma in it.
            for (member, text) in zip(object.members, row.split(separator: ",", omittingEmptySubsequences: false)) {
                switch member.value {
                case .null: #expect(text.isEmpty)
                case .string(let value): #expect(text == value)
                default: #expect(member.value.doubleValue == Double(text), "\(member.key)")
                }
            }
        }
    }

    @Test func pagesOfAnExport() throws {
        var company = Company()
        for index in 0..<10_050 { company.clients.append(.init(id: "c\(index + 100_000)", created: Day(2024, 1, 1))) }
        let snapshot = snapshot(try company.river(), asOf: Example.asOf)
        let first = try ask("export.table", #"{"table": "customer_health_scores"}"#, snapshot)
        #expect(first.number("rows") == 10_000)
        let cursor = try #require(first.text("next_cursor"))
        let second = try ask("export.table", #"{"table": "customer_health_scores", "cursor": "\#(cursor)"}"#, snapshot)
        #expect(second.number("rows") == 50)
        #expect(second.text("next_cursor") == nil)
        #expect(second.text("data")?.hasPrefix("c110000,") == true)
    }

    /// A cursor is text from outside: no number in it may end the daemon.
    @Test(arguments: ["9223372036854775807", "9223372036854770000", "5", "4"])
    func cursorsFarBeyondTheEnd(offset: String) throws {
        let snapshot = try Example.snapshot()
        let answer = try ask(
            "export.table", #"{"table": "customer_metrics", "cursor": "\#(snapshot.id)~\#(offset)"}"#, snapshot)
        #expect(answer.number("rows") == 0)
        #expect(answer.text("next_cursor") == nil)
    }

    @Test(arguments: [
        "{}", #"{"table": "luck"}"#, #"{"table": 5}"#, #"{"table": "customer_metrics", "format": "xml"}"#,
        #"{"table": "customer_metrics", "cursor": "no"}"#, #"{"table": "customer_metrics", "rows": 5}"#,
    ])
    func refusedExports(parameters: String) throws {
        #expect(problem("export.table", parameters, try Example.snapshot())?.code == .invalidParams)
    }
}
