internal import CAura
internal import Glibc

/// A connected Unix stream socket with time-outs: bytes only.
final class ClientSocket {
    private var descriptor: Int32

    /// Pause before connecting again when the daemon's backlog is full.
    private static let backlogPauseMicroseconds: UInt32 = 2_000

    init(path: String, deadline: MonotonicTime) throws(ClientError) {
        let opened = aura_unix_socket(1)
        guard opened >= 0 else { throw .system(operation: "create a socket", errno: -opened) }
        descriptor = opened
        while true {
            let connected = aura_unix_connect(opened, path)
            if connected == 0 { return }
            switch -connected {
            case EAGAIN:
                guard MonotonicTime.now() < deadline else { throw .timeout(waitingFor: "the daemon to accept") }
                usleep(Self.backlogPauseMicroseconds)
            case ENOENT, ENOTDIR: throw .socketMissing(path: path)
            case ECONNREFUSED: throw .refused(path: path)
            case EACCES, EPERM: throw .permissionDenied(path: path, at: Self.denying(path))
            case ENAMETOOLONG: throw .pathTooLong(path: path, bytesMax: aura_unix_path_bytes_max())
            default: throw .system(operation: "connect to \"\(path)\"", errno: -connected)
            }
        }
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    var isOpen: Bool { descriptor >= 0 }

    /// The first directory on the way that cannot be searched, or the socket itself.
    private static func denying(_ path: String) -> String {
        for index in path.indices where path[index] == "/" && index != path.startIndex {
            let directory = String(path[..<index])
            if access(directory, X_OK) != 0 { return directory }
        }
        return path
    }

    /// What a wait ended with.
    struct Readiness {
        let canReceive: Bool
        let canSend: Bool
    }

    /// Waits until something can be received, or sent when `sending`; nil when the deadline passed.
    func wait(sending: Bool, deadline: MonotonicTime) throws(ClientError) -> Readiness? {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN) | (sending ? Int16(POLLOUT) : 0), revents: 0)
            let ready = poll(&entry, 1, deadline.pollMilliseconds)
            if ready > 0 {
                // An error or a hang-up is found out by receiving.
                let canReceive = Int32(entry.revents) & (POLLIN | POLLHUP | POLLERR) != 0
                return Readiness(canReceive: canReceive, canSend: Int32(entry.revents) & POLLOUT != 0)
            }
            if ready < 0, errno != EINTR { throw .system(operation: "wait for the daemon", errno: errno) }
            // Very long waits are cut to what poll(2) takes.
            if ready == 0, MonotonicTime.now() >= deadline { return nil }
        }
    }

    /// What an attempt to move bytes came to.
    enum Transfer: Equatable {
        case bytes(Int)
        /// Nothing now.
        case later
        case closed
    }

    func send(_ bytes: UnsafeRawBufferPointer) throws(ClientError) -> Transfer {
        let sent = aura_send(descriptor, bytes.baseAddress, bytes.count, 0)
        return try transfer(sent, "send to the daemon")
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) throws(ClientError) -> Transfer {
        let received = aura_receive(descriptor, buffer.baseAddress, buffer.count)
        return received == 0 ? .closed : try transfer(received, "receive from the daemon")
    }

    private func transfer(_ result: Int64, _ operation: String) throws(ClientError) -> Transfer {
        if result >= 0 { return .bytes(Int(result)) }
        switch Int32(-result) {
        case EAGAIN: return .later
        case EPIPE, ECONNRESET: return .closed
        case let number: throw .system(operation: operation, errno: number)
        }
    }
}
