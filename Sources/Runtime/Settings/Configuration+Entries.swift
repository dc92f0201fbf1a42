import Records
import Words

extension Configuration {
    /// Every effective key of aurad.yaml, in the order of the shipped file; equal configurations have equal entries.
    var entries: [ConfigurationEntry] {
        dataEntries + tableEntries + standingEntries + placeEntries + daemonEntries
    }

    /// Every key of aurad.yaml that this configuration gives a value, and when a change of it comes into force. The one
    /// place that says so: ``difference(from:)``, ``render()`` and whoever tells an operator read it from here.
    public var effects: [(key: String, effect: ConfigurationChange.Effect)] {
        entries.map { ($0.keyPath, $0.effect) }
    }

    /// The keys that differ from their defaults and change nothing.
    public var keysWithoutEffect: [String] {
        let defaults = Dictionary(
            Configuration().entries.map { ($0.keyPath, $0.value) }, uniquingKeysWith: { first, _ in first })
        return entries.filter { $0.effect == .unused && $0.value != defaults[$0.keyPath] }.map(\.keyPath)
    }

    /// What a socket that the service manager passes wins over.
    public static let socketKeys = ["socket", "socket_mode", "socket_group"]

    /// Those of them that were given another value than their default.
    public var socketKeysInUse: [String] {
        var keys: [String] = []
        if socket.path != SocketSettings.defaultPath(of: tenant) { keys.append("socket") }
        if socket.mode != SocketSettings().mode { keys.append("socket_mode") }
        if let group = socket.group, group != groups.readers { keys.append("socket_group") }
        return keys
    }

    /// The unit of the service manager that runs the daemon, without its ending.
    public var unit: String { tenant.map { "aurad@\($0.name)" } ?? "aurad" }

    private var dataEntries: [ConfigurationEntry] {
        [
            .init("base_currency", baseCurrency),
            .init("as_of", asOf.description),
            .init("activity", activity.rawValue),
            .init("earliest_day", earliestDay.description),
            .init("login_events", YAMLText.list(loginEvents.sorted())),
            .init("data_refresh_minutes", String(dataRefreshMinutes)),
        ]
    }

    private var tableEntries: [ConfigurationEntry] {
        var entries: [ConfigurationEntry] = []
        /// An empty table is written as such; without its key the default would come back.
        func add(_ section: String, _ members: [(name: String, value: String)]) {
            if members.isEmpty { entries.append(.init(section, "{}")) }
            entries += members.map { .init(section, $0.name, $0.value) }
        }
        add("regions", CountryTable.compact(regionOfCountry).map { ($0.region, YAMLText.list($0.countries)) })
        let segments = Dictionary(grouping: segmentOfSubscriptionType.keys) { segmentOfSubscriptionType[$0] ?? "" }
        add("segments", segments.sorted { $0.key < $1.key }.map { ($0.key, YAMLText.list($0.value.sorted())) })
        add("validation", validation.sorted { $0.key < $1.key }.map { ($0.key.rawValue, Self.columnsText($0.value)) })
        let terms = [("default", String(contractMonthsDefault))]
        add("contract_terms", contractMonths.sorted { $0.key < $1.key }.map { ($0.key, String($0.value)) } + terms)
        add("billing_months", billingMonths.sorted { $0.key < $1.key }.map { ($0.key, String($0.value)) })
        add(
            "roles",
            Role.allCases.map { ($0.rawValue, Self.granteesText(roles.grantees[$0] ?? [])) }
                + [
                    ("ingest", Self.granteesText(roles.ingest)), ("export", Self.granteesText(roles.export)),
                ])
        entries.append(.init("people", Self.peopleText(people.entries)))
        entries.append(.init("gateway", "user", Self.gatewayText(gateway)))
        entries.append(.init("contact_columns", YAMLText.list(contactColumns.words)))
        return entries
    }

    private var standingEntries: [ConfigurationEntry] {
        [
            .init("revenue", "method", revenue.method.rawValue),
            .init("revenue", "grace_days", String(revenue.graceDays)),
            .init("revenue", "recurring", "\"\(revenue.recurring.rawValue)\""),
            .init("lifecycle", "signs", YAMLText.list(lifecycle.signs.map(\.name))),
            .init("lifecycle", "left_after_days", lifecycle.leftAfterDays.map(String.init) ?? "auto"),
            .init("lifecycle", "start_days", String(lifecycle.startDays)),
            .init("freshness", watchesFeeds ? "\"on\"" : "\"off\""),
        ]
    }

    private var placeEntries: [ConfigurationEntry] {
        let rates = rates.currencies.filter { $0 != baseCurrency }
        return [
            .init("rules", rulesFile.map(YAMLText.scalar), note: "\(risk.rules.count) rules in force"),
            .init("playbooks", playbooksDirectory.map(YAMLText.scalar), .unused),
            .init("fx", ratesFile.map(YAMLText.scalar), note: "rates of \(rates.count) currencies"),
            .init("holidays", holidaysFile.map(YAMLText.scalar), note: "\(holidays.count) holidays"),
            .init("mappings", mappingsDirectory.map(YAMLText.scalar), .unused),
            .init("state_dir", YAMLText.scalar(stateDirectory), .restart),
            .init("socket", YAMLText.scalar(socket.path), .restart),
            .init("socket_mode", "\"\(Self.octal(socket.mode))\"", .restart),
            .init("socket_group", socket.group.map(YAMLText.scalar) ?? "null", .restart),
        ]
    }

    private var daemonEntries: [ConfigurationEntry] {
        [
            .init("chatbot_timeout_seconds", String(chatbotTimeoutSeconds), .unused),
            .init("max_frame_bytes", String(maxFrameBytes), note: NumberText.byteText(maxFrameBytes)),
            .init("inbox", "settle_seconds", String(inbox.settleSeconds)),
            .init("inbox", "max_row_bytes", String(inbox.maxRowBytes), note: NumberText.byteText(inbox.maxRowBytes)),
            .init(
                "inbox", "batch_bytes", String(inbox.batchBytes), note: NumberText.byteText(inbox.batchBytes), .unused),
            .init("store", "publish_gold", String(store.publishGold)),
            .init("store", "compress_after_seconds", String(store.compressAfterSeconds)),
            .init("store", "log_bytes", String(store.logBytes), note: NumberText.byteText(store.logBytes), .restart),
            .init("forecasts", "keep", String(forecasts.keep)),
            .init("forecasts", "clients", String(forecasts.clients)),
            .init("forecasts", "quiet_seconds", String(forecasts.quietSeconds)),
            .init("history", "weeks", String(history.weeks)),
            .init("history", "quiet_seconds", String(history.quietSeconds)),
            .init("schedule", "intake_seconds", String(schedule.intakeSeconds)),
            .init("schedule", "publish_minutes", String(schedule.publishMinutes)),
            .init("schedule", "compress_minutes", String(schedule.compressMinutes)),
            .init("schedule", "train_hours", String(schedule.trainHours)),
            .init("schedule", "train_quiet_seconds", String(schedule.trainQuietSeconds)),
            .init("schedule", "verify_hours", String(schedule.verifyHours)),
            .init("churn", "label", churn.label.rawValue),
            .init("churn", "horizon_days", String(churn.horizonDays)),
            .init("churn", "population_days", churn.populationDays.map(String.init) ?? "auto"),
            .init("churn", "snapshots", String(churn.snapshots)),
            .init("churn", "trees", String(churn.trees)),
            .init("limits", "connections", String(limits.connections)),
            .init("limits", "connections_per_user", String(limits.connectionsPerUser)),
            .init("limits", "admin_connections", String(limits.adminConnections)),
            .init("limits", "idle_seconds", String(limits.idleSeconds)),
            .init("limits", "request_seconds", String(limits.requestSeconds)),
            .init("limits", "worker_threads", String(limits.workerThreads), .restart),
            .init("log_level", logLevel.rawValue),
        ]
    }

    // MARK: Texts

    private static func granteesText(_ grantees: [Grantee]) -> String {
        YAMLText.list(grantees.map(\.description))
    }

    private static func peopleText(_ entries: [PeopleSettings.Entry]) -> String {
        let texts = entries.map { entry in
            var members = entry.uid.map { ["uid: \($0)"] } ?? []
            members.append("person: \(YAMLText.scalar(entry.person))")
            if !entry.owner.isEmpty { members.append("owner: \(YAMLText.list(entry.owner))") }
            if let team = entry.team { members.append("team: \(YAMLText.scalar(team))") }
            return "{ \(members.joined(separator: ", ")) }"
        }
        return "[\(texts.joined(separator: ", "))]"
    }

    private static func gatewayText(_ gateway: Grantee?) -> String {
        switch gateway {
        case .user(let name): YAMLText.scalar(name)
        case .uid(let uid): String(uid)
        default: "null"
        }
    }

    private static func columnsText(_ columns: [String: ColumnValidation]) -> String {
        let parts = columns.sorted { $0.key < $1.key }.map { name, rule in
            var parts = ["required: \(rule.required)"]
            if let values = rule.values { parts.append("values: \(YAMLText.list(values))") }
            if let minimum = rule.minimum { parts.append("min: \(NumberText.text(minimum))") }
            if let maximum = rule.maximum { parts.append("max: \(NumberText.text(maximum))") }
            if let pattern = rule.pattern { parts.append("pattern: \(YAMLText.scalar(pattern))") }
            return "\(YAMLText.scalar(name)): { \(parts.joined(separator: ", ")) }"
        }
        return parts.isEmpty ? "{}" : "{ \(parts.joined(separator: ", ")) }"
    }

    /// Four digits.
    static func octal(_ mode: Int) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
