import Foundation
import Glibc
import Testing

@testable import Daemon

/// One daemon per state directory.
struct StateLockTests {
    @Test("A second daemon is turned away with the number of the first, and let in when that is gone")
    func oneAtATime() async throws {
        let daemon = try RunningDaemon()
        let directory = "\(daemon.root)/state"
        #expect(throws: StateLockError.held(directory: directory, pid: getpid())) {
            try StateLock(directory: directory)
        }
        let text = StateLockError.held(directory: directory, pid: 123).description
        #expect(text.contains("process 123") && text.contains(directory))
        await daemon.stop()
    }

    @Test("What a dead daemon left behind never blocks")
    func staleLocks() throws {
        let folder = try ScratchDirectory()
        for content in ["1\n", "", "no number", "\u{0}\u{0}", "99999999999999999999\n"] {
            try folder.write(content, to: StateLock.fileName)
            let lock = try StateLock(directory: folder.path)
            #expect(throws: StateLockError.held(directory: folder.path, pid: getpid())) {
                try StateLock(directory: folder.path)
            }
            _ = lock
        }
        let again = try StateLock(directory: folder.path)
        _ = again
    }

    @Test("A lock that was let go is free though a child that was just forked still has its file open")
    func sharedDescriptor() throws {
        let folder = try ScratchDirectory()
        let path = "\(folder.path)/\(StateLock.fileName)"
        var lock: StateLock? = try StateLock(directory: folder.path)
        let shared = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init).first {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
            })
        // What a fork does to it.
        let copy = dup(shared)
        defer { close(copy) }
        #expect(throws: StateLockError.self) { try StateLock(directory: folder.path) }
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try StateLock(directory: folder.path)
    }

    @Test("A folder or a link in the place of the lock is an error that says so")
    func unusable() throws {
        let folder = try ScratchDirectory()
        mkdir("\(folder.path)/\(StateLock.fileName)", 0o700)
        #expect(throws: StateLockError.notUsable(path: "\(folder.path)/\(StateLock.fileName)", errno: EISDIR)) {
            try StateLock(directory: folder.path)
        }
        rmdir("\(folder.path)/\(StateLock.fileName)")
        symlink("/etc/hostname", "\(folder.path)/\(StateLock.fileName)")
        #expect(throws: StateLockError.notUsable(path: "\(folder.path)/\(StateLock.fileName)", errno: ELOOP)) {
            try StateLock(directory: folder.path)
        }
    }
}
