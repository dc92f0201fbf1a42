internal import Glibc

/// A file with an answer: for its owner alone from the first byte on unless the caller says that it holds nothing to
/// hide, and under its name only when it is complete.
///
/// What is written may hold data of clients, so nobody is led astray by what lies at the name already: a symbolic link, a
/// device or a socket there is refused, and a file is replaced, never written into. Three things may be named that are
/// no files and take the bytes as they come: a descriptor of the program (`/dev/stdout`, or `/dev/fd/63` of a shell's
/// `>(command)`), a named pipe, and `/dev/null`.
final class OutputFile {
    let path: String
    /// Whether the bytes go on to somebody as they are written, and cannot be taken back.
    let isStream: Bool
    private var descriptor: Int32
    /// The folder of the file, held so that it stays the same one until the end.
    private var folder: Int32 = -1
    private let name: String
    private let isPrivate: Bool
    /// The name of the incomplete file; nil while it has none.
    private var partName: String?
    private var hasWritten = false

    /// - Parameter isPrivate: false for a file that holds no data of clients, which gets the permissions that the
    ///   user's mask gives to any new file.
    init(_ path: String, isPrivate: Bool = true) throws(CommandFailure) {
        self.path = path
        self.isPrivate = isPrivate
        let slash = path.utf8.lastIndex(of: 0x2F)
        name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        if let stream = try Self.stream(path) {
            isStream = true
            descriptor = stream
            return
        }
        isStream = false
        descriptor = -1
        let folderPath = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        folder = open(folderPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0, !name.isEmpty, name != ".", name != ".." else {
            throw Self.cannotCreate(path, folder < 0 ? SystemFailure.last.text : "that is the name of a folder")
        }
        try create()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        // Not finished: what is there is of no use.
        if let partName { unlinkat(folder, partName, 0) }
        if folder >= 0 { close(folder) }
    }

    // MARK: What is named

    /// A descriptor to write to as the bytes come; nil for a file that is to be made or replaced.
    private static func stream(_ path: String) throws(CommandFailure) -> Int32? {
        if let number = openDescriptor(path) {
            // The descriptor itself: opening its name would begin a file that stands behind it at its start.
            let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0 else { throw cannotCreate(path, SystemFailure.last.text) }
            return copy
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return nil
        case S_IFIFO, S_IFCHR:
            let isPipe = status.st_mode & S_IFMT == S_IFIFO
            guard isPipe || path == "/dev/null" else { break }
            let opened = open(path, O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC)
            guard opened >= 0 else { throw cannotCreate(path, SystemFailure.last.text) }
            // What was looked at is what was opened.
            var found = stat()
            guard fstat(opened, &found) == 0, found.st_ino == status.st_ino, found.st_dev == status.st_dev else {
                close(opened)
                throw cannotCreate(path, "it was exchanged for something else")
            }
            return opened
        case S_IFLNK:
            throw CommandFailure(
                .cannotCreate, "\"\(path)\" is a symbolic link, and links are not followed",
                hint: "name the file that it points to, or remove the link")
        case S_IFDIR:
            throw CommandFailure(.cannotCreate, "\"\(path)\" is a folder", hint: "name a file in it")
        default: break
        }
        throw CommandFailure(
            .cannotCreate, "\"\(path)\" is a device or a socket and no file", hint: "name a file, or a named pipe")
    }

    /// The number of a descriptor that goes by a name.
    private static func openDescriptor(_ path: String) -> Int32? {
        switch path {
        case "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default:
            for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
                return Int32(path.dropFirst(prefix.count))
            }
            return nil
        }
    }

    private static func cannotCreate(_ path: String, _ why: String) -> CommandFailure {
        CommandFailure(
            .cannotCreate, "could not create \"\(path)\": \(why)",
            hint: "choose a folder that exists and that you may write to")
    }

    // MARK: The incomplete file

    /// A file without a name, which is gone when the program is, however it ends; where the file system knows none, one
    /// with a name that nobody can guess.
    private func create() throws(CommandFailure) {
        let mode: mode_t = isPrivate ? 0o600 : 0o666
        // O_TMPFILE, which is a macro that Swift does not see: this bit with that of a folder.
        descriptor = openat(folder, ".", 0o20_000_000 | O_DIRECTORY | O_WRONLY | O_CLOEXEC, mode)
        if descriptor >= 0, access(Self.link(to: descriptor), F_OK) != 0 {
            // Without this it could not be given a name in the end.
            close(descriptor)
            descriptor = -1
        }
        if descriptor < 0 {
            let part = Self.freshName(name)
            descriptor = openat(folder, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
            guard descriptor >= 0 else { throw Self.cannotCreate(path, SystemFailure.last.text) }
            partName = part
        }
        // Whatever the mask of the process is, the owner can read what was written.
        guard !isPrivate || fchmod(descriptor, mode) == 0 else { throw failure("protect", .last) }
    }

    private static func link(to descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

    private static func freshName(_ name: String) -> String {
        // Short enough for any file system, whatever the name is; a cut may go through a character.
        let head = String(decoding: name.utf8.prefix(100), as: UTF8.self)
        return ".\(head).\(String(UInt64.random(in: .min ... .max), radix: 36)).part"
    }

    // MARK: Writing

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        let error = bytes.withUnsafeBytes { put($0) }
        if let error { throw failure("write", error) }
    }

    /// As above, for bytes that are not in an array.
    func write(_ bytes: UnsafeRawBufferPointer) throws(CommandFailure) {
        if let error = put(bytes) { throw failure("write", error) }
    }

    private func put(_ bytes: UnsafeRawBufferPointer) -> SystemFailure? {
        if !bytes.isEmpty { hasWritten = true }
        return FileBytes.write(bytes, to: descriptor)
    }

    /// Replaces the beginning of what was written.
    func overwrite(_ bytes: [UInt8]) throws(CommandFailure) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("rewind", .last) }
        try write(bytes)
    }

    /// Whether a terminal shows what is written.
    var isTerminal: Bool { isStream && isatty(descriptor) == 1 }

    /// Whether ``restart()`` can succeed.
    var canRestart: Bool { !isStream || !hasWritten }

    /// Forgets what was written.
    func restart() throws(CommandFailure) {
        guard !isStream else { return }
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw failure("truncate", .last)
        }
    }

    /// Gives the complete file its name. Its bytes are on the disk before the name is.
    func finish() throws(CommandFailure) {
        if !isStream {
            if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw failure("store", .last) }
            try nameIncomplete()
            guard let part = partName else { return }
            guard renameat(folder, part, folder, name) == 0 else { throw failure("rename", .last) }
            partName = nil
            // Of a file system that cannot do it the name is as safe as it gets.
            fsync(folder)
        }
        close(descriptor)
        descriptor = -1
    }

    /// A name can be taken over by renaming alone, so the file gets one of its own first.
    private func nameIncomplete() throws(CommandFailure) {
        guard partName == nil else { return }
        let part = Self.freshName(name)
        guard linkat(AT_FDCWD, Self.link(to: descriptor), folder, part, AT_SYMLINK_FOLLOW) == 0 else {
            throw failure("name", .last)
        }
        partName = part
    }

    private func failure(_ operation: String, _ error: SystemFailure) -> CommandFailure {
        if isStream, error.number == EPIPE { return .brokenPipe }
        return CommandFailure(
            .cannotCreate, "could not \(operation) \"\(path)\": \(error.text)", hint: "is the disk full?")
    }
}
