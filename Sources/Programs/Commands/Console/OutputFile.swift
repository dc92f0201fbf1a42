internal import Glibc

/// A file that appears under its name only when it is complete: it is written as `NAME.part` and renamed.
final class OutputFile {
    let path: String
    private let partPath: String
    private var descriptor: Int32

    /// Creates the part file, replacing a left-over one.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        partPath = path + ".part"
        descriptor = open(partPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .cannotCreate, "could not create \"\(partPath)\": \(SystemFailure.last.text)",
                hint: "choose a folder that exists and that you may write to")
        }
    }

    deinit {
        // Not finished: what is there is of no use.
        if descriptor >= 0 {
            close(descriptor)
            unlink(partPath)
        }
    }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do throws(SystemFailure) {
            try FileBytes.write(bytes, to: descriptor)
        } catch {
            throw failure("write", error)
        }
    }

    /// As above, for bytes that are not in an array.
    func write(_ bytes: UnsafeRawBufferPointer) throws(CommandFailure) {
        if let error = FileBytes.write(bytes, to: descriptor) { throw failure("write", error) }
    }

    /// Replaces the beginning of what was written.
    func overwrite(_ bytes: [UInt8]) throws(CommandFailure) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("rewind", .last) }
        try write(bytes)
    }

    /// Forgets what was written.
    func restart() throws(CommandFailure) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw failure("truncate", .last)
        }
    }

    /// Gives the complete file its name. Its bytes are on the disk before the name is.
    func finish() throws(CommandFailure) {
        // Pipes and devices cannot be synchronised and need not be.
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw failure("store", .last) }
        guard rename(partPath, path) == 0 else { throw failure("rename", .last) }
        close(descriptor)
        descriptor = -1
    }

    private func failure(_ operation: String, _ error: SystemFailure) -> CommandFailure {
        CommandFailure(
            .cannotCreate, "could not \(operation) \"\(partPath)\": \(error.text)", hint: "is the disk full?")
    }
}
