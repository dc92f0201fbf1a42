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

    func drops(_ request: Request, _ access: Access, into result: inout [UInt8]) throws(Problem) {
        var parameters = Parameters(request.params)
        let state = try parameters.choice("state", LedgerEntry.State.self)
        let limit = try parameters.integer("limit", in: 1...100_000) ?? 10_000
        let id = try parameters.integer("drop_id", in: 0...Int.max)
        _ = try parameters.day("as_of")
        try parameters.finish()
        let entries: [LedgerEntry]
        if let id {
            guard let entry = try query({ try store.drop(Int64(id)) }) else {
                throw Problem(.notFound, "no drop \(id)", hint: "aurac drops lists them")
            }
            entries = [entry]
        } else {
            entries = try query { try store.drops(state: state, limit: limit) }
        }
        let counts = try query { try store.ledgerCounts() }
        let total = counts.loaded + counts.pending + counts.refused + counts.duplicates
        let matching = try query { try id == nil && state != nil ? store.dropCount(state: state) : nil }
        JSONWriter.append(to: &result, reservedBytes: 512 * entries.count + 256) { writer in
            writer.beginObject()
            writer.key("drops")
            writer.beginArray()
            for entry in entries { DaemonServices.write(entry, access, to: &writer) }
            writer.endArray()
            writer.member("total", integer: total)
            writer.member("matching", integer: matching ?? (id == nil ? total : entries.count))
            writer.member("as_of", text: box.current?.asOf.description)
            writer.member("snapshot", text: box.current?.id)
            writer.endObject()
        }
    }

    private static func write(_ entry: LedgerEntry, _ access: Access, to writer: inout JSONWriter) {
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
        writer.endObject()
    }

    // MARK: data.rejects

    func rejects(_ request: Request, _ access: Access, into result: inout [UInt8]) throws(Problem) {
        var parameters = Parameters(request.params)
        let id = try parameters.integer("drop_id", in: 0...Int.max)
        let limit = try parameters.integer("limit", in: 1...10_000) ?? 100
        var toSkip = try parameters.integer("offset", in: 0...Int.max) ?? 0
        _ = try parameters.day("as_of")
        try parameters.finish()
        var drops: [LedgerEntry] = []
        if let id {
            guard let entry = try query({ try store.drop(Int64(id)) }) else {
                throw Problem(.notFound, "no drop \(id)", hint: "aurac drops lists them")
            }
            drops = [entry]
        } else {
            drops = try query { try store.drops(state: .loaded) }.filter { ($0.rejected ?? 0) > 0 }
        }
        var rows: [(drop: Int64, row: RejectedRow)] = []
        let index = try query { try quarantine.rejectIndex() }
        for drop in drops where rows.count < limit {
            let read: [RejectedRow] = try query {
                guard let reader = try quarantine.rejectReader(dropID: drop.id, in: index) else { return [] }
                toSkip -= try reader.skip(toSkip)
                return try reader.read(limit: limit - rows.count)
            }
            rows.append(contentsOf: read.map { (drop.id, $0) })
        }
        // Of all drops together it would take reading all of their lists.
        let listed: Int? = try query {
            try id.map { try quarantine.rejectReader(dropID: Int64($0), in: index)?.countListed() ?? 0 }
        }
        let total = drops.reduce(0) { $0 + ($1.rejected ?? 0) }
        JSONWriter.append(to: &result, reservedBytes: 256 * rows.count + 256) { writer in
            writer.beginObject()
            writer.key("rejects")
            writer.beginArray()
            for (drop, row) in rows {
                writer.beginObject()
                writer.member("drop_id", integer: Int(drop))
                writer.member("line", integer: row.line)
                writer.member("last_line", integer: row.lastLine)
                writer.member("rows", integer: row.rows)
                writer.member("column", text: row.column)
                writer.member("code", text: row.code)
                writer.member("reason", text: DaemonServices.reason(of: row))
                // Of rows that are not listed there is no text: the original has it.
                let isShown = access.showsRawRows && row.lastLine == nil
                writer.member("raw", text: isShown ? String(decoding: row.raw, as: UTF8.self) : nil)
                writer.endObject()
            }
            writer.endArray()
            writer.member("masked", bool: !access.showsRawRows)
            writer.member("total", integer: total)
            writer.member("listed", integer: listed)
            writer.member("as_of", text: box.current?.asOf.description)
            writer.member("snapshot", text: box.current?.id)
            writer.endObject()
        }
    }

    private static func reason(of row: RejectedRow) -> String {
        guard let last = row.lastLine else { return row.reason }
        let rows = row.rows == 1 ? "1 row" : "\(row.rows) rows"
        let lines = last == row.line ? "on line \(last)" : "on lines \(row.line) to \(last)"
        return "\(row.reason) (\(rows) \(lines), not listed one by one; the file you delivered has them)"
    }

    // MARK: data.cancel

    func cancel(_ request: Request, _ deadline: Deadline, into result: inout [UInt8]) throws(Problem) {
        var parameters = Parameters(request.params)
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
                hint: "aurac drops \(entry.id) says why")
        case .duplicate:
            throw Problem(
                .conflict, "drop \(entry.id) repeats an earlier one: nothing of it was loaded",
                hint: "aurac drops \(entry.id) says which")
        }
    }

    // MARK: data.ingest

    /// - Returns: the number of the drop, once its last piece is there.
    func ingest(
        _ request: Request, connection: UInt64, into result: inout [UInt8]
    ) throws(Problem) -> Int64? {
        var parameters = Parameters(request.params)
        let part = try Uploads.Part(&parameters)
        try parameters.finish()
        let outcome = try uploads.add(part, connection: connection)
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
            let hash = try query { try DropReader.hash(path: file.path) }
            let taken = try query {
                try pipeline.take(
                    file.hidden, shown: file.shown, category: file.category, sourceType: file.sourceType)
            }
            guard let entry = taken else {
                throw Problem(.unavailable, "the file could not be taken over", hint: "aurac status says what is wrong")
            }
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("drop_id", integer: Int(entry.id))
                writer.member("category", text: entry.category.rawValue)
                writer.member("sha256", text: hash.description)
                writer.member("state", text: entry.state.rawValue)
                writer.member("bytes", integer: Int(entry.bytes))
                writer.endObject()
            }
            return entry.id
        }
    }
}
