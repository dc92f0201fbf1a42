public import Contract

/// Writes requests as frames, for clients.
public enum RequestEncoder {
    /// Appends the frame of a request.
    public static func append(
        _ request: Request, to bytes: inout [UInt8], bodyBytesMax: Int = FrameFormat.bodyBytesMaxDefault
    ) throws(FrameError) {
        let start = FrameEncoder.begin(in: &bytes)
        JSONWriter.append(to: &bytes) { writer in request.write(to: &writer) }
        try FrameEncoder.end(start, in: &bytes, bodyBytesMax: bodyBytesMax)
    }
}
