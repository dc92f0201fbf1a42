import GRDB
import Locks

/// The database and its log as they were opened. SQLite goes on writing to a file that was removed or exchanged: whatever
/// is stored from then on is gone with the last process that has it open.
struct OpenedFiles: Sendable {
    private let files: [(path: String, place: FilePlace?)]

    init(_ path: String) { files = [path, "\(path)-wal"].map { ($0, FilePlace($0)) } }

    /// The first that is not at its path any more.
    var misplaced: String? {
        files.first { file in
            guard let opened = file.place else { return false }
            return FilePlace(file.path).map { !$0.isSameFile(as: opened) } ?? true
        }?.path
    }
}

extension SilverStore {
    /// The file, the database or its log, that was removed or exchanged since it was opened; nil when both are in place.
    public var misplacedFile: String? { opened.withLock { $0 }?.misplaced }

    func noteFiles() {
        let files = OpenedFiles(path)
        opened.withLock { $0 = files }
    }
}
