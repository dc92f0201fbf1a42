import GRDB
import Glibc
import Locks

extension GoldPublisher {
    /// Which file stands at a path, and when it was last written to.
    struct Place: Sendable, Equatable {
        var device: UInt64
        var inode: UInt64
        var bytes: Int64
        var seconds: Int
        var nanoseconds: Int

        /// Nil where no file stands.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            bytes = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }

        func isSameFile(as other: Place) -> Bool { device == other.device && inode == other.inode }
    }

    /// Remembers the file that was just opened, for ``isInPlace()``.
    func notePlace() {
        let found = Place(path)
        place.withLock { $0 = found }
    }

    /// Remembers the file as it was just left. Another one that has been put in its place meanwhile is not taken for it.
    func noteOwnWriting() {
        let found = Place(path)
        place.withLock { place in
            if let found, place?.isSameFile(as: found) ?? false { place = found }
        }
    }

    /// Whether what was published is what others find at the path: the file that is open may have been removed there, or
    /// another put in its place or written over it. A look at the folder, unless somebody has written to the file.
    public func isInPlace() -> Bool {
        guard let found = Place(path), let noted = place.withLock({ $0 }), found.isSameFile(as: noted) else {
            return false
        }
        if found == noted { return true }
        // A table or an index that somebody has added does no harm.
        do {
            guard try publishedSnapshot() == GoldPublisher.snapshot(inFileAt: path) else { return false }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // Whoever has it locked is at work on it: the next look sees what became of it.
            return true
        } catch {
            return false
        }
        place.withLock { $0 = found }
        return true
    }

    /// As it stands in the file, whatever an open connection remembers of it.
    private static func snapshot(inFileAt path: String) throws -> String? {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { try String.fetchOne($0, sql: "SELECT snapshot FROM published") }
    }
}
