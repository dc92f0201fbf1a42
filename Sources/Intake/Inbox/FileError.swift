import CAura
import Glibc

/// A file operation that failed: what was tried, on what, why, and what to do. Callers branch on `code`.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure that need different reactions.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The disk or the quota is full: wait and try again.
        case noSpace = "no_space"
        case permissionDenied = "permission_denied"
        case readOnlyFileSystem = "read_only_file_system"
        case missing
        case alreadyExists = "already_exists"
        /// File descriptors, watches or memory have run out.
        case outOfResources = "out_of_resources"
        /// Two folders that belong together lie on two file systems.
        case differentFileSystem = "different_file_system"
        /// A symbolic link, a file where a folder is expected, or a folder that anybody may write to.
        case unsafeFolder = "unsafe_folder"
        /// Text in a file of the state directory is not what was written there.
        case damaged
        /// The device failed.
        case inputOutput = "input_output"
        case other
    }

    /// What went wrong, as a kind.
    public var code: Code
    /// What the kernel said; 0 when it was not the kernel that objected.
    public var errorNumber: Int32
    /// What was tried, in words that follow "could not": "rename the drop".
    public var operation: String
    /// What it was tried on. May contain the name of a client's file: not for logs.
    public var path: String
    /// What was found, when the kernel's word is not the whole story.
    public var detail: String?
    /// What it was tried on is a folder that every state directory has, whose path nobody but the operator has chosen.
    public var isOfStateFolder = false

    /// From what the kernel said.
    public init(_ operation: String, path: String, errorNumber: Int32) {
        self.operation = operation
        self.path = path
        self.errorNumber = errorNumber
        code = Code(errorNumber: errorNumber)
    }

    /// From a check of our own.
    public init(_ code: Code, _ operation: String, path: String, detail: String) {
        self.code = code
        self.operation = operation
        self.path = path
        self.detail = detail
        errorNumber = 0
    }

    /// For people: with the path. `logDescription` leaves it out.
    public var description: String { "could not \(operation) \(path): \(cause); \(advice)" }

    /// The same for logs: without the path, unless it is one that cannot be named after a client.
    public var logDescription: String {
        isOfStateFolder ? description : "could not \(operation): \(cause); \(advice)"
    }

    /// The same error, with its path in the log.
    var ofStateFolder: FileError {
        var error = self
        error.isOfStateFolder = true
        return error
    }

    private var cause: String {
        let kernel =
            errorNumber == 0
            ? nil
            : "\(String(cString: aura_errno_text(errorNumber))) (\(String(cString: aura_errno_name(errorNumber))))"
        return [detail, kernel].compactMap { $0 }.joined(separator: ": ")
    }

    /// What to do about it.
    public var advice: String {
        switch code {
        case .noSpace: "free space on the file system of the state directory, or raise the quota"
        case .permissionDenied: "give the daemon's user access to it"
        case .readOnlyFileSystem: "mount the file system for writing, or allow the path in the unit's ReadWritePaths"
        case .missing: "put it back, or restart the daemon so that it is made again"
        case .alreadyExists: "move what stands there out of the way"
        case .outOfResources: "raise the limit (LimitNOFILE of the unit, fs.inotify.max_user_watches, memory)"
        case .differentFileSystem: "keep claimed, bronze and quarantine on one file system"
        case .unsafeFolder: "make it a folder of its own that only the daemon's user may change"
        case .damaged: "restore the file from a backup, or remove it"
        case .inputOutput: "check the device and the kernel log"
        case .other: "check the path and the file system"
        }
    }
}

extension FileError.Code {
    init(errorNumber: Int32) {
        switch errorNumber {
        case ENOSPC, EDQUOT: self = .noSpace
        case EACCES, EPERM: self = .permissionDenied
        case EROFS: self = .readOnlyFileSystem
        case ENOENT: self = .missing
        case EEXIST, ENOTEMPTY: self = .alreadyExists
        case EMFILE, ENFILE, ENOMEM: self = .outOfResources
        case EXDEV: self = .differentFileSystem
        case ELOOP, ENOTDIR: self = .unsafeFolder
        case EIO: self = .inputOutput
        default: self = .other
        }
    }
}

/// The C convention of -1 and `errno` as one number: the result, or the negated error number.
func negatedErrorNumber(_ result: Int32) -> Int32 { result == -1 ? -errno : result }
