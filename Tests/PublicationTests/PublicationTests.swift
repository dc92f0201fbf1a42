import Assessment
import Bronze
import Foundation
import GRDB
import Gold
import HealthScore
import Records
import RiskRules
import RiskValue
import RiverTesting
import Rollup
import Snapshots
import Standings
import Store
import Testing

@testable import Pipeline

/// `gold.db` shows every cell of the generation that was published last, however it got there.
@Suite struct PublicationTests {
    private static let asOf = Day(2024, 3, 31)

    /// Whatever comes in whatever order, is published now and then, and with restarts between: what is carried on is what
    /// is made anew, and what is published is what is exported.
    @Test(arguments: Array<UInt64>(1...5))
    func whatIsPublishedIsWhatIsExported(seed: UInt64) throws {
        let house = try House(seed: seed)
        defer { house.remove() }
        var random = SeededGenerator(seed: seed)
        for (category, lines) in house.drops(&random) {
            try house.river.load(category, Company.file(category, lines))
            try house.refresh()
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6: try house.publish()
            case 6: try house.restart()
            case 7:
                house.day = house.day.advanced(by: 1)
                try house.refresh()
            case 8:
                try house.failToPublish()
                try house.restart()
            default: break
            }
        }
        try house.publish()
        #expect(house.carriedOn > 0)
    }

    /// A drop of few events writes few rows.
    @Test func onlyWhatChangedIsWritten() throws {
        let house = try House(seed: 3)
        defer { house.remove() }
        for category in Category.allCases {
            try house.river.load(category, Company.file(category, house.company.lines(category)))
        }
        house.day = try #require(house.river.tables.lastDay)
        try house.refresh()
        try house.publish()
        let clients = house.company.clients.map(\.id)
        let marked = try house.mark()
        try house.river.load(
            .engagement,
            "event_id,customer_id,event_type,timestamp\nnew-1,\(clients[0]),login,\(house.day)\n"
                + "new-2,\(clients[1]),login,\(house.day)\n")
        try house.refresh()
        try house.publisher.publish(house.snapshot)
        // The marks stand wherever nothing was written.
        for table in PublishedTable.allCases where table.isByClient {
            #expect(try house.marks(table) == marked - 2, "\(table.rawValue)")
        }
        // A name is all that changes.
        try house.river.load(
            .demographics, "customer_id,account_creation_date,name\n\(clients[2]),2023-01-01,Somebody Else\n")
        try house.refresh()
        try house.publisher.publish(house.snapshot)
        for table in PublishedTable.allCases where table.isByClient {
            #expect(try house.marks(table) >= marked - 3, "\(table.rawValue)")
        }
        // Another day is everybody's.
        house.day = house.day.advanced(by: 1)
        try house.refresh()
        try house.publish()
    }

    /// What an older version has left, or somebody else has put there, is replaced.
    @Test(arguments: ["CREATE TABLE customer_metrics (customer_id TEXT, old TEXT)", "DROP VIEW forecasts", "published"])
    func otherFilesAreReplaced(_ change: String) throws {
        let house = try House(seed: 2)
        defer { house.remove() }
        for category in Category.allCases {
            try house.river.load(category, Company.file(category, house.company.lines(category)))
        }
        house.day = try #require(house.river.tables.lastDay)
        try house.refresh()
        try house.publish()
        try DatabaseQueue(path: house.path).write { database in
            switch change {
            case "published":
                try database.execute(sql: "DROP TABLE published; CREATE TABLE published (snapshot TEXT, as_of TEXT)")
                try database.execute(sql: "INSERT INTO published VALUES ('\(house.snapshot.id)', '2024-03-31')")
                try database.execute(sql: "UPDATE customer_metrics_rows SET mrr = 1")
            case "DROP VIEW forecasts": try database.execute(sql: change)
            default:
                try database.execute(sql: "DROP VIEW customer_metrics; DROP TABLE customer_metrics_rows; \(change)")
            }
        }
        try house.restart()
        let client = house.company.clients[0].id
        try house.river.load(
            .engagement, "event_id,customer_id,event_type,timestamp\nnew,\(client),login,\(house.day)\n")
        try house.refresh()
        try house.publish()
    }

    /// Columns, types and indices as readers know them.
    @Test func readersSeeTables() throws {
        let house = try House(seed: 1)
        defer { house.remove() }
        try house.river.load(.demographics, Company.file(.demographics, house.company.lines(.demographics)))
        try house.refresh()
        try house.publish()
        try DatabaseQueue(path: house.path).read { database in
            for table in PublishedTable.allCases where table != .customerHealthHistory {
                let columns = try Row.fetchAll(database, sql: "PRAGMA table_info(\(table.rawValue))")
                    .map { "\($0["name"] as String) \($0["type"] as String)" }
                let expected = table.columns.map { column in
                    let type =
                        switch column.type {
                        case .text, .day: "TEXT"
                        case .integer: "INTEGER"
                        case .real, .money: "REAL"
                        }
                    return "\(column.name) \(type)"
                }
                #expect(columns == expected)
                guard table.isByClient else { continue }
                let plan = try Row.fetchAll(
                    database, sql: "EXPLAIN QUERY PLAN SELECT * FROM \(table.rawValue) WHERE customer_id = 'x'"
                ).map { $0["detail"] as String }
                #expect(plan.contains { $0.contains("\(table.rawValue)_by_customer (customer_id=?)") }, "\(plan)")
            }
        }
    }
}

/// A company that is loaded, derived and published.
private final class House {
    let company: Company
    let river = River()
    let path: String
    var day: Day
    private(set) var publisher: GoldPublisher
    private(set) var carriedOn = 0
    private var current: Snapshot?
    private var history: ClientHistory?
    private var standings: StandingsRefinery.Carried?
    private var generation: UInt64 = 0
    private let folder: URL

    init(seed: UInt64) throws {
        company = Company.random(seed: seed, around: Day(2024, 3, 31), clients: 40)
        day = try company.river().tables.lastDay ?? Day(2024, 3, 31)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("publication-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("gold.db").path
        publisher = try GoldPublisher(path: path)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    var snapshot: Snapshot { get throws { try #require(current) } }

    /// Half of everything at once, the rest in small drops in any order.
    func drops(_ random: inout SeededGenerator) -> [(Category, [String])] {
        var first: [(Category, [String])] = []
        var rest: [(Category, [String])] = []
        for category in Category.allCases {
            let lines = company.lines(category)
            let held = lines.count / 2
            first.append((category, Array(lines.prefix(held))))
            var left = lines.dropFirst(held)
            let size = max(3, left.count / 6)
            while !left.isEmpty {
                rest.append((category, Array(left.prefix(size))))
                left = left.dropFirst(size)
            }
        }
        // Events of the last day, one by one, and one of the day before.
        for number in 0..<8 {
            let client = random.pick(company.clients.map(\.id), else: "")
            let when = number == 5 ? day.advanced(by: -1) : day
            rest.append((.engagement, ["last-\(number),\(client),login,\(when),,"]))
        }
        rest.shuffle(using: &random)
        return first + rest
    }

    /// No model, but shares of the rules: what is at stake is carried on, too.
    private static let sources = {
        var shares = RuleShares()
        shares.add(.low, clients: 100, leavers: 5)
        shares.add(.high, clients: 40, leavers: 20)
        return RiskSources(scorer: nil, shares: shares)
    }()

    func refresh() throws {
        generation += 1
        let settings = House.settings
        let made = try #require(
            SnapshotMaker.advance(
                silver: river.tables, asOf: day, settings: settings, generation: generation, previous: current,
                history: &history, standings: &standings, risk: House.sources
            ) { true })
        let anew = SnapshotMaker.make(
            silver: river.tables, asOf: day, settings: settings, generation: generation, previous: nil,
            risk: House.sources)
        #expect(made.id == anew.id)
        #expect(made.monthly == anew.monthly)
        made.prepareOrders(after: current)
        #expect(made.assessments.risk.valueAtRisk == anew.assessments.risk.valueAtRisk)
        #expect(made.assessments.risk.level == anew.assessments.risk.level)
        for cohorts in CohortDefinition.allCases { #expect(made.cohorts(cohorts) == anew.cohorts(cohorts)) }
        let orders = [
            .workList, SortKey(field: .healthScore, ascending: true), SortKey(field: .name, ascending: true),
        ]
        for key in orders { #expect(made.order(key).positions == anew.order(key).positions, "\(key.name)") }
        if made.changes?.positions != nil, made.changes?.assessmentsMoved == false { carriedOn += 1 }
        publisher.note(made, after: current)
        current = made
        for table in PublishedTable.allCases { #expect(try cells(table, made) == cells(table, anew), "\(table)") }
    }

    func restart() throws {
        publisher = try GoldPublisher(path: path)
        (current, history) = (nil, nil)
        try refresh()
    }

    /// Publishes, and looks whether every cell is there.
    func publish() throws {
        let snapshot = try snapshot
        try publisher.publish(snapshot)
        let queue = try DatabaseQueue(path: path)
        for table in PublishedTable.allCases where table != .customerHealthHistory {
            let rows = try queue.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table.rawValue)").map { row in
                    Array(row.databaseValues).map { House.text($0) } as [String]
                }
            }
            let expected = try cells(table, snapshot)
            #expect(rows.sorted { $0.lexicographicallyPrecedes($1) } == expected, "\(table.rawValue)")
        }
        #expect(try publisher.publishedSnapshot() == snapshot.id)
        #expect(try publisher.integrityProblems().isEmpty)
        let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
        #expect(log ?? 0 == 0)
    }

    /// Ends in the middle of a publication.
    func failToPublish() throws {
        let queue = try DatabaseQueue(path: path)
        let isPublished = try queue.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master WHERE name = 'published_tables'") == 1
        }
        guard isPublished else { return }
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER trouble BEFORE INSERT ON published_tables WHEN new.name = 'mrr_movements'
                    BEGIN SELECT raise(ABORT, 'no further'); END
                    """)
        }
        #expect(throws: StoreError.self) { try publisher.publish(snapshot) }
        try queue.write { try $0.execute(sql: "DROP TRIGGER trouble") }
    }

    /// Sets a mark in every row by client.
    /// - Returns: how many rows a table has.
    func mark() throws -> Int {
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "UPDATE customer_metrics_rows SET mrr = -77")
            try database.execute(sql: "UPDATE customer_health_scores_rows SET health_coverage = -77")
            try database.execute(sql: "UPDATE ai_model_features_rows SET tenure_days = -77")
            return try Int.fetchOne(database, sql: "SELECT count(*) FROM customer_metrics") ?? 0
        }
    }

    func marks(_ table: PublishedTable) throws -> Int {
        let column =
            table == .customerMetrics ? "mrr" : table == .aiModelFeatures ? "tenure_days" : "health_coverage"
        return try DatabaseQueue(path: path).read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table.rawValue) WHERE \(column) = -77") ?? 0
        }
    }

    private func cells(_ table: PublishedTable, _ snapshot: Snapshot) throws -> [[String]] {
        var rows: [[String]] = []
        table.forEachBatch(snapshot, rows: 0..<table.rowCount(snapshot)) { batch in
            for row in 0..<batch.rowCount {
                rows.append(
                    (0..<batch.columnCount).map { column in
                        switch batch.cells[row * batch.columnCount + column] {
                        case .null: "-"
                        case .text(let start, let count):
                            String(decoding: batch.bytes[Int(start)..<Int(start + count)], as: UTF8.self)
                        case .integer(let value): "\(value)"
                        case .real(let value): "\(value)"
                        case .money(let micro): "\(Money(rawValue: micro).units)"
                        case .day(let day): Day(rawValue: day).description
                        }
                    })
            }
        }
        return rows.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func text(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "-"
        case .int64(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): value
        case .blob: "blob"
        }
    }

    private static let settings = PipelineSettings(
        asOf: .data, silver: .example, gold: .example, forecasts: ForecastSettings(),
        assessor: Assessor(health: HealthModel(), rules: RuleEngine(rules: RiskRule.defaults)),
        limits: BronzeReader.Limits(), intakeInterval: 60, refreshInterval: 60, publishInterval: 60,
        archiveInterval: nil, verifyInterval: nil, publishesGold: true, compressAfter: 60)
}
