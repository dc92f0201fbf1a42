import Contract
import Foundation
import Testing

/// Revenue that is due, as it is asked for over the socket.
@Suite struct RevenueForecastTests {
    private static let yaml = "as_of: data\nforecasts: { keep: false }\n"
    private static let segments = ["first", "mid", "month_end"]

    /// Ten clients of each segment, who pay 100 on the 1st, the 15th or the last day of each of 27 months.
    private static func load(into daemon: RunningDaemon) async throws {
        var clients = "customer_id,account_creation_date,segment\n"
        var payments = "transaction_id,customer_id,amount,currency,transaction_date\n"
        for segment in segments {
            for client in 0..<10 {
                clients += "\(segment)\(client),2024-01-01,\(segment)\n"
                for month in 0..<27 {
                    let year = 2024 + month / 12
                    let first = String(format: "%04d-%02d", year, month % 12 + 1)
                    let lengths = [31, year == 2024 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
                    let day = ["first": 1, "mid": 15][segment] ?? lengths[month % 12]
                    payments += "\(segment)\(client)-\(month),\(segment)\(client),100,USD,"
                    payments += first + String(format: "-%02d\n", day)
                }
            }
        }
        try daemon.drop(clients, as: "clients.csv", category: "demographics")
        try daemon.drop(payments, as: "payments.csv", category: "transactions")
        try await daemon.settle(drops: 2)
    }

    private static func total(_ answer: JSONValue, _ days: String, _ bound: String = "yhat") throws -> Double {
        try #require(answer["totals"]?[days]?[bound]?.doubleValue)
    }

    /// A total has as many billing days as its days have, whatever day it is asked on.
    @Test func billingDaysAreSeen() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(into: daemon)
        // By day and segment: how many billing days the 30 and the 90 days after it have.
        let expected: [(String, [String: (Int, Int)])] = [
            ("2026-03-31", ["first": (1, 3), "mid": (1, 3), "month_end": (1, 2)]),
            ("2025-05-01", ["first": (0, 2), "mid": (1, 3), "month_end": (1, 2)]),
            ("2025-12-15", ["first": (1, 3), "mid": (0, 3), "month_end": (1, 3)]),
        ]
        for (day, segments) in expected {
            var sums = (month: 0.0, quarter: 0.0)
            for (segment, counts) in segments {
                let answer = try daemon.call(
                    "forecast.get", ["metric": "revenue", "segment": .string(segment), "as_of": .string(day)])
                let month = try Self.total(answer, "30")
                let quarter = try Self.total(answer, "90")
                #expect(abs(month - 1000 * Double(counts.0)) <= 20, "\(segment) \(day)")
                #expect(abs(quarter - 1000 * Double(counts.1)) <= 60, "\(segment) \(day)")
                #expect(answer["model"]?["name"]?.stringValue == "invoices")
                sums.month += month
                sums.quarter += quarter
            }
            let whole = try daemon.call("forecast.get", ["metric": "revenue", "as_of": .string(day)])
            #expect(abs(try Self.total(whole, "30") - sums.month) < 1e-6 * 3000)
            #expect(abs(try Self.total(whole, "90") - sums.quarter) < 1e-6 * 9000)
            #expect(try Self.total(whole, "90", "yhat_lower") <= Self.total(whole, "90"))
            #expect(whole["totals"]?["30"]?["accuracy"]?["error"]?.doubleValue ?? 1 < 0.05)
        }
        await daemon.stop()
    }

    /// One client is expected to pay what he pays; the parts of a forecast add up to it; other selections know what is due.
    @Test func clientsAndSelectionsKnowWhatIsDue() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(into: daemon)
        let one = try daemon.call("forecast.get", ["metric": "revenue", "customer_id": "first3", "horizon": 90])
        #expect(abs(try Self.total(one, "90") - 300) < 6)
        #expect(one["reconciled"]?.boolValue == false)
        #expect(one["notes"]?.arrayValue?.contains { $0.stringValue?.contains("new business") == true } == true)
        let some = try daemon.call(
            "forecast.get", ["metric": "revenue", "segment": ["first", "month_end"], "components": true])
        #expect(abs(try Self.total(some, "30") - 2000) < 40)
        let parts = try #require(some["components"]?.arrayValue)
        #expect(parts.compactMap { $0["name"]?.stringValue } == ["coming_invoices", "unannounced"])
        for (day, point) in (some["points"]?.arrayValue ?? []).enumerated() {
            let sum = parts.reduce(0) { $0 + ($1["values"]?.arrayValue?[day].doubleValue ?? .nan) }
            #expect(abs(sum - (point["yhat"]?.doubleValue ?? .nan)) < 0.01)
        }
        // Under assumptions the history alone speaks.
        let bound = try daemon.call("forecast.get", ["metric": "revenue", "leave_out": "outliers"])
        #expect(bound["model"]?["name"]?.stringValue != "invoices")
        await daemon.stop()
    }

    /// Recurring revenue is forecast from where it stands, and adds up.
    @Test func recurringRevenueStartsWhereItStands() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(into: daemon)
        let answer = try daemon.call("forecast.get", ["metric": "mrr", "components": true])
        let mrr = try #require(daemon.call("kpis.get")["summary"]?["mrr"]?.doubleValue)
        #expect(mrr == 3000)
        #expect(answer["history"]?.arrayValue?.last?["y"]?.doubleValue == mrr)
        #expect(abs(try Self.total(answer, "90") - mrr) < 1)
        #expect(answer["unit"]?.stringValue == "currency")
        var sum = 0.0
        for segment in Self.segments {
            sum += try Self.total(
                daemon.call("forecast.get", ["metric": "mrr", "segment": .string(segment)]), "60")
        }
        #expect(abs(sum - (try Self.total(answer, "60"))) < 1e-6 * sum)
        let one = try daemon.call("forecast.get", ["metric": "mrr", "customer_id": "mid2"])
        #expect(try Self.total(one, "30") == 100)
        let some = try daemon.call("forecast.get", ["metric": "mrr", "segment": ["first", "mid"]])
        #expect(abs(try Self.total(some, "30") - 2000) < 1)
        #expect { try daemon.call("forecast.get", ["metric": "mrr", "capacity": 5000]) } throws: { error in
            "\(error)".contains("capacity")
        }
        await daemon.stop()
    }

    /// Where payments do not recur nothing is due.
    @Test func whereNothingRecursHistorySpeaks() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml + "revenue: { recurring: no }\n")
        try await Self.load(into: daemon)
        let answer = try daemon.call("forecast.get", ["metric": "revenue"])
        #expect(answer["model"]?["name"]?.stringValue != "invoices")
        #expect { try daemon.call("forecast.get", ["metric": "mrr"]) } throws: { error in
            "\(error)".contains("do not recur")
        }
        await daemon.stop()
    }
}
