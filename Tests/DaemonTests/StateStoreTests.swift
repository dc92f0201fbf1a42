import Contract
import Foundation
import GRDB
import Inbox
import Records
import SocketClient
import Store
import Testing
import Words

/// What is said of where clients' data lies, held against a state directory in which everything has happened: every value
/// that is a client's carries a mark of its kind, and every file is looked into.
@Suite(.serialized)
struct StateStoreTests {
    private static let marks: [StateStore.Content: String] = [
        .ids: "Zq1id", .names: "Zq2name", .contact: "Zq3contact", .words: "Zq4word", .texts: "Zq5text",
        .fileNames: "Zq6file", .figures: "7654321",
    ]

    /// Few past days and few trees, so that a model is there soon, and the forecasts of few clients.
    private static let yaml = """
        as_of: data
        forecasts: { keep: true, clients: 2, quiet_seconds: 0 }
        schedule: { train_hours: 0 }
        churn: { label: inactivity, horizon_days: 30, population_days: 60, snapshots: 5, trees: 20 }

        """

    private static func mark(_ content: StateStore.Content) -> String { marks[content] ?? "" }

    @Test func everyPlaceOfClientDataIsListed() async throws {
        let daemon = try RunningDaemon(yaml: Self.yaml)
        try await Self.load(daemon)
        let trained = try daemon.call("churn.train", ["wait": true], timeout: .seconds(900))
        #expect(trained["outcome"]?.stringValue == "taken", "\(trained)")
        try await RunningDaemon.waitUntil("forecasts are kept") {
            let status = try daemon.call("system.status")
            return status["models"]?["forecast"]?["snapshot"] == status["snapshot"]
        }
        try await RunningDaemon.waitUntil("everything is published") {
            let snapshot = try daemon.call("system.status")["snapshot"]?.stringValue
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            let gold = try DatabaseQueue(path: daemon.root + "/state/gold.db", configuration: configuration)
            defer { try? gold.close() }
            return try gold.read { try String.fetchOne($0, sql: "SELECT snapshot FROM published") } == snapshot
        }
        // An upload lasts as long as its connection.
        let uploading = try RequestClient(path: daemon.socket)
        try Self.leaveUnfinished(daemon, uploading)
        var found = try Finding(daemon.root + "/state")
        uploading.close()
        // A damaged database and a damaged journal are set aside; a rebuild that was cut off leaves its own.
        let state = daemon.root + "/state"
        try await daemon.restart(rebuild: true) {
            try Self.damage("\(state)/bronze/journal.ndjson", at: 40)
            try Self.damage("\(state)/aura.db", at: 16_384 * 2)
        }
        await daemon.stop(removing: false)
        let store = try SilverStore(path: "\(state)/aura.db")
        _ = try store.makeSuccessor(.ledger)
        store.close()
        found.add(try Finding(state))
        daemon.remove()

        for (path, contents) in found.contents.sorted(by: { $0.key < $1.key }) {
            guard let store = StateStore(path: path) else {
                Issue.record("no entry covers \(path)")
                continue
            }
            let unsaid = contents.subtracting(store.contents)
            #expect(unsaid.isEmpty, "\(path) holds \(unsaid.map(\.rawValue).sorted()), which its entry does not say")
        }
        for store in StateStore.allCases {
            let covered = found.contents.filter { StateStore(path: $0.key) == store }
            #expect(!covered.isEmpty, "\(store.rawValue) covers nothing")
        }
        // The test itself looks where it has to: what is said of the main stores is found in them.
        for store in [StateStore.ledger, .originals, .quarantine, .gold] {
            let seen = found.contents.filter { StateStore(path: $0.key) == store }.values.reduce(into: Set()) {
                $0.formUnion($1)
            }
            let missing = store.contents.subtracting(seen).subtracting([.figures])
            #expect(missing.isEmpty, "\(store.rawValue): \(missing.map(\.rawValue).sorted())")
        }
    }

    private static func load(_ daemon: RunningDaemon) async throws {
        let (id, name, contact) = (mark(.ids), mark(.names), mark(.contact))
        let (word, text, file) = (mark(.words), mark(.texts), mark(.fileNames))
        let files = try SampleFiles.make(clients: 300, days: 240, seed: 11)
        for category in SampleFiles.categories {
            // Data enough for a model.
            try daemon.drop(files[category] ?? "", as: "\(file)-\(category).csv", category: category)
        }
        try await daemon.settle(drops: 5)
        try daemon.drop(
            """
            customer_id,name,segment,industry,account_creation_date,email,phone,contact_name,billing_email,channel
            \(id)1,\(name) Ltd,\(word),\(word),2023-01-02,\(contact)@example.org,\(contact),\(contact),\(contact),\(word)
            \(id)2,\(name) Inc,\(word),\(word),2024-13-99,\(contact)@example.org,\(contact),\(contact),\(contact),\(word)
            """, as: "\(file)-more.csv", category: "demographics")
        try daemon.drop(
            "transaction_id,customer_id,transaction_date,amount,currency,payment_method\n"
                + "\(id)T,\(id)1,2024-02-03,7654321,USD,\(word)\n\(id)T2,\(id)1,never,1,USD,\(word)\n",
            as: "\(file)-payments.csv", category: "transactions")
        try daemon.drop(
            "ticket_id,customer_id,issue_type,created_at\n\(id)K,\(id)1,\(word),2024-02-03T04:05:06Z\n",
            as: "\(file)-tickets.csv", category: "support")
        try daemon.drop(
            "survey_id,customer_id,response_date,nps_score,comments\n\(id)S,\(id)1,2024-02-05,3,\(text)\n"
                + "\(id)S2,\(id)1,2024-02-05,33,\(text)\n", as: "\(file)-surveys.csv", category: "surveys")
        // Changed, so that there is a history; and refused as a whole.
        try daemon.drop(
            "customer_id,name,account_creation_date\n\(id)1,\(name) Group,2023-01-02\n", as: "\(file)-again.csv",
            category: "demographics")
        try daemon.drop("{\"\(name) \(text)\": \n", as: "\(file).json", category: "surveys")
        try await daemon.settle(drops: 11)
    }

    /// A file that somebody is still writing, and an upload that is not complete.
    private static func leaveUnfinished(_ daemon: RunningDaemon, _ uploading: RequestClient) throws {
        let text = "customer_id,name\n\(mark(.ids)),\(mark(.names))\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(daemon.root)/state/inbox/surveys/.unfinished.part"))
        _ = try uploading.call(
            "data.ingest",
            params: ["category": "surveys", "file": "half.csv", "content": .string(text), "last": false],
            timeout: .seconds(60))
    }

    private static func damage(_ path: String, at offset: UInt64) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data(repeating: 0x58, count: 512))
        try file.close()
    }

    /// Which marks stand in which file of a state directory, as it lies there and, where it is packed, unpacked.
    private struct Finding {
        private(set) var contents: [String: Set<StateStore.Content>] = [:]

        init(_ root: String) throws {
            let files = try #require(FileManager.default.enumerator(atPath: root))
            for case let path as String in files {
                var isFolder: ObjCBool = false
                let full = "\(root)/\(path)"
                guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue,
                    let bytes = FileManager.default.contents(atPath: full)
                else { continue }
                var texts = [bytes]
                if let unpacked = Finding.unpacked(full) { texts.append(unpacked) }
                var seen: Set<StateStore.Content> = []
                for (content, mark) in StateStoreTests.marks
                where texts.contains(where: { $0.range(of: Data(mark.utf8)) != nil }) || path.contains(mark) {
                    seen.insert(content)
                }
                contents[path] = seen
            }
        }

        mutating func add(_ other: Finding) { contents.merge(other.contents) { $0.union($1) } }

        private static func unpacked(_ path: String) -> Data? {
            guard let reader = try? DropReader(path: path) else { return nil }
            var result = Data()
            var block = [UInt8](repeating: 0, count: 1 << 16)
            while let read = try? block.withUnsafeMutableBytes({ try reader.readBlock(into: $0) }) {
                result.append(contentsOf: block[..<read.count])
                if read.isLast { break }
            }
            return result
        }
    }
}
