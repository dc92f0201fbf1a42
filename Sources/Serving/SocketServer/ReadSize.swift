internal import NIOCore
internal import Synchronization

/// How much is read from a connection at once: little, so that a peer that sends many requests ahead has some of them
/// answered before the others of its thread have their turn, and much inside a large frame.
final class ReadSize: RecvByteBufferAllocator {
    private static let ordinary = 4 << 10
    private static let large = 64 << 10

    private let isInsideLargeFrame = Atomic<Bool>(false)

    /// - Parameter frameBytes: what of an incomplete frame has come so far.
    func note(frameBytes: Int) {
        isInsideLargeFrame.store(frameBytes >= ReadSize.ordinary, ordering: .relaxed)
    }

    private var bytes: Int { isInsideLargeFrame.load(ordering: .relaxed) ? ReadSize.large : ReadSize.ordinary }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: bytes) }

    func nextBufferSize() -> Int? { bytes }

    /// It does not depend on what came.
    func record(actualReadBytes: Int) -> Bool { false }
}
