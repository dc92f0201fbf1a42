public import Contract
import Periods
public import Records
import Rollup
public import Snapshots
public import Words

/// `kpis.get`: the key figures of a population, as a summary, a series, by groups, and against another period.
public enum KPIsAnswer {
    public struct Question: Sendable, Hashable {
        public var filter: ClientFilter
        public var from: Day?
        public var to: Day?
        public var step: SeriesStep
        public var grouping: Grouping?
        public var comparison: PeriodComparison?

        public init(_ parameters: Parameters) throws(Problem) {
            filter = ClientFilter(parameters)
            from = parameters.day("from")
            to = parameters.day("to")
            if let from, let to, to < from {
                throw Problem(.invalidParams, "parameter \"to\" lies before \"from\"", hint: "swap the two days")
            }
            step = parameters.choice("by", SeriesStep.self) ?? .month
            grouping = parameters.choice("group_by", Grouping.self)
            comparison = parameters.choice("compare", PeriodComparison.self)
        }

        /// What it is about, as of a generation's day.
        func periods(_ snapshot: Snapshot) throws(Problem) -> HeadlinePeriods {
            do {
                return try HeadlinePeriods(from: from, to: to, asOf: snapshot.asOf)
            } catch {
                throw Problem(
                    .invalidParams,
                    "the period from \(from?.description ?? "the first day") to "
                        + "\(to?.description ?? "the last") has not begun on \(snapshot.asOf)",
                    hint: "ask for days up to \(snapshot.asOf)")
            }
        }

        /// Whether sums over groups answer it, without a walk over clients.
        func isCheap(_ snapshot: Snapshot) -> Bool {
            // Of the month so far there are sums; the same days of the month before are looked up in the records.
            filter.isDimensional && step == .month && from == snapshot.asOf.month.firstDay && to == nil
                && comparison == nil && grouping == nil
        }
    }

    /// Groups times months that can be added up while others wait.
    private static let quickCellsMax = 20_000

    /// Whether an answer takes some hundred microseconds at the most: it may be worked out while others wait.
    public static func isQuick(_ question: Question, _ snapshot: Snapshot) -> Bool {
        question.isCheap(snapshot) && !snapshot.groups.isTooMany
            && snapshot.groups.groups.count <= quickCellsMax / max(1, snapshot.monthly.monthCount)
    }

    /// More periods than a screen or a model can use.
    static let periodsMax = 4000

    /// - Parameters:
    ///   - asOf: gives the generation of another day, for what a comparison says of its own last day.
    ///   - check: throws when the answer is not waited for any more; asked before each part that may take long.
    public static func write(
        _ question: Question, _ snapshot: Snapshot, asOf: (Day) throws(Problem) -> Snapshot?,
        check: () throws(Problem) -> Void = {}, to writer: inout JSONWriter
    ) throws(Problem) {
        let population = Population(question.filter, snapshot)
        let periods = try question.periods(snapshot)
        writer.beginObject()
        writer.member("currency", text: snapshot.baseCurrency)
        let flows = Flows(population, periods.flows)
        let standing =
            periods.standing == snapshot.asOf ? population : try asOf(periods.standing).map { population.at($0) }
        writer.member("standing_on", text: periods.standing.description)
        writer.key("period")
        writer.beginObject()
        Flows.write(flows.period, isComplete: flows.isComplete, to: &writer)
        writer.endObject()
        writer.key("summary")
        try check()
        write(flows, standing, to: &writer)
        try check()
        writer.key("running")
        try writeRunning(periods, population, check, to: &writer)
        writer.key("series")
        try writeSeries(question, population, to: &writer)
        writer.key("groups")
        let groupsTotal = try writeGroups(
            question, population, standing?.snapshot, periods.flows, check, to: &writer)
        writer.member("groups_total", integer: groupsTotal)
        writer.key("comparison")
        if let comparison = question.comparison {
            try check()
            try writeComparison(comparison, population, periods, asOf: asOf, to: &writer)
        } else {
            writer.null()
        }
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }

    private static func write(_ flows: Flows, _ standing: Population?, to writer: inout JSONWriter) {
        writer.beginObject()
        StandingFigures.write(standing, to: &writer)
        flows.write(to: &writer)
        writer.endObject()
    }

    /// The running month, and the same days of the one before.
    private static func writeRunning(
        _ periods: HeadlinePeriods, _ population: Population, _ check: () throws(Problem) -> Void,
        to writer: inout JSONWriter
    ) throws(Problem) {
        guard let running = periods.running, let before = periods.runningBefore else { return writer.null() }
        writer.beginObject()
        for (name, period) in [("now" as StaticString, running), ("before", before)] {
            try check()
            let flows = Flows(population, period)
            writer.key(name)
            writer.beginObject()
            Flows.write(period, isComplete: flows.isComplete, to: &writer)
            writer.key("summary")
            writer.beginObject()
            flows.write(to: &writer)
            writer.endObject()
            writer.endObject()
        }
        writer.endObject()
    }

    private static func writeComparison(
        _ comparison: PeriodComparison, _ population: Population, _ periods: HeadlinePeriods,
        asOf: (Day) throws(Problem) -> Snapshot?, to writer: inout JSONWriter
    ) throws(Problem) {
        let other = periods.compared(comparison == .previous ? .previous : .year)
        let flows = Flows(population, other.flows)
        writer.beginObject()
        writer.member("with", text: comparison.rawValue)
        writer.member("standing_on", text: other.standing.description)
        Flows.write(other.flows, isComplete: flows.isComplete, to: &writer)
        writer.key("summary")
        write(flows, try asOf(other.standing).map { population.at($0) }, to: &writer)
        writer.endObject()
    }

    /// More than a table or a chart can show; there may be as many as clients.
    public static let groupsMax = 300

    /// - Returns: how many groups there are; nil when none were asked for.
    private static func writeGroups(
        _ question: Question, _ whole: Population, _ standing: Snapshot?, _ period: ReportPeriod,
        _ check: () throws(Problem) -> Void, to writer: inout JSONWriter
    ) throws(Problem) -> Int? {
        writer.beginArray()
        defer { writer.endArray() }
        guard let grouping = question.grouping else { return nil }
        let snapshot = whole.snapshot
        let dimension = grouping.dimension(of: snapshot)
        let customers = whole.customers(by: grouping)
        let all = customers.indices.filter { customers[$0] > 0 }
        // The largest, in the order of their names.
        let values =
            all.count <= groupsMax
            ? all : all.sorted { (-customers[$0], $0) < (-customers[$1], $1) }.prefix(groupsMax).sorted()
        let isShared = snapshot.groups.isTooMany || !question.filter.isDimensional
        let monthly = isShared ? whole.monthly(by: grouping, values: values) : nil
        for (index, value) in values.enumerated() {
            try check()
            let population = Population(
                question.filter, snapshot, part: (grouping, dimension.values[value]),
                column: monthly.map { ($0, index) })
            writer.beginObject()
            writer.member("group", text: value == 0 ? nil : dimension.values[value])
            writer.key("summary")
            write(Flows(population, period), standing.map { population.at($0) }, to: &writer)
            writer.endObject()
        }
        return all.count
    }

    private static func writeSeries(
        _ question: Question, _ population: Population, to writer: inout JSONWriter
    ) throws(Problem) {
        let snapshot = population.snapshot
        writer.beginArray()
        defer { writer.endArray() }
        if question.step == .month, question.from?.isFirstOfMonth ?? true, question.to?.isLastOfMonth ?? true {
            let monthly = population.monthly
            let firstData = population.firstMonthWithData(monthly)
            // Before the first data there is nothing to say, however early the question begins.
            var month = max(question.from?.month ?? firstData, monthly.firstMonth)
            let last = min(question.to?.month ?? monthly.lastMonth, monthly.lastMonth)
            while month <= last {
                let end = min(month.lastDay, snapshot.asOf)
                if let period = ReportPeriod(first: month.firstDay, last: end) {
                    MonthPoint(
                        cell: population.cell(month), flows: Flows(population, period),
                        knowsMRR: population.knowsMRR(at: end)
                    ).write(to: &writer)
                }
                month = month.advanced(by: 1)
            }
            return
        }
        let periods = try PeriodList.make(
            question.step, from: question.from, to: question.to, snapshot: snapshot, maximum: periodsMax)
        let rollup = PeriodRollup(
            snapshot.gold, silver: snapshot.silver, rates: snapshot.rates, periods: periods,
            includes: population.includes)
        for (period, cell) in zip(rollup.periods, rollup.cells) {
            PeriodPoint(period: period, cell: cell, step: question.step, asOf: snapshot.asOf).write(to: &writer)
        }
    }
}

extension Day {
    fileprivate var isFirstOfMonth: Bool { self == month.firstDay }
    fileprivate var isLastOfMonth: Bool { self == month.lastDay }
}

enum PeriodList {
    /// Days, Monday-to-Sunday weeks or months from one day to another; by default the last 90 days, 26 weeks or all
    /// months.
    static func make(
        _ step: SeriesStep, from: Day?, to: Day?, snapshot: Snapshot, maximum: Int
    ) throws(Problem) -> [Period] {
        let last = min(to ?? snapshot.asOf, snapshot.asOf)
        let fallback: Day =
            switch step {
            case .day: last.advanced(by: -89)
            case .week: last.advanced(by: -26 * 7 + 1)
            case .month: snapshot.monthly.firstMonth.firstDay
            }
        let first = min(from ?? fallback, last)
        if first.days(to: last) > maximum * 31 || (step == .day && first.days(to: last) >= maximum) {
            throw Problem(
                .invalidParams, "from \(first) to \(last) are too many periods", hint: "ask for at most \(maximum)")
        }
        var periods: [Period] = []
        var start = first
        while start <= last {
            let end: Day =
                switch step {
                case .day: start
                case .week: start.advanced(by: 7 - start.weekday)
                case .month: start.month.lastDay
                }
            periods.append(Period(first: start, last: min(end, last)))
            start = end.advanced(by: 1)
        }
        return periods
    }
}
