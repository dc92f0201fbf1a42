import Contract
import Foundation
import Glibc
import Testing

/// A load is not waited for: a stop ends it, and leaves nothing half done.
@Suite(.serialized)
struct InterruptedLoadTests {
    private static let header = "event_id,customer_id,event_type,timestamp\n"

    private static let largeRows = 600_000

    /// A file whose load takes seconds in a build without optimisation, and that leaves little to serve: one event.
    private static let largeFile =
        header + String(repeating: "E1,C1,login,2024-01-02T03:04:05Z\n", count: largeRows)

    /// The same for the category that comes first: others are claimed while it is loaded.
    private static let firstFile =
        "customer_id,account_creation_date\n" + String(repeating: "C1,2024-01-01\n", count: 400_000)

    private func waitUntil(_ what: String, _ isSo: () throws -> Bool) async throws {
        for _ in 0..<6000 {
            if try isSo() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RunningDaemon.Trouble(description: "waited in vain until \(what)")
    }

    private func waitUntilRead(_ daemon: RunningDaemon, rows: Int64) async throws {
        try await waitUntil("a drop is read") {
            (try daemon.call("system.status")["progress"]?["rows"]?.integerValue ?? 0) >= rows
        }
    }

    private func drops(_ daemon: RunningDaemon) throws -> [String: JSONValue] {
        let drops = try daemon.call("data.drops")["drops"]?.arrayValue ?? []
        return Dictionary(
            drops.map { ($0["file"]?.stringValue ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test("A stop ends a load; its drop waits, and the next start loads it once")
    func stopWhileLoading() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop(Self.largeFile, as: "large.csv", category: "engagement")
        try await waitUntilRead(daemon, rows: 10_000)
        try await daemon.restart {
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/state/claimed")
            // Nothing was stored: a load that had been waited for would have taken the file to bronze.
            #expect(names.contains { $0.hasSuffix(".large.csv") })
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/state/bronze").isEmpty)
        }
        try await daemon.settle(drops: 1)
        let drop = try drops(daemon)["large.csv"]
        #expect(drop?["state"]?.stringValue == "loaded")
        #expect(drop?["accepted"]?.integerValue == 1 && drop?["rows"]?.integerValue == Int64(Self.largeRows))
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }

    @Test("A stop ends a rebuild; the next start does it")
    func stopWhileRebuilding() async throws {
        let files = try SampleFiles.make(clients: 30, days: 120, seed: 5)
        let daemon = try RunningDaemon()
        for category in SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try daemon.drop(Self.largeFile, as: "large.csv", category: "engagement")
        try await daemon.settle(drops: 6)
        let exported = try daemon.exportEverything()
        await daemon.stop(removing: false)
        try Data("as_of: data\nforecasts: { keep: false }\n".utf8).write(
            to: URL(filePath: "\(daemon.root)/aurad.yaml"))
        let aurad = try AuradProcess([
            "--rebuild", "--config", "\(daemon.root)/aurad.yaml", "--state-dir", "\(daemon.root)/state", "--socket",
            "\(daemon.root)/other.sock",
        ])
        let note = "\(daemon.root)/state/aurad.lock"
        try await waitUntil("a rebuild has begun") {
            guard (try? AuradProcess.pid(of: "\(daemon.root)/state")) != nil, access(note, F_OK) == 0 else {
                return false
            }
            let answer = try? RunningDaemon.call(
                "system.status", socket: "\(daemon.root)/other.sock")
            return (answer?["progress"]?["rows"]?.integerValue ?? 0) > 0
        }
        #expect(try aurad.terminate("\(daemon.root)/state") == 0)
        try daemon.startAgain()
        #expect(try daemon.exportEverything() == exported)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }
}
