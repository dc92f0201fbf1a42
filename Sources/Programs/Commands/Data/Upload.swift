internal import Contract

/// Hands the content of a file to the daemon, chunk by chunk, until it has become a drop.
struct Upload {
    private(set) var session: DaemonSession
    let category: String
    let sourceType: String?
    /// Connects anew: the daemon closes a connection with a request that is larger than it takes.
    let reconnect: () throws(CommandFailure) -> DaemonSession

    /// Bytes of the file in one request: base 64 and the envelope stay far below the usual largest frame.
    private var pieceBytes = Upload.chunkBytes
    private static let chunkBytes = 1 << 20
    /// What fits the smallest frame that a daemon can be configured with.
    private static let smallPieceBytes = 32 << 10

    init(
        session: DaemonSession, category: String, sourceType: String?,
        reconnect: @escaping () throws(CommandFailure) -> DaemonSession
    ) {
        self.session = session
        self.category = category
        self.sourceType = sourceType
        self.reconnect = reconnect
    }

    /// Sends everything.
    ///
    /// - Parameter progress: is told the bytes that have arrived.
    /// - Returns: the JSON text of the last result: `{drop_id, category, sha256, state, bytes}`.
    mutating func send(_ file: InputFile, progress: (Int) -> Void) throws(CommandFailure) -> [UInt8] {
        var upload = Answer.null
        var offset = 0
        var chunk = try file.read(Self.chunkBytes)
        while true {
            // Only what comes next tells whether this is the last.
            let next = chunk.count < Self.chunkBytes ? [] : try file.read(Self.chunkBytes)
            var start = 0
            repeat {
                let end = min(start + pieceBytes, chunk.count)
                let isLast = next.isEmpty && end == chunk.count
                var parameters: JSONObject = [
                    "category": .string(category), "file": .string(file.name),
                    "content_base64": .string(Base64Text.encoded(Array(chunk[start..<end]))), "upload": upload.value,
                    "offset": .integer(Int64(offset)), "last": .bool(isLast),
                ]
                if let sourceType { parameters["source_type"] = .string(sourceType) }
                guard let result = try call(parameters, isFirst: upload.isNull) else { continue }
                offset += end - start
                start = end
                progress(offset)
                if isLast { return result }
                upload = try DaemonSession.read(result, of: .dataIngest)[at: "upload"]
                guard !upload.isNull else {
                    throw CommandFailure(
                        .internalError, "the daemon did not name the upload",
                        hint: "check that the socket is the daemon's")
                }
            } while start < chunk.count
            chunk = next
        }
    }

    /// - Returns: nil when the piece was too large, and the next one will be smaller.
    private mutating func call(_ parameters: JSONObject, isFirst: Bool) throws(CommandFailure) -> [UInt8]? {
        do throws(CommandFailure) {
            return try session.call(.dataIngest, parameters)
        } catch {
            var failure = error
            if failure.problemCode == .tooLarge {
                if isFirst, pieceBytes > Self.smallPieceBytes {
                    pieceBytes = Self.smallPieceBytes
                    session = try reconnect()
                    return nil
                }
                // Data beyond the daemon's limits is refused data.
                failure.status = .badData
            }
            throw failure
        }
    }
}
