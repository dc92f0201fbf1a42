import Contract
import Records
import RiverTesting
import Snapshots
import Testing

/// What answers say of a feed that has stopped coming.
@Suite struct StaleTests {
    /// Three clients who use the product every day of sixty, and pay every month; then nothing of their use is delivered.
    private static func river(silentDays: Int) throws -> River {
        let asOf = Day(2024, 3, 31)
        var company = Company()
        for name in ["ann", "bob", "cat"] {
            company.clients.append(.init(id: name, created: Day(2023, 12, 1)))
            for back in silentDays..<silentDays + 60 {
                company.events.append(
                    .init(
                        id: "e\(company.events.count)", client: name, type: "login",
                        at: Instant(day: asOf.advanced(by: -back)).rawValue))
            }
            for month in 1...3 {
                company.transactions.append(
                    .init(
                        id: "\(name)\(month)", client: name, amount: 10_000_000, currency: "USD",
                        day: Day(2024, month, 20)))
            }
        }
        return try company.river()
    }

    private static let settings = {
        var settings = GoldSettings.example
        settings.watchesFeeds = true
        return settings
    }()

    @Test(arguments: ["kpis.get", "clients.list", "cohorts.get", "engagement.heatmap", "mrr.movements", "risk.rules"])
    func everyAnswerSaysSo(method: String) throws {
        let fresh = snapshot(try Self.river(silentDays: 0), settings: Self.settings)
        #expect(try ask(method, "{}", fresh).objects("stale").isEmpty)
        let late = snapshot(try Self.river(silentDays: 12), settings: Self.settings)
        let answer = try ask(method, "{}", late)
        let shape = try #require(Endpoint.named(method)).resultShape
        #expect(shape.differences(from: .object(answer)).isEmpty)
        let stale = answer.objects("stale")
        #expect(stale.count == 1 && stale.first?.text("category") == "engagement")
        #expect(stale.first?.text("last_day") == "2024-03-19" && stale.first?.number("usual_gap_days") == 1)
        #expect(
            stale.first?.text("text")
                == "no engagement since 2024-03-19, usually daily: usage, silence and risk are as of then")
        // The other meaning can be had.
        #expect(try ask(method, "{}", snapshot(try Self.river(silentDays: 12))).objects("stale").isEmpty)
    }

    /// Nobody has been silent, is at a higher risk or in a worse health because of it.
    @Test func nobodyIsWorseForIt() throws {
        for silent in [12, 25, 40] {
            let late = snapshot(try Self.river(silentDays: silent), settings: Self.settings)
            let answer = try ask("clients.list", #"{"sort": "customer_id"}"#, late)
            #expect(answer.number("total") == 3)
            for client in answer.objects("clients") {
                #expect(client.text("risk_level") == "low" && client.texts("reasons").isEmpty)
                #expect(client.number("days_since_last_login") == 1 && client.text("status") == "current")
            }
        }
    }
}
