/// The numbers of the framing: a 4-byte big-endian length, then that many bytes.
public enum FrameFormat {
    /// Bytes of the length before each body.
    public static let headerBytes = 4

    /// The default ceiling of a body in bytes, in both directions: 16 MiB.
    public static let bodyBytesMaxDefault = 16 << 20
}

/// Why a stream of bytes cannot be read as frames any further.
public enum FrameError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The announced length is 0.
    case emptyFrame
    /// The announced length is beyond the ceiling.
    case tooLarge(announced: Int, bodyBytesMax: Int)

    public var description: String {
        switch self {
        case .emptyFrame: "a frame of length 0; every frame holds one JSON object"
        case .tooLarge(let announced, let maximum):
            "a frame of \(announced) bytes was announced; the most is \(maximum)"
        }
    }
}
