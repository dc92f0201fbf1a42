/// Cuts a stream of bytes, arriving in any pieces, into frame bodies. A value without I/O: bytes in, bodies out.
///
/// The length is compared with the ceiling before any byte of the body is kept, and memory grows with the bytes that
/// have arrived, never with the length that was announced. A body that lies whole in one piece is not copied.
///
///     var offset = 0
///     while let body = try decoder.next(in: piece, from: &offset) { … }
///
/// After an error the stream has no meaning any more; the decoder keeps throwing it.
public struct FrameDecoder: Sendable {
    /// A complete frame body.
    public enum Body: Sendable, Equatable {
        /// It lies in the piece that was passed.
        case within(Range<Int>)
        /// It was put together from several pieces.
        case gathered([UInt8])
    }

    private enum State: Sendable {
        /// Bytes of the length so far, most significant first.
        case header(value: UInt32, bytes: Int)
        /// Bytes the body is to have; those that came are in `gathered`.
        case body(length: Int)
        case failed(FrameError)
    }

    /// The most bytes a body may have. Another ceiling holds for the frames whose length comes from then on.
    public var bodyBytesMax: Int
    private var state = State.header(value: 0, bytes: 0)
    private var gathered: [UInt8] = []

    public init(bodyBytesMax: Int = FrameFormat.bodyBytesMaxDefault) {
        precondition((1...Int(UInt32.max)).contains(bodyBytesMax), "bodyBytesMax must be 1...4294967295")
        self.bodyBytesMax = bodyBytesMax
    }

    /// Memory held for a body that is not complete, in bytes.
    public var heldBytes: Int { gathered.capacity }

    /// Whether a frame has begun and is not complete: the end of the stream here would cut it off.
    public var isInsideFrame: Bool {
        switch state {
        case .header(_, let bytes): bytes > 0
        case .body: true
        case .failed: false
        }
    }

    /// Takes bytes of `piece` from `offset` on, until a body is complete (then `offset` stands after it, and the call
    /// is
    /// to be repeated) or the piece is used up (then the result is nil).
    public mutating func next(
        in piece: UnsafeRawBufferPointer, from offset: inout Int
    ) throws(FrameError) -> Body? {
        while offset < piece.count {
            switch state {
            case .failed(let error):
                throw error
            case .header(let value, let bytes):
                try takeHeader(value: value, bytes: bytes, piece: piece, offset: &offset)
            case .body(let length):
                let available = piece.count - offset
                if gathered.isEmpty, available >= length {
                    let range = offset..<(offset + length)
                    offset += length
                    state = .header(value: 0, bytes: 0)
                    return .within(range)
                }
                let taken = min(available, length - gathered.count)
                makeRoom(for: taken, of: length)
                gathered.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[offset..<(offset + taken)]))
                offset += taken
                guard gathered.count == length else { return nil }
                state = .header(value: 0, bytes: 0)
                let body = gathered
                gathered = []
                return .gathered(body)
            }
        }
        if case .failed(let error) = state { throw error }
        return nil
    }

    private mutating func takeHeader(
        value: UInt32, bytes: Int, piece: UnsafeRawBufferPointer, offset: inout Int
    ) throws(FrameError) {
        var value = value
        var bytes = bytes
        while bytes < FrameFormat.headerBytes, offset < piece.count {
            value = value << 8 | UInt32(piece[offset])
            bytes += 1
            offset += 1
        }
        guard bytes == FrameFormat.headerBytes else {
            state = .header(value: value, bytes: bytes)
            return
        }
        let length = Int(value)
        guard length > 0 else { throw fail(.emptyFrame) }
        guard length <= bodyBytesMax else {
            throw fail(.tooLarge(announced: length, bodyBytesMax: bodyBytesMax))
        }
        state = .body(length: length)
    }

    private mutating func fail(_ error: FrameError) -> FrameError {
        state = .failed(error)
        gathered = []
        return error
    }

    /// Doubles the room as bytes arrive, up to what was announced.
    private mutating func makeRoom(for taken: Int, of length: Int) {
        let needed = gathered.count + taken
        guard needed > gathered.capacity else { return }
        gathered.reserveCapacity(min(length, max(needed, 2 * gathered.capacity)))
    }
}
