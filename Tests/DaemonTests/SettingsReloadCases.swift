import Contract
import Foundation
import Logging
import Records
import Settings
import SocketClient
import SocketServer
import Synchronization
import Words

@testable import Daemon

/// How each key of aurad.yaml is seen to be in force: what to change, and where it shows.
struct SettingsReloadCase: Sendable {
    typealias Change = @Sendable (inout Configuration) -> Void

    /// As ``Configuration/effects`` names it; of a table whose members are the operator's own, the table.
    let key: String
    /// What the daemon starts with, beside the quiet settings of all cases.
    var before: Change = { _ in }
    let after: Change
    /// What the daemon is given before each look; `round` is 1, 2, 3.
    var prepare: @Sendable (RunningDaemon, _ round: Int) async throws -> Void = { _, _ in }
    /// What shows by which value the daemon works. What takes a while is waited for: for `isExpected` long, otherwise
    /// only long enough to see that it does not come.
    let look: @Sendable (RunningDaemon, _ isExpected: Bool) async throws -> String
}

extension SettingsReloadCase {
    // MARK: What the daemon is given

    @Sendable static func someData(_ daemon: RunningDaemon, round: Int) async throws {
        guard round == 1 else { return }
        try daemon.drop(
            """
            customer_id,name,account_creation_date,subscription_type,location,plan
            C1,A,2024-01-02,basic,Germany,gold
            C2,B,2024-01-03,pro,France,
            C3,C,2024-01-04,basic,Japan,

            """, as: "clients.csv", category: "demographics")
        try daemon.drop(
            """
            transaction_id,customer_id,amount,currency,transaction_date
            T1,C1,100,USD,2024-02-20
            T2,C2,50,EUR,2024-02-21
            T3,C3,50,EUR,2024-01-15

            """, as: "payments.csv", category: "transactions")
        try daemon.drop(
            """
            event_id,customer_id,event_type,timestamp
            E1,C1,view,2024-02-25T10:00:00Z
            E2,C2,login,2024-02-26T10:00:00Z
            E3,C3,view,2024-02-27T10:00:00Z

            """, as: "events.csv", category: "engagement")
        try await daemon.settle(drops: 3)
    }

    /// The same with a client who does nothing, and events that stop long before the last day.
    @Sendable static func moreData(_ daemon: RunningDaemon, round: Int) async throws {
        guard round == 1 else { return }
        try await someData(daemon, round: round)
        try daemon.drop("customer_id,account_creation_date\nC4,2024-01-10\n", as: "idle.csv", category: "demographics")
        let days = (10...22).map { "E1\($0),C1,view,2024-01-\($0)T10:00:00Z\n" }.joined()
        try daemon.drop(
            "event_id,customer_id,event_type,timestamp\n\(days)", as: "days.csv", category: "engagement")
        try daemon.drop(
            "transaction_id,customer_id,amount,currency,transaction_date\nT9,C1,100,USD,2024-05-20\n", as: "late.csv",
            category: "transactions")
        try await daemon.settle(drops: 6)
    }

    /// Where a client stands.
    static func standing(_ id: String) -> @Sendable (RunningDaemon, Bool) async throws -> String {
        { daemon, _ in
            let client = try daemon.call("clients.get", ["customer_id": .string(id)])
            return "\(client["status"] ?? .null) \(client["left_on"] ?? .null)"
        }
    }

    /// One row that a rule may refuse, in a file of its own for each look.
    @Sendable static func row(_ daemon: RunningDaemon, round: Int) async throws {
        let filler = String(repeating: "x", count: 3000)
        try daemon.drop(
            "customer_id,name,account_creation_date\nR\(round),\(filler),2001-05-0\(round)\n", as: "row\(round).csv",
            category: "demographics")
        try await daemon.settle(drops: round)
    }

    @Sendable static func sample(_ daemon: RunningDaemon, round: Int) async throws {
        guard round == 1 else { return }
        let files = try SampleFiles.make(clients: 6, days: 100, seed: 21)
        for (category, text) in files { try daemon.drop(text, as: "\(category).csv", category: category) }
        try await daemon.settle(drops: files.count)
    }

    // MARK: Where it shows

    /// Looks until what is expected is there.
    static func becomes(
        _ isExpected: Bool, _ body: () async throws -> Bool
    ) async throws -> String {
        let end = ContinuousClock.now + (isExpected ? .seconds(60) : .milliseconds(1500))
        while ContinuousClock.now < end {
            if try await body() { return "yes" }
            try await Task.sleep(for: .milliseconds(50))
        }
        return "no"
    }

    @Sendable static func metrics(_ daemon: RunningDaemon, _ isExpected: Bool) async throws -> String {
        // The last column is the name of the generation.
        try daemon.export("customer_metrics").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",")
        }.joined(separator: "\n")
    }

    @Sendable static func rejectedOfLastDrop(_ daemon: RunningDaemon, _ isExpected: Bool) async throws -> String {
        let drop = try daemon.call("data.drops", ["limit": 1])["drops"]?.arrayValue?.first
        return "\(drop?["rejected"]?.integerValue ?? -1) rejected"
    }

    /// From the end of a stage's last run, or from the start, to its next one, rounded.
    static func pause(
        of stage: String, minutes: Double
    ) -> @Sendable (RunningDaemon, Bool) async throws -> String {
        { daemon, isExpected in
            // A run that the reload has asked for is over first.
            if isExpected { try await Task.sleep(for: .seconds(2)) }
            let status = try daemon.call("system.status")
            let entry = status["stages"]?.arrayValue?.first { $0["name"]?.stringValue == stage }
            func seconds(_ text: String?) -> Double? {
                let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
                let plain = Date.ISO8601FormatStyle()
                return text.flatMap { (try? Date($0, strategy: format)) ?? (try? Date($0, strategy: plain)) }
                    .map(\.timeIntervalSince1970)
            }
            guard let next = seconds(entry?["next_run"]?.stringValue) else { return "never" }
            let last =
                seconds(entry?["last_run"]?.stringValue) ?? seconds(status["started_at"]?.stringValue) ?? .nan
            return "\(Int(((next - last) / 60 / minutes).rounded())) times \(minutes) minutes"
        }
    }

    static func role(_ change: @escaping @Sendable (inout RoleSettings) -> Void, key: String) -> SettingsReloadCase {
        SettingsReloadCase(
            key: key, before: { $0.roles.grantees = [:] }, after: { change(&$0.roles) },
            look: { daemon, _ in
                let peer = Peer(uid: 64_999, gid: 64_999, pid: 1, groups: [])
                let standing = daemon.daemon.services.roles.standing(of: peer)
                return "\(standing.roles.map(\.rawValue)), \(standing.named.map(\.rawValue).sorted())"
            })
    }
}

/// Holds the pipeline's queue for a while when a drop has been received: what waits for the pipeline takes long then.
struct HoldingLog: LogHandler {
    static let isHeld = Atomic<Bool>(false)

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard "\(event.message)".contains("received") else { return }
        Self.isHeld.store(true, ordering: .relaxed)
        usleep(3_000_000)
        Self.isHeld.store(false, ordering: .relaxed)
    }
}
