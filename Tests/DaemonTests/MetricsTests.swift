import Contract
import Testing

/// `system.metrics`: one text, in which every figure stands once.
struct MetricsTests {
    @Test("The text is well formed, names no family twice, and agrees with the ledger")
    func metrics() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop(
            "customer_id,name,account_creation_date\nC1,A,2024-01-02\nC2,B,x\n", as: "d.csv", category: "demographics")
        try daemon.drop("nothing\n", as: "bad.csv", category: "surveys")
        try await daemon.settle(drops: 2)
        _ = try? daemon.call("system.refresh", ["context": .object(["user_role": "viewer"])])
        let text = try #require(try daemon.call("system.metrics")["text"]?.stringValue)
        var types: [String: String] = [:]
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if line.hasPrefix("# TYPE ") {
                #expect(types.updateValue(words[3], forKey: words[2]) == nil, "\(words[2]) twice")
            } else if !line.hasPrefix("#") {
                let value = try #require(Double(words[words.count - 1]))
                let name = words.dropLast().joined(separator: " ")
                #expect(values.updateValue(value, forKey: name) == nil, "\(name) twice")
                let family = name.prefix { $0 != "{" }
                let bases = ["", "_bucket", "_sum", "_count"].compactMap { suffix in
                    family.hasSuffix(suffix) ? String(family.dropLast(suffix.count)) : nil
                }
                #expect(bases.contains { types[$0] != nil }, "\(family) has no type")
            }
        }
        #expect(values["aura_drops_total{category=\"demographics\",outcome=\"loaded\"}"] == 1)
        #expect(values["aura_drops_total{category=\"surveys\",outcome=\"refused\"}"] == 1)
        #expect(values["aura_rows_total{category=\"demographics\",outcome=\"rejected\"}"] == 1)
        #expect(values["aura_ledger_drops{state=\"loaded\"}"] == 1)
        #expect(values["aura_ledger_drops{state=\"refused\"}"] == 1)
        #expect(values["aura_denials_total"] == 1)
        #expect(values["aura_ready"] == 1)
        #expect(values["aura_clients"] == 1)
        #expect(values["aura_records{entity=\"customers\"}"] == 1)
        let days = ["made", "missing"].compactMap { values["aura_health_history_days{state=\"\($0)\"}"] }
        #expect(days.count == 2 && days.reduce(0, +) == 26)
        #expect(values["process_resident_memory_bytes"] ?? 0 > 1_000_000)
        let requests = try #require(values["aura_request_duration_seconds_count"])
        #expect(values["aura_request_duration_seconds_bucket{le=\"+Inf\"}"] == requests)
        #expect(requests >= 4)
        await daemon.stop()
    }
}
