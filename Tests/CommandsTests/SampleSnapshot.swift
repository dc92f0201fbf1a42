import Assessment
import Bronze
import Gold
import HealthScore
import Records
import RiskRules
import SampleCompany
import Silver
import Snapshots

/// A generation of a small invented company, made once by the stages of the river.
enum SampleSnapshot {
    static let lastDay = "2026-06-15"

    /// One of its clients.
    static func customer() throws -> String {
        let snapshot = try shared.get()
        return snapshot.silver.clients.id[Int(snapshot.gold.clients[0])] ?? ""
    }

    static let shared: Result<Snapshot, any Error> = Result { try make(clients: 60, days: 500, seed: 11) }

    static func make(clients: Int, days: Int, seed: UInt64) throws -> Snapshot {
        let last = try day(lastDay)
        let generator = try SampleGenerator(
            SampleSettings(clients: clients, days: days, seed: seed, lastDay: Int(last.rawValue), messShare: 0.01))
        var files: [SampleFile: [UInt8]] = [:]
        generator.write(SampleFile.allCases.filter(\.isClientData)) { file, span in
            span.withUnsafeBytes { files[file, default: []].append(contentsOf: $0) }
        }
        let start = try day("2000-01-01")
        let rates = ExchangeRates(
            baseCurrency: "USD",
            steps: try [("USD", "1"), ("EUR", "1.08"), ("GBP", "1.27"), ("JPY", "0.0067")].map { currency, rate in
                guard let rate = ExchangeRate(rate) else { throw SampleError("no rate \(rate)") }
                return (currency, .init(day: start, rate: rate))
            })
        let settings = SilverSettings(earliestDay: start, latestDay: last, rates: rates)
        let state = SilverState()
        for category in Category.allCases.sorted() {
            guard let file = SampleFile(rawValue: category.rawValue), let bytes = files[file] else { continue }
            try load(bytes, as: category, into: state, settings)
        }
        let snapshot = generation(of: state.tables, asOf: last, rates: rates)
        snapshot.keep(past(of: snapshot))
        return snapshot
    }

    /// Half a year of everybody's health.
    private static func past(of snapshot: Snapshot) -> HealthHistoryBook {
        let model = HealthModel()
        let book = HealthHistoryBook(
            HealthHistory(grid: HealthGrid.days(before: snapshot.asOf, weeks: 26)), settings: model.settings)
        for day in book.current.missing {
            guard var pass = HealthPass(snapshot.silver, asOf: day, settings: snapshot.settings) else { continue }
            let clients = pass.clients
            let scorer = model.scorer(
                sources: HealthModel.Sources(snapshot.silver), dayBefore: pass.dayBefore)
            var points = [HealthPoint](repeating: .absent, count: snapshot.silver.clients.count)
            scorer.score(pass.inputs(of: 0..<pass.count), plans: pass.plans[...]) { points[Int(clients[$0])] = $1 }
            book.insert(HealthDay(day: day, points: points))
        }
        return book
    }

    /// The same data as of another day.
    static func at(_ day: Day, _ snapshot: Snapshot) -> Snapshot {
        day == snapshot.asOf ? snapshot : generation(of: snapshot.silver, asOf: day, rates: snapshot.rates)
    }

    private static func generation(of silver: SilverTables, asOf: Day, rates: ExchangeRates) -> Snapshot {
        let settings = GoldSettings(billingMonths: SampleGenerator.contractTermsMonths, rates: rates)
        let gold = GoldRefinery.refine(silver, asOf: asOf, settings: settings)
        let assessments = Assessor(health: HealthModel(), rules: RuleEngine(rules: RiskRule.defaults))
            .assess(gold, silver: silver)
        return Snapshot(
            generation: 1, silver: silver, gold: gold, assessments: assessments, settings: settings, previous: nil)
    }

    private static func load(
        _ bytes: [UInt8], as category: Category, into state: SilverState, _ settings: SilverSettings
    ) throws {
        let load = SilverLoad(state, category: category, settings: settings, byteCount: bytes.count)
        load.beginDrop(1, latestDay: settings.latestDay)
        var reader = BronzeReader(category: category)
        let batch = BronzeBatch(byteCapacity: bytes.count + BronzeReader.headroom)
        bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            (batch.bytes + BronzeReader.headroom).update(from: base, count: source.count)
        }
        batch.byteCount = BronzeReader.headroom + bytes.count
        reader.begin(batch, dataStart: BronzeReader.headroom, isLast: true)
        while try reader.nextRows(batch) { load.load(batch) { _ in } }
        load.endDrop()
        state.adopt(try load.finish(known: NoKnownKeys()))
    }

    private static func day(_ text: String) throws -> Day {
        guard let day = Day(text) else { throw SampleError("no day \(text)") }
        return day
    }
}

struct SampleError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
