import Glibc
public import Records

/// The folders of the state directory that drops pass through.
///
///     <root>/inbox/<category>/   watched; clients of the group write here
///     <root>/uploads/            files that come over the socket, until they are complete
///     <root>/claimed/            drops taken over and not yet decided on
///     <root>/bronze/             accepted originals, named by content
///     <root>/quarantine/         refused drops and rejected rows, with reasons
public final class StateFolders: Sendable {
    /// How the folders are made.
    public struct Settings: Sendable, Hashable {
        /// Permission bits of `inbox/<category>`; the set-group-id bit keeps the group on what is dropped, the sticky bit
        /// keeps those who drop files from taking away or renaming each other's.
        public var inboxPermissions: UInt32
        /// The group that may drop files; nil leaves the daemon's own.
        public var inboxGroup: UInt32?
        /// The categories that have an inbox.
        public var categories: [Category]

        public init(
            inboxPermissions: UInt32 = 0o3770, inboxGroup: UInt32? = nil, categories: [Category] = Category.allCases
        ) {
            self.inboxPermissions = inboxPermissions & 0o7777
            self.inboxGroup = inboxGroup
            self.categories = categories
        }
    }

    /// Where the state directory is, without a slash at its end.
    public let root: String
    public let settings: Settings
    let uploads: Folder
    let claimed: Folder
    let bronze: Folder
    let quarantine: Folder
    /// Whose files are the daemon's own.
    let owner = geteuid()

    /// Makes what is missing and checks what is there.
    /// - Throws: `FileError` with the code `.unsafeFolder` when the root (or a folder in it) is a symbolic link, no
    ///   folder, or may be written to by anybody, `.differentFileSystem` when bronze or quarantine cannot be reached
    ///   from claimed by a rename, and what the kernel says otherwise.
    public convenience init(root: String, settings: Settings = Settings()) throws(FileError) {
        do throws(FileError) {
            try self.init(checking: root, settings)
        } catch {
            // Nothing in here is named after a client, and without a path nobody knows what to mend.
            throw error.ofStateFolder
        }
    }

    private init(checking root: String, _ settings: Settings) throws(FileError) {
        var trimmed = root[...]
        while trimmed.utf8.count > 1, trimmed.utf8.last == UInt8(ascii: "/") { trimmed = trimmed.dropLast() }
        let root = String(trimmed)
        guard !root.isEmpty, !root.utf8.contains(0) else {
            throw FileError(.unsafeFolder, "use the state directory", path: root, detail: "the path is empty")
        }
        self.root = root
        self.settings = settings
        try StateFolders.make(root, permissions: 0o750)
        let rootFolder = try StateFolders.openChecked(root)
        // What another user makes in here the daemon could not read any more; started by hand that is soon done.
        guard rootFolder.status.owner == owner else {
            throw FileError(
                .permissionDenied, "use the state directory", path: root,
                detail: "it belongs to user \(StateFolders.userName(rootFolder.status.owner)), and this is user "
                    + "\(StateFolders.userName(owner)): run aurad as that one, with \"runuser -u "
                    + "\(StateFolders.userName(rootFolder.status.owner)) -- aurad …\"")
        }
        try StateFolders.refuseOpenToAll(rootFolder, "use the state directory")
        // Clients must be able to pass through to their category, but need not list or change anything here.
        try StateFolders.make("\(root)/inbox", permissions: 0o711)
        let inbox = try StateFolders.openChecked("\(root)/inbox")
        try StateFolders.refuseOpenToAll(inbox, "use the inbox")
        uploads = try StateFolders.makePrivate("\(root)/uploads")
        claimed = try StateFolders.makePrivate("\(root)/claimed")
        bronze = try StateFolders.makePrivate("\(root)/bronze")
        quarantine = try StateFolders.makePrivate("\(root)/quarantine")
        for folder in [uploads, bronze, quarantine] where folder.status.device != claimed.status.device {
            throw FileError(
                .differentFileSystem, "use the folder", path: folder.path,
                detail: "it is on another file system than \(claimed.path)")
        }
        for category in settings.categories { try StateFolders.makeSticky(openInbox(category)) }
    }

    private static func refuseOpenToAll(_ folder: Folder, _ operation: String) throws(FileError) {
        guard folder.status.permissions & 0o002 == 0 else {
            throw FileError(
                .unsafeFolder, operation, path: folder.path,
                detail: "anybody may write to it, which \"chmod o-w \(folder.path)\" ends")
        }
    }

    /// The name of a user; the number where it has none.
    private static func userName(_ id: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return "\(id)"
        }
        return String(cString: name)
    }

    /// Where files that come over the socket are written: nobody but the daemon reaches it.
    public var uploadsPath: String { uploads.path }

    /// An inbox of an older version lacks the sticky bit. Other permissions are the operator's, and so is a folder that
    /// belongs to somebody else.
    private static func makeSticky(_ inbox: Folder) throws(FileError) {
        let status = inbox.status
        guard status.owner == geteuid(), status.permissions & 0o022 != 0, status.permissions & 0o1000 == 0 else {
            return
        }
        try setPermissions(inbox, status.permissions | 0o1000)
    }

    /// Where drops of `category` are put.
    public func inboxPath(_ category: Category) -> String { "\(root)/inbox/\(category.rawValue)" }

    /// Categories whose inbox lies on another file system than the claimed drops, so that a claim copies.
    public func categoriesClaimedByCopy() throws(FileError) -> [Category] {
        var result: [Category] = []
        for category in settings.categories {
            if try openInbox(category).status.device != claimed.status.device { result.append(category) }
        }
        return result
    }

    /// The inbox of `category` as it is now; made when an operator has removed it. Permissions of a folder that is
    /// already there are the operator's.
    func openInbox(_ category: Category) throws(FileError) -> Folder {
        let path = inboxPath(category)
        if try StateFolders.make(path, permissions: settings.inboxPermissions) {
            let folder = try StateFolders.openChecked(path)
            if let group = settings.inboxGroup {
                guard fchown(folder.descriptor.number, uid_t.max, group) == 0 else {
                    throw FileError("give the inbox to its group", path: path, errorNumber: errno)
                }
            }
            // Again, because a change of group takes the set-group-id bit away.
            try StateFolders.setPermissions(folder, settings.inboxPermissions)
            return folder
        }
        return try StateFolders.openChecked(path)
    }

    /// Removes the files that a producer which has ended left under names of its own that begin with `prefix`. What is
    /// no regular file, or cannot be removed, is somebody else's and stays.
    public func removeFromInboxes(prefix: String) throws(FileError) {
        for category in settings.categories {
            let inbox = try openInbox(category)
            for name in try inbox.names() where name.hasPrefix(prefix.utf8) {
                if try inbox.status(of: name)?.kind == .regular { _ = try? inbox.remove(name) }
            }
        }
    }

    /// Removes what uploads have left that were cut off by the end of the daemon.
    public func removeUploads() throws(FileError) {
        for name in try uploads.names() { try uploads.remove(name) }
    }

    /// Whether there is a file, or anything else, of this name in an inbox.
    public func hasInInbox(_ name: FileName, in category: Category) -> Bool {
        let status = try? openInbox(category).status(of: name)
        return status ?? nil != nil
    }

    /// Returns whether the folder had to be made.
    @discardableResult
    private static func make(_ path: String, permissions: UInt32) throws(FileError) -> Bool {
        if mkdir(path, 0o700) != 0 {
            guard errno == EEXIST else { throw FileError("make the folder", path: path, errorNumber: errno) }
            return false
        }
        // The umask does not count here: the permissions are what the settings say.
        try setPermissions(try openChecked(path), permissions)
        return true
    }

    private static func makePrivate(_ path: String) throws(FileError) -> Folder {
        try make(path, permissions: 0o700)
        let folder = try openChecked(path)
        if folder.status.permissions & 0o077 != 0 { try setPermissions(folder, 0o700) }
        return folder
    }

    private static func setPermissions(_ folder: Folder, _ permissions: UInt32) throws(FileError) {
        guard fchmod(folder.descriptor.number, permissions) == 0 else {
            throw FileError("set the permissions of", path: folder.path, errorNumber: errno)
        }
    }

    private static func openChecked(_ path: String) throws(FileError) -> Folder {
        do throws(FileError) {
            return try Folder(path: path)
        } catch let error where error.errorNumber == ELOOP || error.errorNumber == ENOTDIR {
            throw FileError(
                .unsafeFolder, "use the folder", path: path, detail: "a symbolic link or a file stands in its place")
        }
    }
}
