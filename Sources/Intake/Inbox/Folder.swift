import CAura
import Glibc

/// An open folder. Everything inside is reached through its descriptor, so that a folder renamed or replaced under its
/// path in the meantime cannot send an operation elsewhere.
final class Folder: Sendable {
    /// For messages, and for watching.
    let path: String
    let descriptor: Descriptor
    let status: FileStatus

    /// Opens the folder at `path`, which must not be a symbolic link.
    init(path: String) throws(FileError) {
        let number = negatedErrorNumber(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
        guard number >= 0 else { throw FileError("open the folder", path: path, errorNumber: -number) }
        descriptor = Descriptor(owning: number)
        self.path = path
        status = try FileStatus.of(number, path: path)
    }

    func path(of name: FileName) -> String { "\(path)/\(name)" }

    /// Opens a file of the folder. Symbolic links are not followed, and pipes and devices do not block.
    func open(
        _ name: FileName, flags: Int32 = O_RDONLY, mode: mode_t = 0o600, operation: String = "open"
    ) throws(FileError) -> Descriptor {
        while true {
            let number = name.call {
                openat(descriptor.number, $0, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
            }
            if number >= 0 { return Descriptor(owning: number) }
            if number != -EINTR { throw FileError(operation, path: path(of: name), errorNumber: -number) }
        }
    }

    /// What `name` is, or nil when there is no such name.
    func status(of name: FileName) throws(FileError) -> FileStatus? {
        var status = stat()
        let result = name.call { fstatat(descriptor.number, $0, &status, AT_SYMLINK_NOFOLLOW) }
        if result == -ENOENT { return nil }
        guard result >= 0 else { throw FileError("look at", path: path(of: name), errorNumber: -result) }
        return FileStatus(status)
    }

    /// Renames within one file system. Without `replacing` an existing target is an error of the code `.alreadyExists`.
    func rename(
        _ name: FileName, to target: Folder, as newName: FileName, replacing: Bool = false, operation: String = "move"
    ) throws(FileError) {
        let (source, destination) = (descriptor.number, target.descriptor.number)
        let result = name.call { from in
            newName.call { to in
                replacing
                    ? negatedErrorNumber(renameat(source, from, destination, to))
                    : aura_rename_noreplace(source, from, destination, to)
            }
        }
        guard result >= 0 else { throw FileError(operation, path: path(of: name), errorNumber: -result) }
    }

    /// Removes a file. Returns whether there was one.
    @discardableResult
    func remove(_ name: FileName) throws(FileError) -> Bool {
        let result = name.call { unlinkat(descriptor.number, $0, 0) }
        if result == -ENOENT { return false }
        guard result >= 0 else { throw FileError("remove", path: path(of: name), errorNumber: -result) }
        return true
    }

    /// Returns when the names in the folder would survive a power cut.
    func sync() throws(FileError) {
        // Some file systems cannot sync a folder and say EINVAL; there is nothing better to do on those.
        while fsync(descriptor.number) != 0 {
            if errno == EINVAL { return }
            if errno != EINTR { throw FileError("write to the disk", path: path, errorNumber: errno) }
        }
    }

    /// All names but `.` and `..`, in no particular order.
    func names() throws(FileError) -> [FileName] {
        // A second descriptor, because a directory stream takes its descriptor over and moves its position.
        let number = negatedErrorNumber(openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard number >= 0 else { throw FileError("list", path: path, errorNumber: -number) }
        guard let stream = fdopendir(number) else {
            let error = FileError("list", path: path, errorNumber: errno)
            close(number)
            throw error
        }
        defer { closedir(stream) }
        var names: [FileName] = []
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileError("list", path: path, errorNumber: errno) }
                return names
            }
            let start = UnsafeRawPointer(entry) + offset
            let bytes = UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self)))
            if let name = FileName(bytes) { names.append(name) }
        }
    }

    /// Reads a small file whole; nil when there is none, or more than `limit` bytes of it.
    func contents(of name: FileName, limit: Int) throws(FileError) -> [UInt8]? {
        guard let status = try status(of: name), status.kind == .regular, status.bytes <= limit else { return nil }
        let file = try open(name)
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let outcome: Result<Int, FileError> = bytes.withUnsafeMutableBytes { buffer in
                do throws(FileError) {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                    return .success(try file.read(into: rest, path: path(of: name)))
                } catch {
                    return .failure(error)
                }
            }
            let read = try outcome.get()
            if read == 0 { break }
            count += read
        }
        return Array(bytes.prefix(count))
    }

    /// Writes a small file so that after a power cut either the old or the whole new content is there.
    func replace(_ name: FileName, with bytes: [UInt8]) throws(FileError) {
        let temporary = FileName(made: ".write-\(getpid())-\(Folder.writeCounter.next()).tmp")
        do throws(FileError) {
            let file = try open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "make")
            try file.write(bytes, path: path(of: temporary))
            try file.sync(path: path(of: temporary))
            try rename(temporary, to: self, as: name, replacing: true)
            try sync()
        } catch {
            _ = try? remove(temporary)
            throw error
        }
    }

    private static let writeCounter = Counter()
}
