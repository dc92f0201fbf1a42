import ArgumentParser
import Assessment
import Features
import Foundation
import Gold
import Records
import RiverTesting

/// Derives the table that the churn model reads from files of events, in the shape that `churn-parity` and its peers take.
struct ChurnFeatures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "churn-features",
        abstract: "Derive features.csv and labels.csv from folders of five CSV files, for churn-parity and its peers.",
        discussion: """
            DIR is a folder with demographics.csv, transactions.csv, engagement.csv, support.csv and surveys.csv, or \
            holds several; those that have a features.csv already are passed over. A row is a client of the population \
            of a past day, with what was known then; its label is what became of him within the horizon after it. Rows \
            of one client form a group. Churn dates come from churn_events.csv (customer_id, churn_date; the first one \
            of a client counts), from truth.csv, or from a column of demographics; without them a client churns by \
            inactivity.
            """)

    @Argument(help: "A folder with five CSV files, or one that holds such folders.")
    var directory: String

    @Option(help: "Where a folder with features.csv and labels.csv is written for each set.")
    var out: String

    @Option(help: "Churn counts within so many days.")
    var horizon = 90

    @Option(help: "Days between the past days.")
    var spacing = 30

    @Option(help: "At most so many past days.")
    var snapshots = 12

    @Option(help: "At most so many rows; clients are thinned out.")
    var rows = 120_000

    func run() throws {
        let places = try EventFolder.find(in: URL(fileURLWithPath: directory))
        for place in places {
            let folder = try EventFolder(place)
            var settings = ChurnSettings()
            settings.horizonDays = horizon
            settings.spacingDays = spacing
            settings.snapshotsMax = snapshots
            settings.rowsMax = rows
            do {
                let table = try folder.derive(settings)
                try table.write(to: URL(fileURLWithPath: out).appendingPathComponent(place.lastPathComponent))
                print("\(place.lastPathComponent): \(table.statement)")
            } catch let error as ChurnParityError {
                print("\(place.lastPathComponent): passed over, \(error.description)")
            }
        }
    }
}

/// The rows of several past days.
struct DerivedTable {
    let days: [ChurnDay]
    let clientOfRow: [[String]]
    let kind: ChurnKind

    var rowCount: Int { days.reduce(0) { $0 + $1.churned.count } }
    var churnCount: Int { days.reduce(0) { $0 + $1.churned.count { $0 } } }

    var statement: String {
        "\(rowCount) rows of \(days.count) days, \(churnCount) churned (\(kind.rawValue))"
    }

    func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var features =
            "customer_id,"
            + (ClientFeature.allCases.map(\.name) + ClientCategory.allCases.map(\.name)).joined(separator: ",") + "\n"
        var labels = "customer_id,churned,group\n"
        for (day, clients) in zip(days, clientOfRow) {
            for (row, client) in clients.enumerated() {
                let name = DerivedTable.quoted("\(client)@\(day.asOf)")
                features += name
                for feature in ClientFeature.allCases {
                    let value = day.features.value(feature, row: row)
                    features += value.isNaN ? "," : value == value.rounded() ? ",\(Int64(value))" : ",\(value)"
                }
                for category in ClientCategory.allCases {
                    features += "," + DerivedTable.quoted(day.features.level(category, row: row) ?? "")
                }
                features += "\n"
                labels += "\(name),\(day.churned[row] ? 1 : 0),\(DerivedTable.quoted(client))\n"
            }
        }
        try Data(features.utf8).write(to: folder.appendingPathComponent("features.csv"))
        try Data(labels.utf8).write(to: folder.appendingPathComponent("labels.csv"))
    }

    static func quoted(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
