public import Contract
import Records
public import Snapshots

/// `clients.list`: filtered, sorted, page by page.
public enum ClientsAnswer {
    public struct Question: Sendable, Hashable {
        public var filter: ClientFilter
        /// Nil for the work list.
        public var sort: SortKey?
        public var limit: Int
        /// The row the page starts with.
        public var offset: Int
        /// The generation the first page came from; nil for a first page.
        public var snapshotID: String?

        public init(_ parameters: inout Parameters) throws(Problem) {
            filter = try ClientFilter(&parameters)
            let sortText = try parameters.text("sort")
            let key = sortText.flatMap(SortKey.init)
            guard sortText == nil || key != nil else {
                throw Problem(
                    .invalidParams, "parameter \"sort\" is \"\(sortText ?? "")\"",
                    hint: "expected KEY, KEY:asc or KEY:desc with one of \(SortKey.names.joined(separator: ", "))")
            }
            sort = key
            limit = try parameters.integer("limit", in: 1...10_000) ?? 20
            offset = 0
            if let cursor = try parameters.text("cursor") {
                guard let parsed = Cursor(cursor) else {
                    throw Problem(
                        .invalidParams, "parameter \"cursor\" is no cursor", hint: "use next_cursor of the page before")
                }
                offset = parsed.offset
                snapshotID = parsed.snapshotID
            }
        }
    }

    /// Where a page ends: the generation and the row after it.
    public struct Cursor: Sendable, Hashable {
        public var snapshotID: String
        public var offset: Int

        public init(snapshotID: String, offset: Int) {
            self.snapshotID = snapshotID
            self.offset = offset
        }

        public init?(_ text: String) {
            guard let separator = text.lastIndex(of: "~"), let offset = Int(text[text.index(after: separator)...]),
                offset >= 0
            else { return nil }
            snapshotID = String(text[..<separator])
            self.offset = offset
        }

        public var text: String { "\(snapshotID)~\(offset)" }
    }

    public static func write(_ question: Question, _ snapshot: Snapshot, to writer: inout JSONWriter) {
        let (page, total) = page(question, snapshot)
        writer.beginObject()
        writer.member("total", integer: total)
        writer.key("clients")
        writer.beginArray()
        for position in page { writeRow(snapshot, position, to: &writer) }
        writer.endArray()
        let next = question.offset + page.count
        writer.member("next_cursor", text: next < total ? Cursor(snapshotID: snapshot.id, offset: next).text : nil)
        writer.member("sort", text: (question.sort ?? snapshot.workList).name)
        writer.member("currency", text: snapshot.baseCurrency)
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }

    /// The positions on the page, and how many clients there are in all.
    private static func page(_ question: Question, _ snapshot: Snapshot) -> (positions: [Int], total: Int) {
        let filter = question.filter
        let groups = filter.groups(snapshot)
        let order = snapshot.order(question.sort ?? snapshot.workList)
        var page: [Int] = []
        var passed = 0
        func take(_ position: UInt32) {
            if passed >= question.offset { page.append(Int(position)) }
            passed += 1
        }
        if let total = filter.total(snapshot) {
            // Dimensions and risk alone: the total is a sum of counts, and the walk ends with the page.
            let matcher = ClientFilter.Matcher(filter, snapshot, groups: groups)
            for position in order where matcher.dimensionsMatch(Int(position)) {
                take(position)
                if page.count == question.limit { break }
            }
            return (page, total)
        }
        let flags = filter.flags(snapshot, groups: groups)
        let total = flags.reduce(0) { $1 ? $0 + 1 : $0 }
        for position in order where flags[Int(position)] {
            take(position)
            if page.count == question.limit { break }
        }
        return (page, total)
    }

    private static func writeRow(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let client = Int(snapshot.gold.clients[position])
        let metrics = snapshot.gold.metrics
        let risk = snapshot.assessments.risk
        writer.beginObject()
        ClientFields.writeIdentity(snapshot, position, client, to: &writer)
        writer.member("health_score", double: snapshot.assessments.health.score[position])
        writer.member("health_level", text: snapshot.assessments.health.level[position]?.name)
        writer.member("risk_score", double: risk.score[position])
        writer.member("risk_level", text: risk.level[position].name)
        writer.member("churn_probability", double: snapshot.assessments.churnProbability[position])
        writer.member("engagement_score", double: metrics.engagementScore[position])
        writer.member("mrr", microUnits: metrics.mrr[position])
        writer.member("revenue_decline_90d", double: metrics.revenueDecline90Days(position))
        ClientFields.member("days_since_last_login", metrics.daysSinceLastLogin[position], &writer)
        writer.member("support_tickets_30d", integer: Int(metrics.tickets30Days[position]))
        writer.key("reasons")
        writer.beginArray()
        let fired = risk.fired[position]
        if fired != 0 {
            for (index, rule) in risk.rules.enumerated() where fired >> UInt64(index) & 1 != 0 {
                writer.string(RuleText.reason(rule, metrics, position))
            }
        }
        writer.endArray()
        writer.endObject()
    }
}

/// What every answer that shows data ends with.
enum AnswerEnvelope {
    static func end(_ snapshot: Snapshot, _ writer: inout JSONWriter) {
        writer.member("as_of", text: snapshot.asOf.description)
        writer.member("snapshot", text: snapshot.id)
    }
}

enum ClientFields {
    static func writeIdentity(_ snapshot: Snapshot, _ position: Int, _ client: Int, to writer: inout JSONWriter) {
        let dimensions = snapshot.gold.dimensions
        let clients = snapshot.silver.clients
        writer.key("customer_id")
        clients.id.withBytes(at: client) { writer.utf8(escaping: $0) }
        writer.key("name")
        clients.name.withBytes(at: client) { $0.isEmpty ? writer.null() : writer.utf8(escaping: $0) }
        member("segment", dimensions.segment, position, &writer)
        member("region", dimensions.region, position, &writer)
        member("tier", dimensions.tier, position, &writer)
        member("product", dimensions.product, position, &writer)
    }

    private static func member(
        _ name: StaticString, _ dimension: ClientDimensions.Dimension, _ position: Int, _ writer: inout JSONWriter
    ) {
        let code = Int(dimension.codes[position])
        writer.key(name)
        if code == 0 { writer.null() } else { writer.string(dimension.values[code]) }
    }

    static func member(_ name: StaticString, _ value: Int32, _ writer: inout JSONWriter) {
        writer.key(name)
        if value == ClientMetrics.unknown { writer.null() } else { writer.integer(Int64(value)) }
    }

    static func day(_ name: StaticString, _ value: Int32, _ writer: inout JSONWriter) {
        writer.member(name, text: value == ClientTable.unknownDay ? nil : Day(rawValue: value).description)
    }
}

/// The reasons of rules in words.
enum RuleText {
    /// The rule's text with `{value}`, `{threshold}` and `{percent}` filled in from its first condition.
    static func reason(_ rule: RiskRule, _ metrics: ClientMetrics, _ position: Int) -> String {
        guard let condition = rule.conditions.first else { return rule.text }
        let observed = observed(condition, metrics, position)
        guard rule.text.utf8.contains(123) else { return rule.text }
        var result = ""
        var rest = rule.text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            switch rest[rest.index(after: open)..<close] {
            case "value": result += number(observed)
            case "threshold": result += number(condition.threshold)
            case "percent":
                result += observed.isNaN ? "an unknown share" : "\(number((observed * 1000).rounded() / 10)) %"
            default: result += rest[open...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    static func observed(_ condition: RiskRule.Condition, _ metrics: ClientMetrics, _ position: Int) -> Double {
        let value = MetricColumn(rawValue: condition.metric)?.value(metrics, position) ?? .nan
        guard value.isNaN, let otherwise = condition.otherwise.flatMap(MetricColumn.init(rawValue:)) else {
            return value
        }
        return otherwise.value(metrics, position)
    }

    /// A whole number without decimals, others with at most two.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "unknown" }
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int64(rounded)) : String(rounded)
    }
}
