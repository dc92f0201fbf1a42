import Contract
import Testing

/// What rows of payments say of themselves, on the whole daemon.
@Suite(.serialized)
struct PaymentTermsTests {
    @Test("Periods and kinds of payments decide what a client is worth, survive a restart, and a rebuild")
    func periodsAndKinds() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop(
            "customer_id,subscription_type,account_creation_date\nyear,Pro,2024-01-01\nonce,Pro,2024-01-01\n",
            as: "clients.csv", category: "demographics")
        try daemon.drop(
            """
            transaction_id,customer_id,amount,currency,transaction_date,period_start,period_end,kind
            y1,year,1200,USD,2024-02-01,2024-02-01,2025-01-31,
            o1,once,50,USD,2024-02-10,,,usage
            o2,once,50,USD,2024-02-12,2024-02-12,,usage

            """, as: "payments.csv", category: "transactions")
        try await daemon.settle(drops: 2)
        func worth(_ id: String) throws -> JSONValue? {
            try daemon.call("clients.get", ["customer_id": .string(id)])["metrics"]?["mrr"]
        }
        let before = try daemon.exportEverything()
        #expect(try worth("year")?.doubleValue == 100)
        #expect(try worth("once")?.doubleValue == 0)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        try await daemon.restart()
        #expect(try daemon.exportEverything() == before)
        try await daemon.restart(rebuild: true)
        #expect(try daemon.exportEverything() == before)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }
}
