import CZstd

/// Unpacks zstd (RFC 8878): one or more frames one after the other.
final class ZstdDecoder: ByteSource {
    private let input: InputBuffer
    private let path: String
    private let context: OpaquePointer
    /// The last frame has been unpacked and handed out completely.
    private var isFrameComplete = false
    private var isFinished = false
    private(set) var position = 0

    init(_ upstream: any ByteSource, path: String) throws(DropReadError) {
        guard let context = ZSTD_createDCtx() else {
            throw .file(FileError("get memory to unpack", path: path, errorNumber: 12))
        }
        self.context = context
        self.path = path
        input = InputBuffer(upstream)
    }

    deinit { ZSTD_freeDCtx(context) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DropReadError) -> Int {
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos < output.size, !isFinished {
            let hasInput = try input.fill()
            if !hasInput, isFrameComplete {
                isFinished = true
                break
            }
            let unused = input.unused
            var chunk = ZSTD_inBuffer(src: unused.baseAddress, size: unused.count, pos: 0)
            let before = output.pos
            let code = ZSTD_decompressStream(context, &output, &chunk)
            input.use(chunk.pos)
            if ZSTD_isError(code) != 0 {
                let detail = String(cString: ZSTD_getErrorName(code))
                throw .damaged(.zstd, atByte: input.position, detail: detail, path: path)
            }
            isFrameComplete = code == 0
            // What the decoder still held has been handed out, and the frame wants more than there is.
            if !hasInput, !isFrameComplete, output.pos == before {
                throw .truncated(.zstd, atByte: input.position, path: path)
            }
        }
        position += output.pos
        return output.pos
    }
}
