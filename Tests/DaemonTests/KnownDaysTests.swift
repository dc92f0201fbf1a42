import Contract
import Foundation
import GRDB
import Testing

/// Known days on the whole daemon.
@Suite(.serialized)
struct KnownDaysTests {
    @Test("A day that is called off shows as such to whoever reads the database, and can be called on again")
    func calledOff() async throws {
        let daemon = try RunningDaemon()
        let path = "\(daemon.root)/state/aura.db"
        func rows() async throws -> [String] {
            try await DatabaseQueue(path: path).read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM events ORDER BY date").map { row in
                    "\(row["date"] as String) \(row["lower_window"] as Int) \(row["upper_window"] as Int) "
                        + "\(row["cancelled"] as Bool)"
                }
            }
        }
        try daemon.drop(
            "customer_id,account_creation_date\nC1,2024-01-01\n", as: "clients.csv", category: "demographics")
        try daemon.drop(
            "date,name,lower_window,upper_window\n2024-05-01,Fair,-1,2\n2024-06-01,Sale,0,3\n", as: "days.csv",
            category: "events")
        try await daemon.settle(drops: 2)
        try daemon.drop("date,name,cancelled\n2024-06-01,Sale,1\n", as: "off.csv", category: "events")
        try await daemon.settle(drops: 3)
        #expect(try await rows() == ["2024-05-01 -1 2 false", "2024-06-01 0 0 true"])
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        try daemon.drop(
            "date,name,upper_window,cancelled\n2024-06-01,Sale,1,0\n", as: "on.csv", category: "events")
        try await daemon.settle(drops: 4)
        #expect(try await rows() == ["2024-05-01 -1 2 false", "2024-06-01 0 1 false"])
        await daemon.stop()
    }
}
