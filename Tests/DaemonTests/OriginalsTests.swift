import Contract
import Daemon
import Foundation
import GRDB
import Glibc
import Inbox
import Pipeline
import Records
@testable import Store
import Testing

/// Originals prove themselves: what was damaged, lost or exchanged is named before anything changes, and a lost database
/// comes back from the originals.
@Suite(.serialized)
struct OriginalsTests {
    /// A daemon on a sample company and an event file, with everything loaded, each drop on its own.
    private func loadedDaemon(yaml: String = RunningDaemon.withoutForecasts) async throws -> RunningDaemon {
        let files = try SampleFiles.make(clients: 30, days: 120, seed: 5)
        let daemon = try RunningDaemon(yaml: yaml)
        for (number, category) in SampleFiles.categories.enumerated() {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
            try await daemon.settle(drops: number + 1)
        }
        // Corrections, so that the order of loads matters, and other formats.
        let later = [
            ("more.json", "demographics", #"[{"customer_id": "C-json", "account_creation_date": "2024-01-01"}]"#),
            (
                "more.ndjson", "support",
                "{\"ticket_id\":\"T-1\",\"customer_id\":\"C-json\",\"created_at\":\"2024-01-05\"}\n"
            ),
            ("days.csv", "events", "date,name\n2024-02-03,Sale\n"),
        ]
        for (number, (name, category, text)) in later.enumerated() {
            try daemon.drop(text, as: name, category: category)
            try await daemon.settle(drops: 6 + number)
        }
        return daemon
    }

    private func bronze(_ daemon: RunningDaemon) -> String { "\(daemon.root)/state/bronze" }

    private func originals(_ daemon: RunningDaemon) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: bronze(daemon))
            .filter { !$0.hasPrefix(".") && !$0.hasPrefix("journal") }.sorted()
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    private func write(_ data: Data, _ path: String) throws {
        chmod(path, 0o600)
        try data.write(to: URL(filePath: path))
    }

    /// Moves what stands in a database's log into the file.
    private func emptyLog(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try queue.close()
    }

    /// Flips a bit in the middle of a file.
    private func flip(_ path: String, at share: Double = 0.5) throws {
        var data = try bytes(path)
        data[Int(Double(data.count - 1) * share)] ^= 4
        try write(data, path)
    }

    /// Everything that a rebuild could change: files byte for byte, databases row for row, because closing one moves pages
    /// from its log into the file.
    private func picture(_ daemon: RunningDaemon) throws -> [String: Data] {
        var picture: [String: Data] = [:]
        for name in ["aura.db", "gold.db"] {
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: "\(daemon.root)/state/\(name)", configuration: configuration)
            picture[name] = try queue.read { database in
                let tables = try String.fetchAll(
                    database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                var text = ""
                for table in tables {
                    let rows = try Row.fetchAll(database, sql: "SELECT * FROM \"\(table)\"")
                    text += "\(table): \(rows.map(\.description).sorted())\n"
                }
                return Data(text.utf8)
            }
            try queue.close()
        }
        for name in try FileManager.default.subpathsOfDirectory(atPath: "\(daemon.root)/state") {
            let path = "\(daemon.root)/state/\(name)"
            var isFolder: ObjCBool = false
            // Opening a database writes to its log, and a lock names its process.
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
                !name.hasSuffix(".db"), !name.hasSuffix("-wal"), !name.hasSuffix("-shm"), name != "aurad.lock"
            else { continue }
            picture[name] = try bytes(path)
        }
        return picture
    }

    private func ledger(_ daemon: RunningDaemon) throws -> JSONValue? { try daemon.call("data.drops")["drops"] }

    private func verify(_ daemon: RunningDaemon, whole: Bool = true) throws -> JSONValue {
        try daemon.call("system.verify", ["whole": .bool(whole)])
    }

    private func expectSound(
        _ daemon: RunningDaemon, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let verification = try verify(daemon)
        #expect(verification["ok"]?.boolValue == true, "\(verification)", sourceLocation: sourceLocation)
    }

    private func findings(_ verification: JSONValue, _ kind: String) -> [String] {
        verification["originals"]?[kind]?.arrayValue?.compactMap { $0["sha256"]?.stringValue ?? $0.stringValue } ?? []
    }

    private func rebuildError(_ daemon: RunningDaemon, _ meanwhile: () throws -> Void = {}) async -> String {
        do {
            try await daemon.restart(rebuild: true, meanwhile: meanwhile)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("A flipped bit in any original is named by verify and by a rebuild, which changes nothing")
    func flippedBits() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let ledger = try ledger(daemon)
        try expectSound(daemon)
        for name in try originals(daemon) {
            let path = "\(bronze(daemon))/\(name)"
            let good = try bytes(path)
            let hash = String(name.prefix(64))
            try flip(path)
            let verification = try verify(daemon)
            #expect(verification["ok"]?.boolValue == false)
            #expect(findings(verification, "damaged") == [hash])
            #expect(verification["originals"]?["damaged"]?.arrayValue?.first?["drop_id"]?.integerValue ?? 0 > 0)
            await daemon.stop(removing: false)
            let before = try picture(daemon)
            let error = await rebuildError(daemon)
            #expect(error.contains(hash) && error.contains("nothing was changed"), "\(error)")
            #expect(try picture(daemon) == before)
            try write(good, path)
            try await daemon.restart()
            #expect(try daemon.exportEverything() == exported)
            #expect(try self.ledger(daemon) == ledger)
            try expectSound(daemon)
        }
        try await daemon.restart(rebuild: true)
        #expect(try daemon.exportEverything() == exported)
        #expect(try self.ledger(daemon) == ledger)
        await daemon.stop()
    }

    @Test("A problem is raised for a damaged original, and goes when it is whole again")
    func problemIsRaised() async throws {
        let daemon = try await loadedDaemon()
        let path = "\(bronze(daemon))/\(try #require(try originals(daemon).first))"
        let good = try bytes(path)
        try flip(path)
        _ = try verify(daemon)
        func problems() throws -> String { "\(try daemon.call("system.status")["problems"] ?? .null)" }
        #expect(try problems().contains("damaged"))
        try write(good, path)
        // Listing the folder does not tell; reading the file does.
        _ = try verify(daemon, whole: false)
        #expect(try problems().contains("damaged"))
        _ = try verify(daemon)
        #expect(try !problems().contains("damaged"))
        await daemon.stop()
    }

    @Test("Missing, cut and unknown files of bronze are told apart")
    func missingAndUnknown() async throws {
        let daemon = try await loadedDaemon()
        let names = try originals(daemon)
        let (first, second) = (names[0], names[1])
        rename("\(bronze(daemon))/\(first)", "\(daemon.root)/away")
        let good = try bytes("\(bronze(daemon))/\(second)")
        try write(good.dropLast(1), "\(bronze(daemon))/\(second)")
        try Data("x".utf8).write(to: URL(filePath: "\(bronze(daemon))/note.txt"))
        let stray = String(repeating: "ab", count: 32)
        try Data("x".utf8).write(to: URL(filePath: "\(bronze(daemon))/\(stray).csv"))
        let verification = try verify(daemon)
        #expect(findings(verification, "missing") == [String(first.prefix(64))])
        #expect(findings(verification, "damaged") == [String(second.prefix(64))])
        #expect(findings(verification, "unknown").sorted() == [stray, "note.txt"].sorted())
        let quick = try verify(daemon, whole: false)
        #expect(findings(quick, "missing") == [String(first.prefix(64))])
        #expect(quick["originals"]?["checked"]?.integerValue == 0)
        rename("\(daemon.root)/away", "\(bronze(daemon))/\(first)")
        try write(good, "\(bronze(daemon))/\(second)")
        unlink("\(bronze(daemon))/note.txt")
        unlink("\(bronze(daemon))/\(stray).csv")
        try expectSound(daemon)
        await daemon.stop()
    }

    @Test("The same file delivered again takes the place of its damaged original")
    func redeliveryMends() async throws {
        let daemon = try await loadedDaemon()
        let text = try SampleFiles.make(clients: 30, days: 120, seed: 5)["support"] ?? ""
        let drops = try ledger(daemon)?.arrayValue ?? []
        let hash = try #require(
            drops.first { $0["file"]?.stringValue == "support.csv" }?["sha256"]?.stringValue)
        let name = try #require(try originals(daemon).first { $0.hasPrefix(hash) })
        try flip("\(bronze(daemon))/\(name)")
        #expect(findings(try verify(daemon), "damaged") == [hash])
        // A restart does not forget it; the repair does not wait for the next look.
        try await daemon.restart()
        #expect(try problems(daemon).contains(hash))
        try daemon.drop(text, as: "again.csv", category: "support")
        try await daemon.settle(drops: 9)
        #expect(try ledger(daemon)?.arrayValue?.first?["state"]?.stringValue == "duplicate")
        #expect(try !problems(daemon).contains(hash))
        try await daemon.restart()
        #expect(try !problems(daemon).contains(hash))
        try expectSound(daemon)
        await daemon.stop()
    }

    @Test("What is not in bronze, or is there unknown, is said by the next start")
    func startLooksAtBronze() async throws {
        let daemon = try await loadedDaemon()
        let name = try #require(try originals(daemon).first)
        try await daemon.restart {
            rename("\(bronze(daemon))/\(name)", "\(daemon.root)/away")
            try Data("x".utf8).write(
                to: URL(filePath: "\(bronze(daemon))/\(String(repeating: "ab", count: 32)).csv"))
        }
        #expect(try problems(daemon).contains(String(name.prefix(64))))
        let problem = try problems(daemon)
        #expect(problem.contains("1 file in bronze that no loaded drop explains, written at 20"), "\(problem)")
        #expect(problem.contains("the last load that aura.db knows is drop 8, at 20"), "\(problem)")
        await daemon.stop()
    }

    @Test("A lost database is named, and comes back from journal and originals, byte for byte")
    func lostDatabase() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let snapshot = try daemon.call("kpis.get")["snapshot"]
        let ledger = try ledger(daemon)
        await daemon.stop(removing: false)
        for ending in ["", "-wal", "-shm"] { unlink("\(daemon.root)/state/aura.db\(ending)") }
        // A start refuses, again and again, and says what to do.
        for _ in 0..<2 {
            var text = ""
            do { try await daemon.restart() } catch { text = "\(error)" }
            #expect(text.contains("aurad --rebuild") && text.contains("8 originals"), "\(text)")
        }
        try await daemon.restart(rebuild: true)
        #expect(try daemon.exportEverything() == exported)
        #expect(try daemon.call("kpis.get")["snapshot"] == snapshot)
        #expect(try self.ledger(daemon) == ledger)
        try expectSound(daemon)
        // And goes on from there.
        try daemon.drop("customer_id,account_creation_date\nC-new,2024-01-01\n", as: "n.csv", category: "demographics")
        try await daemon.settle(drops: 9)
        try expectSound(daemon)
        await daemon.stop()
    }

    @Test("What was loaded before there was a ceiling comes back, too")
    func ceilingsOfLaterVersions() async throws {
        let daemon = try await loadedDaemon()
        await daemon.stop(removing: false)
        // As an older version may have left it: a file that is refused today, and its line in the journal.
        let names = (0..<1500).map { "k\($0)" }
        let wide =
            "customer_id,account_creation_date,\(names.joined(separator: ","))\n"
            + "C-wide,2024-01-01,\(names.map { "v\($0)" }.joined(separator: ","))\n"
        let hash = wide.utf8CString.dropLast().withUnsafeBytes { ContentHash(of: $0) }
        try write(Data(wide.utf8), "\(bronze(daemon))/\(hash).csv")
        let journal = LoadJournal(folders: try StateFolders(root: "\(daemon.root)/state"))
        var records = try #require(try journal.read()).records.compactMap { $0 }
        var last = try #require(records.last)
        last.drop += 1
        last.order += 1
        last.category = .demographics
        last.file = "wide.csv"
        last.bytes = Int64(wide.utf8.count)
        last.sha256 = hash.description
        last.ending = "csv"
        records.append(last)
        _ = try journal.write(records)
        for ending in ["", "-wal", "-shm"] { unlink("\(daemon.root)/state/aura.db\(ending)") }
        try await daemon.restart(rebuild: true)
        let client = try daemon.call("clients.get", ["customer_id": "C-wide"])
        #expect(client["attributes"]?["k1499"]?.stringValue == "vk1499")
        try expectSound(daemon)
        // Whereas nobody hands over the like of it now.
        try daemon.drop(wide + "\n", as: "again.csv", category: "demographics")
        try await daemon.settle(drops: 10)
        #expect(try ledger(daemon)?.arrayValue?.first?["state"]?.stringValue == "refused")
        await daemon.stop()
    }

    @Test("A damaged database is named with its file, and made anew; the damaged file is kept")
    func damagedDatabase() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let path = "\(daemon.root)/state/aura.db"
        for share in [0.0, 0.02, 0.5, 0.9] {
            await daemon.stop(removing: false)
            // Into the file, not beside it: what stands in the log alone would mend it.
            try emptyLog(path)
            var data = try bytes(path)
            let start = Int(Double(data.count) * share)
            for index in start..<min(data.count, start + 40_000) { data[index] = 0x5A }
            try write(data, path)
            var refusal = ""
            do { try await daemon.restart() } catch { refusal = "\(error)" }
            if refusal.isEmpty {
                // Damage in a page that a start does not read: verify does.
                let verification = try? verify(daemon)
                #expect(verification?["ok"]?.boolValue != true)
                await daemon.stop(removing: false)
            } else {
                #expect(refusal.contains(path) && refusal.contains("--rebuild"), "\(refusal)")
            }
            try await daemon.restart(rebuild: true)
            #expect(try daemon.exportEverything() == exported)
            try expectSound(daemon)
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: "\(daemon.root)/state")
            .filter { $0.hasPrefix("aura.db.damaged-") }
        #expect(!kept.isEmpty)
        await daemon.stop()
    }

    /// What a disk, a copy that was cut off, or a person can do to a file, and where in it.
    enum DatabaseDamage: Sendable {
        case zeros(Double)
        case noise(Double)
        case cut(Double)
        case readOnlyHead
        case text
        case folder
        case logFolder

        static let all: [DatabaseDamage] =
            [0.0, 0.01, 0.3, 0.5, 0.75, 0.98].flatMap { [.zeros($0), .noise($0)] }
            + [0.001, 0.01, 0.2, 0.44, 0.6, 0.9, 0.999].map { .cut($0) } + [.readOnlyHead, .text, .folder, .logFolder]

        func happen(to path: String) throws {
            func overwrite(at share: Double, _ byte: (Int) -> UInt8) throws {
                var data = try Data(contentsOf: URL(filePath: path))
                let start = Int(Double(data.count) * share)
                for index in start..<min(data.count, start + 40_000) { data[index] = byte(index) }
                try data.write(to: URL(filePath: path))
            }
            switch self {
            case .zeros(let share): try overwrite(at: share) { _ in 0 }
            case .noise(let share):
                try overwrite(at: share) { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
            case .cut(let share):
                let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
                truncate(path, Int(Double(bytes) * share))
            case .readOnlyHead:
                let file = open(path, O_WRONLY)
                var byte: UInt8 = 9
                pwrite(file, &byte, 1, 18)
                close(file)
            case .text: try Data("not a database at all\n".utf8).write(to: URL(filePath: path))
            case .folder:
                unlink(path)
                mkdir(path, 0o700)
            case .logFolder: mkdir("\(path)-wal", 0o700)
            }
        }
    }

    @Test(
        "A rebuild needs nothing of a damaged database, keeps it, and gives the same figures",
        arguments: DatabaseDamage.all)
    func anyDamage(what: DatabaseDamage) async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let path = "\(daemon.root)/state/aura.db"
        await daemon.stop(removing: false)
        try emptyLog(path)
        for ending in ["-wal", "-shm"] { unlink(path + ending) }
        try what.happen(to: path)
        do {
            try await daemon.restart(rebuild: true)
            #expect(try daemon.exportEverything() == exported, "\(what)")
            try expectSound(daemon)
            #expect(access("\(path).damaged-1", F_OK) == 0, "\(what)")
            #expect("\(try daemon.call("system.status")["problems"] ?? .null)".contains("aura.db.damaged-1"), "\(what)")
        } catch {
            Issue.record("\(what): \(error)")
        }
        await daemon.stop()
    }

    @Test("A file that was cut off behind what its log holds is found by a start, and kept by a rebuild")
    func cutBehindItsLog() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let path = "\(daemon.root)/state/aura.db"
        await daemon.stop(removing: false)
        try emptyLog(path)
        // A log with the first pages alone, as a daemon that was killed leaves it.
        let queue = try DatabaseQueue(path: path)
        try await queue.write {
            try $0.execute(sql: "INSERT INTO meta VALUES ('note:test', 'x') ON CONFLICT DO NOTHING")
        }
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + ending, toPath: "\(daemon.root)/kept\(ending)")
        }
        try queue.close()
        let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        for share in [0.3, 0.6, 0.95] {
            for ending in ["-shm", "-wal", ""] { unlink(path + ending) }
            for ending in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: "\(daemon.root)/kept\(ending)", toPath: path + ending)
            }
            truncate(path, Int(Double(size) * share))
            var refusal = ""
            do { try await daemon.restart() } catch { refusal = "\(error)" }
            #expect(refusal.contains(path) && refusal.contains("--rebuild"), "\(share): \(refusal)")
            try await daemon.restart(rebuild: true)
            #expect(try daemon.exportEverything() == exported, "\(share)")
            #expect("\(try daemon.call("system.status")["problems"] ?? .null)".contains("aura.db.damaged-"), "\(share)")
            await daemon.stop(removing: false)
        }
        daemon.remove()
    }

    @Test("A database of a newer version is not opened and not changed")
    func newerDatabase() async throws {
        let daemon = try await loadedDaemon()
        let path = "\(daemon.root)/state/aura.db"
        await daemon.stop(removing: false)
        do {
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of the future')") }
            try queue.close()
        }
        // Ending the daemon once more empties its log into the file.
        try emptyLog(path)
        let before = try bytes(path)
        for rebuild in [false, true] {
            var text = ""
            do { try await daemon.restart(rebuild: rebuild) } catch { text = "\(error)" }
            #expect(text.contains("newer version") && text.contains(path), "\(text)")
        }
        #expect(try bytes(path) == before)
        daemon.remove()
    }

    @Test("A damaged gold.db is thrown away and published anew")
    func damagedGold() async throws {
        let daemon = try await loadedDaemon()
        let path = "\(daemon.root)/state/gold.db"
        /// By itself gold is published once a minute at most.
        func publish() throws {
            _ = try daemon.call("system.refresh", ["wait": true])
            #expect(try daemon.call("system.status")["gold_db"]?["behind"]?.boolValue == false)
        }
        try publish()
        for (share, length) in [(0.0, 64), (0.0, 40_000), (0.4, 40_000)] {
            try await daemon.restart {
                for ending in ["-wal", "-shm"] { unlink(path + ending) }
                var data = try bytes(path)
                let start = Int(Double(data.count) * share)
                for index in start..<min(data.count, start + length) { data[index] = 0x5A }
                try write(data, path)
            }
            try publish()
            #expect(try verify(daemon, whole: false)["ok"]?.boolValue == true)
            let queue = try DatabaseQueue(path: path)
            let (sound, rows) = try await queue.read { database in
                (
                    try String.fetchOne(database, sql: "PRAGMA integrity_check"),
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM customer_metrics")
                )
            }
            #expect(sound == "ok")
            #expect(rows == 31)
        }
        await daemon.stop()
    }

    @Test("A gold.db that is taken away or overwritten while the daemon runs is published again")
    func goldTakenAway() async throws {
        let daemon = try await loadedDaemon()
        let path = "\(daemon.root)/state/gold.db"
        _ = try daemon.call("system.refresh", ["wait": true])
        func rows() -> Int? {
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            guard let queue = try? DatabaseQueue(path: path, configuration: configuration) else { return nil }
            defer { try? queue.close() }
            return try? queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM customer_metrics") }
        }
        #expect(rows() == 31)
        let damages: [() throws -> Void] = [
            { for ending in ["", "-wal", "-shm"] { unlink(path + ending) } },
            { unlink(path) },
            {
                unlink(path)
                try self.write(Data("no database".utf8), path)
            },
            { try self.write(Data(count: 100_000), path) },
        ]
        for damage in damages {
            try damage()
            // By itself, although nothing new is to be published.
            try await RunningDaemon.waitUntil("gold.db is there again") { rows() == 31 }
            try damage()
            #expect(try verify(daemon, whole: false)["ok"]?.boolValue == true)
            #expect(rows() == 31)
        }
        // A table of somebody else's is no damage.
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: "CREATE TABLE mine (a); INSERT INTO mine VALUES (1)") }
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try queue.close()
        #expect(try verify(daemon, whole: false)["ok"]?.boolValue == true)
        try await Task.sleep(for: .seconds(2))
        let mine = try DatabaseQueue(path: path)
        #expect(try await mine.read { try Int.fetchOne($0, sql: "SELECT a FROM mine") } == 1)
        try mine.close()
        await daemon.stop()
    }

    @Test("A publication leaves no log of its own size behind")
    func logOfGold() async throws {
        let daemon = try await loadedDaemon()
        let log = "\(daemon.root)/state/gold.db-wal"
        for name in ["Ann", "Zoe"] {
            let text = "customer_id,account_creation_date,name\nC-log,2024-01-01,\(name)\n"
            try daemon.drop(text, as: "\(name).csv", category: "demographics")
            try await daemon.settle(drops: name == "Ann" ? 9 : 10)
            _ = try daemon.call("system.refresh", ["wait": true])
            #expect(try daemon.call("system.status")["gold_db"]?["behind"]?.boolValue == false)
        }
        // Over what was published before: that goes by way of the log.
        #expect(try bytes(log).isEmpty)
        await daemon.stop()
    }

    @Test("A damaged journal is named and written anew from the ledger, and so is a lost one")
    func damagedJournal() async throws {
        let daemon = try await loadedDaemon()
        let journal = "\(bronze(daemon))/journal.ndjson"
        let exported = try daemon.exportEverything()
        try flip(journal)
        let verification = try verify(daemon, whole: false)
        #expect(verification["ok"]?.boolValue == false)
        #expect("\(verification["checks"] ?? .null)".contains("journal.ndjson"))
        // In the middle: the end is what the ledger has noted, so that a start does not see it; a rebuild does not use it.
        try await daemon.restart(rebuild: true)
        #expect(try daemon.exportEverything() == exported)
        try expectSound(daemon)
        for damage in 0..<3 {
            try await daemon.restart {
                switch damage {
                case 0: unlink(journal)
                case 1: try write(try bytes(journal).dropLast(700), journal)
                default: try flip(journal, at: 1.0 - 1e-5)
                }
            }
            #expect("\(try daemon.call("system.status")["problems"] ?? .null)".contains("journal.ndjson"))
            try expectSound(daemon)
        }
        await daemon.stop(removing: false)
        for ending in ["", "-wal", "-shm"] { unlink("\(daemon.root)/state/aura.db\(ending)") }
        try await daemon.restart(rebuild: true)
        #expect(try daemon.exportEverything() == exported)
        await daemon.stop()
    }

    private func problems(_ daemon: RunningDaemon) throws -> String {
        "\(try daemon.call("system.status")["problems"] ?? .null)"
    }

    private func lines(_ path: String) throws -> [Data] {
        try bytes(path).split(separator: 0x0A).map { Data($0) }
    }

    @Test("A load that the journal has lost is named before a rebuild leaves it out", arguments: 0..<4)
    func journalHasLostALoad(damage: Int) async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let drops = try ledger(daemon)?.arrayValue ?? []
        let journal = "\(bronze(daemon))/journal.ndjson"
        await daemon.stop(removing: false)
        for ending in ["", "-wal", "-shm"] { unlink("\(daemon.root)/state/aura.db\(ending)") }
        let whole = try bytes(journal)
        var rows = try lines(journal)
        // The last load, or one in the middle that no later one depends on: the events.
        let number: Int64 = damage == 3 ? 7 : 8
        switch damage {
        case 0: rows.removeLast()
        case 1: rows[7] = rows[7].dropLast(40)
        case 2: rows[7][rows[7].count / 2] ^= 1
        default: rows[6] = Data("{\"fields\":null".utf8) + rows[6].dropFirst(100)
        }
        var text = Data(rows.map { $0 + [0x0A] }.joined())
        if damage == 1 { text.removeLast() }
        try write(text, journal)
        let lost = try #require(drops.first { $0["drop_id"]?.integerValue == number })
        let hash = try #require(lost["sha256"]?.stringValue)
        let error = await rebuildError(daemon)
        #expect(error.contains(hash) && error.contains("nothing was changed"), "\(error)")
        // Put out of the way, the others are loaded; handed in again, all is as it was.
        let name = try #require(try originals(daemon).first { $0.hasPrefix(hash) })
        let original = String(decoding: try bytes("\(bronze(daemon))/\(name)"), as: UTF8.self)
        unlink("\(bronze(daemon))/\(name)")
        try await daemon.restart(rebuild: true)
        if damage > 0 { #expect(try problems(daemon).contains("bronze/journal.ndjson")) }
        try daemon.drop(
            original, as: lost["file"]?.stringValue ?? "", category: lost["category"]?.stringValue ?? "")
        try await daemon.settle(drops: 8)
        #expect(try daemon.exportEverything() == exported)
        try expectSound(daemon)
        #expect(whole.count > 0)
        await daemon.stop()
    }

    @Test("A journal that is damaged in the middle is mended by the next start, and the damaged one named")
    func journalIsMendedByAStart() async throws {
        let daemon = try await loadedDaemon()
        let journal = "\(bronze(daemon))/journal.ndjson"
        try await daemon.restart { try flip(journal, at: 0.3) }
        #expect(try problems(daemon).contains("journal.damaged-1.ndjson"))
        try expectSound(daemon)
        // And by a verification, which has found it.
        try flip(journal, at: 0.3)
        #expect(try verify(daemon, whole: false)["ok"]?.boolValue == false)
        #expect(try problems(daemon).contains("journal.damaged-2.ndjson"))
        try expectSound(daemon)
        #expect(try !problems(daemon).contains("journal"))
        // What was missing is not said to be kept.
        try await daemon.restart { unlink(journal) }
        #expect(try problems(daemon).contains("was missing") && !problems(daemon).contains("damaged-3"))
        await daemon.stop()
    }

    @Test("A journal that is taken away while the daemon runs is written anew before the next load")
    func journalIsTakenAway() async throws {
        let daemon = try await loadedDaemon()
        let journal = "\(bronze(daemon))/journal.ndjson"
        for (number, damage) in ["removed", "another", "cut"].enumerated() {
            switch damage {
            case "removed": unlink(journal)
            case "another":
                let text = try bytes(journal)
                unlink(journal)
                try write(Data("x".utf8) + text, journal)
            default: truncate(journal, 900)
            }
            try daemon.drop(
                "customer_id,account_creation_date\nC-\(damage),2024-01-01\n", as: "\(damage).csv",
                category: "demographics")
            try await daemon.settle(drops: 9 + number)
            #expect(try lines(journal).count == 9 + number)
            #expect(try !bytes(journal).contains(0))
            try expectSound(daemon)
        }
        await daemon.stop()
    }

    @Test("A daemon that has loaded nothing yet finds nothing wrong at its next starts")
    func nothingYet() async throws {
        let daemon = try RunningDaemon()
        for rebuild in [false, false, true] {
            try expectSound(daemon)
            #expect("\(try daemon.call("system.status")["problems"] ?? .null)" == "\(JSONValue.array([]))")
            do {
                try await daemon.restart(rebuild: rebuild)
            } catch {
                #expect(rebuild && "\(error)".contains("nothing to rebuild"), "\(error)")
            }
        }
        daemon.remove()
    }

    @Test("A ledger of before there was a journal gets one at the next start")
    func upgrade() async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let journal = "\(bronze(daemon))/journal.ndjson"
        try await daemon.restart {
            unlink(journal)
            let queue = try DatabaseQueue(path: "\(daemon.root)/state/aura.db")
            try queue.write { try $0.execute(sql: "DELETE FROM meta WHERE key = 'note:journal'") }
        }
        #expect(try bytes(journal).split(separator: 0x0A).count == 8)
        try expectSound(daemon)
        #expect("\(try daemon.call("system.status")["problems"] ?? .null)" == "\(JSONValue.array([]))")
        #expect(try daemon.exportEverything() == exported)
        await daemon.stop()
    }

    @Test("An older ledger that was put back catches up with the journal")
    func olderLedger() async throws {
        let daemon = try await loadedDaemon()
        let path = "\(daemon.root)/state/aura.db"
        try await daemon.restart {
            try emptyLog(path)
            try FileManager.default.copyItem(atPath: path, toPath: "\(daemon.root)/older.db")
        }
        for (number, category) in ["demographics", "support", "demographics"].enumerated() {
            let text =
                category == "support"
                ? "ticket_id,customer_id,created_at\nT-x,C-late0,2024-03-01\n"
                : "customer_id,account_creation_date,region\nC-late0,2024-01-0\(number + 1),R\(number)\n"
            try daemon.drop(text, as: "late\(number).csv", category: category)
            try await daemon.settle(drops: 9 + number)
        }
        let exported = try daemon.exportEverything()
        let ledger = try ledger(daemon)
        try await daemon.restart {
            // Not over what the former daemon of this process has open still.
            for ending in ["-wal", "-shm", ""] { unlink(path + ending) }
            try write(try bytes("\(daemon.root)/older.db"), path)
        }
        try await daemon.settle(drops: 11)
        #expect(try daemon.exportEverything() == exported)
        #expect(try self.ledger(daemon) == ledger)
        try expectSound(daemon)
        // With the original of a load gone, too, nothing is begun.
        let newest = try #require(ledger?.arrayValue?.first?["sha256"]?.stringValue)
        let name = try #require(try originals(daemon).first { $0.hasPrefix(newest) })
        var text = ""
        do {
            try await daemon.restart {
                for ending in ["-wal", "-shm", ""] { unlink(path + ending) }
                try write(try bytes("\(daemon.root)/older.db"), path)
                rename("\(bronze(daemon))/\(name)", "\(daemon.root)/away")
            }
        } catch { text = "\(error)" }
        #expect(text.contains(newest), "\(text)")
        daemon.remove()
    }

    /// As the program itself would write it: a change behind its back is damage.
    private func renameInLedger(drop: Int64, _ daemon: RunningDaemon) throws {
        let store = try SilverStore(path: "\(daemon.root)/state/aura.db")
        try store.write { try $0.execute(sql: "UPDATE drops SET file = 'other.csv' WHERE id = ?", arguments: [drop]) }
        store.close()
    }

    @Test("Ledger and journal that contradict each other are named, and a rebuild does not choose between them")
    func contradiction() async throws {
        let daemon = try await loadedDaemon()
        try await daemon.restart {
            try renameInLedger(drop: 1, daemon)
        }
        #expect(try verify(daemon)["ok"]?.boolValue == false)
        let error = await rebuildError(daemon)
        #expect(error.contains("contradict") && error.contains("nothing was changed"), "\(error)")
        daemon.remove()
    }

    @Test(
        "A noted place in the journal that is wrong is mended where ledger and journal agree, whole or not",
        arguments: ["whole", "damaged", "missing", "contradicting"])
    func wrongNote(journalIs state: String) async throws {
        let daemon = try await loadedDaemon()
        let exported = try daemon.exportEverything()
        let journal = "\(bronze(daemon))/journal.ndjson"
        var refusal = ""
        do {
            try await daemon.restart {
                let queue = try DatabaseQueue(path: "\(daemon.root)/state/aura.db")
                try queue.write { database in
                    try database.execute(sql: "UPDATE meta SET value = 'elsewhere' WHERE key = 'note:journal'")
                }
                try queue.close()
                if state == "contradicting" { try renameInLedger(drop: 1, daemon) }
                switch state {
                case "damaged": try flip(journal, at: 0.5)
                case "missing": unlink(journal)
                case "contradicting": try flip(journal, at: 0.9)
                default: break
                }
            }
        } catch { refusal = "\(error)" }
        if state == "contradicting" {
            #expect(refusal.contains("contradict") && refusal.contains("load 1 "), "\(refusal)")
            daemon.remove()
            return
        }
        #expect(refusal == "")
        #expect(try problems(daemon).contains(state == "whole" ? "has been noted anew" : "written anew"))
        #expect(try daemon.exportEverything() == exported)
        try expectSound(daemon)
        try await daemon.restart()
        #expect(try !problems(daemon).contains("journal"))
        await daemon.stop()
    }

    @Test("Settings that reject other rows change counts in a rebuild, and nothing of what was delivered")
    func rebuildWithOtherSettings() async throws {
        let daemon = try await loadedDaemon()
        func facts() throws -> [String] {
            try (ledger(daemon)?.arrayValue ?? []).map { drop in
                ["drop_id", "file", "sha256", "bytes", "state", "received_at", "loaded_at"]
                    .map { "\(drop[$0] ?? .null)" }.joined(separator: " ")
            }
        }
        let before = try facts()
        let rejected = try ledger(daemon)?.arrayValue?.last?["rejected"]?.integerValue ?? 0
        try await daemon.restart(
            rebuild: true,
            yaml: RunningDaemon.withoutForecasts + "validation: { demographics: { industry: { values: [nothing] } } }\n"
        )
        #expect(try facts() == before)
        #expect(try ledger(daemon)?.arrayValue?.last?["rejected"]?.integerValue ?? 0 > rejected)
        await daemon.stop()
    }
}
