import Contract
import Foundation
import Logging
import Records
import Settings
import SocketClient
import Synchronization
import Testing
import Words

@testable import Daemon

/// Every key of aurad.yaml against a daemon that runs: what a reload says of it is what happens.
@Suite(.serialized)
struct SettingsReloadTests {
    typealias Case = SettingsReloadCase

    struct KeyChange: Sendable {
        let key: String
        let change: Case.Change

        init(_ key: String, _ change: @escaping Case.Change) {
            self.key = key
            self.change = change
        }
    }

    /// Tables whose members are names of the operator's own: one member stands for all.
    private static let tables = ["regions", "segments", "validation", "contract_terms", "billing_months"]

    private static func key(_ path: String) -> String {
        let section = String(path.prefix { $0 != "." })
        return tables.contains(section) ? section : path
    }

    private static let effects: [String: ConfigurationChange.Effect] = Dictionary(
        Configuration().effects.map { (key($0.key), $0.effect) }, uniquingKeysWith: { first, _ in first })

    private static func quiet(_ configuration: inout Configuration) {
        configuration.asOf = .data
        configuration.forecasts.keep = false
        configuration.rates = ExchangeRates(baseCurrency: "USD", steps: rates)
    }

    private static let start: Day = Day(rawValue: 10_957)
    private static let rates: [(currency: String, step: ExchangeRates.Step)] = [
        (currency: "EUR", step: ExchangeRates.Step(day: start, rate: .one))
    ]

    // MARK: Keys that a reload puts in force

    // Computed: the compiler does not get through the isolation of stored ones.

    private static var derived: [Case] {
        [
            Case(
                key: "base_currency",
                after: {
                    $0.baseCurrency = "EUR"
                    $0.rates = ExchangeRates(
                        baseCurrency: "EUR", steps: [("USD", ExchangeRates.Step(day: start, rate: .one))])
                }, prepare: Case.someData,
                look: { daemon, _ in try daemon.call("clients.list")["currency"]?.stringValue ?? "" }),
            Case(
                key: "as_of", after: { $0.asOf = .day(Day("2024-02-26") ?? start) }, prepare: Case.someData,
                look: { daemon, _ in try daemon.call("system.status")["as_of"]?.stringValue ?? "" }),
            Case(
                key: "activity", after: { $0.activity = .transactions }, prepare: Case.someData,
                look: { daemon, _ in "\(try daemon.call("kpis.get")["series"] ?? .null)" }),
            Case(
                key: "login_events", after: { $0.loginEvents = ["view"] }, prepare: Case.someData, look: Case.metrics),
            Case(
                key: "regions", after: { $0.regionOfCountry = ["germany": "DACH"] }, prepare: Case.someData,
                look: { daemon, _ in
                    try daemon.call("clients.get", ["customer_id": "C1"])["region"]?.stringValue ?? ""
                }),
            Case(
                key: "segments", after: { $0.segmentOfSubscriptionType = ["basic": "small"] }, prepare: Case.someData,
                look: { daemon, _ in
                    try daemon.call("clients.get", ["customer_id": "C1"])["segment"]?.stringValue ?? ""
                }),
            Case(
                key: "contract_terms", after: { $0.contractMonthsDefault = 24 }, prepare: Case.someData,
                look: Case.metrics),
            Case(
                key: "billing_months", after: { $0.billingMonths = ["basic": 12] }, prepare: Case.someData,
                look: Case.metrics),
            Case(
                key: "revenue.method", after: { $0.revenue.method = .cash }, prepare: Case.someData,
                look: { daemon, _ in "\(try daemon.call("mrr.movements")["months"] ?? .null)" }),
            Case(
                key: "revenue.grace_days", after: { $0.revenue.graceDays = 9 }, prepare: Case.someData,
                look: Case.standing("C3")),
            Case(
                key: "revenue.recurring", after: { $0.revenue.recurring = .no }, prepare: Case.someData,
                look: { daemon, _ in "\(try daemon.call("kpis.get")["summary"]?["mrr"] ?? .null)" }),
            Case(
                key: "lifecycle.signs", after: { $0.lifecycle.signs = [.silence] }, prepare: Case.someData,
                look: Case.standing("C3")),
            Case(
                key: "lifecycle.left_after_days", before: { $0.lifecycle.signs = [.silence] },
                after: { $0.lifecycle.leftAfterDays = 1 }, prepare: Case.someData, look: Case.standing("C1")),
            Case(
                key: "lifecycle.start_days", after: { $0.lifecycle.startDays = 30 }, prepare: Case.moreData,
                look: Case.standing("C4")),
            Case(
                key: "freshness", after: { $0.watchesFeeds = false }, prepare: Case.moreData, look: Case.metrics),
            Case(
                key: "fx",
                after: {
                    let rate = ExchangeRate("2") ?? .one
                    $0.rates = ExchangeRates(
                        baseCurrency: "USD", steps: [("EUR", ExchangeRates.Step(day: start, rate: rate))])
                }, prepare: Case.someData, look: Case.metrics),
            Case(
                key: "contact_columns", after: { $0.contactColumns = ContactColumns(["plan"]) }, prepare: Case.someData,
                look: { daemon, _ in
                    let question: JSONObject = ["customer_id": "C1", "context": .object(["user_role": "viewer"])]
                    return "\(try daemon.call("clients.get", question)["attributes"] ?? .null)"
                }),
            Case(
                key: "rules",
                after: {
                    $0.risk.rules.removeLast()
                    $0.rulesFile = "/rules.yaml"
                }, prepare: Case.someData,
                look: { daemon, _ in "\(try daemon.call("risk.rules")["rules"]?.arrayValue?.count ?? 0) rules" }),
            Case(
                key: "holidays",
                after: {
                    // Every tenth day of the sample's hundred.
                    $0.holidays = stride(from: Int32(19_905), to: 20_030, by: 10).map {
                        CountryHoliday(day: Day(rawValue: $0), country: CountryHoliday.everywhere, name: "Feast")
                    }
                }, prepare: Case.sample,
                look: { daemon, _ in
                    let answer = try daemon.call(
                        "forecast.get", ["metric": "engagement", "components": true], timeout: .seconds(300))
                    let names = answer["components"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
                    return names.joined(separator: ", ")
                }),
            Case(
                key: "history.weeks", after: { $0.history.weeks = 4 }, prepare: Case.someData,
                look: { daemon, _ in
                    "\(try daemon.call("system.status")["history"]?["wanted"]?.integerValue ?? -1) weeks"
                }),
        ]
    }

    private static var intake: [Case] {
        [
            Case(
                key: "earliest_day", after: { $0.earliestDay = Day("2002-01-01") ?? start }, prepare: Case.row,
                look: Case.rejectedOfLastDrop),
            Case(
                key: "validation",
                after: { $0.validation = [.demographics: ["tier": ColumnValidation(required: true)]] },
                prepare: Case.row, look: Case.rejectedOfLastDrop),
            Case(
                key: "inbox.max_row_bytes", after: { $0.inbox.maxRowBytes = 2048 }, prepare: Case.row,
                look: Case.rejectedOfLastDrop),
            Case(
                key: "inbox.settle_seconds", before: { $0.inbox.settleSeconds = 3600 },
                after: { $0.inbox.settleSeconds = 0 },
                prepare: { daemon, round in
                    // Another name of a file is never closed or renamed.
                    let file = "\(daemon.root)/linked\(round)"
                    try Data("customer_id,account_creation_date\nL\(round),2024-01-02\n".utf8).write(
                        to: URL(filePath: file))
                    _ = link(file, "\(daemon.root)/state/inbox/demographics/linked\(round).csv")
                },
                look: { daemon, isExpected in
                    try await Case.becomes(isExpected) {
                        try daemon.call("system.status")["inbox"]?["loaded"]?.integerValue ?? 0 > 0
                    }
                }),
            Case(
                key: "store.publish_gold", before: { $0.store.publishGold = false },
                after: { $0.store.publishGold = true },
                prepare: Case.someData,
                look: { daemon, isExpected in
                    try await Case.becomes(isExpected) {
                        let gold = try daemon.call("system.status")["gold_db"]
                        return gold?["behind"]?.boolValue == false
                            && FileManager.default.fileExists(atPath: "\(daemon.root)/state/gold.db")
                    }
                }),
            Case(
                key: "store.compress_after_seconds", before: { $0.store.compressAfterSeconds = 604_800 },
                after: { $0.store.compressAfterSeconds = 0 }, prepare: Case.someData,
                look: { daemon, isExpected in
                    try await Case.becomes(isExpected) {
                        FileManager.default.enumerator(atPath: "\(daemon.root)/state/bronze")?.contains {
                            ($0 as? String)?.hasSuffix(".zst") ?? false
                        } ?? false
                    }
                }),
            Case(
                key: "forecasts.keep", before: { $0.forecasts.quietSeconds = 0 }, after: { $0.forecasts.keep = true },
                prepare: Case.someData,
                look: { daemon, isExpected in try await Case.becomes(isExpected) { try hasForecasts(daemon) } }),
            Case(
                key: "forecasts.quiet_seconds",
                before: {
                    $0.forecasts.keep = true
                    $0.forecasts.quietSeconds = 3600
                }, after: { $0.forecasts.quietSeconds = 0 }, prepare: Case.someData,
                look: { daemon, isExpected in try await Case.becomes(isExpected) { try hasForecasts(daemon) } }),
            Case(
                key: "forecasts.clients",
                before: {
                    $0.forecasts.keep = true
                    $0.forecasts.quietSeconds = 0
                    $0.forecasts.clients = 0
                }, after: { $0.forecasts.clients = 3 }, prepare: Case.sample,
                look: { daemon, isExpected in
                    // The generation keeps its name where the data is the same: what is looked for are the clients.
                    var clients = -1
                    _ = try await Case.becomes(true) {
                        let kept = try daemon.call("system.status")["models"]?["forecast"]
                        clients = Int(kept?["customers"]?.integerValue ?? -1)
                        return isExpected ? clients > 0 : clients >= 0
                    }
                    return "\(clients) clients"
                }),
            Case(
                key: "history.quiet_seconds", before: { $0.history.quietSeconds = 3600 },
                after: { $0.history.quietSeconds = 0 }, prepare: Case.someData,
                look: { daemon, isExpected in
                    try await Case.becomes(isExpected) {
                        let history = try daemon.call("system.status")["history"]
                        return history?["days"] == history?["wanted"]
                    }
                }),
        ]
    }

    private static func hasForecasts(_ daemon: RunningDaemon) throws -> Bool {
        try daemon.call("system.status")["models"]?["forecast"] != nil
    }

    private static var schedule: [Case] {
        [
            Case(
                key: "data_refresh_minutes", after: { $0.dataRefreshMinutes = 120 },
                look: Case.pause(of: "refresh", minutes: 1)),
            Case(
                key: "schedule.intake_seconds", after: { $0.schedule.intakeSeconds = 600 },
                look: Case.pause(of: "intake", minutes: 1)),
            Case(
                key: "schedule.compress_minutes", after: { $0.schedule.compressMinutes = 30 },
                look: Case.pause(of: "archive", minutes: 1)),
            Case(
                key: "schedule.verify_hours", after: { $0.schedule.verifyHours = 48 },
                look: Case.pause(of: "verify", minutes: 60)),
            Case(
                key: "schedule.train_hours", after: { $0.schedule.trainHours = 48 },
                look: Case.pause(of: "train", minutes: 60)),
            Case(
                key: "schedule.train_quiet_seconds", before: { $0.schedule.trainQuietSeconds = 7200 },
                after: { $0.schedule.trainQuietSeconds = 18_000 }, prepare: Case.someData,
                look: Case.pause(of: "train", minutes: 10)),
            Case(
                key: "schedule.publish_minutes", before: { $0.schedule.publishMinutes = 1440 },
                after: { $0.schedule.publishMinutes = 700 },
                prepare: { daemon, round in
                    try await Case.someData(daemon, round: round)
                    // The first publication of a run is made at once.
                    while round != 2, try daemon.call("system.status")["gold_db"]?["behind"]?.boolValue != false {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    try daemon.drop(
                        "customer_id,account_creation_date\nP\(round),2024-01-05\n", as: "more\(round).csv",
                        category: "demographics")
                    try await daemon.settle(drops: 3 + round)
                }, look: Case.pause(of: "publish", minutes: 10)),
        ]
    }

    private static var accesses: [Case] {
        [
            Case.role({ $0.grantees[.viewer] = [.uid(64_999)] }, key: "roles.viewer"),
            Case.role({ $0.grantees[.accountManager] = [.uid(64_999)] }, key: "roles.account_manager"),
            Case.role({ $0.grantees[.retentionSpecialist] = [.uid(64_999)] }, key: "roles.retention_specialist"),
            Case.role({ $0.grantees[.customerSuccess] = [.uid(64_999)] }, key: "roles.customer_success"),
            Case.role({ $0.grantees[.analyst] = [.uid(64_999)] }, key: "roles.analyst"),
            Case.role({ $0.grantees[.admin] = [.uid(64_999)] }, key: "roles.admin"),
            Case.role({ $0.ingest = [.uid(64_999)] }, key: "roles.ingest"),
            Case.role({ $0.export = [.uid(64_999)] }, key: "roles.export"),
            Case(
                key: "people", before: { $0.people = PeopleSettings([.init(uid: 0, person: "root")]) },
                after: { $0.people = PeopleSettings([.init(uid: 0, person: "anna", owner: ["Anna"], team: "emea")]) },
                look: { daemon, _ in "\(try daemon.call("system.whoami"))" }),
            Case(
                key: "gateway.user", after: { $0.gateway = .user("root") },
                look: { daemon, _ in
                    let behalf: JSONValue = .object(["person": "anna", "role": "viewer"])
                    do {
                        return "\(try daemon.call("system.whoami", ["behalf": behalf]))"
                    } catch ClientError.problem(let problem) {
                        return problem.kind
                    }
                }),
            Case(
                key: "limits.idle_seconds", after: { $0.limits.idleSeconds = 1 },
                look: { daemon, isExpected in
                    let client = try RequestClient(path: daemon.socket)
                    defer { client.close() }
                    _ = try client.call("system.status")
                    // The server looks once a second.
                    try await Task.sleep(for: isExpected ? .seconds(5) : .seconds(3))
                    return (try? client.call("system.status")) == nil ? "closed" : "open"
                }),
            Case(
                key: "limits.request_seconds", after: { $0.limits.requestSeconds = 1 },
                look: { daemon, _ in
                    let name = UUID().uuidString
                    try daemon.drop(
                        "customer_id,account_creation_date\n\(name),2024-01-05\n", as: "\(name).csv",
                        category: "demographics")
                    for _ in 0..<1200 where !HoldingLog.isHeld.load(ordering: .relaxed) { usleep(10_000) }
                    do {
                        _ = try daemon.call("churn.use", ["rules": true])
                        return "answered"
                    } catch ClientError.problem(let problem) {
                        return problem.code == .timeout ? "timeout" : "\(problem)"
                    }
                }),
            Case(
                key: "max_frame_bytes", after: { $0.maxFrameBytes = 64 << 10 },
                look: { daemon, _ in
                    do {
                        _ = try daemon.call(
                            "clients.list", ["search": .string(String(repeating: "x", count: 100 << 10))])
                        return "taken"
                    } catch ClientError.problem(let problem) {
                        return problem.code == .tooLarge ? "too large" : "taken"
                    }
                }),
        ]
    }

    private static var ofReload: [Case] { derived + intake + schedule + accesses }

    @Test("A reload puts it in force as a restart would", arguments: ofReload.map { $0.key })
    func isInForceAfterAReload(key: String) async throws {
        let tried = try #require(Self.ofReload.first { $0.key == key })
        #expect(Self.effects[key] == .reload)
        let daemon = try RunningDaemon(
            logger: key == "limits.request_seconds"
                ? Logger(label: "test") { _ in HoldingLog() } : Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            adjust: {
                Self.quiet(&$0)
                tried.before(&$0)
            })
        try await tried.prepare(daemon, 1)
        let before = try await tried.look(daemon, false)
        await daemon.reload(tried.after)
        try await tried.prepare(daemon, 2)
        let after = try await tried.look(daemon, true)
        #expect(before != after, "the reload of \(key) changed nothing: \(before)")
        let settings = try daemon.call("system.status")["settings"]
        #expect(settings?["waiting_for_restart"]?.arrayValue?.isEmpty == true)
        #expect(settings?["without_effect"]?.arrayValue?.isEmpty == true)
        try await daemon.restart()
        try await tried.prepare(daemon, 3)
        let restarted = try await tried.look(daemon, true)
        #expect(after == restarted, "\(key)")
        await daemon.stop()
    }

    @Test("What is withdrawn by a reload goes: forecasts, gold")
    func withdrawals() async throws {
        let daemon = try RunningDaemon(adjust: {
            Self.quiet(&$0)
            $0.forecasts.keep = true
            $0.forecasts.quietSeconds = 0
        })
        try await Case.someData(daemon, round: 1)
        #expect(try await Case.becomes(true) { try Self.hasForecasts(daemon) } == "yes")
        await daemon.reload { $0.forecasts.keep = false }
        #expect(try !Self.hasForecasts(daemon))
        await daemon.reload { $0.store.publishGold = false }
        let published = try daemon.call("system.status")["gold_db"]?["snapshot"]
        try daemon.drop(
            "customer_id,account_creation_date\nP,2024-01-05\n", as: "more.csv", category: "demographics")
        try await daemon.settle(drops: 4)
        try await Task.sleep(for: .seconds(1))
        #expect(try daemon.call("system.status")["gold_db"]?["snapshot"] == published)
        await daemon.stop()
    }

    // MARK: Keys that wait for a restart, and those that wait for a later version

    private static var ofRestart: [KeyChange] {
        [
            KeyChange("state_dir") { $0.stateDirectory += "-other" },
            KeyChange("socket") { $0.socket.path += "-other" },
            KeyChange("socket_mode") { $0.socket.mode = 0o600 },
            KeyChange("socket_group") {
                $0.socket.group = getgrgid(getegid()).map { String(cString: $0.pointee.gr_name) }
            },
            KeyChange("store.log_bytes") { $0.store.logBytes = 1 << 20 },
            KeyChange("limits.worker_threads") { $0.limits.workerThreads = 3 },
        ]
    }

    @Test("It waits for a restart, and the status says so until then", arguments: ofRestart.map { $0.key })
    func waitsForARestart(key: String) async throws {
        let change = try #require(Self.ofRestart.first { $0.key == key }?.change)
        #expect(Self.effects[key] == .restart)
        let daemon = try RunningDaemon(adjust: Self.quiet)
        func problems() throws -> [String] {
            try daemon.call("system.status")["problems"]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        func waiting() throws -> [String] {
            try daemon.call("system.status")["settings"]?["waiting_for_restart"]?.arrayValue?
                .compactMap(\.stringValue) ?? []
        }
        let original = daemon.configuration
        await daemon.reload(change)
        #expect(try waiting() == [key])
        #expect(try problems().contains { $0.contains(key) && $0.contains("restart") })
        // A second reload with something else does not make it forget.
        await daemon.reload { $0.history.weeks = 3 }
        #expect(try waiting() == [key])
        await daemon.reload { $0 = original }
        #expect(try waiting().isEmpty)
        #expect(try problems() == [])
        await daemon.reload(change)
        try await daemon.restart()
        #expect(try waiting().isEmpty)
        #expect(try problems() == [])
        await daemon.stop()
    }

    private static var unused: [KeyChange] {
        [
            KeyChange("playbooks") { $0.playbooksDirectory = "/tmp" },
            KeyChange("mappings") { $0.mappingsDirectory = "/tmp" },
            KeyChange("chatbot_timeout_seconds") { $0.chatbotTimeoutSeconds = 7 },
            KeyChange("inbox.batch_bytes") { $0.inbox.batchBytes = 2 << 20 },
        ]
    }

    @Test("It changes nothing, and the status says so", arguments: unused.map { $0.key })
    func hasNoEffect(key: String) async throws {
        let change = try #require(Self.unused.first { $0.key == key }?.change)
        #expect(Self.effects[key] == .unused)
        let daemon = try RunningDaemon(adjust: Self.quiet)
        func named() throws -> [String] {
            try daemon.call("system.status")["settings"]?["without_effect"]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        #expect(try named().isEmpty)
        await daemon.reload(change)
        #expect(try named() == [key])
        #expect(daemon.configuration.render().contains("accepted and has no effect in this version"))
        await daemon.stop()
    }

    // MARK: Keys with tests of their own

    @Test("The level of the log changes with a reload")
    func logLevel() async throws {
        let scratch = try ScratchDirectory()
        let manager = try NotifySocket("\(scratch.path)/notify")
        try scratch.write("as_of: data\nlog_level: critical\n", to: "aurad.yaml")
        let aurad = try AuradProcess(
            ["--config", "\(scratch.path)/aurad.yaml", "--state-dir", "\(scratch.path)/state"],
            environment: ["NOTIFY_SOCKET": manager.path, "RUNTIME_DIRECTORY": scratch.path])
        _ = manager.receive { $0.contains { $0.hasPrefix("READY=1") } }
        let before = aurad.standardError
        try scratch.write("as_of: data\nlog_level: info\n", to: "aurad.yaml")
        kill(try AuradProcess.pid(of: "\(scratch.path)/state"), SIGHUP)
        // The start may have said that it is ready twice by now: what was logged says that the reload is done.
        for _ in 0..<200 where !aurad.standardError.contains("configuration reloaded") {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try aurad.terminate("\(scratch.path)/state") == 0)
        #expect(!before.contains("ready after") && aurad.standardError.contains("configuration reloaded"))
    }

    /// Connections of the daemon's own process count as none, so that this takes a daemon in another.
    @Test(
        "More connections are served after a reload",
        arguments: [("connections", 2, 4), ("connections_per_user", 2, 3)])
    func connections(limit: String, before: Int, after: Int) async throws {
        let scratch = try ScratchDirectory()
        let manager = try NotifySocket("\(scratch.path)/notify")
        func yaml(_ count: Int) -> String { "as_of: data\nsocket_group: null\nlimits: { \(limit): \(count) }\n" }
        try scratch.write(yaml(before), to: "aurad.yaml")
        let aurad = try AuradProcess(
            ["--config", "\(scratch.path)/aurad.yaml", "--state-dir", "\(scratch.path)/state"],
            environment: ["NOTIFY_SOCKET": manager.path, "RUNTIME_DIRECTORY": scratch.path])
        _ = manager.receive { $0.contains { $0.hasPrefix("READY=1") } }
        func served() throws -> Int {
            var clients: [RequestClient] = []
            defer { for client in clients { client.close() } }
            return try (0..<6).reduce(0) { count, _ in
                let client = try RequestClient(path: "\(scratch.path)/aurad.sock")
                clients.append(client)
                return (try? client.call("system.status")) == nil ? count : count + 1
            }
        }
        #expect(try served() == before)
        try scratch.write(yaml(after), to: "aurad.yaml")
        kill(try AuradProcess.pid(of: "\(scratch.path)/state"), SIGHUP)
        _ = manager.receive { $0.count { $0.hasPrefix("READY=1") } == 2 }
        // The connections of before are let go of in a moment.
        #expect(try await Case.becomes(true) { try served() == after } == "yes")
        #expect(try aurad.terminate("\(scratch.path)/state") == 0)
    }

    @Test("What the churn model learns changes with a reload")
    func churn() async throws {
        let files = try SampleFiles.make(clients: 700, days: 240, seed: 11)
        let daemon = try RunningDaemon(adjust: {
            Self.quiet(&$0)
            $0.schedule.trainHours = 0
            $0.churn.label = .inactivity
            $0.churn.horizonDays = 30
            $0.churn.populationDays = 60
            $0.churn.snapshots = 5
            $0.churn.trees = 20
            // Whoever was seen of late is learned from, whatever he has paid: enough for trees.
            $0.lifecycle.signs = []
        })
        for category in SampleFiles.categories {
            try daemon.drop(files[category] ?? "", as: "\(category).csv", category: category)
        }
        try await daemon.settle(drops: 5)
        func trained() throws -> JSONValue {
            _ = try daemon.call("churn.train", ["wait": true], timeout: .seconds(900))
            return try daemon.call("churn.model")
        }
        /// What a training made, whether or not it was put in force.
        func model() throws -> JSONValue {
            let version = try trained()["last"]?["version"]?.stringValue ?? ""
            _ = try daemon.call("churn.use", ["version": .string(version)])
            return try daemon.call("churn.model")["model"] ?? .null
        }
        var before = try model()
        func shows(
            _ key: String, _ change: (inout Configuration) -> Void, _ look: (JSONValue) -> JSONValue?
        ) async throws {
            await daemon.reload(change)
            let after = try model()
            #expect(
                look(before) != look(after), "\(key): \(look(before) ?? .null), \(after["positives"] ?? .null) churned")
            before = after
        }
        try await shows("churn.trees", { $0.churn.trees = 2 }, { $0["validation"]?["trees"] })
        try await shows("churn.snapshots", { $0.churn.snapshots = 2 }, { $0["first_snapshot"] })
        try await shows("churn.population_days", { $0.churn.populationDays = 45 }, { $0["population"] })
        try await shows("churn.horizon_days", { $0.churn.horizonDays = 40 }, { $0["horizon_days"] })
        // Nobody in the sample has a date of churn to learn from.
        await daemon.reload { $0.churn.label = .explicit }
        #expect(try trained()["last"]?["outcome"]?.stringValue == "refused")
        await daemon.stop()
    }

    private static let elsewhere: [String] = [
        "log_level", "limits.connections", "limits.connections_per_user", "limits.admin_connections", "churn.label",
        "churn.horizon_days", "churn.population_days", "churn.snapshots", "churn.trees",
    ]

    @Test("Every key is tried")
    func everyKeyIsTried() {
        let tried = Self.ofReload.map(\.key) + Self.ofRestart.map(\.key) + Self.unused.map(\.key) + Self.elsewhere
        #expect(Set(tried).count == tried.count)
        #expect(Set(tried) == Set(Self.effects.keys))
        #expect(Self.elsewhere.allSatisfy { Self.effects[$0] == .reload })
    }
}
