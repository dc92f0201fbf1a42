import Gold
import Records
import RiverTesting
import Rollup
import Snapshots
import Testing
import Words

/// The published tables: names, rows and values.
@Suite struct PublishedTests {
    private static let asOf = Day(2024, 3, 31)

    /// All rows as texts; unknown is "-".
    private func rows(_ table: PublishedTable, _ snapshot: Snapshot, _ range: Range<Int>? = nil) -> [[String]] {
        var result: [[String]] = []
        table.forEachBatch(snapshot, rows: range ?? 0..<table.rowCount(snapshot)) { batch in
            for row in 0..<batch.rowCount {
                result.append(
                    (0..<batch.columnCount).map { column in
                        switch batch.cells[row * batch.columnCount + column] {
                        case .null: "-"
                        case .text(let start, let count):
                            String(decoding: batch.bytes[Int(start)..<Int(start + count)], as: UTF8.self)
                        case .integer(let value): "\(value)"
                        case .real(let value): "\(value)"
                        case .money(let micro): Money(rawValue: micro).description
                        case .day(let day): Day(rawValue: day).description
                        }
                    })
            }
        }
        return result
    }

    private func example() throws -> Snapshot {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,account_creation_date,name,subscription_type,location,churn_date,segment\n"
                + "b,2024-01-01,Bob,basic,Germany,2024-04-01,smb\na,2024-03-31,,,,2024-03-31,\n")
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,transaction_date\nt1,b,10.50,USD,2024-02-01\n"
                + "t2,b,20,USD,2024-03-01\nt3,b,-0.5,USD,2024-03-02\n")
        try river.load(.engagement, "event_id,customer_id,event_type,timestamp\ne1,b,login,2024-03-31\n")
        try river.load(.surveys, "survey_id,customer_id,response_date,nps_score\ns1,b,2024-03-01,9\n")
        return snapshot(river)
    }

    @Test func clients() throws {
        let snapshot = try example()
        let names = PublishedTable.customerMetrics.columns.map(\.name)
        let rows = rows(.customerMetrics, snapshot)
        #expect(rows.count == 2)
        let records = rows.map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
        #expect(records.map { $0["customer_id"] } == ["a", "b"])
        #expect(records[0]["name"] == "-")
        #expect(records[0]["churn_date"] == "2024-03-31")
        // What happens after the day is not known yet.
        #expect(records[1]["churn_date"] == "-")
        #expect(records[1]["segment"] == "smb")
        #expect(records[1]["region"] == "EMEA")
        #expect(records[1]["tier"] == "basic")
        #expect(records[1]["total_amount"] == "30")
        #expect(records[1]["mrr"] == "20")
        #expect(records[1]["avg_transaction_value"] == "15.25")
        #expect(records[1]["days_since_last_login"] == "0")
        #expect(records[0]["days_since_last_login"] == "-")
        #expect(records[0]["tenure_days"] == "0")
        #expect(records.allSatisfy { $0["as_of"] == "2024-03-31" && $0["snapshot"] == snapshot.id })
        // Every metric is a column and says what the metric says.
        for column in ClientMetric.published {
            for (record, position) in zip(records, snapshot.positionsByID) {
                let value = snapshot.gold.metrics.value(column, position)
                let text = try #require(record[column.name])
                #expect(value.isNaN ? text == "-" : Double(text) == value, "\(column.name)")
            }
        }
    }

    @Test func healthAndRisk() throws {
        let snapshot = try example()
        let names = PublishedTable.customerHealthScores.columns.map(\.name)
        let records = rows(.customerHealthScores, snapshot).map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
        #expect(
            names == [
                "customer_id", "health_score", "health_level", "health_coverage", "engagement_points", "revenue_points",
                "support_points", "sentiment_points", "contract_points", "engagement_value", "revenue_value",
                "support_value", "sentiment_value", "contract_value", "risk_score", "risk_level", "risk_basis",
                "rule_score", "rule_level", "risk_rules", "churn_probability", "value_at_risk", "as_of", "snapshot",
            ])
        for (record, position) in zip(records, snapshot.positionsByID) {
            let health = snapshot.assessments.health
            #expect(Double(record["health_score"] ?? "") == health.score[position])
            #expect(record["health_level"] == health.level[position]?.name)
            let points = ["engagement", "revenue", "support", "sentiment", "contract"]
                .compactMap { Double(record["\($0)_points"] ?? "") }.reduce(0, +)
            #expect(points == health.score[position])
            #expect(record["risk_level"] == snapshot.assessments.risk.level[position]?.name)
            #expect(record["churn_probability"] == "-")
            #expect(record["support_value"] == "-")
        }
        #expect(records.map { $0["risk_rules"] } == ["-", "-"])
        let late = rows(.customerHealthScores, try later()).map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
        #expect(late.map { $0["risk_rules"] } == ["inactive_login", "inactive_login;revenue_decline"])
        #expect(late.map { $0["risk_score"] } == ["0.3", "0.8"])
    }

    /// The example a hundred days later.
    private func later() throws -> Snapshot {
        let river = River()
        try river.load(.demographics, "customer_id,account_creation_date\na,2024-01-01\nb,2024-01-01\n")
        try river.load(
            .transactions, "transaction_id,customer_id,amount,currency,transaction_date\nt1,b,10.50,USD,2024-03-01\n")
        // Logins are measured, so that their absence is.
        try river.load(.engagement, "event_id,customer_id,event_type,timestamp\ne1,stranger,login,2024-01-01\n")
        return snapshot(river, asOf: Self.asOf.advanced(by: 100))
    }

    @Test func months() throws {
        let snapshot = try example()
        let names = PublishedTable.dashboardKPIs.columns.map(\.name)
        let records = rows(.dashboardKPIs, snapshot).map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
        #expect(
            records.map { "\($0["month"] ?? "") \($0["segment"] ?? "") \($0["region"] ?? "")" } == [
                "2024-01 smb EMEA", "2024-02 smb EMEA", "2024-03 - OTHER", "2024-03 smb EMEA",
            ])
        #expect(records.map { $0["new_customers"] } == ["1", "0", "1", "0"])
        #expect(records.map { $0["revenue"] } == ["0", "10.5", "0", "19.5"])
        #expect(records.map { $0["mrr"] } == ["0", "10.5", "0", "20"])
        #expect(records.map { $0["repeat_revenue"] } == ["0", "0", "0", "19.5"])
        #expect(records.map { $0["nps"] } == ["-", "-", "-", "100.0"])
        #expect(records.map { $0["provisional"] } == ["0", "0", "1", "1"])
        let movements = rows(.mrrMovements, snapshot)
        let movementNames = PublishedTable.mrrMovements.columns.map(\.name)
        let last = Dictionary(uniqueKeysWithValues: zip(movementNames, try #require(movements.last)))
        #expect(last["starting"] == "10.5")
        #expect(last["expansion"] == "9.5")
        #expect(last["ending"] == "20")
        #expect(last["grr"] == "1.0")
        #expect(last["churn_customers"] == "0")
    }

    @Test func cohorts() throws {
        let snapshot = try example()
        let rows = rows(.cohortRetention, snapshot).map { $0.prefix(9).joined(separator: " ") }
        #expect(
            rows == [
                "signup_month 2024-01 0 1 0 0.0 0 - 1", "signup_month 2024-01 1 1 1 1.0 10.5 - 1",
                "signup_month 2024-01 2 1 1 1.0 20 - 0", "signup_month 2024-03 0 1 0 0.0 0 - 0",
                "first_activity 2024-02 0 1 1 1.0 10.5 1.0 1", "first_activity 2024-02 1 1 1 1.0 20 \(20.0 / 10.5) 0",
            ])
    }

    /// Pages of any size put together are the whole; rows beyond the end are left out.
    @Test(arguments: PublishedTable.allCases)
    func pages(table: PublishedTable) throws {
        let snapshot = snapshot(try Company.random(seed: 7, around: Self.asOf, clients: 300).river())
        let whole = rows(table, snapshot)
        #expect(whole.count == table.rowCount(snapshot))
        #expect(whole.allSatisfy { $0.count == table.columns.count })
        #expect(Set(table.columns.map(\.name)).count == table.columns.count)
        for size in [1, 100, 128, 129, 1000] where size > 1 || whole.count < 100 {
            var pages: [[String]] = []
            for start in stride(from: 0, to: whole.count + size, by: size) {
                pages += rows(table, snapshot, start..<start + size)
            }
            #expect(pages == whole)
        }
    }
}
