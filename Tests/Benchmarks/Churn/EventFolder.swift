import Assessment
import Features
import Foundation
import Gold
import Records
import Standings
import RiverTesting

/// A folder with the five files of a company.
struct EventFolder {
    private let river = River()
    private static let categories: [Category] = [.demographics, .transactions, .engagement, .support, .surveys]

    static func find(in folder: URL) throws -> [URL] {
        func holds(_ url: URL, _ name: String) -> Bool {
            FileManager.default.fileExists(atPath: url.appendingPathComponent(name).path)
        }
        func isSet(_ url: URL) -> Bool {
            holds(url, "features.csv") ? false : categories.allSatisfy { holds(url, "\($0.rawValue).csv") }
        }
        if isSet(folder) { return [folder] }
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let found = entries.filter(isSet).sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !found.isEmpty else { throw ChurnParityError("\(folder.path) holds no folder with the five files") }
        return found
    }

    init(_ folder: URL) throws {
        let dates = try EventFolder.churnDates(folder)
        for category in EventFolder.categories {
            let url = folder.appendingPathComponent("\(category.rawValue).csv")
            guard category == .demographics, !dates.isEmpty else {
                try river.load(category, Array(Data(contentsOf: url)))
                continue
            }
            let file = try CSVFile(contentsOf: url)
            let client = try file.column("customer_id", in: url)
            var text = (file.header + ["churn_date"]).joined(separator: ",") + "\n"
            for row in file.rows {
                text += (row + [dates[row[client]] ?? ""]).map(DerivedTable.quoted).joined(separator: ",") + "\n"
            }
            try river.load(category, text)
        }
    }

    /// The first day on which each client is said to have churned.
    private static func churnDates(_ folder: URL) throws -> [String: String] {
        var dates: [String: String] = [:]
        for name in ["churn_events.csv", "truth.csv"] {
            let url = folder.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            let file = try CSVFile(contentsOf: url)
            let (client, day) = (try file.column("customer_id", in: url), try file.column("churn_date", in: url))
            for row in file.rows where !row[day].isEmpty {
                dates[row[client]] = min(dates[row[client]] ?? row[day], row[day])
            }
        }
        return dates
    }

    /// - Throws: ``ChurnParityError`` where there is too little to learn from.
    func derive(_ settings: ChurnSettings) throws -> DerivedTable {
        let silver = river.tables
        var first = silver.firstEventDay
        for segment in silver.transactions.segments {
            for transaction in segment.values {
                let day = Day(rawValue: transaction.day)
                if first.map({ day < $0 }) ?? true { first = day }
            }
        }
        guard let first, let last = silver.lastDay else { throw ChurnParityError("it has no events and no payments") }
        let days = settings.snapshotDays(first: first, last: last)
        guard let earliest = days.last else {
            throw ChurnParityError("\(first) to \(last) is too short for a horizon of \(settings.horizonDays) days")
        }
        let dated = silver.clients.churnDay.count {
            $0 != ClientTable.unknownDay && $0 > earliest.rawValue && $0 <= last.rawValue
        }
        let kind: ChurnKind = dated >= 30 ? .explicit : .inactivity
        let gold = GoldSettings(rates: .example)
        let today = StandingsRefinery.standings(silver, asOf: last, settings: gold)
        let share = Double(settings.rowsMax) / Double(max(1, days.count * silver.clients.knownCount))
        let hashMax = share >= 1 ? UInt64.max : UInt64(share * 0x1p64)
        var made: [ChurnDay] = []
        var names: [[String]] = []
        for day in days.reversed() {
            let (tables, standings) = GoldRefinery.refineStanding(silver, asOf: day, settings: gold)
            let outcomes = ChurnOutcomes.observe(
                kind, silver: silver, gold: tables, lifecycle: today.lifecycle, horizonDays: settings.horizonDays,
                populationDays: settings.populationDays)
            let ids = outcomes.positions.map { silver.clients.id[Int(tables.clients[Int($0)])] ?? "" }
            let hashes = ids.map(ChurnDay.customerHash)
            let rows = hashes.indices.filter { hashes[$0] <= hashMax }
            made.append(
                ChurnDay(
                    features: FeatureRefinery(silver, gold: tables, standings: standings, settings: gold)
                        .features(at: rows.map { Int(outcomes.positions[$0]) }),
                    customers: rows.map { hashes[$0] }, churned: rows.map { outcomes.churned[$0] },
                    daysToChurn: rows.map { outcomes.daysToChurn[$0] }, rulesScores: rows.map { _ in 0 }))
            names.append(rows.map { ids[$0] })
        }
        let table = DerivedTable(days: made, clientOfRow: names, kind: kind)
        guard min(table.churnCount, table.rowCount - table.churnCount) >= 30 else {
            throw ChurnParityError("\(table.statement): at least 30 of each are needed")
        }
        return table
    }
}
