import Glibc

/// The file of a Unix socket that somebody else has opened.
enum SocketName {
    /// Nil where the socket has no file.
    static func path(of descriptor: Int32) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        let bytes = withUnsafeBytes(of: &address.sun_path) { Array($0.prefix { $0 != 0 }) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Ends the connections that wait at a listening socket, without an answer.
    static func turnAway(at socket: Int32) {
        let flags = fcntl(socket, F_GETFL)
        guard flags >= 0, fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0 else { return }
        // As many as can wait at all: who comes meanwhile has it started again, once.
        for _ in 0..<65_536 {
            let connection = accept(socket, nil, nil)
            if connection < 0, errno != EINTR { return }
            if connection >= 0 { close(connection) }
        }
    }
}
