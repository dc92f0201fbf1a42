import CZstd

/// The first unpacked bytes of a zstd file, from its first packed ones.
enum ZstdHead {
    /// A frame header (18 at most), a block header and the largest block.
    static let byteCount = 18 + 3 + 128 * 1024

    static func unpack(_ head: inout [UInt8], path: String) throws(DropReadError) -> [UInt8] {
        guard let context = ZSTD_createDCtx() else {
            throw .file(FileError("get memory to unpack", path: path, errorNumber: 12))
        }
        defer { ZSTD_freeDCtx(context) }
        var result = [UInt8](repeating: 0, count: 4)
        let count = result.withUnsafeMutableBytes { target in
            head.withUnsafeBytes { source in
                var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                while output.pos < output.size, input.pos < input.size {
                    // Damage is found, and reported with its place, when the file is read.
                    let code = ZSTD_decompressStream(context, &output, &input)
                    if ZSTD_isError(code) != 0 || code == 0 { break }
                }
                return output.pos
            }
        }
        return Array(result.prefix(count))
    }
}
