import ArgumentParser
import Contract
import Foundation
import SocketClient

/// Questions to a running daemon, beside what a round trip to a plain cache takes.
struct QueriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queries",
        abstract: "Latency of questions to a running daemon.",
        discussion: """
            clients.get asks for varied clients; clients.list for the top 20 of lists that are filtered and sorted in \
            many ways; kpis.get for varied populations. Where redis-server is installed, a GET of 1 kB from a private \
            one is measured between the rounds, over a Unix socket too.
            """)

    @Option(help: "The daemon's socket.")
    var socket: String

    @Option(help: "Clients at once; repeatable.")
    var clients = [1, 50]

    @Option(help: "Questions per row, shared by its clients.")
    var requests = 20_000

    @Flag(help: "One JSON object per line instead of a table.")
    var json = false

    func run() throws {
        let questions = try VariedQuestions(socket: socket)
        let redis = try RedisServer.start()
        defer { redis?.stop() }
        let output = RowOutput(
            json: json,
            columns: [
                ("method", 14), ("clients", 8), ("p50_us", 10), ("p99_us", 10), ("max_us", 10), ("requests_per_s", 14),
            ])
        for count in clients {
            for (method, list) in questions.all {
                try measure(method, clients: count, output) { [socket] number in
                    let client = try RequestClient(path: socket)
                    return { index in
                        // Each client begins elsewhere in the list.
                        _ = try client.call(method, params: list[(index + number * 7_919) % list.count])
                    }
                }
            }
            if let redis {
                let path = redis.socket
                try measure("redis GET 1 kB", clients: count, output) { number in
                    let client = try RedisClient(path: path)
                    return { index in try client.get(key: (index + number * 7_919) % RedisServer.keyCount) }
                }
            }
        }
    }

    /// Runs clients at once, each with a connection of its own, and prints a row.
    private func measure(
        _ name: String, clients: Int, _ output: RowOutput,
        connect: @escaping @Sendable (Int) throws -> (Int) throws -> Void
    ) throws {
        let perClient = max(1, requests / clients)
        let start = monotonicNanoseconds()
        let threads = (0..<clients).map { number in
            ClientThread { () -> [UInt64] in
                let ask = try connect(number)
                for index in 0..<min(100, perClient) { try ask(index) }
                var nanoseconds: [UInt64] = []
                nanoseconds.reserveCapacity(perClient)
                for index in 0..<perClient {
                    let before = monotonicNanoseconds()
                    try ask(index)
                    nanoseconds.append(monotonicNanoseconds() - before)
                }
                return nanoseconds
            }
        }
        let all = try threads.flatMap { try $0.join() }.sorted()
        let seconds = Double(monotonicNanoseconds() - start) / 1e9
        func microseconds(_ fraction: Double) -> Double {
            Double(all[min(all.count - 1, Int(fraction * Double(all.count)))]) / 1_000
        }
        output.write([
            .text(name), .number(Double(clients)), .number(microseconds(0.5)), .number(microseconds(0.99)),
            .number(microseconds(1)), .number(Double(all.count) / seconds),
        ])
    }
}

/// Parameters that differ from question to question, from what the daemon holds.
struct VariedQuestions {
    let all: [(method: String, params: [JSONObject])]

    init(socket: String) throws {
        let client = try RequestClient(path: socket)
        defer { client.close() }
        let sample = try JSONReader().read(
            try client.call("clients.list", params: ["sort": "customer_id", "limit": 10_000], timeout: .seconds(60)))
        let rows = sample["clients"]?.arrayValue ?? []
        guard !rows.isEmpty else { throw ServedProcess.Trouble(description: "the daemon has no clients to ask for") }
        func values(_ name: String) -> [String] {
            Set(rows.compactMap { $0[name]?.stringValue }).sorted()
        }
        var random = SystemIndependentRandom(state: 1)
        func pick(_ list: [String]) -> JSONValue { list.isEmpty ? .null : .string(list[random.below(list.count)]) }
        let (segments, regions, tiers) = (values("segment"), values("region"), values("tier"))
        let keys = ["risk_score", "mrr", "health_score", "engagement_score:asc", "days_since_last_login", "name"]
        let gets = (0..<4_096).map { _ -> JSONObject in
            ["customer_id": rows[random.below(rows.count)]["customer_id"] ?? .null]
        }
        let lists = (0..<1_024).map { number -> JSONObject in
            var params: JSONObject = ["limit": 20, "sort": pick(keys), "segment": pick(segments)]
            if number % 2 == 0 { params["region"] = pick(regions) }
            if number % 3 == 0 { params["risk"] = pick(["low", "medium", "high", "critical"]) }
            if number % 4 == 0 { params["where"] = .string("engagement_score<\(Double(random.below(150)) / 100)") }
            return params
        }
        let figures = (0..<256).map { number -> JSONObject in
            var params: JSONObject = [:]
            if number % 2 == 0 { params["segment"] = pick(segments) }
            if number % 3 == 0 { params["region"] = pick(regions) }
            if number % 5 == 0 { params["tier"] = pick(tiers) }
            return params
        }
        all = [("clients.get", gets), ("clients.list", lists), ("kpis.get", figures)]
    }
}
