import Locks
import Logging
import Records
import Testing

@testable import Inbox

/// A state directory of a test's own with everything that works on it.
final class State: Sendable {
    let temporary: TemporaryFolder
    let folders: StateFolders
    let quarantine: Quarantine
    let claims: Claims

    static let now = Instant(day: Day(year: 2026, month: 6, day: 15) ?? Day(rawValue: 0), millisecondOfDay: 43_200_000)

    init(settings: StateFolders.Settings = StateFolders.Settings()) throws {
        temporary = try TemporaryFolder()
        folders = try StateFolders(root: "\(temporary.path)/state", settings: settings)
        quarantine = try Quarantine(folders: folders)
        claims = try Claims(folders: folders, quarantine: quarantine)
    }

    var root: String { folders.root }
    var claimedPath: String { "\(root)/claimed" }
    var bronzePath: String { "\(root)/bronze" }
    var quarantinePath: String { "\(root)/quarantine" }

    func inbox(_ category: Records.Category = .transactions) -> String { folders.inboxPath(category) }

    /// Puts a file into an inbox and claims it.
    func drop(
        _ name: String, _ bytes: [UInt8], in category: Records.Category = .transactions
    ) throws -> ClaimedDrop {
        try Files.write("\(inbox(category))/\(name)", bytes)
        return try claim(name, in: category)
    }

    func drop(_ name: String, _ text: String) throws -> ClaimedDrop { try drop(name, Array(text.utf8)) }

    func claim(_ name: String, in category: Records.Category = .transactions) throws -> ClaimedDrop {
        let name = try #require(FileName(name))
        guard case .claimed(let drop) = try claims.claim(name, in: category, at: State.now) else {
            throw Unexpected()
        }
        return drop
    }

    struct Unexpected: Error {}
}

/// What a watcher has told, for waiting on it instead of sleeping.
final class Notices: Sendable {
    let stream: AsyncStream<InboxWatcher.Notice>
    private let continuation: AsyncStream<InboxWatcher.Notice>.Continuation
    private let log = Guarded<[InboxWatcher.Notice]>([])

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func add(_ notice: InboxWatcher.Notice) {
        log.withLock { $0.append(notice) }
        continuation.yield(notice)
    }

    var all: [InboxWatcher.Notice] { log.withLock { $0 } }

    /// Returns when a notice that passes `isExpected` has come; those before it are used up.
    /// - Throws: when the time of the test is up.
    func first(where isExpected: (InboxWatcher.Notice) -> Bool) async throws {
        for await notice in stream where isExpected(notice) { return }
        throw CancellationError()
    }
}

/// Reads a drop in blocks of the given size.
func readAll(_ reader: DropReader, blockSize: Int = 1000) throws -> [UInt8] {
    var content: [UInt8] = []
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 16)
    defer { block.deallocate() }
    while true {
        let (count, isLast) = try reader.readBlock(into: block)
        content += block.prefix(count)
        if isLast { return content }
    }
}

/// A place for something that is made later.
final class Reference<Value: AnyObject & Sendable>: Sendable {
    private let storage = Guarded<Value?>(nil)

    var value: Value? {
        get { storage.withLock { $0 } }
        set { storage.withLock { $0 = newValue } }
    }
}
