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
            if let one {
                DaemonServices.write(one, access, to: &writer)
            } else {
                var written = 0
                try query {
                    try store.forEachDrop(state: state, limit: limit) { entry in
                        DaemonServices.write(entry, access, to: &writer)
                        written += 1
                        return written % DaemonServices.rowsBetweenChecks > 0 || !deadline.hasPassed
                    }
                }
                try deadline.check()
            }
            writer.endArray()
            writer.member("total", integer: counts.total)
            writer.member("matching", integer: matching)
            writer.member("as_of", text: box.current?.asOf.description)
            writer.member("snapshot", text: box.current?.id)
            writer.endObject()
        }
    }

    /// After so many rows it is looked whether anybody still waits for them.
    private static let rowsBetweenChecks = 256

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

    func rejects(
        _ parameters: Parameters, _ access: Access, _ deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        var parameters = parameters
        let id = try parameters.integer("drop_id", in: 0...Int.max)
        let limit = try parameters.integer("limit", in: 1...10_000) ?? 100
        _ = try parameters.day("as_of")
        try parameters.finish()
        var files = quarantine.rejectFiles()
        var rows: [(drop: Int64, row: RejectedRow)] = []
        /// Takes what still goes of a drop's rows; false when no more are wanted.
        func take(_ drop: (id: Int64, file: String)) throws -> Bool {
            let read = try files.reader(dropID: drop.id, file: drop.file)?.read(limit: limit - rows.count) ?? []
            rows.append(contentsOf: read.map { (drop.id, $0) })
            return rows.count < limit && !deadline.hasPassed
        }
        let total: Int
        if let id {
            guard let entry = try query({ try store.drop(Int64(id)) }) else {
                throw Problem(.notFound, "no drop \(id)", hint: "aurac drops lists them")
            }
            total = entry.rejected ?? 0
            _ = try query { try take((entry.id, entry.file)) }
        } else {
            total = try query { try store.rejectedTotal() }
            // A drop has one rejected row at least, so no more drops than rows are looked at, but for files that are
            // gone.
            for drop in try query({ try store.dropsWithRejects(limit: limit) }) {
                guard try query({ try take(drop) }) else { break }
            }
        }
        try deadline.check()
        JSONWriter.append(to: &result, reservedBytes: 256 * rows.count + 256) { writer in
            writer.beginObject()
            writer.key("rejects")
            writer.beginArray()
            for (drop, row) in rows {
                writer.beginObject()
                writer.member("drop_id", integer: Int(drop))
                writer.member("line", integer: row.line)
                writer.member("column", text: row.column)
                writer.member("code", text: row.code)
                writer.member("reason", text: row.reason)
                writer.member("raw", text: access.showsRawRows ? String(decoding: row.raw, as: UTF8.self) : nil)
                writer.endObject()
            }
            writer.endArray()
            writer.member("masked", bool: !access.showsRawRows)
            writer.member("total", integer: total)
            writer.member("as_of", text: box.current?.asOf.description)
            writer.member("snapshot", text: box.current?.id)
            writer.endObject()
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
