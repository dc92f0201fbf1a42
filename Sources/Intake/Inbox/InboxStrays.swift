import Glibc
import Records

/// Files in the inbox beside the folders of categories: nobody takes them, because nothing says what they are.
public struct InboxStrays: Sendable, Equatable {
    /// How many files there are.
    public var count = 0
    /// The first of them, by their names in the inbox: `clients.csv`, `invoices/march.csv`.
    public var names: [String] = []

    public init(count: Int = 0, names: [String] = []) {
        self.count = count
        self.names = names
    }

    /// So many are named.
    static let namesMax = 5
}

extension StateFolders {
    /// What lies in the inbox and belongs to no category. Files that are not meant to be taken yet, and what stands at the
    /// top of a file system, are passed over; nothing is touched.
    public func strays() throws(FileError) -> InboxStrays {
        let inbox = try Folder(path: "\(root)/inbox")
        var found: [String] = []
        for name in try inbox.names() where !name.isIgnored && !isExpected(name) {
            guard let status = try inbox.status(of: name) else { continue }
            guard status.kind == .folder else {
                found.append(name.description)
                continue
            }
            // One that cannot be read is named itself: whoever made it did not mean it to stay unread.
            guard let names = try? Folder(path: inbox.path(of: name)).names() else {
                found.append("\(name)/")
                continue
            }
            found += names.filter { !$0.isIgnored }.map { "\(name)/\($0)" }
        }
        return InboxStrays(count: found.count, names: Array(found.sorted().prefix(InboxStrays.namesMax)))
    }

    private func isExpected(_ name: FileName) -> Bool {
        name == StateFolders.lostAndFound || settings.categories.contains { $0.rawValue.utf8.elementsEqual(name.bytes) }
    }

    /// A file system of its own has this folder at its top.
    static let lostAndFound = FileName(made: "lost+found")

    /// Bytes that may still be written on the file system of the uploads; nil where it does not say.
    public func roomForUploads() -> Int? {
        var status = statvfs()
        guard statvfs(uploads.path, &status) == 0 else { return nil }
        let room = Int(clamping: status.f_frsize).multipliedReportingOverflow(by: Int(clamping: status.f_bavail))
        return room.overflow ? nil : room.partialValue
    }
}
