import Glibc

/// A private Redis with values of 1 kB, as the measure of a round trip that only looks something up.
final class RedisServer {
    static let keyCount = 1_000
    let socket: String
    private let folder: String
    private let pid: pid_t

    /// Nil where Redis is not installed.
    static func start() throws -> RedisServer? {
        guard system("command -v redis-server >/dev/null 2>&1") == 0 else { return nil }
        return try RedisServer()
    }

    private init() throws {
        folder = try ScratchFolder.make("aura-bench-redis")
        socket = "\(folder)/redis.sock"
        let options = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder]
        pid = try ChildProcess.start(["redis-server"] + options, log: "\(folder)/log")
        let client = try Self.connect(socket)
        for key in 0..<Self.keyCount { try client.set(key: key, byteCount: 1_000) }
    }

    func stop() {
        ChildProcess.stop(pid)
        ScratchFolder.remove(folder)
    }

    /// Waits until it answers: the socket is there a moment before anybody listens on it.
    private static func connect(_ socket: String) throws -> RedisClient {
        for _ in 0..<500 {
            if let client = try? RedisClient(path: socket) { return client }
            usleep(10_000)
        }
        return try RedisClient(path: socket)
    }
}

/// The least of Redis' protocol, on a blocking socket.
final class RedisClient {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 4_096)

    init(path: String) throws {
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw ServedProcess.Trouble(description: "redis does not answer on \(path)") }
    }

    deinit { close(descriptor) }

    func set(key: Int, byteCount: Int) throws {
        let value = String(repeating: "x", count: byteCount)
        let name = "key:\(key)"
        try send("*3\r\n$3\r\nSET\r\n$\(name.utf8.count)\r\n\(name)\r\n$\(byteCount)\r\n\(value)\r\n")
        // +OK
        try receive(atLeast: 5)
    }

    func get(key: Int) throws {
        let name = "key:\(key)"
        try send("*2\r\n$3\r\nGET\r\n$\(name.utf8.count)\r\n\(name)\r\n")
        // $1000, the value, each with an end of line
        try receive(atLeast: 7 + 1_002)
    }

    private func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw ServedProcess.Trouble(description: "redis takes no more")
        }
    }

    private func receive(atLeast count: Int) throws {
        var received = 0
        while received < count {
            let more = read(descriptor, &buffer, buffer.count)
            guard more > 0, buffer[0] != UInt8(ascii: "-") else {
                throw ServedProcess.Trouble(description: "redis answered with an error")
            }
            received += more
        }
    }
}
