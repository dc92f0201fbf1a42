import Glibc
import Inbox

/// The beginning with nothing: everything that was ever taken in is removed, for good.
public enum StateClearing {
    /// What was removed.
    public struct Outcome: Sendable, Equatable {
        public var files = 0
        public var bytes = 0
    }

    /// Folders of the state directory that hold what was taken in, and what was derived from it. The inboxes are not
    /// among them: what waits there has not been taken in yet.
    private static let folders = ["bronze", "claimed", "models", "quarantine", "uploads"]
    private static let databases = ["aura.db", "gold.db"]

    /// - Parameter stateDirectory: no daemon may work on it.
    /// - Throws: ``StateLockError`` when one does, `FileError` when something cannot be removed.
    public static func forgetEverything(in stateDirectory: String) throws -> Outcome {
        _ = try StateFolders(root: stateDirectory)
        let lock = try StateLock(directory: stateDirectory)
        defer { withExtendedLifetime(lock) {} }
        var outcome = Outcome()
        // The databases last: as long as a ledger is there, what is missing is noticed.
        for folder in folders { try remove(in: "\(stateDirectory)/\(folder)", &outcome) }
        for name in try names(stateDirectory) where databases.contains(where: { name.hasPrefix($0) }) {
            try remove("\(stateDirectory)/\(name)", &outcome)
        }
        return outcome
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
