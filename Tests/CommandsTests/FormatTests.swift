import Contract
import Testing

/// Output for programs.
@Suite struct FormatTests {
    private static let reading: [(arguments: [String], method: String, parameters: JSONObject)] = [
        (["status"], "system.status", [:]),
        (["whoami"], "system.whoami", [:]),
        (["kpis", "--by", "week", "--compare", "year"], "kpis.get", ["by": "week", "compare": "year"]),
        (["clients", "--limit", "3", "--sort", "mrr"], "clients.list", ["sort": "mrr", "limit": 3]),
        (["client", "C1000004", "--timeline", "2"], "clients.get", ["customer_id": "C1000004", "timeline": 2]),
        (["cohorts"], "cohorts.get", ["by": "signup_month", "measure": "retention"]),
        (["heatmap", "--region", "EMEA"], "engagement.heatmap", ["region": ["EMEA"]]),
        (["mrr", "--from", "2026-03-01"], "mrr.movements", ["from": "2026-03-01"]),
        (["rules"], "risk.rules", [:]),
        (
            ["forecast", "--metric", "revenue", "--horizon", "60", "--components", "--segment", "smb"], "forecast.get",
            ["metric": "revenue", "horizon": 60, "history": 90, "components": true, "segment": ["smb"]]
        ),
        (
            ["forecast", "backtest", "--metric", "tickets", "--customer", "C7"], "forecast.get",
            ["metric": "tickets", "customer_id": "C7", "history": 364]
        ),
        (
            ["forecast", "--metric", "tickets", "--capacity", "12.5", "--leave-out", "outliers_and_stock_outs"],
            "forecast.get",
            [
                "metric": "tickets", "capacity": 12.5, "leave_out": "outliers_and_stock_outs", "horizon": 30,
                "history": 90,
            ]
        ),
        (["rules", "test", "C1000004"], "risk.rules", ["customer_id": "C1000004"]),
        (["drops"], "data.drops", ["limit": 20]),
        (["drops", "show", "17"], "data.drops", ["drop_id": 17]),
        (["rejects", "--drop", "17"], "data.rejects", ["limit": 50, "drop_id": 17]),
        (["verify"], "system.verify", ["whole": true]),
        (["verify", "--quick"], "system.verify", ["whole": false]),
        (["metrics"], "system.metrics", [:]),
        (["refresh"], "system.refresh", ["wait": false]),
    ]

    @Test func jsonIsTheResultByteForByte() async throws {
        let scratch = try Scratch()
        let answers = try SampleAnswers.all()
        let daemon = try FakeDaemon(answers, in: scratch)
        for command in Self.reading {
            let answer = try #require(answers[command.method])
            let expected = try answer(command.parameters)
            let run = try CommandRun(command.arguments + ["-o", "json"], socket: daemon.socketPath)
            #expect(run.outputBytes == expected, "\(command.arguments)")
            #expect(run.errors.isEmpty)
            #expect(daemon.requests(command.method).last == command.parameters, "\(command.arguments)")
        }
        await daemon.stop()
    }

    @Test func jsonOnATerminalEndsInALineFeed() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["system.status": { _ in Array("{ \"a\" : 1 }".utf8) }], in: scratch)
        let run = try CommandRun(["status", "-o", "json"], socket: daemon.socketPath, .init(columns: 80))
        #expect(run.output == "{ \"a\" : 1 }\n")
        await daemon.stop()
    }

    @Test func everyFilterTravels() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["clients.list": { _ in Array("{\"clients\":[]}".utf8) }], in: scratch)
        let run = try CommandRun(
            [
                "clients", "--segment", "smb", "--segment", "enterprise", "--region", "EMEA", "--tier", "pro",
                "--product",
                "Questline", "--risk", "high", "--risk", "critical", "--search", "acme", "--where", "mrr>10", "--where",
                "engagement_score<0.5", "--as-of", "2026-03-31", "--cursor", "x~5",
            ], socket: daemon.socketPath)
        #expect(run.status == 0)
        #expect(
            daemon.requests("clients.list") == [
                [
                    "segment": ["smb", "enterprise"], "region": ["EMEA"], "tier": ["pro"], "product": ["Questline"],
                    "risk": ["high", "critical"], "search": ["acme"], "where": ["mrr>10", "engagement_score<0.5"],
                    "cursor": "x~5", "as_of": "2026-03-31",
                ]
            ])
        await daemon.stop()
    }

    @Test func csvFlattensObjectsAndLists() async throws {
        let scratch = try Scratch()
        let answer = """
            {"clients":[{"id":"a,b","name":null,"n":1.5,"flag":true,"reasons":["x; y","z \\"q\\""],"empty":"",
            "health":{"score":61,"parts":[{"p":1}]}},{"id":"c","late":"new","reasons":[]}]}
            """
        let daemon = try FakeDaemon(["clients.list": { _ in Array(answer.utf8) }], in: scratch)
        let csv = try CommandRun(["clients", "-o", "csv"], socket: daemon.socketPath)
        #expect(
            csv.output == """
                id,name,n,flag,reasons,empty,health.score,health.parts,late
                "a,b",,1.5,true,"x; y; z ""q""\","",61,"[{""p"":1}]",
                c,,,,,,,,new

                """)
        let lines = try CommandRun(["clients", "-o", "ndjson"], socket: daemon.socketPath)
        #expect(
            lines.output == """
                {"id":"a,b","name":null,"n":1.5,"flag":true,"reasons":["x; y","z \\"q\\""],"empty":"",\
                "health":{"score":61,"parts":[{"p":1}]}}
                {"id":"c","late":"new","reasons":[]}

                """)
        await daemon.stop()
    }

    @Test func mainListsAreWhatTheHelpSays() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(SampleAnswers.all(), in: scratch)
        func rows(_ arguments: [String]) throws -> [String] {
            try CommandRun(arguments + ["-o", "csv"], socket: daemon.socketPath).output.split(separator: "\n").map(
                String.init)
        }
        let heat = try rows(["heatmap"])
        #expect(heat.count == 1 + 7 * 24)
        #expect(heat.first == "weekday,hour,events")
        let cohorts = try rows(["cohorts"])
        #expect(cohorts.first == "cohort,size,month,active,retention,complete")
        #expect(cohorts.last?.hasSuffix(",false") == true)
        let revenue = try rows(["cohorts", "--measure", "revenue"])
        #expect(revenue.first == "cohort,size,month,revenue,retention,complete")
        let groups = try rows(["kpis", "--group-by", "region"])
        #expect(groups.first?.hasPrefix("group,customers,mrr,") == true)
        #expect(groups.count == 5)
        #expect(try rows(["kpis"]).first?.hasPrefix("period,from,to,complete,customers,mrr,") == true)
        #expect(try rows(["status"]).first == "name,state,last_run,last_duration_ms,next_run,detail")
        #expect(try rows(["verify"]).count == 4)
        #expect(try rows(["client", "C1000004"]).count == 2)
        #expect(try rows(["rules"]).count == 5)
        #expect(try rows(["drops", "show", "16"]).count == 2)
        #expect(
            try rows(["refresh"]) == [
                "state,duration_ms,as_of,snapshot", "done,1234,2026-06-15,2026-06-15-fedcba9876543210",
            ])
        await daemon.stop()
    }
}
