import Assessment
import Bronze
import Gold
import HealthScore
import RiskRules
import Rollup
import Glibc
import Records
import Silver
func cpu() -> Double { var r = rusage(); getrusage(0, &r); return Double(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + Double(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6 }
func rss() -> Int { var r = rusage(); getrusage(0, &r); return r.ru_maxrss / 1024 }
struct Probe {
    static func run() throws {
        let dir = CommandLine.arguments[1]
        let rates = ExchangeRates(baseCurrency: "USD", steps: [("USD", .init(day: Day("2000-01-01")!, rate: .one)), ("EUR", .init(day: Day("2000-01-01")!, rate: ExchangeRate("1.08")!)), ("GBP", .init(day: Day("2000-01-01")!, rate: ExchangeRate("1.27")!)), ("JPY", .init(day: Day("2000-01-01")!, rate: ExchangeRate("0.0067")!))])
        let settings = SilverSettings(earliestDay: Day("2000-01-01")!, latestDay: Day("2027-01-01")!, rates: rates, rules: [.demographics: ["subscription_type": ColumnRule(required: true, allowedValues: ["basic", "pro", "enterprise"])]])
        let state = SilverState()
        for category in Category.allCases {
            let c0 = cpu()
            let fd = open("\(dir)/\(category.rawValue).csv", O_RDONLY)
            var st = stat(); fstat(fd, &st)
            let load = SilverLoad(state, category: category, settings: settings, byteCount: Int(st.st_size))
            load.beginDrop(1, latestDay: settings.latestDay)
            var reader = BronzeReader(category: category)
            let block = 1 << 18
            let batch = BronzeBatch(byteCapacity: block + BronzeReader.headroom)
            var rejects = 0
            var off = 0
            while true {
                let n = read(fd, batch.bytes + BronzeReader.headroom, block)
                off += n
                batch.byteCount = BronzeReader.headroom + n
                reader.begin(batch, dataStart: BronzeReader.headroom, isLast: off >= st.st_size)
                while try reader.nextRows(batch) { load.load(batch) { _ in rejects += 1 } }
                if off >= st.st_size { break }
            }
            close(fd)
            load.endDrop()
            let c1 = cpu()
            var keys = 0
            let delta = try load.finish(known: NoKnownKeys(), segmentID: 1) { keys += $0.count }
            state.adopt(delta)
            print(category.rawValue, delta.counts, "keys", keys, "parse cpu", c1 - c0, "finish cpu", cpu() - c1, "rss", rss())
        }
        for day in [state.tables.lastDay!, state.tables.lastDay!, Day("2024-03-15")!] {
            let c0 = cpu()
            let gold = GoldRefinery.refine(state.tables, asOf: day, settings: GoldSettings(activity: .engagement, rates: rates))
            let c1 = cpu()
            let a = Assessor(health: HealthModel(), rules: RuleEngine(rules: RiskRule.defaults)).assess(gold, silver: state.tables)
            let c2 = cpu()
            let group = gold.dimensions.segment.codes.indices.map { Int32(gold.dimensions.segment.codes[$0]) * 8 + Int32(gold.dimensions.region.codes[$0]) }
            let r = MonthlyRollup(gold, silver: state.tables, group: group, groupCount: 64)
            let c3 = cpu()
            let t = CohortTable(gold, silver: state.tables, by: .signupMonth)
            let c4 = cpu()
            let h = EngagementHeatmap(gold, silver: state.tables)
            print("gold", c1 - c0, "assess", c2 - c1, "rollup", c3 - c2, "cohort", c4 - c3, "heat", cpu() - c4, gold.count, gold.months.months.count, a.health.score[0], r.sum(r.lastMonth, over: 0..<64), t.cohorts.count, h.counts[30])
        }
        print("total cpu", cpu(), state.tables.lastDay as Any, state.tables.firstEventDay as Any)
    }
}
try Probe.run()
