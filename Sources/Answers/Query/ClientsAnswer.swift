import Standings
import Freshness
public import Contract
import Records
public import Snapshots
import Words

/// `clients.list`: filtered, sorted, page by page.
public enum ClientsAnswer {
    public struct Question: Sendable, Hashable {
        public var filter: ClientFilter
        /// Nil for the work list, and for a list of those who have left for the latest first.
        public var sort: SortKey?

        var sortKey: SortKey { sort ?? (filter.statuses == [ClientStatus.left.name] ? .departures : .workList) }

        public var limit: Int
        /// The row the page starts with.
        public var offset: Int
        /// The generation the first page came from; nil for a first page.
        public var snapshotID: String?

        public init(_ parameters: Parameters) throws(Problem) {
            filter = ClientFilter(parameters).ofThoseThere()
            let sortText = parameters.text("sort")
            let key = sortText.flatMap(SortKey.init)
            guard sortText == nil || key != nil else {
                throw Problem(
                    .invalidParams, "parameter \"sort\" is \"\((sortText ?? "").excerpt)\"",
                    hint: "expected KEY, KEY:asc or KEY:desc with one of \(SortKey.names.joined(separator: ", "))")
            }
            sort = key
            limit = parameters.requiredInteger("limit")
            let cursor = try Cursor(parameters)
            guard cursor == nil || cursor?.owners == Cursor.digest(of: filter.owners) else {
                throw Problem(
                    .conflict, "the cursor is of a list of other owners' clients", hint: "start again without a cursor")
            }
            offset = cursor?.offset ?? 0
            snapshotID = cursor?.snapshotID
        }
    }

    /// Where a page ends: the generation and the row after it; and whose clients they are, so that what somebody calls mine
    /// is not gone on with by somebody else.
    public struct Cursor: Sendable, Hashable {
        public var snapshotID: String
        public var offset: Int
        /// Stands for the owners that are asked for; nil where the list is not of some owners.
        public var owners: String?

        public init(snapshotID: String, offset: Int, owners: String? = nil) {
            self.snapshotID = snapshotID
            self.offset = offset
            self.owners = owners
        }

        public init?(_ text: String) {
            guard let separator = text.lastIndex(of: "~") else { return nil }
            let parts = text[text.index(after: separator)...].split(
                separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard let offset = Int(parts[0]), offset >= 0 else { return nil }
            snapshotID = String(text[..<separator])
            self.offset = offset
            owners = parts.count > 1 ? String(parts[1]) : nil
        }

        /// The same for the same names in any order (FNV-1a).
        static func digest(of owners: [String]) -> String? {
            if owners.isEmpty { return nil }
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for owner in Set(owners).sorted() {
                for byte in owner.utf8 + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            }
            return String(hash, radix: 36)
        }

        /// Nil when a first page is asked for.
        init?(_ parameters: Parameters) throws(Problem) {
            guard let text = parameters.text("cursor") else { return nil }
            guard let cursor = Cursor(text) else {
                throw Problem(
                    .invalidParams, "parameter \"cursor\" is no cursor", hint: "use next_cursor of the page before")
            }
            self = cursor
        }

        public var text: String { "\(snapshotID)~\(offset)" + (owners.map { ".\($0)" } ?? "") }
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
        let cursor = Cursor(
            snapshotID: snapshot.id, offset: next, owners: Cursor.digest(of: question.filter.owners))
        writer.member("next_cursor", text: next < total ? cursor.text : nil)
        writer.member("sort", text: question.sortKey.name)
        writer.member("currency", text: snapshot.baseCurrency)
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }

    private static func writeRow(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        ClientFields.writeIdentity(snapshot, position, Int(snapshot.gold.clients[position]), to: &writer)
        StandingText.write(snapshot, position, to: &writer)
        writer.member("health_score", double: snapshot.assessments.health.score[position])
        writer.member("health_level", text: snapshot.assessments.health.level[position]?.name)
        RiskText.write(snapshot, position, to: &writer)
        writer.member("churn_probability", double: snapshot.assessments.churnProbability[position])
        for metric in ClientMetric.listed { ClientFields.write(metric, of: position, snapshot, to: &writer) }
        RiskText.writeReasons("reasons", snapshot, position, to: &writer)
        writer.endObject()
    }
}

/// What every answer that shows data ends with.
enum AnswerEnvelope {
    static func end(_ snapshot: Snapshot, _ writer: inout JSONWriter) {
        writer.member("as_of", text: snapshot.asOf.description)
        writer.member("snapshot", text: snapshot.id)
        writer.key("stale")
        writer.beginArray()
        for notice in snapshot.standings.feedNotices {
            writer.beginObject()
            writer.member("category", text: notice.category.rawValue)
            writer.member("last_day", text: notice.feed.lastDay.description)
            writer.member("usual_gap_days", integer: notice.feed.usualGap)
            writer.member("text", text: notice.text)
            writer.endObject()
        }
        writer.endArray()
    }
}

enum ClientFields {
    static func writeIdentity(_ snapshot: Snapshot, _ position: Int, _ client: Int, to writer: inout JSONWriter) {
        writer.key("customer_id")
        snapshot.silver.clients.id.withBytes(at: client) { writer.utf8(escaping: $0) }
        writer.key("name")
        snapshot.silver.clients.name.withBytes(at: client) { $0.isEmpty ? writer.null() : writer.utf8(escaping: $0) }
        for attribute in ClientAttribute.groupings {
            let dimension = snapshot.gold.dimensions[attribute]
            let code = Int(dimension.codes[position])
            writer.key(attribute.key)
            if code == 0 { writer.null() } else { writer.string(dimension.values[code]) }
        }
    }

    static func write(
        _ attribute: ClientAttribute, of client: Int, _ snapshot: Snapshot, to writer: inout JSONWriter
    ) {
        // Column by column and never the table as a whole.
        switch attribute.form {
        case .word: writer.member(attribute.key, text: snapshot.silver.clients[word: attribute][client])
        case .text: writer.member(attribute.key, text: snapshot.silver.clients[text: attribute][client])
        case .number:
            let number = snapshot.silver.clients[number: attribute][client]
            writer.member(attribute.key, integer: number == ClientTable.unknownNumber ? nil : Int(number))
        case .day, .futureDay: day(attribute, snapshot.silver.clients[day: attribute][client], &writer)
        case .knownWhenOver:
            let value = snapshot.silver.clients[day: attribute][client]
            day(attribute, value <= snapshot.asOf.rawValue ? value : ClientTable.unknownDay, &writer)
        }
    }

    private static func day(_ attribute: ClientAttribute, _ value: Int32, _ writer: inout JSONWriter) {
        writer.member(
            attribute.key, text: value == ClientTable.unknownDay ? nil : Day(rawValue: value).description)
    }

    static func write(_ metric: ClientMetric, of position: Int, _ snapshot: Snapshot, to writer: inout JSONWriter) {
        writer.key(metric.key)
        switch metric.form {
        case .whole:
            let value = snapshot.gold.metrics[whole: metric][position]
            if value == ClientMetrics.unknown { writer.null() } else { writer.integer(Int64(value)) }
        case .money:
            let value = snapshot.gold.metrics[money: metric][position]
            if value == ClientMetrics.unknownAmount { writer.null() } else { writer.money(microUnits: value) }
        case .real: writer.double(snapshot.gold.metrics.value(metric, position))
        }
    }
}
