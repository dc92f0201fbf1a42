import CAura
import Glibc

/// One daemon per state directory: a lock on a file in it, held for as long as the daemon lives. The kernel lets go of
/// it with the process, however that ends, so what a dead daemon left never blocks the next one.
final class StateLock: Sendable {
    private let descriptor: Int32

    static let fileName = "aurad.lock"

    /// - Parameter directory: the state directory, which exists.
    init(directory: String) throws(StateLockError) {
        let path = "\(directory)/\(StateLock.fileName)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .notUsable(path: path, errno: errno) }
        let locked = aura_try_lock(descriptor)
        guard locked == 0 else {
            defer { close(descriptor) }
            guard locked == -EWOULDBLOCK else { throw .notUsable(path: path, errno: -locked) }
            throw .held(directory: directory, pid: StateLock.processID(in: descriptor))
        }
        self.descriptor = descriptor
        // For whoever is turned away, and for people; nothing depends on it.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    }

    deinit {
        aura_unlock(descriptor)
        close(descriptor)
    }

    /// The process that a lock file names, nil when it names none.
    private static func processID(in descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: buffer[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

/// Why a daemon may not work on a state directory.
public enum StateLockError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another daemon works on it.
    case held(directory: String, pid: Int32?)
    case notUsable(path: String, errno: Int32)

    public var description: String {
        switch self {
        case .held(let directory, let pid):
            "another aurad\(pid.map { " (process \($0))" } ?? "") works on \(directory): "
                + "stop it first, or give this one a state directory of its own with --state-dir"
        case .notUsable(let path, let number):
            "could not lock \(path): \(String(cString: strerror(number))); "
                + "give the daemon's user write access to the state directory"
        }
    }
}
