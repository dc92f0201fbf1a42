import ArgumentParser
import Contract
import Glibc
import Logging
import SocketClient
import SocketServer
import Synchronization

/// Round trips over the Unix socket: one request and its reply, on one and on many connections at once.
struct SocketsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sockets",
        abstract: "Round-trip latency over the Unix socket."
    )

    @Option(help: "Bytes of the reply's result.")
    var replyBytes = 1_000

    @Option(help: "Clients at once; repeatable.")
    var clients = [1, 50]

    @Option(help: "Round trips per row, shared by its clients.")
    var requests = 200_000

    @Option(help: "A running daemon's socket instead of a server in this process.")
    var socket: String?

    @Option(help: "The method to call on a running daemon.")
    var method = "system.status"

    @Flag(help: "One JSON object per line instead of a table.")
    var json = false

    func run() throws {
        var server: RequestServer?
        let path: String
        if let socket {
            path = socket
        } else {
            path = "/tmp/aura-bench-\(getpid()).sock"
            var settings = ServerSettings()
            settings.connectionsMax = 1_024
            settings.connectionsPerUserMax = settings.connectionsMax
            server = try RequestServer(
                listeningOn: .path(path, mode: 0o600), settings: settings,
                handler: FixedReplies(replyBytes: replyBytes), logger: Logger(label: "bench"))
        }
        defer {
            if let server {
                // The command is not asynchronous: wait for the ending with a lock.
                let done = Mutex(false)
                let ending = Task.detached {
                    await server.shutdown(drain: .seconds(1))
                    done.withLock { $0 = true }
                }
                while !done.withLock({ $0 }) { usleep(1_000) }
                _ = ending
            }
        }
        if !json { print("method           lane        clients   requests/s     p50 µs     p99 µs     max µs") }
        let rows: [(String, String)] =
            socket == nil ? [("bench.immediate", "immediate"), ("bench.worker", "worker")] : [(method, "")]
        for (method, lane) in rows {
            for count in clients { try measure(method: method, lane: lane, path: path, clients: count) }
        }
    }

    private func measure(method: String, lane: String, path: String, clients: Int) throws {
        let perClient = max(1, requests / clients)
        let start = ContinuousClock.now
        let threads = (0..<clients).map { _ in
            ClientThread { () -> [UInt64] in
                var nanoseconds: [UInt64] = []
                nanoseconds.reserveCapacity(perClient)
                let client = try RequestClient(path: path)
                for _ in 0..<min(1_000, perClient) { _ = try client.call(method) }
                for _ in 0..<perClient {
                    let before = monotonicNanoseconds()
                    _ = try client.call(method)
                    nanoseconds.append(monotonicNanoseconds() - before)
                }
                return nanoseconds
            }
        }
        let all = try threads.flatMap { try $0.join() }.sorted()
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        func microseconds(_ fraction: Double) -> Double {
            Double(all[min(all.count - 1, Int(fraction * Double(all.count)))] / 10) / 100
        }
        let rate = Double(all.count) / elapsed
        if json {
            var line: [UInt8] = []
            JSONWriter.append(to: &line) { writer in
                writer.beginObject()
                writer.member("method", text: method)
                writer.member("clients", integer: clients)
                writer.member("requests_per_s", double: rate.rounded())
                writer.member("p50_us", double: microseconds(0.5))
                writer.member("p99_us", double: microseconds(0.99))
                writer.member("max_us", double: microseconds(1))
                writer.endObject()
            }
            print(String(decoding: line, as: UTF8.self))
        } else {
            let columns = [
                String(clients), "\(Int(rate))", "\(microseconds(0.5))", "\(microseconds(0.99))", "\(microseconds(1))",
            ]
            let cells = zip(columns, [9, 13, 11, 11, 11]).map {
                String(repeating: " ", count: max(1, $1 - $0.count)) + $0
            }
            let pad = { (text: String, width: Int) in text + String(repeating: " ", count: max(1, width - text.count)) }
            print(pad(method, 17) + pad(lane, 10) + cells.joined())
        }
    }
}

/// Answers every request with the same bytes.
private struct FixedReplies: RequestHandler {
    let methods = ["bench.immediate", "bench.worker"]
    private let reply: [UInt8]

    init(replyBytes: Int) {
        let filler = String(repeating: "x", count: max(0, replyBytes - 12))
        reply = Array("{\"filler\":\"\(filler)\"}".utf8)
    }

    func lane(for request: Request, from peer: Peer, isSmall: Bool) -> Lane {
        request.method == "bench.worker" ? .worker : .immediate
    }

    func answer(
        _ request: Request, from connection: Connection, deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        result.append(contentsOf: reply)
    }
}
