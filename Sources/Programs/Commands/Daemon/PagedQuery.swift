internal import Contract

/// A method that answers page by page, each page naming the cursor of the next.
///
/// All pages come from one generation. When that is replaced before the last page, the daemon answers `conflict`; what
/// was taken so far then belongs to another generation, and the only way is to start over.
struct PagedQuery {
    let session: DaemonSession
    let endpoint: Endpoint
    let parameters: JSONObject

    /// What the reader of pages wants next.
    enum Decision {
        /// What was handed out is forgotten: start over.
        case restart
        case fail
    }

    /// Hands every page to `take`. On a conflict `restart` decides; it is asked once at most.
    func forEachPage(
        _ take: (Answer) throws(CommandFailure) -> Void, onConflict decide: () throws(CommandFailure) -> Decision
    ) throws(CommandFailure) {
        var cursor = parameters["cursor"]
        var mayRestart = true
        while true {
            var parameters = parameters
            parameters["cursor"] = cursor
            let page: Answer
            do throws(CommandFailure) {
                page = try session.ask(endpoint, parameters)
            } catch {
                guard error.problemCode == .conflict else { throw error }
                guard mayRestart, try decide() == .restart else {
                    throw CommandFailure(
                        .tryLater, "the figures were replaced while they were read; what was written is not complete",
                        hint: "run the command again")
                }
                mayRestart = false
                cursor = self.parameters["cursor"]
                continue
            }
            try take(page)
            guard let next = page[at: "next_cursor"].stringValue else { return }
            guard cursor?.stringValue != next else {
                throw CommandFailure(.internalError, "the daemon named the same page twice", hint: "report this")
            }
            cursor = .string(next)
        }
    }
}

extension DaemonSession {
    /// Calls a method whose answer is a list of up to `limit` elements: the daemon ends a page early where it would not
    /// fit a frame, and the pages after it have the rest.
    ///
    /// - Parameters:
    ///   - name: the member that is the list.
    ///   - pageMax: the most that the daemon takes for the limit of a page.
    /// - Returns: the JSON text of the result, as if it had come at once.
    func list(
        _ endpoint: Endpoint, _ parameters: JSONObject, of name: String, limit: Int, pageMax: Int
    ) throws(CommandFailure) -> [UInt8] {
        var parameters = parameters
        if limit > pageMax { parameters["limit"] = .integer(Int64(pageMax)) }
        let first = try call(endpoint, parameters)
        var page = try Self.read(first, of: endpoint)
        var elements = page[at: name].elements
        guard elements.count < limit, page[at: "next_cursor"].stringValue != nil else { return first }
        while elements.count < limit, let cursor = page[at: "next_cursor"].stringValue {
            parameters["cursor"] = .string(cursor)
            parameters["limit"] = .integer(Int64(min(limit - elements.count, pageMax)))
            do throws(CommandFailure) {
                page = try ask(endpoint, parameters)
            } catch {
                guard error.problemCode == .conflict else { throw error }
                throw CommandFailure(
                    .tryLater, "the figures were replaced while they were read", hint: "run the command again")
            }
            guard page[at: "next_cursor"].stringValue != cursor else {
                throw CommandFailure(.internalError, "the daemon named the same page twice", hint: "report this")
            }
            elements += page[at: name].elements
        }
        return JSONWriter.bytes(of: page.replacing(name, with: .array(elements.map(\.value))).value)
    }
}
