import Contract
import Foundation
import Glibc
import Records
import Settings
import SocketClient
import Testing

@testable import Daemon

/// What an operator is told when something went another way than he meant: it names the thing, and what to do.
@Suite(.serialized)
struct OperatorTextsTests {
    private static let clients = "customer_id,account_creation_date,owner\nC1,2024-01-01,Ana\nC2,2024-01-02,Bo\n"

    private func problems(_ daemon: RunningDaemon) throws -> String {
        "\(try daemon.call("system.status")["problems"] ?? .null)"
    }

    private func loadedDaemon(_ log: CapturedLog = CapturedLog()) async throws -> RunningDaemon {
        let daemon = try RunningDaemon(logger: log.logger())
        try daemon.drop(Self.clients, as: "clients.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        return daemon
    }

    private func originals(_ daemon: RunningDaemon) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/state/bronze")
            .filter { $0.hasSuffix(".csv") }.sorted()
    }

    // MARK: Originals

    @Test("An original that no load explains is told with its category, and that it will count as the latest")
    func unexplainedOriginals() async throws {
        let daemon = try await loadedDaemon()
        let first = try originals(daemon)
        try daemon.drop(
            "ticket_id,customer_id,created_at\nT1,C1,2024-02-01\n", as: "tickets.csv", category: "support")
        try await daemon.settle(drops: 2)
        let ticket = try #require(try originals(daemon).first { !first.contains($0) })
        // The ledger is lost, and the last line of the journal with it.
        var refusal = ""
        do {
            try await daemon.restart(rebuild: true) {
                for name in ["aura.db", "aura.db-wal", "aura.db-shm"] { unlink("\(daemon.root)/state/\(name)") }
                let path = "\(daemon.root)/state/bronze/journal.ndjson"
                let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                chmod(path, 0o600)
                try "\(lines[0])\n".write(toFile: path, atomically: false, encoding: .utf8)
            }
        } catch { refusal = "\(error)" }
        #expect(refusal.contains("\(ticket.prefix(64)) (support)"), "\(refusal)")
        #expect(refusal.contains("counts as the latest"), "\(refusal)")
        daemon.remove()
        // The same beside a whole ledger.
        let other = try await loadedDaemon()
        try await other.restart {
            try "survey_id,customer_id,response_date,nps_score\nS1,C1,2024-02-01,9\n".write(
                toFile: "\(other.root)/state/bronze/\(String(repeating: "ab", count: 32)).csv", atomically: false,
                encoding: .utf8)
        }
        // It is not what its name says, and is not read as anything.
        #expect(try problems(other).contains("1 file in bronze that no loaded drop explains"))
        #expect(try problems(other).contains("counts as the latest"))
        await other.stop()
    }

    @Test("A file that puts a damaged or missing original back is told so")
    func restoredOriginal() async throws {
        let daemon = try await loadedDaemon()
        let path = "\(daemon.root)/state/bronze/\(try #require(try originals(daemon).first))"
        func last() throws -> JSONValue? { try daemon.call("data.drops", ["limit": 1])["drops"]?.arrayValue?.first }
        try daemon.drop(Self.clients, as: "again.csv", category: "demographics")
        try await daemon.settle(drops: 2)
        #expect(try last()?["restored_original"]?.boolValue == false)
        chmod(path, 0o600)
        try "damaged".write(toFile: path, atomically: false, encoding: .utf8)
        try daemon.drop(Self.clients, as: "mended.csv", category: "demographics")
        try await daemon.settle(drops: 3)
        #expect(try last()?["state"]?.stringValue == "duplicate")
        #expect(try last()?["restored_original"]?.boolValue == true)
        #expect(try last()?["reason"]?.stringValue?.contains("it has replaced") == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.clients)
        await daemon.stop()
    }

    // MARK: Deliveries

    @Test("How a loaded drop is put right is told for its own category")
    func correctionsOfCategories() {
        for category in Records.Category.allCases {
            let hint = DaemonServices.correction(of: category)
            let isMutable = ![.engagement, .surveys].contains(category)
            #expect(hint.contains("a later file with the same") == isMutable, "\(hint)")
            #expect(hint.contains("backup"))
        }
    }

    @Test("Files in the inbox that nobody takes are named, once in the log, and left alone")
    func strays() async throws {
        let log = CapturedLog()
        let daemon = try await loadedDaemon(log)
        let inbox = "\(daemon.root)/state/inbox"
        try FileManager.default.createDirectory(atPath: "\(inbox)/invoices", withIntermediateDirectories: false)
        for name in ["clients.csv", "invoices/march.csv", ".hidden", "invoices/b.part"] {
            try "x".write(toFile: "\(inbox)/\(name)", atomically: false, encoding: .utf8)
        }
        for _ in 0..<2 {
            _ = try daemon.call("system.refresh", ["wait": true])
            try await Task.sleep(for: .milliseconds(1100))
        }
        let text = try problems(daemon)
        #expect(text.contains("2 files lie in \(inbox)"), "\(text)")
        #expect(text.contains("clients.csv, invoices/march.csv;"), "\(text)")
        #expect(text.contains("demographics, transactions, engagement, support, surveys, events"), "\(text)")
        #expect(log.text.components(separatedBy: "files lie in the inbox").count == 2)
        #expect(!log.text.contains("march.csv"))
        #expect(access("\(inbox)/clients.csv", F_OK) == 0 && access("\(inbox)/invoices/march.csv", F_OK) == 0)
        unlink("\(inbox)/clients.csv")
        unlink("\(inbox)/invoices/march.csv")
        _ = try daemon.call("system.refresh", ["wait": true])
        #expect(try !problems(daemon).contains("where nobody takes"))
        await daemon.stop()
    }

    /// What is mounted at the state directory goes with the process of the test at the latest.
    private static let canMount = geteuid() == 0 && access("/usr/bin/mount", X_OK) == 0

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(
        "A file over the socket that finds the disk full is refused for now, and the status says so until there is room",
        .enabled(if: canMount))
    func uploadOnAFullDisk() async throws {
        var isMounted = false
        let daemon = try RunningDaemon(
            adjust: { configuration in
                let state = configuration.stateDirectory
                guard mkdir(state, 0o750) == 0 else { return }
                let mounted = try? Self.run(
                    "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=24m,mode=0750", "tmpfs", state])
                isMounted = mounted == 0
            })
        let state = daemon.configuration.stateDirectory
        defer {
            if isMounted { _ = try? Self.run("/usr/bin/umount", ["-l", state]) }
            daemon.remove()
        }
        try #require(isMounted)
        var refusal: Problem?
        let client = try RequestClient(path: daemon.socket)
        var upload: String?
        let piece = String(repeating: "x", count: 4 << 20)
        for number in 0..<16 {
            var params: JSONObject = [
                "category": "support", "file": "big.csv", "content": .string(piece), "last": false,
                "offset": .integer(Int64(number * piece.utf8.count)),
            ]
            if let upload { params["upload"] = .string(upload) }
            do {
                let answer = try JSONReader().read(try client.call("data.ingest", params: params))
                upload = answer["upload"]?.stringValue
            } catch ClientError.problem(let problem) {
                refusal = problem
                break
            }
        }
        client.close()
        let problem = try #require(refusal)
        #expect(problem.code == .unavailable && problem.isPassing, "\(problem)")
        // The room that the refused file had taken is not enough for it.
        try await Task.sleep(for: .milliseconds(1200))
        #expect(try problems(daemon).contains("a file that came over the socket was refused"))
        #expect(try problems(daemon).contains("\(state)/uploads"))
        _ = try Self.run("/usr/bin/mount", ["-o", "remount,size=96m", state])
        try await RunningDaemon.waitUntil("there is room") { try !problems(daemon).contains("over the socket") }
        await daemon.daemon.stop()
    }

    // MARK: Settings

    @Test("The log names the configured file, not the one that would be read without a key")
    func configuredPaths() async throws {
        let log = CapturedLog()
        let scratch = try ScratchDirectory()
        try scratch.write("date,country,name\nnonsense\n", to: "days-off.csv")
        try scratch.write("date,currency,rate_to_base\nnonsense\n", to: "money.csv")
        try scratch.write("holidays: days-off.csv\nfx: money.csv\n", to: "aurad.yaml")
        let daemon = try RunningDaemon(logger: log.logger())
        do {
            _ = try Configuration.load(file: "\(scratch.path)/aurad.yaml", environment: [:])
            Issue.record("accepted")
        } catch {
            daemon.daemon.reloadFailed(error)
        }
        for name in ["days-off.csv", "money.csv"] {
            #expect(log.text.contains("\(scratch.path)/\(name) line 2 rejected"), "\(log.text)")
        }
        #expect(!log.text.contains("fx.csv") && !log.text.contains("holidays.csv"))
        await daemon.stop()
    }

    @Test("Owners that no client has and users that the machine lacks are told, and are no mistakes")
    func unknownPeople() async throws {
        let log = CapturedLog()
        let daemon = try await loadedDaemon(log)
        await daemon.reload {
            $0.people = PeopleSettings([
                .init(uid: geteuid(), person: "anna", owner: ["Ana", "Anna"]),
                .init(uid: 4_242_424, person: "bo", owner: ["Bo"]),
            ])
            $0.contactColumns = ContactColumns([])
        }
        let text = try problems(daemon)
        #expect(text.contains("people: names 1 owner that no client has"), "\(text)")
        let me = try daemon.call("system.whoami")
        #expect(me["owner"]?.arrayValue?.count == 2)
        #expect(me["owner_unknown"]?.arrayValue?.compactMap(\.stringValue) == ["Anna"])
        #expect(log.text.contains("owners that no client has"))
        #expect(log.text.contains("uid:4242424 (people: bo)"), "\(log.text)")
        _ = try daemon.call("system.refresh", ["wait": true])
        #expect(log.text.components(separatedBy: "owners that no client has").count == 2)
        await daemon.reload { $0.people = PeopleSettings([.init(uid: geteuid(), person: "anna", owner: ["Ana"])]) }
        #expect(try !problems(daemon).contains("no client has"))
        await daemon.stop()
    }

    // MARK: A start that is refused

    @Test("A start that is refused answers nobody, and whoever is connected hears why")
    func refusedStart() async throws {
        let daemon = try await loadedDaemon()
        await daemon.daemon.stop()
        for name in ["aura.db", "aura.db-wal", "aura.db-shm"] { unlink("\(daemon.root)/state/\(name)") }
        do {
            let refused = try AuraDaemon(daemon.configuration, logger: CapturedLog().logger())
            #expect(throws: (any Error).self) { try refused.start() }
            #expect(refused.services.serverStatistics == nil, "it has listened")
            await refused.stop()
        }
        // Where what refuses it is found later.
        let late = try AuraDaemon(daemon.configuration, logger: CapturedLog().logger())
        try late.listen()
        #expect(throws: (any Error).self) { try late.takeUp() }
        for method in ["system.status", "clients.list"] {
            do {
                _ = try daemon.call(method)
                Issue.record("\(method) was answered")
            } catch ClientError.problem(let problem) {
                #expect(problem.message.contains("does not start: bronze holds 1 original"), "\(problem)")
            }
        }
        await late.stop()
        daemon.remove()
    }
}
