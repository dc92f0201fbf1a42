import Contract
import SocketClient
import Testing

/// Telemetry may leave the house, data of clients may not.
struct LogSecrecyTests {
    /// Stands in every value that belongs to a client, and in every name that a client's people have given.
    static let mark = "Zq7mark"

    @Test("A full run on marked data logs none of it")
    func nothingOfAClientIsLogged() async throws {
        let mark = Self.mark
        let log = CapturedLog()
        let daemon = try RunningDaemon(logger: log.logger())
        let demographics = """
            customer_id,name,age,gender,location,subscription_type,account_creation_date,email,phone,contact_name,notes
            \(mark)1,\(mark) Ltd,40,\(mark),\(mark) city,\(mark)-plan,2024-01-02,\(mark)@example.org,\(mark)55,\(mark) X,\(mark)
            \(mark)2,\(mark) Inc,not an age,,,,2024-13-99,,,,
            \(mark)3,"\(mark) open
            """
        try daemon.drop(demographics, as: "\(mark).csv", category: "demographics")
        try daemon.drop(
            "transaction_id,customer_id,transaction_date,amount,currency,payment_method\n"
                + "\(mark)T1,\(mark)1,2024-02-03,10.5,USD,\(mark)\n\(mark)T2,\(mark)1,2024-02-03,\(mark),USD,x\n",
            as: "\(mark) transactions.csv", category: "transactions")
        try daemon.drop(
            "ticket_id,customer_id,issue_type,created_at\n\(mark)K,\(mark)1,\(mark),2024-02-03T04:05:06Z\n",
            as: "\(mark)-support.csv", category: "support")
        try daemon.drop(
            "survey_id,customer_id,response_date,nps_score,comments\n\(mark)S,\(mark)1,2024-02-05,3,\(mark) is cross\n",
            as: "surveys \(mark).csv", category: "surveys")
        // A file without a header, whose first row is taken for one; rubbish; a second delivery.
        try daemon.drop("\(mark)9,\(mark) and Sons,5\n", as: "\(mark)-headless.csv", category: "engagement")
        try daemon.drop("{\"\(mark)\": \n", as: "\(mark).json", category: "surveys")
        try await daemon.settle(drops: 6)
        try daemon.drop(demographics, as: "\(mark)-again.csv", category: "demographics")
        try await daemon.settle(drops: 7)
        askAboutMarkedThings(daemon)
        _ = try daemon.call("system.refresh", ["wait": true])
        _ = try daemon.call("system.verify")
        let metrics = try daemon.call("system.metrics")["text"]?.stringValue ?? ""
        try await daemon.restart(rebuild: true)
        await daemon.stop()

        let text = log.text
        // That the run was a full one, and the log a real one.
        for event in [
            "daemon_started", "daemon_ready", "drop_received", "drop_loaded", "drop_refused", "drop_duplicate",
            "refresh_finished", "request_audited", "client_denied", "verify_finished", "daemon_stopped",
        ] { #expect(text.contains(event), "\(event) was not logged") }
        #expect(!contains(text, mark))
        #expect(!contains(metrics, mark))
        #expect(metrics.contains("aura_drops_total"))
    }

    /// Requests of all kinds, right and wrong, with marked parameters; what they answer does not matter here.
    private func askAboutMarkedThings(_ daemon: RunningDaemon) {
        let mark = JSONValue.string(Self.mark)
        let requests: [(String, JSONObject)] = [
            ("clients.get", ["customer_id": .string("\(Self.mark)1")]), ("clients.get", ["customer_id": mark]),
            ("clients.get", [Self.mark: mark]), ("clients.list", ["search": mark]), ("clients.list", ["sort": mark]),
            ("clients.list", ["cursor": mark]), ("kpis.get", ["segment": .array([mark])]), ("kpis.get", ["from": mark]),
            ("export.table", ["table": mark]), ("data.drops", ["state": mark]), ("data.rejects", [:]),
            ("risk.rules", ["customer_id": mark]), (Self.mark, [:]),
            ("system.refresh", ["context": .object(["user_role": .string("viewer")])]),
            ("clients.get", ["context": .object(["user_role": mark])]),
            (
                "data.ingest",
                ["category": "support", "file": mark, "content": .string("\(Self.mark),1\n\(Self.mark),2\n")]
            ),
            ("data.ingest", ["category": mark, "content": mark]), ("data.ingest", ["upload": mark]),
        ]
        for (method, params) in requests { _ = try? daemon.call(method, params) }
    }

    private func contains(_ text: String, _ mark: String) -> Bool { text.lowercased().contains(mark.lowercased()) }
}
