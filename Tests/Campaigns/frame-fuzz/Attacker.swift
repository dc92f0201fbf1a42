import CAura
import Glibc

/// Sends streams of frames that are nearly right, over one connection after the other.
struct Attacker {
    private let path: String
    private let progress: Progress
    private let samples: [[UInt8]]
    private var generator: SeededGenerator

    private static let framesPerConnectionMax = 24
    /// How long to read on for answers before the next connection.
    private static let patienceMilliseconds: Int32 = 20

    init(path: String, method: String, seed: UInt64, progress: Progress) {
        self.path = path
        self.progress = progress
        generator = SeededGenerator(seed: seed)
        let bodies = [
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":\"abc\",\"method\":\"slow\",\"params\":{\"a\":[1,2.5e3,{\"b\":null}],\"t\":\"\\u00e9\\ud83d\\ude00\"}}",
            "{\"jsonrpc\":\"2.0\",\"method\":\"\(method)\",\"params\":{}}",
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"nothing.such\",\"params\":[1]}",
            "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\"}]",
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"slow\",\"params\":{\"t\":\"\(String(repeating: "long ", count: 30_000))\"}}",
            String(repeating: "[", count: 200), "{}", " ",
        ]
        samples = bodies.map { text in
            let body = Array(text.utf8)
            return withUnsafeBytes(of: UInt32(body.count).bigEndian) { Array($0) } + body
        }
    }

    /// Sends about that many frames.
    mutating func run(frames: Int) {
        var sent = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while sent < frames {
            let descriptor = aura_unix_socket(0)
            guard descriptor >= 0, aura_unix_connect(descriptor, path) == 0 else {
                progress.connectFailed()
                close(descriptor)
                return
            }
            let count = Int.random(in: 1...Self.framesPerConnectionMax, using: &generator)
            send(stream(frames: count), to: descriptor, buffer: &buffer)
            // Some wait for the end, some leave at once with everything unread.
            if Int.random(in: 0..<4, using: &generator) == 0 { drain(descriptor, buffer: &buffer) }
            close(descriptor)
            progress.sent(frames: count)
            sent += count
        }
    }

    /// Frames in a row: most sound, some with bytes changed, inserted, removed or cut off.
    private mutating func stream(frames: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<frames {
            // The large sample seldom, or nothing else would be measured.
            var index = Int.random(in: 0..<samples.count, using: &generator)
            if index == 5, Int.random(in: 0..<16, using: &generator) > 0 { index = 1 }
            var frame = samples[index]
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: frame[Int.random(in: 0..<4, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            case 1, 2:
                for _ in 0...Int.random(in: 0..<4, using: &generator) {
                    let place = Int.random(in: 0..<frame.count, using: &generator)
                    frame[place] = UInt8.random(in: 0...255, using: &generator)
                }
            case 3: frame.removeLast(Int.random(in: 1..<frame.count, using: &generator))
            case 4:
                frame.insert(
                    UInt8.random(in: 0...255, using: &generator), at: Int.random(in: 0..<frame.count, using: &generator)
                )
            case 5:
                frame = (0..<Int.random(in: 1..<64, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
            default: break
            }
            bytes += frame
        }
        // Half-sent at the end, every now and then.
        if Int.random(in: 0..<3, using: &generator) == 0 {
            bytes.removeLast(Int.random(in: 0..<min(bytes.count, 200), using: &generator))
        }
        return bytes
    }

    private mutating func send(_ bytes: [UInt8], to descriptor: Int32, buffer: inout [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let stop = min(bytes.count, offset + Int.random(in: 1..<40_000, using: &generator))
            let sent = bytes[offset..<stop].withUnsafeBytes { aura_send(descriptor, $0.baseAddress, $0.count, 0) }
            if sent == -Int64(EAGAIN) {
                var entry = pollfd(fd: descriptor, events: Int16(POLLIN) | Int16(POLLOUT), revents: 0)
                guard poll(&entry, 1, 1_000) > 0 else { return }
                _ = buffer.withUnsafeMutableBytes { aura_receive(descriptor, $0.baseAddress, $0.count) }
                continue
            }
            guard sent > 0 else { return }
            offset += Int(sent)
        }
    }

    private func drain(_ descriptor: Int32, buffer: inout [UInt8]) {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, Self.patienceMilliseconds) > 0 else { return }
            let received = buffer.withUnsafeMutableBytes { aura_receive(descriptor, $0.baseAddress, $0.count) }
            guard received > 0 || received == -Int64(EAGAIN) else { return }
        }
    }
}
