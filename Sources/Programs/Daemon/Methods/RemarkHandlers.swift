import Answers
import Contract
import Inbox
import Records
import SocketServer
import Store
import Words

/// What was noticed of rows that were not rejected.
enum RemarkHandlers {
    enum DataRemarks: MethodHandler {
        static let endpoint = Endpoint.dataRemarks

        struct Question: Sendable {
            var drop: Int
            var limit: Int
            fileprivate var cursor: LedgerCursor?
        }

        static func question(_ parameters: Parameters) throws(Problem) -> Question {
            Question(
                drop: parameters.requiredInteger("drop_id"), limit: parameters.requiredInteger("limit"),
                cursor: try LedgerCursor(parameters))
        }

        static func answer(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            try call.services.remarks(question, call, into: &result)
        }
    }
}

extension DaemonServices {
    fileprivate func remarks(
        _ question: RemarkHandlers.DataRemarks.Question, _ call: Call, into result: inout [UInt8]
    ) throws(Problem) {
        let entry = try entry(of: question.drop)
        // Their number is bounded: all of them fit into memory.
        let rows = try query {
            var files = quarantine.rejectFiles(.remarks)
            return try files.reader(dropID: entry.id, file: entry.file)?.read(limit: .max) ?? []
        }
        let first = min(question.cursor?.row ?? 0, rows.count)
        try JSONWriter.append(to: &result, reservedBytes: 256 * min(question.limit, 1_000) + 256) {
            (writer) throws(Problem) in
            writer.beginObject()
            writer.key("remarks")
            writer.beginArray()
            var list = BoundedList(bytesMax: pageBytesMax)
            for row in rows[first...].prefix(question.limit) {
                guard try list.write("a remark", to: &writer, { DaemonServices.write(remark: row, to: &$0) }) else {
                    break
                }
            }
            writer.endArray()
            let next = first + list.count
            writer.member(
                "next_cursor", text: next < rows.count ? LedgerCursor(drop: entry.id, row: next).text : nil)
            writer.member("total", integer: rows.reduce(0) { $0 + $1.rows })
            writer.key("summary")
            writer.beginArray()
            for (row, count) in DaemonServices.summary(of: rows) {
                writer.beginObject()
                writer.member("code", text: row.code)
                writer.member("column", text: row.column)
                writer.member("rows", integer: count)
                writer.member("text", text: row.reason)
                writer.endObject()
            }
            writer.endArray()
            call.endEnvelope(&writer)
        }
    }

    private static func write(remark row: RejectedRow, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("line", integer: row.line > 0 ? row.line : nil)
        writer.member("last_line", integer: row.lastLine)
        writer.member("rows", integer: row.rows)
        writer.member("column", text: row.column)
        writer.member("code", text: row.code)
        writer.member("text", text: row.reason)
        writer.endObject()
    }

    /// How often each remark is made of each column: in the order of the kinds, the most frequent column first.
    private static func summary(of rows: [RejectedRow]) -> [(row: RejectedRow, count: Int)] {
        let kinds = RemarkKind.allCases.map(\.rawValue)
        let groups = Dictionary(grouping: rows) { "\(kinds.firstIndex(of: $0.code) ?? kinds.count) \($0.column ?? "")" }
        return groups.values.compactMap { group in
            group.first.map { ($0, group.reduce(0) { $0 + $1.rows }) }
        }.sorted { one, other in
            let (a, b) = (
                kinds.firstIndex(of: one.row.code) ?? kinds.count, kinds.firstIndex(of: other.row.code) ?? kinds.count
            )
            return (a, -one.count, one.row.column ?? "") < (b, -other.count, other.row.column ?? "")
        }
    }
}
