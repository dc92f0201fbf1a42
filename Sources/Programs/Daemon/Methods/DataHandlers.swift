import Answers
import Contract
import Inbox
import Pipeline
import Records
import Snapshots
import SocketServer
import Store
import Words

/// What is handed over, and what became of it.
enum DataHandlers {
    static let all: [any MethodHandler.Type] = [
        DataIngest.self, DataDrops.self, RejectHandlers.DataRejects.self, RejectHandlers.DataRejectedFile.self,
        RemarkHandlers.DataRemarks.self,
        DataCancel.self,
    ]

    enum DataIngest: MethodHandler {
        static let endpoint = Endpoint.dataIngest

        static func question(_ parameters: Parameters) throws(Problem) -> Uploads.Part { try Uploads.Part(parameters) }

        static func answer(_ part: Uploads.Part, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let dropID = try call.services.ingest(part, call, into: &result)
            // The pieces of a file before its last change nothing yet.
            call.record = dropID.map { AuditLog.Record(dropID: $0) }
        }
    }

    enum DataDrops: MethodHandler {
        static let endpoint = Endpoint.dataDrops

        struct Question: Sendable {
            var drop: Int?
            var state: LedgerEntry.State?
            var limit: Int
            fileprivate var cursor: LedgerCursor?
        }

        static func question(_ parameters: Parameters) throws(Problem) -> Question {
            Question(
                drop: parameters.integer("drop_id"), state: parameters.choice("state", LedgerEntry.State.self),
                limit: parameters.requiredInteger("limit"), cursor: try LedgerCursor(parameters))
        }

        static func answer(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            try call.services.drops(question, call, into: &result)
        }
    }

    enum DataCancel: MethodHandler {
        static let endpoint = Endpoint.dataCancel

        static func question(_ parameters: Parameters) -> Int { parameters.requiredInteger("drop_id") }

        static func answer(_ id: Int, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            // On record whatever comes of it.
            call.record = AuditLog.Record(dropID: Int64(id))
            try call.services.cancel(id, call, into: &result)
        }
    }
}

extension DaemonServices {
    // MARK: data.drops

    fileprivate func drops(
        _ question: DataHandlers.DataDrops.Question, _ call: Call, into result: inout [UInt8]
    ) throws(Problem) {
        let (state, limit) = (question.state, question.limit)
        var one: LedgerEntry?
        if let id = question.drop { one = try entry(of: id) }
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
                DaemonServices.write(one, call, unserved: unserved, to: &writer)
            } else {
                next = try writeDrops(
                    state, from: question.cursor, limit: limit, call, to: &writer)
            }
            writer.endArray()
            writer.member("next_cursor", text: next?.text)
            writer.member("total", integer: counts.total)
            writer.member("matching", integer: matching)
            StatusText.writeFeeds(box.current, to: &writer)
            call.endEnvelope(&writer)
        }
    }

    func entry(of id: Int) throws(Problem) -> LedgerEntry {
        guard let entry = try query({ try store.drop(Int64(id)) }) else {
            throw Problem(.notFound, "no drop \(id)", hint: "aurac drops lists them")
        }
        return entry
    }

    /// - Returns: where the next page begins; nil after the last drop.
    private func writeDrops(
        _ state: LedgerEntry.State?, from cursor: LedgerCursor?, limit: Int, _ call: Call, to writer: inout JSONWriter
    ) throws(Problem) -> LedgerCursor? {
        let deadline = call.deadline
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
                            DaemonServices.write(entry, call, unserved: unservedNow, to: &$0)
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
        _ entry: LedgerEntry, _ call: Call, unserved: Set<Int64>, to writer: inout JSONWriter
    ) {
        let access = call.access
        writer.beginObject()
        writer.member("drop_id", integer: Int(entry.id))
        writer.member("file", text: entry.file)
        writer.member("category", text: entry.category.rawValue)
        writer.member("source_type", text: entry.sourceType)
        writer.member("bytes", integer: Int(entry.bytes))
        // Whoever guesses a short file can prove it by this.
        writer.member("sha256", text: access.showsRawRows ? entry.sha256 : nil)
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
        if entry.state == .duplicate { writer.member("restored_original", bool: entry.hasRestoredOriginal) }
        writer.member("delivered_by", text: entry.deliveredBy.map { call.services.principals.shownName(of: $0) })
        writer.key("served")
        if let isServed = isServed(entry, unserved: unserved) { writer.bool(isServed) } else { writer.null() }
        writer.endObject()
    }

    // MARK: data.cancel

    fileprivate func cancel(_ id: Int, _ call: Call, into result: inout [UInt8]) throws(Problem) {
        let deadline = call.deadline
        let entry = try entry(of: id)
        try checkMayCancel(entry, call.principal)
        try DaemonServices.checkOpen(entry)
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
            call.endEnvelope(&writer)
        }
    }

    /// What somebody else has delivered is an administrator's to take back.
    private func checkMayCancel(_ entry: LedgerEntry, _ principal: Principal) throws(Problem) {
        if principal.access.may(.administer) { return }
        guard let deliverer = entry.deliveredBy else {
            throw Problem(
                .forbidden, "it is not on record who delivered drop \(entry.id)",
                hint: "an administrator can cancel it: aurac drops cancel \(entry.id)")
        }
        guard principals.isSame(deliverer, principal) else {
            throw Problem(
                .forbidden, "drop \(entry.id) was delivered by \(principals.shownName(of: deliverer)), not by you",
                hint: "whoever delivered it can cancel it, or an administrator: aurac drops cancel \(entry.id)")
        }
    }

    /// How rows that are loaded are put right, which is another way for each category.
    static func correction(of category: Category) -> String {
        let undone =
            "to have the figures without the file, stop the daemon and put its state directory back from a backup that "
            + "was made before"
        return switch category {
        case .demographics: "a later file with the same customer_id corrects the clients that it names; \(undone)"
        case .support: "a later file with the same ticket_id corrects the tickets that it names; \(undone)"
        case .events: "a later file with the same date and name corrects the known days that it names; \(undone)"
        case .transactions:
            "a later file with the same transaction_id and a higher revision corrects the payments that it names, and "
                + "another row with an amount below zero, under a transaction_id of its own, takes one back; \(undone)"
        case .engagement: "an event stays as it came first, and no later file changes it; \(undone)"
        case .surveys: "an answer to a survey stays as it came first, and no later file changes it; \(undone)"
        }
    }

    /// - Throws: what became of a drop that has come to its end.
    private static func checkOpen(_ entry: LedgerEntry) throws(Problem) {
        switch entry.state {
        case .queued, .loading: break
        case .loaded:
            throw Problem(
                .conflict, "drop \(entry.id) is loaded: what was loaded is not taken out again",
                hint: correction(of: entry.category))
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
    fileprivate func ingest(
        _ part: Uploads.Part, _ call: Call, into result: inout [UInt8]
    ) throws(Problem) -> Int64? {
        let (connection, principal) = (call.connection, call.principal)
        let sender = Uploads.Sender(
            connection: connection.id, person: principal.key, isAdmin: principal.access.may(.administer))
        let outcome = try uploads.add(part, from: sender)
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
            let taken: Result<LedgerEntry?, any Error> = Result {
                try pipeline.take(
                    file.file, shown: file.shown, category: file.category, sourceType: file.sourceType,
                    by: principal.key)
            }
            if case .failure(let error) = taken, RiverPipeline.isDiskFull(error) { throw Uploads.noRoom }
            guard let entry = try query({ try taken.get() }) else {
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
struct LedgerCursor: Sendable {
    var drop: Int64
    var row: Int?

    init(drop: Int64, row: Int? = nil) {
        self.drop = drop
        self.row = row
    }

    /// Nil when a first page is asked for.
    init?(_ parameters: Parameters) throws(Problem) {
        guard let text = parameters.text("cursor") else { return nil }
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
