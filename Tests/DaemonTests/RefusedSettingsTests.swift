import Contract
import Daemon
import Foundation
import Records
import Settings
import Testing

/// Settings that cannot come into force with what is stored, or at all, and settings under which stored rows are decided
/// otherwise than they were.
@Suite(.serialized)
struct RefusedSettingsTests {
    private static let start = Day(rawValue: 10_957)

    private static func rates(_ base: String, _ currencies: [String]) -> ExchangeRates {
        ExchangeRates(
            baseCurrency: base,
            steps: currencies.map { ($0, ExchangeRates.Step(day: start, rate: ExchangeRate("0.01") ?? .one)) })
    }

    private func loadedDaemon() async throws -> RunningDaemon {
        let daemon = try RunningDaemon { $0.rates = Self.rates("USD", ["JPY", "EUR"]) }
        try daemon.drop(
            """
            transaction_id,customer_id,amount,currency,transaction_date
            T1,C1,100000,JPY,2024-02-03
            T2,C1,200000,JPY,2024-02-04
            T3,C1,5,USD,2024-02-05

            """, as: "payments.csv", category: "transactions")
        try await daemon.settle(drops: 1)
        return daemon
    }

    private func problems(_ daemon: RunningDaemon) throws -> String {
        "\(try daemon.call("system.status")["problems"] ?? .null)"
    }

    private func revenue(_ daemon: RunningDaemon) throws -> String { try daemon.export("customer_metrics") }

    @Test("A reload that takes the rate of stored payments away is refused, and said until one succeeds")
    func ratesAreTakenAway() async throws {
        let daemon = try await loadedDaemon()
        let before = try revenue(daemon)
        let changes: [(inout Configuration) -> Void] = [
            { $0.rates = Self.rates("USD", ["EUR"]) },
            {
                $0.baseCurrency = "EUR"
                $0.rates = Self.rates("EUR", ["JPY"])
            },
        ]
        for (change, words) in zip(changes, ["JPY (2 stored payments)", "USD (1 stored payment)"]) {
            let good = daemon.configuration
            await daemon.reload(change)
            #expect(try problems(daemon).contains(words))
            #expect(try revenue(daemon) == before)
            #expect(try daemon.call("clients.list")["currency"]?.stringValue == "USD")
            await daemon.reload { $0 = good }
            #expect(try problems(daemon) == "\(JSONValue.array([]))")
        }
        // Neither does a start begin with other figures.
        var refusal = ""
        do { try await daemon.restart(yaml: RunningDaemon.withoutForecasts) } catch { refusal = "\(error)" }
        #expect(refusal.contains("JPY (2 stored payments)"), "\(refusal)")
        daemon.remove()
    }

    @Test("A configuration with a mistake is in the status, with file, line and key, until a reload succeeds")
    func mistakes() async throws {
        let daemon = try await loadedDaemon()
        do {
            _ = try Configuration.parse(
                yaml: "as_of: data\nschedule: { intake_seconds: x }\n", path: "test.yaml", files: .system)
            Issue.record("no mistake was found")
        } catch {
            daemon.daemon.reloadFailed(error)
        }
        let text = try problems(daemon)
        #expect(text.contains("test.yaml:2") && text.contains("intake_seconds") && text.contains("reload"), "\(text)")
        await daemon.reload { _ in }
        #expect(try problems(daemon) == "\(JSONValue.array([]))")
        await daemon.stop()
    }

    @Test("A rebuild under other settings than those of the loads says how many loads that concerns")
    func rebuildUnderOtherSettings() async throws {
        let daemon = try RunningDaemon()
        for number in 1...2 {
            try daemon.drop(
                "customer_id,account_creation_date,industry\nC\(number),2024-01-01,Steel\n", as: "\(number).csv",
                category: "demographics")
            try await daemon.settle(drops: number)
        }
        try await daemon.restart(rebuild: true)
        #expect(try problems(daemon) == "\(JSONValue.array([]))")
        try await daemon.restart(
            rebuild: true,
            yaml: RunningDaemon.withoutForecasts + "validation: { demographics: { industry: { values: [nothing] } } }\n"
        )
        #expect(try problems(daemon).contains("2 of 2 loads"))
        // The next start says it once more: a rebuild may have ended without serving.
        try await daemon.restart()
        #expect(try problems(daemon).contains("2 of 2 loads"))
        try await daemon.restart()
        #expect(try problems(daemon) == "\(JSONValue.array([]))")
        await daemon.stop()
    }
}
