import Answers
import Contract
import Inbox
import Pipeline
import Records
import SocketServer
import Store

/// Rows that were not accepted.
enum RejectHandlers {
    enum DataRejects: MethodHandler {
        static let endpoint = Endpoint.dataRejects

        struct Question: Sendable {
            var drop: Int?
            var limit: Int
            fileprivate var cursor: LedgerCursor?
        }

        static func question(_ parameters: Parameters) throws(Problem) -> Question {
            Question(
                drop: parameters.integer("drop_id"), limit: parameters.requiredInteger("limit"),
                cursor: try LedgerCursor(parameters))
        }

        static func answer(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            try call.services.rejects(question, call, into: &result)
        }
    }

    enum DataRejectedFile: MethodHandler {
        static let endpoint = Endpoint.dataRejectedFile

        struct Question: Sendable {
            var drop: Int
            fileprivate var cursor: LedgerCursor?
        }

        static func question(_ parameters: Parameters) throws(Problem) -> Question {
            Question(drop: parameters.requiredInteger("drop_id"), cursor: try LedgerCursor(parameters))
        }

        static func answer(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            try call.services.rejectedFile(question, call, into: &result)
        }
    }
}

extension DaemonServices {
    fileprivate func rejects(
        _ question: RejectHandlers.DataRejects.Question, _ call: Call, into result: inout [UInt8]
    ) throws(Problem) {
        let (limit, cursor) = (question.limit, question.cursor)
        let drops: [(id: Int64, file: String)]
        let total: Int
        // Of all drops together it would take reading all of their lists.
        var listed: Int?
        if let id = question.drop {
            let entry = try entry(of: id)
            total = entry.rejected ?? 0
            drops = entry.id <= cursor?.drop ?? .max ? [(entry.id, entry.file)] : []
            listed = try query {
                var files = quarantine.rejectFiles()
                return try files.reader(dropID: entry.id, file: entry.file)?.countListed() ?? 0
            }
        } else {
            total = try query { try store.rejectedTotal() }
            // A drop has one rejected row at least, so no more drops than rows are looked at, but for files that are
            // gone; one more, for where the next page begins.
            drops = try query { try store.dropsWithRejects(upTo: cursor?.drop ?? .max, limit: limit + 1) }
        }
        try JSONWriter.append(to: &result, reservedBytes: 256 * min(limit, 1_000) + 256) { (writer) throws(Problem) in
            writer.beginObject()
            writer.key("rejects")
            writer.beginArray()
            let next = try writeRejects(
                of: drops, from: cursor, limit: limit, call.access, call.deadline, to: &writer)
            writer.endArray()
            writer.member("next_cursor", text: next?.text)
            writer.member("masked", bool: !call.access.showsRawRows)
            writer.member("total", integer: total)
            writer.member("listed", integer: listed)
            call.endEnvelope(&writer)
        }
    }

    fileprivate func rejectedFile(
        _ question: RejectHandlers.DataRejectedFile.Question, _ call: Call, into result: inout [UInt8]
    ) throws(Problem) {
        guard call.access.showsRawRows else {
            throw Problem(
                .forbidden, "rejected rows are shown as they came to those who hand in data or see contact data",
                hint: "data.rejects tells lines, columns and reasons")
        }
        let entry = try entry(of: question.drop)
        guard entry.state == .loaded else {
            throw Problem(
                .conflict, "drop \(entry.id) is \(entry.state.rawValue): it has no rejected rows",
                hint: "aurac drops show \(entry.id) says what became of it")
        }
        let skipped = question.cursor?.row ?? 0
        let piece: RejectedRowsPiece
        do {
            // Base64 is a third longer.
            piece = try pipeline.rejectedRows.piece(
                of: entry, skipping: skipped, bytesMax: (pageBytesMax - 8 << 10) / 4 * 3
            ) { try call.deadline.check() }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .notFound, "the original of drop \(entry.id) cannot be read",
                hint: "aurac verify says what is wrong with it; deliver the file again to put it back")
        }
        JSONWriter.append(to: &result, reservedBytes: piece.bytes.count / 3 * 4 + 512) { writer in
            writer.beginObject()
            writer.member("category", text: entry.category.rawValue)
            writer.member("file", text: entry.file)
            writer.member("format", text: piece.isJSON ? "ndjson" : "csv")
            writer.member("content_base64", text: Base64Text.encoded(piece.bytes))
            writer.member("rows", integer: piece.rows)
            writer.member("left_out", integer: piece.leftOut)
            writer.member(
                "next_cursor",
                text: piece.hasMore ? LedgerCursor(drop: entry.id, row: skipped + piece.rows).text : nil)
            writer.member("total", integer: entry.rejected ?? 0)
            call.endEnvelope(&writer)
        }
    }

    /// Rows read at a time: each may have tens of kilobytes.
    private static let rejectsAtOnce = 256

    /// - Parameter drops: the latest first.
    /// - Returns: where the next page begins; nil after the last row.
    private func writeRejects(
        of drops: [(id: Int64, file: String)], from cursor: LedgerCursor?, limit: Int, _ access: Access,
        _ deadline: Deadline, to writer: inout JSONWriter
    ) throws(Problem) -> LedgerCursor? {
        var list = BoundedList(bytesMax: pageBytesMax)
        var files = quarantine.rejectFiles()
        for drop in drops {
            guard let reader = try query({ try files.reader(dropID: drop.id, file: drop.file) }) else { continue }
            var offset = drop.id == cursor?.drop ? cursor?.row ?? 0 : 0
            var isBegun = false
            while true {
                try deadline.check()
                // The first read passes over the rows of earlier pages, the others go on where it has ended.
                let skipped = isBegun ? 0 : offset
                isBegun = true
                let rows = try query { try reader.read(offset: skipped, limit: DaemonServices.rejectsAtOnce) }
                for row in rows {
                    // There is a row, so there is a page after this.
                    guard list.count < limit,
                        try list.write(
                            "a rejected row", to: &writer,
                            { DaemonServices.write(row, of: drop.id, showsRaw: access.showsRawRows, to: &$0) })
                    else { return LedgerCursor(drop: drop.id, row: offset) }
                    offset += 1
                }
                if rows.count < DaemonServices.rejectsAtOnce { break }
            }
        }
        return nil
    }

    private static func write(_ row: RejectedRow, of drop: Int64, showsRaw: Bool, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("drop_id", integer: Int(drop))
        writer.member("line", integer: row.line)
        writer.member("last_line", integer: row.lastLine)
        writer.member("rows", integer: row.rows)
        writer.member("column", text: row.column)
        writer.member("code", text: row.code)
        writer.member("reason", text: DaemonServices.reason(of: row))
        // Of rows that are not listed there is no text: the original has it.
        let isShown = showsRaw && row.lastLine == nil
        writer.member("raw", text: isShown ? String(decoding: row.raw, as: UTF8.self) : nil)
        writer.endObject()
    }

    private static func reason(of row: RejectedRow) -> String {
        guard let last = row.lastLine else { return row.reason }
        let rows = row.rows == 1 ? "1 row" : "\(row.rows) rows"
        let lines = last == row.line ? "on line \(last)" : "on lines \(row.line) to \(last)"
        return "\(row.reason) (\(rows) \(lines), not listed one by one; the file you delivered has them)"
    }
}
