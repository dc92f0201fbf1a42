import ArgumentParser
import Contract
import Glibc

/// Throughput of the JSON reader and writer on made answers of three kinds.
struct JSONCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "json",
        abstract: "Megabytes per CPU second of the JSON reader and writer."
    )

    @Option(help: "CPU seconds for each measurement.")
    var seconds = 1.0

    @Flag(help: "One JSON object per line instead of a table.")
    var json = false

    func run() throws {
        if !json { print("document       bytes   write MB/s    read MB/s    skim MB/s") }
        for document in [Self.clients, Self.text, Self.numbers] {
            var bytes: [UInt8] = []
            JSONWriter.append(to: &bytes) { writer in document.write(&writer) }
            var writer = JSONWriter(reservedBytes: 2 * bytes.count)
            let write = throughput(bytes.count) {
                writer.removeAll()
                document.write(&writer)
            }
            let reader = JSONReader()
            let read = try throughput(bytes.count) { _ = try reader.read(bytes) }
            let skim = try throughput(bytes.count) { try bytes.withUnsafeBufferPointer { try reader.validate($0) } }
            if json {
                let figures = [("write_mb_per_s", write), ("read_mb_per_s", read), ("skim_mb_per_s", skim)]
                var line: [UInt8] = []
                JSONWriter.append(to: &line) { writer in
                    writer.beginObject()
                    writer.member("document", text: document.name)
                    writer.member("bytes", integer: bytes.count)
                    for (name, value) in figures {
                        writer.key(text: name)
                        writer.double((value * 10).rounded() / 10)
                    }
                    writer.endObject()
                }
                print(String(decoding: line, as: UTF8.self))
            } else {
                let columns = [String(bytes.count), "\(Int(write))", "\(Int(read))", "\(Int(skim))"]
                let widths = [8, 13, 13, 13]
                let cells = zip(columns, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
                print(document.name + String(repeating: " ", count: 12 - document.name.count) + cells.joined())
            }
        }
    }

    private func throughput<Failure: Error>(
        _ bytes: Int, _ body: () throws(Failure) -> Void
    ) throws(Failure) -> Double {
        try body()
        // CPU time: the figure of a machine that does other things as well.
        let start = cpuSeconds()
        var rounds = 0
        var elapsed = 0.0
        repeat {
            for _ in 0..<8 { try body() }
            rounds += 8
            elapsed = cpuSeconds() - start
        } while elapsed < seconds
        return Double(rounds * bytes) / elapsed / 1e6
    }

    private func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    struct Document: Sendable {
        let name: String
        let write: @Sendable (inout JSONWriter) -> Void
    }

    private static let clientNames = (0..<1_000).map { row in
        (id: "C\(100_000 + row)", name: "Northwind Trading Company \(row)")
    }

    /// Like an answer of `clients.list`: short strings, integers, money, numbers of few decimals.
    static let clients = Document(name: "clients") { writer in
        let rows = clientNames
        writer.beginObject()
        writer.member("as_of", text: "2026-06-15")
        writer.member("total", integer: 1_000)
        writer.key("clients")
        writer.beginArray()
        for row in 0..<1_000 {
            writer.beginObject()
            writer.member("customer_id", text: rows[row].id)
            writer.member("name", text: rows[row].name)
            writer.member("segment", text: "enterprise")
            writer.member("region", text: "EMEA")
            writer.member("health_score", double: Double(row % 1_000) / 10)
            writer.member("risk_level", text: "medium")
            writer.member("churn_probability", double: Double(row * 7 % 1_000) / 1_000)
            writer.member("mrr", microUnits: Int64(row) * 12_345_600)
            writer.member("days_since_last_login", integer: row % 90)
            writer.member("support_tickets_30d", integer: row % 7)
            writer.endObject()
        }
        writer.endArray()
        writer.member("next_cursor", text: nil)
        writer.endObject()
    }

    private static let paragraph = """
        Call the account owner within two days – ask "what changed?" and listen.
        Offer a review of the züricher Vertrag; note the answer in the plan.\n
        """

    /// Like a playbook or a chat answer: long strings, some escapes, some letters beyond ASCII.
    static let text = Document(name: "text") { writer in
        writer.beginArray()
        for _ in 0..<300 { writer.string(paragraph) }
        writer.endArray()
    }

    /// Like a forecast: arrays of numbers with all their digits.
    static let numbers = Document(name: "numbers") { writer in
        var state: UInt64 = 42
        writer.beginArray()
        for _ in 0..<5_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            writer.double(Double(state >> 11) / 9_007_199_254_740_992 * 1_000)
        }
        writer.endArray()
    }
}
