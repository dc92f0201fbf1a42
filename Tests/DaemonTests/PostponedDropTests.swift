import Contract
import Foundation
import GRDB
import Glibc
import Testing

/// One drop that cannot be loaded keeps neither the others waiting nor the daemon busy.
@Suite(.serialized)
struct PostponedDropTests {
    private static let quick = "as_of: data\nforecasts: { keep: false }\ninbox: { settle_seconds: 0 }\n"
    private static let header = "survey_id,customer_id,response_date,nps_score\n"

    /// Its load gives time to do something to what is claimed after it.
    private static let clients =
        "customer_id,account_creation_date\n" + String(repeating: "C1,2024-01-01\n", count: 400_000)

    private func claimed(_ daemon: RunningDaemon, _ name: String) throws -> String? {
        let folder = "\(daemon.root)/state/claimed"
        return try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".\(name)") }
            .map { "\(folder)/\($0)" }
    }

    private func drops(_ daemon: RunningDaemon) throws -> [JSONValue] {
        try daemon.call("data.drops")["drops"]?.arrayValue ?? []
    }

    private func state(_ daemon: RunningDaemon, _ file: String) throws -> String? {
        try drops(daemon).first { $0["file"]?.stringValue == file }?["state"]?.stringValue
    }

    /// It was read over and over as what it had been, for ever, and no refresh came through.
    @Test("A drop that changed when it was claimed, and whose name is taken, is read as it is then")
    func changedWithItsNameTaken() async throws {
        let daemon = try RunningDaemon(yaml: Self.quick)
        try daemon.drop(Self.clients, as: "clients.csv", category: "demographics")
        try daemon.drop(Self.header + "S1,C1,2024-01-02,9\n", as: "s.csv", category: "surveys")
        // The file is there a moment before the ledger knows of it.
        try await RunningDaemon.waitUntil("both are claimed") {
            try claimed(daemon, "s.csv") != nil && state(daemon, "s.csv") == "queued"
        }
        let path = try #require(try claimed(daemon, "s.csv"))
        let descriptor = open(path, O_WRONLY | O_APPEND)
        #expect(write(descriptor, "S2,C2,2024-01-03,8\n", 19) == 19)
        close(descriptor)
        try #require(try state(daemon, "s.csv") == "queued")
        try daemon.drop(Self.header + "S3,C3,2024-01-04,7\n", as: "s.csv", category: "surveys")
        try await daemon.settle(drops: 3)
        let ended = try drops(daemon)
        #expect(ended.map { $0["state"]?.stringValue } == ["loaded", "loaded", "loaded"])
        let surveys = ended.filter { $0["category"]?.stringValue == "surveys" }
        #expect(surveys.map { $0["accepted"]?.integerValue ?? 0 }.sorted() == [1, 2])
        #expect(surveys.contains { $0["bytes"]?.integerValue == Int64(Self.header.utf8.count + 38) })
        #expect(try daemon.call("system.verify")["ok"]?.boolValue == true)
        await daemon.stop()
    }

    @Test("A claimed file that somebody has taken away is refused, and the others are loaded")
    func takenAway() async throws {
        let daemon = try RunningDaemon(yaml: Self.quick)
        try daemon.drop(Self.clients, as: "clients.csv", category: "demographics")
        for name in ["a", "b", "c"] {
            try daemon.drop(Self.header + "\(name),C1,2024-01-02,9\n", as: "\(name).csv", category: "surveys")
        }
        try await RunningDaemon.waitUntil("all are claimed") {
            try ["a.csv", "b.csv", "c.csv"].allSatisfy { try claimed(daemon, $0) != nil }
        }
        #expect(unlink(try #require(try claimed(daemon, "b.csv"))) == 0)
        try await daemon.settle(drops: 4)
        #expect(try ["a.csv", "b.csv", "c.csv"].map { try state(daemon, $0) } == ["loaded", "refused", "loaded"])
        let reason = try drops(daemon).first { $0["file"]?.stringValue == "b.csv" }?["reason"]?.stringValue
        #expect(reason == "the claimed file is gone; drop it again")
        await daemon.stop()
    }

    @Test("A drop that cannot be stored is told from the others of its load, tried again, and refused with the reason")
    func poisoned() async throws {
        let daemon = try RunningDaemon(yaml: Self.quick)
        try await daemon.restart {
            let database = try DatabaseQueue(path: "\(daemon.root)/state/aura.db")
            try database.write {
                try $0.execute(
                    sql: """
                        CREATE TRIGGER poison BEFORE INSERT ON survey WHEN NEW.survey_id = 'poison'
                        BEGIN SELECT RAISE(ABORT, 'this is poison'); END
                        """)
            }
        }
        try daemon.drop(Self.clients, as: "clients.csv", category: "demographics")
        for name in ["a", "poison", "c"] {
            try daemon.drop(Self.header + "\(name),C1,2024-01-02,9\n", as: "\(name).csv", category: "surveys")
        }
        try await RunningDaemon.waitUntil("the others are loaded") {
            try ["a.csv", "c.csv"].allSatisfy { try state(daemon, $0) == "loaded" }
        }
        // While it is tried again, what was loaded is served, and others are loaded.
        try daemon.drop(Self.header + "d,C2,2024-01-02,3\n", as: "d.csv", category: "surveys")
        try await RunningDaemon.waitUntil("a later one is loaded") { try state(daemon, "d.csv") == "loaded" }
        #expect(try state(daemon, "poison.csv") == "queued")
        try await daemon.settle(drops: 5)
        let reason = try drops(daemon).first { $0["file"]?.stringValue == "poison.csv" }?["reason"]?.stringValue
        #expect(reason?.contains("could not be loaded") == true && reason?.contains("this is poison") == true)
        let kept = try FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/state/quarantine")
        #expect(kept.contains { $0.hasSuffix("-poison.csv") })
        let problems = try daemon.call("system.status")["problems"]?.arrayValue
        #expect(problems?.isEmpty == true, "\(problems ?? [])")
        await daemon.stop()
    }
}
