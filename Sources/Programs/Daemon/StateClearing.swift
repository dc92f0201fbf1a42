import Glibc
import Inbox
import Words

/// The beginning with nothing: everything that was ever taken in is removed, for good.
public enum StateClearing {
    /// What was removed.
    public struct Outcome: Sendable, Equatable {
        public var files = 0
        public var bytes = 0
    }

    /// - Parameter stateDirectory: no daemon may work on it.
    /// - Throws: ``StateLockError`` when one does, `FileError` when something cannot be removed.
    public static func forgetEverything(in stateDirectory: String) throws -> Outcome {
        _ = try StateFolders(root: stateDirectory)
        let lock = try StateLock(directory: stateDirectory)
        defer { withExtendedLifetime(lock) {} }
        var outcome = Outcome()
        // The databases last: as long as a ledger is there, what is missing is noticed.
        let names = try names(stateDirectory)
        for isFolder in [true, false] {
            for name in names where try StateClearing.isFolder("\(stateDirectory)/\(name)") == isFolder {
                if isFolder, StateClearing.isForgotten("\(name)/") {
                    try remove(in: "\(stateDirectory)/\(name)", &outcome)
                } else if !isFolder, StateClearing.isForgotten(name) {
                    try remove("\(stateDirectory)/\(name)", &outcome)
                }
            }
        }
        return outcome
    }

    /// Whether a store that holds something of clients, or was made of it, lies there. The inboxes are not among them: what
    /// waits there has not been taken in yet.
    private static func isForgotten(_ path: String) -> Bool {
        StateStore.allCases.contains { store in
            store != .inboxes && store != .lock
                && store.paths.contains {
                    path.hasSuffix("/") ? $0.hasPrefix(path) : StateStore(path: path) == store
                }
        }
    }

    private static func isFolder(_ path: String) throws -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func remove(in folder: String, _ outcome: inout Outcome) throws {
        for name in try names(folder) { try remove("\(folder)/\(name)", &outcome) }
    }

    private static func remove(_ path: String, _ outcome: inout Outcome) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            try remove(in: path, &outcome)
            guard rmdir(path) == 0 else { throw FileError("remove", path: path, errorNumber: errno) }
            return
        }
        guard unlink(path) == 0 else { throw FileError("remove", path: path, errorNumber: errno) }
        outcome.files += 1
        outcome.bytes += Int(status.st_size)
    }

    private static func names(_ folder: String) throws -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw FileError("list", path: folder, errorNumber: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
