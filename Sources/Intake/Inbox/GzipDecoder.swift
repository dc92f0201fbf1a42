import CZlib

/// Unpacks gzip (RFC 1952): one or more members one after the other, zero bytes as padding at the end.
final class GzipDecoder: ByteSource {
    private enum State { case inMember, betweenMembers, inPadding, finished }

    private let input: InputBuffer
    private let path: String
    /// At a fixed address: zlib keeps a pointer back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var state = State.inMember
    private(set) var position = 0

    init(_ upstream: any ByteSource, path: String) throws(DropReadError) {
        input = InputBuffer(upstream)
        self.path = path
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15: the largest window; 16 more: gzip headers and check sums only.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .file(FileError("get memory to unpack", path: path, errorNumber: 12)) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DropReadError) -> Int {
        var written = 0
        while written < buffer.count {
            switch state {
            case .finished:
                return written
            case .betweenMembers:
                guard try input.fill() else {
                    state = .finished
                    continue
                }
                // Any byte but padding has to be the header of the next member; zlib checks it.
                if input.unused[0] == 0 {
                    state = .inPadding
                } else {
                    inflateReset(stream)
                    state = .inMember
                }
            case .inPadding:
                guard try input.fill() else {
                    state = .finished
                    continue
                }
                if let index = input.unused.firstIndex(where: { $0 != 0 }) {
                    throw damaged(at: input.position + index, "something other than padding follows the last member")
                }
                input.use(input.unused.count)
            case .inMember:
                guard try input.fill() else { throw .truncated(.gzip, atByte: input.position, path: path) }
                written += try inflate(into: UnsafeMutableRawBufferPointer(rebasing: buffer[written...]))
            }
        }
        position += written
        return written
    }

    private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(DropReadError) -> Int {
        let unused = input.unused
        let room = min(buffer.count, 1 << 30)
        stream.pointee.next_in = unused.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(unused.count)
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        let code = CZlib.inflate(stream, Z_NO_FLUSH)
        input.use(unused.count - Int(stream.pointee.avail_in))
        switch code {
        // A buffer error means that there was nothing to do with this input; the caller brings more.
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: state = .betweenMembers
        case Z_MEM_ERROR: throw .file(FileError("get memory to unpack", path: path, errorNumber: 12))
        default:
            let detail = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)"
            throw damaged(at: input.position, detail)
        }
        return room - Int(stream.pointee.avail_out)
    }

    private func damaged(at byte: Int, _ detail: String) -> DropReadError {
        .damaged(.gzip, atByte: byte, detail: detail, path: path)
    }
}
