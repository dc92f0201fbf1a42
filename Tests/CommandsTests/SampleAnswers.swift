import Answers
import Contract
import Snapshots

/// Answers of a daemon: those about figures from a real generation, those about the daemon itself made up.
enum SampleAnswers {
    /// Every method, answered.
    static func all() throws -> [String: FakeDaemon.Answer] {
        let snapshot = try SampleSnapshot.shared.get()
        return figures(snapshot).merging(daemon()) { first, _ in first }
    }

    private static func figures(_ snapshot: Snapshot) -> [String: FakeDaemon.Answer] {
        func answer(
            _ method: String, _ write: @escaping @Sendable (Parameters, inout JSONWriter) throws(Problem) -> Void
        ) -> FakeDaemon.Answer {
            { (object: JSONObject) throws(Problem) -> [UInt8] in
                guard let endpoint = Endpoint.named(method) else { throw Problem(.methodNotFound, method) }
                let parameters = try Parameters(object, of: endpoint, hiding: nil)
                var bytes: [UInt8] = []
                var writer = JSONWriter()
                try write(parameters, &writer)
                writer.withBytes { bytes.append(contentsOf: $0) }
                return bytes
            }
        }
        return [
            "kpis.get": answer("kpis.get") { (parameters, writer) throws(Problem) in
                try KPIsAnswer.write(
                    KPIsAnswer.Question(parameters), snapshot, asOf: { SampleSnapshot.at($0, snapshot) }, to: &writer)
            },
            "clients.list": answer("clients.list") { (parameters, writer) throws(Problem) in
                let question = try ClientsAnswer.Question(parameters)
                try ClientsAnswer.write(question, snapshot, to: &writer)
            },
            "clients.get": answer("clients.get") { (parameters, writer) throws(Problem) in
                try ClientAnswer.write(ClientAnswer.Question(parameters), snapshot, showsContact: false, to: &writer)
            },
            "cohorts.get": answer("cohorts.get") { (parameters, writer) throws(Problem) in
                let question = try CohortsAnswer.Question(parameters)
                CohortsAnswer.write(question, snapshot, to: &writer)
            },
            "engagement.heatmap": answer("engagement.heatmap") { (parameters, writer) throws(Problem) in
                let question = try HeatmapAnswer.Question(parameters)
                HeatmapAnswer.write(question, snapshot, to: &writer)
            },
            "mrr.movements": answer("mrr.movements") { (parameters, writer) throws(Problem) in
                let question = try MovementsAnswer.Question(parameters)
                MovementsAnswer.write(question, snapshot, to: &writer)
            },
            "forecast.get": answer("forecast.get") { (parameters, writer) throws(Problem) in
                ForecastAnswer.write(
                    try ForecastAnswer.Question(parameters), SampleForecast.content(asOf: snapshot.asOf), snapshot,
                    to: &writer)
            },
            "risk.rules": answer("risk.rules") { (parameters, writer) throws(Problem) in
                try RulesAnswer.write(RulesAnswer.Question(parameters), snapshot, to: &writer) {
                    SampleRecord.write(to: &$0)
                }
            },
            "export.table": answer("export.table") { (parameters, writer) throws(Problem) in
                try ExportAnswer.write(ExportAnswer.Question(parameters), snapshot, to: &writer)
            },
        ]
    }

    private static let envelope = #""as_of":"2026-06-15","snapshot":"2026-06-15-fedcba9876543210""#

    /// The instant at which the tests' clock stands: 2026-06-15T12:00:00Z.
    static let now = 1_781_524_800.0

    static let status = """
        {"version":"0.1.0","ready":true,"started_at":"2026-06-12T09:30:00.000Z","uptime_seconds":268200,"role":"analyst",\
        "as_of_mode":"data",\
        "counts":{"customers":1234,"transactions":56789,"events":12345678,"tickets":910,"surveys":77},\
        "feeds":[{"category":"transactions","first_day":"2024-06-03","last_day":"2026-06-14","days":510,"rows":56789,\
        "rows_per_day":111.4,"usual_gap_days":3,"missing":false,"thin":false,"clock":"2026-06-15"},\
        {"category":"engagement","first_day":"2024-06-01","last_day":"2026-06-05","days":735,"rows":12345678,\
        "rows_per_day":16796.8,"usual_gap_days":1,"missing":true,"thin":true,"clock":"2026-06-06"},\
        {"category":"surveys","first_day":"2025-02-01","last_day":"2026-06-01","days":9,"rows":77,\
        "rows_per_day":8.6,"usual_gap_days":null,"missing":false,"thin":false,"clock":"2026-06-15"}],\
        "stages":[\
        {"name":"intake","state":"idle","last_run":"2026-06-15T11:58:30.000Z","last_duration_ms":12,"next_run":null,\
        "detail":null},{"name":"refresh","state":"running","last_run":"2026-06-15T11:59:00.000Z","last_duration_ms":8421,\
        "next_run":null,"detail":"engagement.csv"},\
        {"name":"archive","state":"waiting","last_run":"2026-06-15T11:00:00.000Z",\
        "last_duration_ms":950,"next_run":"2026-06-15T12:20:00.000Z","detail":null},{"name":"publish","state":"failed",\
        "last_run":"2026-06-15T10:00:00.000Z","last_duration_ms":30,"next_run":"2026-06-15T12:30:00.000Z",\
        "detail":"could not write gold.db: no space left on device"},{"name":"train","state":"off","last_run":null,\
        "last_duration_ms":null,"next_run":null,"detail":null}],\
        "inbox":{"pending":3,"failed":1,"loaded":14,"duplicates":2,"settled":false,"blocked":null},\
        "progress":{"drop_id":17,"category":"engagement","file":"engagement.csv","bytes_done":10485760,\
        "bytes_total":41943040,"rows":140000,"started_at":"2026-06-15T11:59:50.000Z","phase":"read"},\
        "problems":["could not write gold.db: no space left on device; free some space"],\
        "settings":{"waiting_for_restart":[],"without_effect":[]},"models":{"churn":{"state":"rules","version":null,\
        "choice":"automatic","problem":null,"training":false,"statement":null}},\
        "history":{"days":12,"wanted":26,"first":"2026-03-29","last":"2026-06-14","points":1440,"memory_bytes":5760},\
        "memory_bytes":187654321,"gold_db":{"snapshot":"2026-06-14-0123456789abcdef","behind":true},"as_of":"2026-06-15","snapshot":"2026-06-15-fedcba9876543210"}
        """

    static let emptyStatus = """
        {"version":"0.1.0","ready":true,"started_at":"2026-06-15T11:59:59.000Z","uptime_seconds":1,"role":"admin",\
        "as_of_mode":"clock","counts":{"customers":0,"transactions":0,"events":0,"tickets":0,"surveys":0},"feeds":[],"stages":[],\
        "inbox":{"pending":0,"failed":0,"loaded":0,"duplicates":0,"settled":true,\
        "blocked":null},"progress":null,"problems":[],\
        "settings":{"waiting_for_restart":[],"without_effect":[]},"models":{"churn":{"state":"rules","version":null,\
        "choice":"automatic","problem":null,"training":false,"statement":null}},"history":null,\
        "memory_bytes":37000000,"gold_db":{"snapshot":null,"behind":false},"as_of":null,"snapshot":null}
        """

    static let loadedDrop = """
        {"drop_id":17,"file":"support.csv","category":"support","source_type":"csv","bytes":123456,\
        "sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","state":"loaded","rows":1500,\
        "accepted":1480,"rejected":12,"duplicates":8,"collisions":1,"updated":3,"warnings":0,"orphans":4,\
        "received_at":"2026-06-15T11:00:00.000Z","loaded_at":"2026-06-15T11:00:02.000Z","reason":null,"duplicate_of":null,"delivered_by":"anna",\
        "served":true}
        """

    static let refusedDrop = """
        {"drop_id":16,"file":"tickets.xlsx","category":"support","source_type":null,"bytes":9876,\
        "sha256":"60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752","state":"refused","rows":null,\
        "accepted":null,"rejected":null,"duplicates":null,"collisions":null,"updated":null,"warnings":null,\
        "orphans":null,"received_at":"2026-06-14T08:00:00.000Z","loaded_at":null,\
        "reason":"line 1: byte 3 is no text; expected a header line with column names, or JSON (UTF-8)",\
        "duplicate_of":null,"delivered_by":"anna","served":null}
        """

    static let remarks = """
        {"remarks":[{"line":14,"last_line":null,"rows":1,"column":"resolved_at","code":"reopened_ticket",\
        "text":"takes back when the ticket was resolved"},{"line":null,"last_line":null,"rows":1,"column":null,\
        "code":"different_duplicate","text":"a row with the same id came first"},{"line":20,"last_line":90,"rows":12,\
        "column":"issue_type","code":"replaced_value","text":"replaces another value that was known"}],\
        "next_cursor":null,"total":14,"summary":[{"code":"different_duplicate","column":null,"rows":1,\
        "text":"a row with the same id came first"},{"code":"replaced_value","column":"issue_type","rows":12,\
        "text":"replaces another value that was known"},{"code":"reopened_ticket","column":"resolved_at","rows":1,\
        "text":"takes back when the ticket was resolved"}],\(envelope)}
        """

    static let noRemarks = "{\"remarks\":[],\"next_cursor\":null,\"total\":0,\"summary\":[],\(envelope)}"

    static let rejects = """
        {"rejects":[{"drop_id":17,"line":14,"last_line":null,"rows":1,"column":"created_at","code":"bad_instant",\
        "reason":"created_at is \\"yesterday\\"; expected an instant","raw":"K14,C00001,billing,yesterday,,"},\
        {"drop_id":17,"line":99,"last_line":null,"rows":1,"column":"satisfaction_score","code":"out_of_range",\
        "reason":"satisfaction_score is \\"9\\"; expected 1 to 5","raw":"K99,C00002,bug,2026-06-01T10:00:00Z,,9"},\
        {"drop_id":17,"line":100,"last_line":null,"rows":1,"column":"created_at","code":"bad_instant",\
        "reason":"created_at is \\"\\"; expected an instant","raw":"K100,C00003,\\u001b[31mred,,,"}],\
        "next_cursor":null,"masked":false,"total":12,"listed":null,\(envelope)}
        """

    private static let ledgerEnd = #""next_cursor":null,"total":17,"matching":17,"feeds":[],"# + envelope

    private static func daemon() -> [String: FakeDaemon.Answer] {
        func text(_ text: String) -> FakeDaemon.Answer {
            { (_: JSONObject) throws(Problem) -> [UInt8] in Array(text.utf8) }
        }
        return [
            "system.status": text(status),
            "system.whoami": text(
                """
                {"person":"anna","role":"account_manager","permissions":["read","contact","export"],\
                "owner":["Anna Weber","A. Weber"],"owner_unknown":[],"team":"emea","uid":1002,"user":"aweber","on_behalf_of":null}
                """),
            "system.refresh": text(
                "{\"state\":\"done\",\"duration_ms\":1234,\(envelope)}"),
            "system.verify": text(
                """
                {"ok":false,"checks":[{"name":"ledger","ok":true,"detail":"17 drops"},{"name":"bronze","ok":false,\
                "detail":"drop 3: the original is missing"}],"originals":{"kept":17,"checked":16,"bytes":123456,\
                "damaged":[],"missing":[{"drop_id":3,"sha256":"9f86d081884c7d659a2feaa0c55ad015","file":"june.csv",\
                "detail":"not in bronze"}],"unknown":[]},\(envelope)}
                """),
            "system.metrics": text("{\"text\":\"# TYPE aura_up gauge\\naura_up 1\\n\"}"),
            "data.drops": { (parameters: JSONObject) throws(Problem) -> [UInt8] in
                switch parameters["drop_id"] {
                case nil: return Array("{\"drops\":[\(loadedDrop),\(refusedDrop)],\(ledgerEnd)}".utf8)
                case .integer(17): return Array("{\"drops\":[\(loadedDrop)],\(ledgerEnd)}".utf8)
                case .integer(16): return Array("{\"drops\":[\(refusedDrop)],\(ledgerEnd)}".utf8)
                default: return Array("{\"drops\":[],\(ledgerEnd)}".utf8)
                }
            },
            "data.rejects": text(rejects),
            "data.remarks": text(remarks),
        ]
    }
}
