internal import Contract

/// Hands the content of a file to the daemon, chunk by chunk, until it has become a drop.
struct Upload {
    let session: DaemonSession
    let category: String
    let sourceType: String?

    /// Bytes of the file in one request: base 64 and the envelope stay far below the largest frame.
    static let chunkBytes = 1 << 20

    /// Sends everything.
    ///
    /// - Parameter progress: is told the bytes that have arrived.
    /// - Returns: the JSON text of the last result: `{drop_id, category, sha256, state, bytes}`.
    func send(_ file: InputFile, progress: (Int) -> Void) throws(CommandFailure) -> [UInt8] {
        var upload = JSONValue.null
        var offset = 0
        var chunk = try file.read(Self.chunkBytes)
        while true {
            // Only what comes next tells whether this is the last.
            let next = chunk.count < Self.chunkBytes ? [] : try file.read(Self.chunkBytes)
            let isLast = next.isEmpty
            var parameters: JSONObject = [
                "category": .string(category), "file": .string(file.name),
                "content_base64": .string(Base64Text.encoded(chunk)), "upload": upload,
                "offset": .integer(Int64(offset)), "last": .bool(isLast),
            ]
            if let sourceType { parameters["source_type"] = .string(sourceType) }
            let result: [UInt8]
            do throws(CommandFailure) {
                result = try session.call(.dataIngest, parameters)
            } catch {
                // Data beyond the daemon's limits is refused data.
                var failure = error
                if failure.problemCode == .tooLarge { failure.status = .badData }
                throw failure
            }
            offset += chunk.count
            progress(offset)
            if isLast { return result }
            upload = try DaemonSession.read(result, of: .dataIngest)[at: "upload"]
            guard !upload.isNull else {
                throw CommandFailure(
                    .internalError, "the daemon did not name the upload", hint: "check that the socket is the daemon's")
            }
            chunk = next
        }
    }
}
