import CZstd
import Glibc

/// Packs one file into another with zstd, block by block, and hashes what it reads.
final class Packer {
    private let source: FileSource
    private let hashing: HashingSource
    private let target: Descriptor
    private let targetPath: String
    private let context: OpaquePointer
    private let input: UnsafeMutableRawBufferPointer
    private let output: UnsafeMutableRawBufferPointer

    /// A third of the work of higher levels for a few percent of the size.
    private static let level: Int32 = 3

    init(_ source: FileSource, into target: consuming Descriptor, path targetPath: String) throws(ArchiveError) {
        guard let context = ZSTD_createCCtx() else { throw .packer(detail: "there is no memory for it") }
        self.context = context
        self.source = source
        self.target = target
        self.targetPath = targetPath
        hashing = HashingSource(source)
        input = .allocate(byteCount: FileSource.pieceSize, alignment: 64)
        output = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 64)
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Packer.level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        // Written into the frame, so that the size of the original is known without unpacking.
        ZSTD_CCtx_setPledgedSrcSize(context, UInt64(source.status.bytes))
    }

    deinit {
        ZSTD_freeCCtx(context)
        input.deallocate()
        output.deallocate()
    }

    /// Packs the next piece. Returns how many bytes of the original it held; after the last one, 0.
    func packPiece() throws(ArchiveError) -> Int {
        let count: Int
        do throws(DropReadError) {
            count = try hashing.read(into: input)
        } catch {
            throw .read(error)
        }
        var chunk = ZSTD_inBuffer(src: input.baseAddress, size: count, pos: 0)
        let isEnd = count == 0
        while true {
            var packed = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            let code = ZSTD_compressStream2(context, &packed, &chunk, isEnd ? ZSTD_e_end : ZSTD_e_continue)
            if ZSTD_isError(code) != 0 {
                throw .packer(detail: String(cString: ZSTD_getErrorName(code)))
            }
            do throws(FileError) {
                try target.write(UnsafeRawBufferPointer(rebasing: output.prefix(packed.pos)), path: targetPath)
                if isEnd, code == 0 { try target.sync(path: targetPath) }
            } catch {
                throw .file(error)
            }
            if isEnd ? code == 0 : chunk.pos == chunk.size { return count }
        }
    }

    /// The hash of what has been packed so far.
    var hash: ContentHash { hashing.hash }
}
