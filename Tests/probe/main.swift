import Bronze
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
        print("total cpu", cpu(), state.tables.lastDay as Any, state.tables.firstEventDay as Any)
    }
}
try Probe.run()
