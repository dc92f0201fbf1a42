import Contract
import Foundation
import Testing

/// Every way to a CSV file of what clients brought: no cell that a spreadsheet would run, and all of it as it was where that
/// is asked for.
@Suite(.serialized)
struct GuardedTablesTests {
    /// All commands that can write CSV, with what they need.
    private static let commands: [[String]] = [
        ["clients", "--all"], ["client", "=c1"], ["kpis"], ["cohorts"], ["heatmap"], ["mrr"],
        ["forecast", "show", "--metric", "revenue"], ["forecast", "backtest", "--metric", "revenue"],
        ["rules", "list"],
        ["rules", "test", "=c1"], ["drops", "list"], ["drops", "show", "1"], ["rejects"], ["remarks", "3"], ["status"],
        ["whoami"], ["verify"], ["refresh"], ["churn", "model", "show"], ["churn", "model", "list"],
        ["churn", "importance"],
    ]
    private static let tables = ["customer_metrics", "customer_health_scores", "dashboard_kpis", "mrr_movements"]

    private static let rows = [
        "=c1,=1+2,2024-01-01,@seg,=NOW(),+49 30", "c2,+SUM(A1),2024-02-01,-x,\"=a,\"\"b\"\"\",x",
        "@c3,-2+3,2024-03-01,\"=A1\nB\",@x,y",
    ]

    /// The cells of a table.
    private static func cells(_ text: String) -> [String] {
        var cells: [String] = []
        var cell = ""
        var quoted = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" {
                quoted.toggle()
                continue
            }
            if !quoted, scalar == "," || scalar == "\n" {
                cells.append(cell)
                cell = ""
            } else {
                cell.unicodeScalars.append(scalar)
            }
        }
        return cells
    }

    private static func isFormula(_ cell: String) -> Bool {
        guard let first = cell.unicodeScalars.first else { return false }
        return "=+-@\t\r".unicodeScalars.contains(first) && Double(cell) == nil
    }

    @Test func everyCommand() async throws {
        let daemon = try RunningDaemon(yaml: "as_of: data\n")
        defer { daemon.remove() }
        let header = "customer_id,name,account_creation_date,segment,note,owner\n"
        _ = try daemon.ingest(header + Self.rows.joined(separator: "\n") + "\n", "=clients.csv", "demographics")
        let payments = (0..<400).map { "=t\($0),=c1,\($0 % 7 + 1),USD,=card,\(Self.day($0))\n" }.joined()
        _ = try daemon.ingest(
            "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n" + payments
                + "=bad,=c1,=1+1,USD,@x,2024-01-01\n=t0,=c1,9,USD,=card,2024-01-01\n", "+payments.csv", "transactions")
        _ = try daemon.ingest(header + "=c1,=9,2024-01-01,@seg,=NOW(),-49\n", "@clients.csv", "demographics")
        var checked: Set<String> = []
        var formulas: Set<String> = []
        for command in Self.commands + Self.tables.map({ ["export", $0] }) {
            let isExport = command[0] == "export"
            let guarded = try daemon.aurac(command + (isExport ? ["--format", "csv"] : ["-o", "csv"]))
            let raw = try daemon.aurac(command + (isExport ? ["--format", "csv"] : ["-o", "csv"]) + ["--raw"])
            guard guarded.status != 64 else {
                Issue.record("\(command): \(guarded.errors)")
                continue
            }
            checked.insert(command[0])
            for cell in Self.cells(guarded.text) where Self.isFormula(cell) { Issue.record("\(command): \(cell)") }
            formulas.formUnion(Self.cells(raw.text).filter(Self.isFormula))
            // Nothing but apostrophes lies between the two.
            if !["status", "verify", "refresh"].contains(command[0]) {
                #expect(
                    Self.cells(guarded.text).map { $0.hasPrefix("'") ? String($0.dropFirst()) : $0 }
                        == Self.cells(raw.text),
                    "\(command)")
            }
        }
        #expect(formulas.isSuperset(of: ["=c1", "@c3", "=9", "@seg", "-x", "=clients.csv", "+payments.csv", "=NOW()"]))
        // A command that is new here belongs into the list above.
        let help = try daemon.aurac(["--help"]).text
        for line in help.split(separator: "\n") where line.hasPrefix("  ") && !line.hasPrefix("   ") {
            guard let name = line.split(separator: " ").first.map(String.init), !name.hasPrefix("-") else { continue }
            let texts = try [[name, "--help"], [name, "list", "--help"], [name, "show", "--help"]].map {
                try daemon.aurac($0).text
            }
            // The first two write the daemon's receipt and the names of files that were made, the third no table.
            if texts.contains(where: { $0.contains("--raw") }), !["ingest", "sample", "metrics"].contains(name) {
                #expect(checked.contains(name), "\(name)")
            }
        }
        await daemon.stop()
    }

    /// What goes out for people comes back in as it was.
    @Test func thereAndBack() async throws {
        let daemon = try RunningDaemon()
        let other = try RunningDaemon()
        defer {
            daemon.remove()
            other.remove()
        }
        let header = "customer_id,name,account_creation_date,segment,note,owner\n"
        _ = try daemon.ingest(header + Self.rows.joined(separator: "\n") + "\n", "clients.csv", "demographics")
        let table = try daemon.aurac(["export", "customer_metrics"]).text
        #expect(table.contains("'=c1,"))
        _ = try other.ingest(table, "clients.csv", "demographics")
        for id in ["=c1", "c2", "@c3"] {
            let (one, two) = try (
                daemon.call("clients.get", ["customer_id": .string(id)]),
                other.call("clients.get", ["customer_id": .string(id)])
            )
            for member in ["name", "segment", "owner"] {
                #expect(one[member] == two[member], "\(id) \(member)")
            }
            #expect(one["name"]?.stringValue != nil)
        }
        await daemon.stop()
        await other.stop()
    }

    private static func day(_ number: Int) -> String {
        let month = number / 28 % 12 + 1
        return "\(2024 + number / 336)-\(month < 10 ? "0" : "")\(month)-\(number % 28 < 9 ? "0" : "")\(number % 28 + 1)"
    }
}
