import Contract
import Foundation
import Glibc
import Testing

/// A load is not waited for: a stop ends it, and so does whoever cancels its drop. Either leaves nothing half done.
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

    private func waitUntilRead(_ daemon: RunningDaemon, rows: Int64) async throws {
        try await RunningDaemon.waitUntil("a drop is read") {
            (try daemon.call("system.status")["progress"]?["rows"]?.integerValue ?? 0) >= rows
        }
    }

    private func drops(_ daemon: RunningDaemon) throws -> [String: JSONValue] {
        let drops = try daemon.call("data.drops")["drops"]?.arrayValue ?? []
        return Dictionary(
            drops.map { ($0["file"]?.stringValue ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func cancel(_ daemon: RunningDaemon, _ drop: JSONValue?) throws -> JSONValue {
        try daemon.call("data.cancel", ["drop_id": .integer(try #require(drop?["drop_id"]?.integerValue))])
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
        try await RunningDaemon.waitUntil("a rebuild has begun") {
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

    @Test("Drops are cancelled while they are read, while they wait, and no more when they are loaded")
    func cancelling() async throws {
        let daemon = try RunningDaemon()
        // What lies in the inbox at a start is claimed by one listing; clients are loaded first.
        await daemon.stop(removing: false)
        try daemon.drop(Self.firstFile, as: "clients.csv", category: "demographics")
        try daemon.drop(
            "survey_id,customer_id,response_date,nps_score\nS1,C1,2024-01-02,9\n", as: "waits.csv",
            category: "surveys")
        try daemon.drop(Self.largeFile, as: "large.csv", category: "engagement")
        try daemon.drop(Self.header + "X1,C1,login,2024-01-03T00:00:00Z\n", as: "small.csv", category: "engagement")
        try daemon.startAgain()
        try await RunningDaemon.waitUntil("the large one is read") {
            let progress = try daemon.call("system.status")["progress"]
            return progress?["file"]?.stringValue == "large.csv" && (progress?["rows"]?.integerValue ?? 0) > 10_000
        }
        // Of another category than the one that is loaded: it waits for its turn.
        let waits = try cancel(daemon, try drops(daemon)["waits.csv"])
        #expect(waits["state"]?.stringValue == "refused" && waits["cancelled"]?.boolValue == true)
        let answer = try cancel(daemon, try drops(daemon)["large.csv"])
        #expect(answer["cancelled"]?.boolValue == true)
        try await daemon.settle(drops: 4)
        let ended = try drops(daemon)
        #expect(ended["large.csv"]?["state"]?.stringValue == "refused")
        #expect(ended["large.csv"]?["reason"]?.stringValue == "cancelled on request")
        #expect(ended["waits.csv"]?["state"]?.stringValue == "refused")
        #expect(ended["small.csv"]?["state"]?.stringValue == "loaded")
        let kept = try FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/state/quarantine")
        #expect(kept.count { $0.hasSuffix("large.csv") || $0.hasSuffix("waits.csv") } == 2)
        // Nothing that only a cancelled drop has mentioned is there.
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        for (name, kind) in [("small.csv", "loaded"), ("large.csv", "refused")] {
            let error = #expect(throws: (any Error).self) { try cancel(daemon, ended[name]) }
            #expect("\(String(describing: error))".contains(kind))
        }
        // It was never loaded: it may come again.
        try daemon.drop(
            "survey_id,customer_id,response_date,nps_score\nS1,C1,2024-01-02,9\n", as: "again.csv",
            category: "surveys")
        try await daemon.settle(drops: 5)
        #expect(try drops(daemon)["again.csv"]?["state"]?.stringValue == "loaded")
        await daemon.stop()
    }

    @Test("A drop that is read already when it is cancelled is left out, and the others of its load are loaded")
    func cancellingWhatWasRead() async throws {
        let daemon = try RunningDaemon()
        let first = Self.header + (0..<1000).map { "F\($0),only-first,login,2024-01-03T00:00:00Z\n" }.joined()
        // What lies in the inbox at a start is claimed by one listing, in the order of its times: one load has both.
        await daemon.stop(removing: false)
        try daemon.drop(first, as: "1-first.csv", category: "engagement")
        try await Task.sleep(for: .milliseconds(20))
        try daemon.drop(Self.largeFile, as: "2-large.csv", category: "engagement")
        try daemon.startAgain()
        try await RunningDaemon.waitUntil("the large one is read") {
            let progress = try daemon.call("system.status")["progress"]
            return progress?["file"]?.stringValue == "2-large.csv" && (progress?["rows"]?.integerValue ?? 0) > 10_000
        }
        let answer = try cancel(daemon, try drops(daemon)["1-first.csv"])
        #expect(answer["state"]?.stringValue == "refused")
        try await daemon.settle(drops: 2)
        let ended = try drops(daemon)
        #expect(ended["1-first.csv"]?["reason"]?.stringValue == "cancelled on request")
        #expect(ended["2-large.csv"]?["accepted"]?.integerValue == 1)
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }
}
