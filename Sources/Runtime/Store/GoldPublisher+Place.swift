import GRDB
import Locks

extension GoldPublisher {
    /// Remembers the file that was just opened, for ``isInPlace()``.
    func notePlace() {
        let found = FilePlace(path)
        place.withLock { $0 = found }
    }

    /// Remembers the file as it was just left. Another one that has been put in its place meanwhile is not taken for it.
    func noteOwnWriting() {
        let found = FilePlace(path)
        place.withLock { place in
            if let found, place?.isSameFile(as: found) ?? false { place = found }
        }
    }

    /// Whether there is no file at the path.
    public var isMissing: Bool { FilePlace(path) == nil }

    /// Whether what was published is what others find at the path: the file that is open may have been removed there, or
    /// another put in its place or written over it. A look at the folder, unless somebody has written to the file.
    public func isInPlace() -> Bool {
        guard let found = FilePlace(path), let noted = place.withLock({ $0 }), found.isSameFile(as: noted) else {
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
