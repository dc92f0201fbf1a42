import CAura
import Contract
import Glibc
import Wire

/// A client without manners: sends any bytes, waits or does not, closes when it likes.
final class RawSocket {
    let descriptor: Int32
    private var decoder = FrameDecoder(bodyBytesMax: 64 << 20)
    private var bodies: [[UInt8]] = []

    struct Failure: Error { let errno: Int32 }

    init(_ path: String) throws {
        descriptor = aura_unix_socket(0)
        guard descriptor >= 0 else { throw Failure(errno: -descriptor) }
        let connected = aura_unix_connect(descriptor, path)
        guard connected == 0 else { throw Failure(errno: -connected) }
    }

    deinit { close(descriptor) }

    /// Sends everything, waiting as long as it takes; false when the server has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let sent = bytes[offset...].withUnsafeBytes { aura_send(descriptor, $0.baseAddress, $0.count, 1) }
            guard sent > 0 else { return false }
            offset += Int(sent)
        }
        return true
    }

    /// Sends what goes without waiting and returns how much that was.
    func sendNow(_ bytes: [UInt8]) -> Int {
        Int(max(0, bytes.withUnsafeBytes { aura_send(descriptor, $0.baseAddress, $0.count, 0) }))
    }

    static func frame(_ text: String) -> [UInt8] {
        let body = Array(text.utf8)
        let length = UInt32(body.count).bigEndian
        return withUnsafeBytes(of: length) { Array($0) } + body
    }

    static func request(_ id: Int, _ method: String, _ params: String = "{}") -> [UInt8] {
        frame("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"\(method)\",\"params\":\(params)}")
    }

    /// The next frame's body, or nil when the server closed or `seconds` passed.
    func nextBody(seconds: Double = 30) throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let end = ContinuousClock.now + .seconds(seconds)
        while bodies.isEmpty {
            guard wait(until: end) else { return nil }
            let received = buffer.withUnsafeMutableBytes { aura_receive(descriptor, $0.baseAddress, $0.count) }
            if received == -Int64(EAGAIN) { continue }
            guard received > 0 else { return nil }
            try buffer[..<Int(received)].withUnsafeBytes { bytes in
                var offset = 0
                while let body = try decoder.next(in: bytes, from: &offset) {
                    switch body {
                    case .within(let range): bodies.append(Array(bytes[range]))
                    case .gathered(let bytes): bodies.append(bytes)
                    }
                }
            }
        }
        return bodies.removeFirst()
    }

    func nextResponse(seconds: Double = 30) throws -> Response? {
        guard let body = try nextBody(seconds: seconds) else { return nil }
        guard case .response(let response) = try ResponseDecoder.decode(body) else { return nil }
        return response
    }

    /// The problem in the next frame.
    func nextProblem(seconds: Double = 30) throws -> Problem? {
        guard case .problem(let problem)? = try nextResponse(seconds: seconds)?.outcome else { return nil }
        return problem
    }

    /// Whether the server closes within that time, whatever it sends before.
    func isClosedByServer(seconds: Double = 30) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let end = ContinuousClock.now + .seconds(seconds)
        while wait(until: end) {
            let received = buffer.withUnsafeMutableBytes { aura_receive(descriptor, $0.baseAddress, $0.count) }
            if received == 0 || (received < 0 && received != -Int64(EAGAIN)) { return true }
        }
        return false
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func wait(until end: ContinuousClock.Instant) -> Bool {
        let left = (end - ContinuousClock.now) / .milliseconds(1)
        guard left > 0 else { return false }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(left.rounded(.up))) > 0
    }
}
