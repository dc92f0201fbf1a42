public import Contract
public import Periods
public import Records
public import Rollup
public import Snapshots
public import Words
import Standings

/// `cohorts.get`
public enum CohortsAnswer {
    public struct Question: Sendable, Hashable {
        public var filter: ClientFilter
        public var definition: CohortDefinition
        public var measure: CohortMeasure

        public init(_ parameters: Parameters) {
            filter = ClientFilter(parameters)
            definition = parameters.choice("by", CohortDefinition.self) ?? .signupMonth
            measure = parameters.choice("measure", CohortMeasure.self) ?? .retention
        }
    }

    public static func write(_ question: Question, _ snapshot: Snapshot, to writer: inout JSONWriter) {
        let table =
            question.filter.isEmpty
            ? snapshot.cohorts(question.definition)
            : CohortTable(
                snapshot.gold, silver: snapshot.silver, standings: snapshot.standings, by: question.definition,
                includes: Population(question.filter, snapshot).includes)
        writer.beginObject()
        writer.member("by", text: question.definition.rawValue)
        writer.member("measure", text: question.measure.rawValue)
        writer.key("cohorts")
        writer.beginArray()
        for cohort in table.cohorts {
            writer.beginObject()
            writer.member("cohort", text: cohort.month.description)
            writer.member("size", integer: cohort.size)
            writer.key("active")
            writer.beginArray()
            for k in cohort.active.indices {
                if question.measure == .retention {
                    writer.integer(cohort.active[k])
                } else if let revenue = cohort.revenue(k) {
                    writer.money(microUnits: revenue)
                } else {
                    writer.null()
                }
            }
            writer.endArray()
            writer.key("retention")
            writer.beginArray()
            for k in cohort.active.indices {
                let value = question.measure == .retention ? cohort.retention(k) : cohort.revenueRetention(k)
                if let value { writer.double(value) } else { writer.null() }
            }
            writer.endArray()
            // The last cell is the month of the as-of day.
            writer.member("complete", integer: cohort.active.count - 1)
            writer.endObject()
        }
        writer.endArray()
        writer.key("overall")
        writer.beginArray()
        if question.measure == .retention {
            let longest = table.cohorts.map(\.active.count).max() ?? 0
            for k in 0..<longest { if let value = table.overall(k) { writer.double(value) } else { writer.null() } }
        }
        writer.endArray()
        writer.member("currency", text: snapshot.baseCurrency)
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }
}

/// `engagement.heatmap`
public enum HeatmapAnswer {
    public struct Question: Sendable, Hashable {
        public var filter: ClientFilter

        public init(_ parameters: Parameters) { filter = ClientFilter(parameters) }
    }

    public static func write(_ question: Question, _ snapshot: Snapshot, to writer: inout JSONWriter) {
        let heatmap =
            question.filter.isEmpty
            ? snapshot.heatmap()
            : EngagementHeatmap(
                snapshot.gold, silver: snapshot.silver, includes: Population(question.filter, snapshot).includes)
        writer.beginObject()
        writer.member("total", integer: heatmap.counts.reduce(0, +))
        writer.key("weekdays")
        writer.beginArray()
        for weekday in 1...7 {
            writer.beginObject()
            writer.member("weekday", integer: weekday)
            writer.key("hours")
            writer.beginArray()
            for hour in 0..<24 { writer.integer(heatmap[weekday, hour]) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }
}

/// `mrr.movements`
public enum MovementsAnswer {
    public struct Question: Sendable, Hashable {
        public var filter: ClientFilter
        public var from: Day?
        public var to: Day?

        public init(_ parameters: Parameters) {
            filter = ClientFilter(parameters)
            from = parameters.day("from")
            to = parameters.day("to")
        }
    }

    public static func write(_ question: Question, _ snapshot: Snapshot, to writer: inout JSONWriter) {
        let population = Population(question.filter, snapshot)
        let monthly = population.monthly
        writer.beginObject()
        writer.member("currency", text: snapshot.baseCurrency)
        writer.key("months")
        writer.beginArray()
        var month = max(question.from?.month ?? firstPayingMonth(population, monthly), monthly.firstMonth)
        let last = min(question.to?.month ?? monthly.lastMonth, monthly.lastMonth)
        // Where nothing says what clients are worth there are no months.
        while month <= last, population.knowsMRR(at: min(month.lastDay, snapshot.asOf)) {
            let movements = population.cell(month).movements
            writer.beginObject()
            writer.member("month", text: month.description)
            let flows = ReportPeriod(month)
            writer.member(
                "complete", bool: flows.isComplete(asOf: snapshot.asOf, dataFrom: snapshot.standings.firstRevenueDay))
            writer.member("starting", microUnits: movements.starting)
            writer.member("new", microUnits: movements.new)
            writer.member("expansion", microUnits: movements.expansion)
            writer.member("contraction", microUnits: movements.contraction)
            writer.member("churned", microUnits: movements.churn)
            writer.member("reactivated", microUnits: movements.reactivation)
            writer.member("fx", microUnits: movements.exchange)
            writer.member("ending", microUnits: movements.ending)
            writer.member("nrr", double: movements.nrr)
            writer.member("grr", double: movements.grr)
            writer.member("logo_churn", double: movements.logoChurn)
            writer.member("starting_customers", integer: Int(movements.startingCustomers))
            writer.member("new_customers", integer: Int(movements.newCustomers))
            writer.member("expansion_customers", integer: Int(movements.expansionCustomers))
            writer.member("contraction_customers", integer: Int(movements.contractionCustomers))
            writer.member("churned_customers", integer: Int(movements.churnCustomers))
            writer.member("reactivated_customers", integer: Int(movements.reactivationCustomers))
            writer.endObject()
            month = month.advanced(by: 1)
        }
        writer.endArray()
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }

    private static func firstPayingMonth(_ population: Population, _ monthly: MonthlyRollup) -> Month {
        for offset in 0..<monthly.monthCount {
            let month = monthly.firstMonth.advanced(by: offset)
            if population.cell(month).movements.ending > 0 { return month }
        }
        return monthly.lastMonth
    }
}

/// `risk.rules`
public enum RulesAnswer {
    public struct Question: Sendable, Hashable {
        /// One client to try the rules on; nil for the rules and how many clients each hits.
        public var customerID: String?

        public init(_ parameters: Parameters) { customerID = parameters.text("customer_id") }
    }

    /// - Parameter record: writes how the rules have done on the company's own past, a member of the answer.
    public static func write(
        _ question: Question, _ snapshot: Snapshot, to writer: inout JSONWriter, record: (inout JSONWriter) -> Void
    ) throws(Problem) {
        let risk = snapshot.assessments.rules
        var position: Int?
        if let id = question.customerID {
            guard let found = snapshot.position(ofCustomer: id) else {
                throw Problem(.notFound, "no client \"\(id.excerpt)\" as of \(snapshot.asOf)")
            }
            position = found
        }
        var hits = [Int](repeating: 0, count: risk.rules.count)
        var unknown = [Int](repeating: 0, count: risk.rules.count)
        for index in 0..<snapshot.count {
            for rule in risk.rules.indices {
                if risk.fired[index] >> UInt64(rule) & 1 != 0 { hits[rule] += 1 }
                if risk.unknown[index] >> UInt64(rule) & 1 != 0 { unknown[rule] += 1 }
            }
        }
        writer.beginObject()
        writer.member("customer_id", text: question.customerID)
        if let position {
            writer.member("score", double: risk.score[position])
            writer.member("level", text: risk.level[position]?.name)
        }
        // Those who have left are no matter of rules.
        writer.member("customers", integer: snapshot.gold.status.count { $0 != .left })
        writer.key("rules")
        writer.beginArray()
        for (index, rule) in risk.rules.enumerated() {
            writer.beginObject()
            writer.member("rule", text: rule.name)
            writer.member("category", text: rule.category.rawValue)
            writer.member("weight", double: rule.weight)
            writer.key("when")
            writer.beginArray()
            for condition in rule.conditions {
                writer.beginObject()
                writer.member("metric", text: condition.metric)
                writer.member("otherwise", text: condition.otherwise)
                writer.member("comparison", text: condition.comparison.rawValue)
                writer.member("threshold", double: condition.threshold)
                writer.endObject()
            }
            writer.endArray()
            writer.member("text", text: rule.text)
            writer.member("playbook", text: rule.playbook)
            writer.member("hits", integer: hits[index])
            writer.member("not_evaluated", integer: unknown[index])
            if let position {
                writer.member("fired", bool: risk.fired[position] >> UInt64(index) & 1 != 0)
                writer.member("evaluated", bool: risk.unknown[position] >> UInt64(index) & 1 == 0)
                if !rule.conditions.isEmpty {
                    writer.member("observed", double: snapshot.ruleInputs[index].observed(position))
                }
            }
            writer.endObject()
        }
        writer.endArray()
        record(&writer)
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }
}
