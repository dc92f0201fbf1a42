public import Records
public import Standings

/// Daily values of a metric, client by client or summed over groups, extracted from silver. Nothing after the as-of day
/// is looked at.
public struct DailyValues: Sendable {
    private let silver: SilverTables
    private let gold: GoldTables
    public let metric: ForecastMetric
    private let amounts: BaseAmounts
    /// Of ``ForecastMetric/mrr``, where anything says what clients are worth.
    private let standing: DailyMRR?
    /// The last day a series has.
    public let last: Day
    /// The first day on which anybody did anything that counts; nil when nobody ever has.
    public let first: Day?

    /// - Parameters:
    ///   - last: the last day of the series; later ones count nothing. The as-of day where it is earlier.
    ///   - standings: of the same day; only what clients are worth needs them.
    public init(
        _ gold: GoldTables, silver: SilverTables, rates: ExchangeRates, metric: ForecastMetric, last: Day,
        standings: CompanyStandings? = nil
    ) {
        self.silver = silver
        self.gold = gold
        self.metric = metric
        amounts = BaseAmounts(silver.transactions.kinds, rates: rates)
        standing =
            metric == .mrr ? standings.flatMap { DailyMRR($0, last: min(last, gold.asOf)) } : nil
        self.last = standing?.last ?? min(last, gold.asOf)
        first =
            metric == .mrr ? standing?.firstDay : DailyValues.firstDay(gold, silver, metric, last: min(last, gold.asOf))
    }

    private static func firstDay(
        _ gold: GoldTables, _ silver: SilverTables, _ metric: ForecastMetric, last: Day
    ) -> Day? {
        var first = Int32.max
        if metric == .engagement || (metric == .activeCustomers && gold.activity != .transactions) {
            for segment in silver.events.segments {
                for start in segment.slices.starts.dropLast() where Int(start) < segment.values.count {
                    first = min(first, segment.values[Int(start)].day)
                }
            }
        }
        if metric == .revenue || (metric == .activeCustomers && gold.activity != .engagement) {
            for segment in silver.transactions.segments {
                for start in segment.slices.starts.dropLast() where Int(start) < segment.values.count {
                    first = min(first, segment.values[Int(start)].day)
                }
            }
        }
        if metric == .tickets {
            for created in silver.tickets.createdAt { first = min(first, Instant(rawValue: created).day.rawValue) }
        }
        return first <= last.rawValue ? Day(rawValue: first) : nil
    }

    /// The first day on which the client can have done something that is known: his sign-up, or the beginning of the
    /// data; nil when that lies after the last day.
    public func start(ofPosition position: Int) -> Day? {
        guard let first else { return nil }
        let creation = silver.clients.creationDay[Int(gold.clients[position])]
        let start = max(first, Day(rawValue: creation == ClientTable.unknownDay ? .min : creation))
        return start <= last ? start : nil
    }

    /// The series of one client from `start` on.
    public func series(ofPosition position: Int, from start: Day) -> DailySeries {
        let count = max(0, start.days(to: last) + 1)
        var values = [Double](repeating: 0, count: count)
        guard count > 0 else { return DailySeries(first: start, values: values) }
        values.withUnsafeMutableBufferPointer { values in
            var marks = [Bool](repeating: false, count: metric == .activeCustomers ? count : 0)
            add(position, from: start.rawValue, to: values, marks: &marks)
        }
        scale(&values)
        return DailySeries(first: start, values: values)
    }

    /// One series for each group, all from `start` on.
    /// - Parameter group: by position, -1 for clients that count nowhere.
    public func series(ofGroups group: [Int32], count groupCount: Int, from start: Day) -> [DailySeries] {
        let count = max(0, start.days(to: last) + 1)
        var values = [Double](repeating: 0, count: count * groupCount)
        var marks = [Bool](repeating: false, count: metric == .activeCustomers ? count : 0)
        values.withUnsafeMutableBufferPointer { values in
            for position in 0..<gold.count where group[position] >= 0 && count > 0 {
                let from = Int(group[position]) * count
                add(
                    position, from: start.rawValue,
                    to: UnsafeMutableBufferPointer(rebasing: values[from..<from + count]), marks: &marks)
            }
        }
        scale(&values)
        return (0..<groupCount).map {
            DailySeries(first: start, values: Array(values[$0 * count..<($0 + 1) * count]))
        }
    }

    /// Micro-units to units.
    private func scale(_ values: inout [Double]) {
        if metric == .revenue || metric == .mrr { for index in values.indices { values[index] /= 1_000_000 } }
    }

    // MARK: One client

    /// Adds a client's values to the days from `first` on.
    /// - Parameter marks: all false, before and after.
    private func add(
        _ position: Int, from first: Int32, to values: UnsafeMutableBufferPointer<Double>, marks: inout [Bool]
    ) {
        let client = gold.clients[position]
        switch metric {
        case .engagement: forEachEvent(of: client, from: first) { values[$0] += 1 }
        case .revenue:
            // Whole micro-units, scaled when all are added up: the sum does not depend on their order.
            forEachTransaction(of: client, from: first) { day, amount in values[day] += Double(amount) }
        case .mrr: standing?.add(Int(client), from: Day(rawValue: first), to: values)
        case .activeCustomers:
            var days: [Int] = []
            func mark(_ day: Int) {
                if !marks[day] {
                    marks[day] = true
                    days.append(day)
                }
            }
            if gold.activity != .transactions { forEachEvent(of: client, from: first, mark) }
            if gold.activity != .engagement {
                forEachTransaction(of: client, from: first) { day, amount in if amount > 0 { mark(day) } }
            }
            for day in days {
                values[day] += 1
                marks[day] = false
            }
        case .tickets:
            for row in gold.tickets.rows(of: position) {
                let day = Instant(rawValue: silver.tickets.createdAt[Int(row)]).day.rawValue
                if day >= first, day <= last.rawValue { values[Int(day - first)] += 1 }
            }
        }
    }

    @inline(__always)
    private func forEachEvent(of client: UInt32, from first: Int32, _ body: (Int) -> Void) {
        let lower = PackedEvent.lowerBound(day: first)
        let upper = PackedEvent.lowerBound(day: last.rawValue + 1)
        for segment in silver.events.segments {
            for at in segment.slices.slice(of: client) {
                let event = segment.values[at]
                if event < lower { continue }
                if !(event < upper) { break }
                body(Int(event.day - first))
            }
        }
    }

    @inline(__always)
    private func forEachTransaction(of client: UInt32, from first: Int32, _ body: (Int, Int64) -> Void) {
        for segment in silver.transactions.segments {
            for at in segment.slices.slice(of: client) {
                let transaction = segment.values[at]
                if transaction.day < first { continue }
                if transaction.day > last.rawValue { break }
                body(Int(transaction.day - first), amounts.base(transaction))
            }
        }
    }
}
