import Contract
import Settings
import Testing

/// Data that does not tell who has logged in, on the whole daemon.
@Suite(.serialized)
struct LoginNoticeTests {
    private func problems(_ daemon: RunningDaemon) throws -> [String] {
        try daemon.call("system.status")["problems"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    @Test("Data without a login says so once, in words that say what to set, and claims no absence")
    func withoutLogins() async throws {
        let daemon = try RunningDaemon()
        var clients = "customer_id,account_creation_date\n"
        var events = "event_id,customer_id,event_type,timestamp\n"
        for index in 0..<30 {
            clients += "C\(index),2022-01-01\n"
            for day in 1...3 { events += "E\(index)-\(day),C\(index),page_view,2024-05-0\(day)\n" }
            if index < 20 { events += "S\(index),C\(index),sign_in,2024-05-03\n" }
        }
        try daemon.drop(clients, as: "clients.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        // Without events there is nothing to say.
        #expect(try problems(daemon) == [])
        try daemon.drop(events, as: "events.csv", category: "engagement")
        try await daemon.settle(drops: 2)
        let told = try problems(daemon)
        #expect(told.count == 1)
        #expect(
            told.first?.hasPrefix(
                "no event in the data is of a type in login_events (login): days since the last login")
                == true)
        #expect(told.first?.hasSuffix("most frequent in the data: page_view, sign_in") == true)
        let client = try daemon.call("clients.get", ["customer_id": "C25"])
        #expect(client["days_since_last_login"] == .null)
        #expect(client["risk"]?["reasons"]?.arrayValue?.isEmpty == true)
        let listed = try daemon.call("clients.list", ["where": "days_since_last_login>=0"])
        #expect(listed["total"]?.integerValue == 0)
        #expect(try daemon.call("clients.list", ["risk": "medium"])["total"]?.integerValue == 0)
        let row = try daemon.export("customer_metrics").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let column = try #require(row.first?.firstIndex(of: "days_since_last_login"))
        #expect(row.dropFirst().allSatisfy { $0[column].isEmpty })

        await daemon.reload { $0.loginEvents = ["sign_in"] }
        #expect(try problems(daemon) == [])
        #expect(try daemon.call("clients.list", ["where": "days_since_last_login==0"])["total"]?.integerValue == 20)
        await daemon.reload { $0.loginEvents = ["login"] }
        #expect(try problems(daemon).count == 1)
        await daemon.reload { $0.loginEvents = [] }
        #expect(try problems(daemon) == [])
        #expect(try daemon.call("clients.list", ["where": "days_since_last_login>=0"])["total"]?.integerValue == 0)
        await daemon.stop()
    }
}
