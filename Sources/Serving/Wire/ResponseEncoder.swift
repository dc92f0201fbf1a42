public import Contract

/// Writes answers and notifications as frames, the result spliced in as raw bytes.
///
///     let frame = ResponseEncoder.begin(id: id, in: &bytes)
///     // append the JSON text of `result` to `bytes`
///     try ResponseEncoder.end(frame, in: &bytes, bodyBytesMax: maximum)
public enum ResponseEncoder {
    /// A frame that was begun.
    public struct OpenFrame: Sendable {
        /// Where the frame starts.
        public let start: Int
        /// Where the result starts.
        public let resultStart: Int
    }

    /// Starts the frame of an answer with a result. `id` and then `result`, as the last member.
    public static func begin(id: RequestID, in bytes: inout [UInt8]) -> OpenFrame {
        let start = FrameEncoder.begin(in: &bytes)
        append("{\"jsonrpc\":\"2.0\",\"id\":", to: &bytes)
        append(id, to: &bytes)
        append(",\"result\":", to: &bytes)
        return OpenFrame(start: start, resultStart: bytes.count)
    }

    /// Completes the frame after the text of the result was appended; nothing appended is `null`. On an error the frame
    /// is taken out again, so that another answer can take its place.
    public static func end(
        _ frame: OpenFrame, in bytes: inout [UInt8], bodyBytesMax: Int
    ) throws(FrameError) {
        if bytes.count <= frame.resultStart { append("null", to: &bytes) }
        bytes.append(0x7D)
        try FrameEncoder.end(frame.start, in: &bytes, bodyBytesMax: bodyBytesMax)
    }

    /// Appends the frame of an answer whose result is there already.
    public static func append(
        result: [UInt8], id: RequestID, to bytes: inout [UInt8], bodyBytesMax: Int
    ) throws(FrameError) {
        let frame = begin(id: id, in: &bytes)
        bytes.append(contentsOf: result)
        try end(frame, in: &bytes, bodyBytesMax: bodyBytesMax)
    }

    /// Appends the frame of an answer that is an error. One that is itself beyond the ceiling loses its data, and then
    /// its message: an answer always comes.
    public static func append(_ problem: Problem, id: RequestID, to bytes: inout [UInt8], bodyBytesMax: Int) {
        let bare = Problem(problem.code, problem.kind)
        let candidates = [(problem, id), (Problem(problem.code, problem.message), id), (bare, id), (bare, .null)]
        for (candidate, candidateID) in candidates {
            let start = FrameEncoder.begin(in: &bytes)
            JSONWriter.append(to: &bytes) { writer in
                writer.beginObject()
                writer.key("jsonrpc")
                writer.string(static: "2.0")
                writer.key("id")
                candidateID.write(to: &writer)
                writer.key("error")
                candidate.write(to: &writer)
                writer.endObject()
            }
            do {
                try FrameEncoder.end(start, in: &bytes, bodyBytesMax: bodyBytesMax)
                return
            } catch {
                continue
            }
        }
    }

    /// Appends the frame of a notification; `params` is raw JSON text of an object.
    public static func append(
        notification method: String, params: [UInt8], to bytes: inout [UInt8], bodyBytesMax: Int
    ) throws(FrameError) {
        let start = FrameEncoder.begin(in: &bytes)
        JSONWriter.append(to: &bytes, reservedBytes: params.count + method.utf8.count + 64) { writer in
            writer.beginObject()
            writer.key("jsonrpc")
            writer.string(static: "2.0")
            writer.member("method", text: method)
            writer.key("params")
            writer.raw(params)
            writer.endObject()
        }
        try FrameEncoder.end(start, in: &bytes, bodyBytesMax: bodyBytesMax)
    }

    private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Ids are small integers nearly always; those are written without a writer of their own.
    private static func append(_ id: RequestID, to bytes: inout [UInt8]) {
        if case .integer(let value) = id, value >= 0, value < 1_000_000_000 {
            var divisor: Int64 = 1
            while divisor * 10 <= value { divisor *= 10 }
            while divisor > 0 {
                bytes.append(UInt8(truncatingIfNeeded: 0x30 + value / divisor % 10))
                divisor /= 10
            }
            return
        }
        JSONWriter.append(to: &bytes) { writer in id.write(to: &writer) }
    }
}
