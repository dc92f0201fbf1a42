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
            try daemon.call("clients.get", ["customer_id": .string(id)])["mrr"]
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

    @Test("A later revision of a payment takes its place, over restarts and rebuilds, in whatever order they come")
    func revisions() async throws {
        let first =
            "transaction_id,customer_id,amount,currency,transaction_date\nt1,c1,10,USD,2024-02-01\n"
            + "t2,c1,20,USD,2024-03-01\n"
        let second = "transaction_id,customer_id,amount,currency,transaction_date,revision\nt1,c1,30,USD,2024-02-03,1\n"
        let third = "transaction_id,customer_id,amount,currency,transaction_date,revision\nt1,c1,40,USD,2024-02-02,2\n"
        var exports: [String] = []
        for order in [[first, second, third], [third, first, second]] {
            let daemon = try RunningDaemon()
            try daemon.drop(
                "customer_id,account_creation_date\nc1,2024-01-01\n", as: "c.csv", category: "demographics")
            try await daemon.settle(drops: 1)
            for (index, text) in order.enumerated() {
                try daemon.drop(text, as: "t\(index).csv", category: "transactions")
                try await daemon.settle(drops: index + 2)
                if index == 1 { try await daemon.restart() }
            }
            #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
            let before = try daemon.exportEverything()
            try await daemon.restart(rebuild: true)
            #expect(try daemon.exportEverything() == before)
            exports.append(before)
            let client = try daemon.call("clients.get", ["customer_id": "c1"])
            #expect(client["total_amount"]?.doubleValue == 60)
            #expect(client["transactions_total"]?.integerValue == 2)
            #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
            await daemon.stop()
        }
        #expect(exports[0] == exports[1])
    }
}
