import Answers
import Contract
import Inbox
import Pipeline
import Records
import Snapshots
import SocketServer
import Store

extension DaemonServices {
    // MARK: data.drops

    func drops(
        _ parameters: Parameters, _ access: Access, _ deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        var parameters = parameters
        let state = try parameters.choice("state", LedgerEntry.State.self)
        let limit = try parameters.integer("limit", in: 1...100_000) ?? 10_000
        let id = try parameters.integer("drop_id", in: 0...Int.max)
        let cursor = try LedgerCursor(&parameters)
        _ = try parameters.day("as_of")
        try parameters.finish()
        var one: LedgerEntry?
        if let id {
            guard let entry = try query({ try store.drop(Int64(id)) }) else {
                throw Problem(.notFound, "no drop \(id)", hint: "aurac drops lists them")
            }
            one = entry
        }
        let counts = store.ledgerCounts
        let matching = one == nil ? state.map { counts[$0] } ?? counts.total : 1
        try JSONWriter.append(to: &result, reservedBytes: 512 * min(limit, matching) + 256) {
            (writer) throws(Problem) in
            writer.beginObject()
            writer.key("drops")
            writer.beginArray()
            var next: LedgerCursor?
            if let one {
                // After the ledger: a drop that it calls loaded and that is not here is in the generation in force.
                let unserved = pipeline.status.unservedDrops
                DaemonServices.write(one, access, unserved: unserved, to: &writer)
            } else {
                next = try writeDrops(state, from: cursor, limit: limit, access, deadline, to: &writer)
            }
            writer.endArray()
            writer.member("next_cursor", text: next?.text)
            writer.member("total", integer: counts.total)
            writer.member("matching", integer: matching)
            writer.member("as_of", text: box.current?.asOf.description)
            writer.member("snapshot", text: box.current?.id)
            writer.endObject()
        }
    }

    /// - Returns: where the next page begins; nil after the last drop.
    private func writeDrops(
        _ state: LedgerEntry.State?, from cursor: LedgerCursor?, limit: Int, _ access: Access, _ deadline: Deadline,
        to writer: inout JSONWriter
    ) throws(Problem) -> LedgerCursor? {
        var list = BoundedList(bytesMax: pageBytesMax)
        var last: Int64?
        var next: LedgerCursor?
        var problem: Problem?
        var unserved: Set<Int64>?
        try query {
            try store.forEachDrop(state: state, before: cursor?.drop ?? .max) { entry in
                // After the ledger, whose picture stands since the first row was read.
                let unservedNow = unserved ?? pipeline.status.unservedDrops
                unserved = unservedNow
                do throws(Problem) {
                    var isWritten = list.count < limit
                    if isWritten {
                        isWritten = try list.write("a drop", to: &writer) {
                            DaemonServices.write(entry, access, unserved: unservedNow, to: &$0)
                        }
                    }
                    guard isWritten else {
                        next = last.map { LedgerCursor(drop: $0) }
                        return false
                    }
                } catch {
                    problem = error
                    return false
                }
                last = entry.id
                return list.count % DaemonServices.rowsBetweenChecks > 0 || !deadline.hasPassed
            }
        }
        if let problem { throw problem }
        try deadline.check()
        return next
    }

    /// Whether the answers have the rows of a drop; nil when it has none to give. Those of a duplicate came with the
    /// first delivery.
    private static func isServed(_ entry: LedgerEntry, unserved: Set<Int64>) -> Bool? {
        switch entry.state {
        case .queued, .loading: false
        case .loaded: !unserved.contains(entry.id)
        case .duplicate: entry.duplicateOf.map { !unserved.contains($0) } ?? true
        case .refused: nil
        }
    }

    /// After so many rows it is looked whether anybody still waits for them.
    private static let rowsBetweenChecks = 256

    private static func write(
        _ entry: LedgerEntry, _ access: Access, unserved: Set<Int64>, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("drop_id", integer: Int(entry.id))
        writer.member("file", text: entry.file)
        writer.member("category", text: entry.category.rawValue)
        writer.member("source_type", text: entry.sourceType)
        writer.member("bytes", integer: Int(entry.bytes))
        writer.member("sha256", text: entry.sha256)
        writer.member("state", text: entry.state.rawValue)
        writer.member("rows", integer: entry.rows)
        writer.member("accepted", integer: entry.accepted)
        writer.member("rejected", integer: entry.rejected)
        writer.member("duplicates", integer: entry.duplicates)
        writer.member("collisions", integer: entry.collisions)
        writer.member("updated", integer: entry.updated)
        writer.member("warnings", integer: entry.warnings)
        writer.member("orphans", integer: entry.orphans)
        writer.member("received_at", text: entry.receivedAt.description)
        writer.member("loaded_at", text: entry.loadedAt?.description)
        // The reason quotes the head of the file, and a file without a head begins with a client.
        let isMasked = entry.state == .refused && !access.showsRawRows
        writer.member("reason", text: isMasked ? "refused; those who hand in data are shown why" : entry.reason)
        writer.member("duplicate_of", integer: entry.duplicateOf.map { Int($0) })
        writer.key("served")
        if let isServed = isServed(entry, unserved: unserved) { writer.bool(isServed) } else { writer.null() }
        writer.endObject()
    }

    // MARK: data.rejects

    func rejects(
        _ parameters: Parameters, _ access: Access, _ deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        var parameters = parameters
        let id = try parameters.integer("drop_id", in: 0...Int.max)
        let limit = try parameters.integer("limit", in: 1...10_000) ?? 100
        let cursor = try LedgerCursor(&parameters)
        _ = try parameters.day("as_of")
        try parameters.finish()
        let drops: [(id: Int64, file: String)]
        let total: Int
        // Of all drops together it would take reading all of their lists.
        var listed: Int?
        if let id {
            guard let entry = try query({ try store.drop(Int64(id)) }) else {
                throw Problem(.notFound, "no drop \(id)", hint: "aurac drops lists them")
            }
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
            let next = try writeRejects(of: drops, from: cursor, limit: limit, access, deadline, to: &writer)
            writer.endArray()
            writer.member("next_cursor", text: next?.text)
            writer.member("masked", bool: !access.showsRawRows)
            writer.member("total", integer: total)
            writer.member("listed", integer: listed)
            writer.member("as_of", text: box.current?.asOf.description)
            writer.member("snapshot", text: box.current?.id)
            writer.endObject()
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

    // MARK: data.cancel

    func cancel(
        _ parameters: Parameters, _ deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        var parameters = parameters
        guard let id = try parameters.integer("drop_id", in: 0...Int.max) else {
            throw Problem(.invalidParams, "parameter \"drop_id\" is missing", hint: "aurac drops lists them")
        }
        try parameters.finish()
        guard let before = try query({ try store.drop(Int64(id)) }) else {
            throw Problem(.notFound, "no drop \(id)", hint: "aurac drops lists them")
        }
        try DaemonServices.checkOpen(before)
        // Some of the time is left for the answer.
        let patience = min(max(deadline.remaining - .seconds(1), .milliseconds(100)), .seconds(60))
        guard let after = try query({ try pipeline.cancel(Int64(id), patience: patience) }) else {
            throw Problem(
                .conflict, "drop \(id) is back in the inbox: it was still being written",
                hint: "remove the file there, or cancel its next drop")
        }
        if after.state == .queued || after.state == .loading {
            throw Problem(
                .unavailable, "drop \(id) is to be cancelled, but the daemon has not come to it yet",
                hint: "aurac drops says when it is; aurac status says what the daemon is doing")
        }
        guard after.state == .refused, after.reason == RiverPipeline.cancelledReason else {
            try DaemonServices.checkOpen(after)
            return
        }
        JSONWriter.append(to: &result) { writer in
            writer.beginObject()
            writer.member("drop_id", integer: id)
            writer.member("state", text: after.state.rawValue)
            writer.member("cancelled", bool: true)
            writer.member("as_of", text: box.current?.asOf.description)
            writer.member("snapshot", text: box.current?.id)
            writer.endObject()
        }
    }

    /// - Throws: what became of a drop that has come to its end.
    private static func checkOpen(_ entry: LedgerEntry) throws(Problem) {
        switch entry.state {
        case .queued, .loading: break
        case .loaded:
            throw Problem(
                .conflict, "drop \(entry.id) is loaded: what was loaded is not taken out again",
                hint: "a later file with the same keys corrects clients and tickets")
        case .refused:
            throw Problem(
                .conflict, "drop \(entry.id) was refused: nothing of it was loaded",
                hint: "aurac drops show \(entry.id) says why")
        case .duplicate:
            throw Problem(
                .conflict, "drop \(entry.id) repeats an earlier one: nothing of it was loaded",
                hint: "aurac drops show \(entry.id) says which")
        }
    }

    // MARK: data.ingest

    /// - Returns: the number of the drop, once its last piece is there.
    func ingest(
        _ parameters: Parameters, from connection: Connection, into result: inout [UInt8]
    ) throws(Problem) -> Int64? {
        var parameters = parameters
        let part = try Uploads.Part(&parameters)
        try parameters.finish()
        let outcome = try uploads.add(part, connection: connection.id)
        // It has closed meanwhile, and nobody comes to clear away what was begun after that.
        if !connection.isOpen { uploads.discardSoon(of: connection.id) }
        switch outcome {
        case .more(let id, let bytes):
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("upload", text: id)
                writer.member("received_bytes", integer: bytes)
                writer.endObject()
            }
            return nil
        case .complete(let file):
            let taken = try query {
                try pipeline.take(file.file, shown: file.shown, category: file.category, sourceType: file.sourceType)
            }
            guard let entry = taken else {
                throw Problem(.unavailable, "the file could not be taken over", hint: "aurac status says what is wrong")
            }
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("drop_id", integer: Int(entry.id))
                writer.member("category", text: entry.category.rawValue)
                writer.member("sha256", text: file.sha256.description)
                writer.member("state", text: entry.state.rawValue)
                writer.member("bytes", integer: Int(entry.bytes))
                writer.endObject()
            }
            return entry.id
        }
    }
}

/// Where a page of drops or of rejected rows ends: the last drop that is told of, or the row of a drop that comes next.
private struct LedgerCursor {
    var drop: Int64
    var row: Int?

    init(drop: Int64, row: Int? = nil) {
        self.drop = drop
        self.row = row
    }

    /// Nil when a first page is asked for.
    init?(_ parameters: inout Parameters) throws(Problem) {
        guard let text = try parameters.text("cursor") else { return nil }
        // A word in front, so that nothing else that is typed there is taken for one.
        let parts = text.dropFirst(LedgerCursor.prefix.count).split(separator: "~", omittingEmptySubsequences: false)
            .map { Int64($0) }
        guard text.hasPrefix(LedgerCursor.prefix), (1...2).contains(parts.count), let drop = parts[0],
            let row = parts.count == 1 ? 0 : parts[1], drop >= 0,
            row >= 0
        else {
            throw Problem(
                .invalidParams, "parameter \"cursor\" is no cursor", hint: "use next_cursor of the page before")
        }
        self.drop = drop
        self.row = Int(row)
    }

    private static let prefix = "drop~"

    var text: String { "\(LedgerCursor.prefix)\(drop)" + (row.map { "~\($0)" } ?? "") }
}
