public import Contract
import Records
public import Snapshots

/// `clients.list`: filtered, sorted, page by page.
public enum ClientsAnswer {
    public struct Question: Sendable, Hashable {
        public var filter: ClientFilter
        /// Nil for the work list.
        public var sort: SortKey?

        func sortKey(_ snapshot: Snapshot) -> SortKey { sort ?? snapshot.workList }

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
                    .invalidParams, "parameter \"sort\" is \"\((sortText ?? "").excerpt)\"",
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

    /// Whether a page takes some hundred microseconds at the most: it may be answered while others wait.
    public static func isQuick(_ question: Question, _ snapshot: Snapshot) -> Bool {
        ClientsPage.isQuick(question, snapshot)
    }

    /// - Parameter bytesMax: what the text of the answer may have; a page is cut before it has more.
    public static func write(
        _ question: Question, _ snapshot: Snapshot, bytesMax: Int = .max, to writer: inout JSONWriter
    ) throws(Problem) {
        let (page, total) = ClientsPage.make(question, snapshot)
        writer.beginObject()
        writer.member("total", integer: total)
        writer.key("clients")
        writer.beginArray()
        var list = BoundedList(bytesMax: bytesMax)
        for position in page {
            guard try list.write("a client", to: &writer, { writeRow(snapshot, position, to: &$0) }) else { break }
        }
        writer.endArray()
        let next = question.offset + list.count
        writer.member("next_cursor", text: next < total ? Cursor(snapshotID: snapshot.id, offset: next).text : nil)
        writer.member("sort", text: question.sortKey(snapshot).name)
        writer.member("currency", text: snapshot.baseCurrency)
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }

    private static func writeRow(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        ClientFields.writeIdentity(snapshot, position, Int(snapshot.gold.clients[position]), to: &writer)
        writer.member("health_score", double: snapshot.assessments.health.score[position])
        writer.member("health_level", text: snapshot.assessments.health.level[position]?.name)
        writer.member("risk_score", double: snapshot.assessments.risk.score[position])
        writer.member("risk_level", text: snapshot.assessments.risk.level[position].name)
        writer.member("churn_probability", double: snapshot.assessments.churnProbability[position])
        writer.member("engagement_score", double: snapshot.gold.metrics.engagementScore[position])
        writer.member("mrr", microUnits: snapshot.gold.metrics.mrr[position])
        writer.member("revenue_decline_90d", double: snapshot.gold.metrics.revenueDecline90Days(position))
        ClientFields.member("days_since_last_login", snapshot.gold.metrics.daysSinceLastLogin[position], &writer)
        writer.member("support_tickets_30d", integer: Int(snapshot.gold.metrics.tickets30Days[position]))
        writer.key("reasons")
        writer.beginArray()
        var fired = snapshot.assessments.risk.fired[position]
        while fired != 0 {
            RuleText.writeReason(fired.trailingZeroBitCount, snapshot, position, to: &writer)
            fired &= fired - 1
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
        writer.key("customer_id")
        snapshot.silver.clients.id.withBytes(at: client) { writer.utf8(escaping: $0) }
        writer.key("name")
        snapshot.silver.clients.name.withBytes(at: client) { $0.isEmpty ? writer.null() : writer.utf8(escaping: $0) }
        let group = snapshot.groups.groups[Int(snapshot.groups.groupOfPosition[position])]
        member("segment", group.segment, snapshot.gold.dimensions.segment.values, &writer)
        member("region", group.region, snapshot.gold.dimensions.region.values, &writer)
        member("tier", group.tier, snapshot.gold.dimensions.tier.values, &writer)
        member("product", group.product, snapshot.gold.dimensions.product.values, &writer)
    }

    private static func member(
        _ name: StaticString, _ code: UInt16, _ values: [String], _ writer: inout JSONWriter
    ) {
        writer.key(name)
        if code == 0 { writer.null() } else { writer.string(values[Int(code)]) }
    }

    static func member(_ name: StaticString, _ value: Int32, _ writer: inout JSONWriter) {
        writer.key(name)
        if value == ClientMetrics.unknown { writer.null() } else { writer.integer(Int64(value)) }
    }

    static func day(_ name: StaticString, _ value: Int32, _ writer: inout JSONWriter) {
        writer.member(name, text: value == ClientTable.unknownDay ? nil : Day(rawValue: value).description)
    }
}
