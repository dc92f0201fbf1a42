import Records
import Words

/// Turns the text of aurad.yaml, the files it names and the environment into a ``Configuration``.
struct ConfigurationParser {
    var configuration = Configuration()
    /// Of aurad.yaml.
    var problems: ProblemList
    /// Of the files it names, and of the environment.
    var otherProblems: [ConfigurationProblem] = []
    /// Absolute folder that relative paths start from.
    let directory: String
    let environment: [String: String]
    let files: FileAccess
    /// The base currency was named and is none, so that rates cannot be checked against it.
    var baseCurrencyIsWrong = false

    static let yamlBytesMax = 1 << 20
    static let ratesBytesMax = 64 << 20
    static let holidaysBytesMax = 16 << 20

    init(path: String, environment: [String: String], tenant: Tenant?, files: FileAccess) {
        problems = ProblemList(.daemon, file: path)
        directory = FilePath.directory(of: FilePath.resolve(path, in: files.currentDirectory()))
        self.environment = environment
        self.files = files
        guard let tenant else { return }
        configuration.tenant = tenant
        configuration.roles = RoleSettings(ServiceGroups(of: tenant))
        configuration.stateDirectory = "/var/lib/aura-\(tenant.name)"
        configuration.socket.path = SocketSettings.defaultPath(of: tenant)
    }

    var allProblems: [ConfigurationProblem] { problems.sorted + otherProblems }

    mutating func parse(_ yaml: String) {
        let root = YAMLDocument.parse(yaml, problems: &problems)
        let emptyMapping = YAMLValue(content: .mapping([]), position: FilePosition(line: 1, column: 1))
        // A file that holds comments only is empty; one that cannot be read has been reported.
        let value = root.flatMap { $0.isNull ? nil : $0 } ?? emptyMapping
        if var reader = MappingReader(value, path: "", problems: &problems) {
            parseData(&reader)
            parseRegions(&reader)
            parseSegments(&reader)
            parseValidation(&reader)
            parseTerms(&reader)
            parseStanding(&reader)
            parseRoles(&reader)
            parsePeople(&reader)
            parseDaemon(&reader)
            parseSchedule(&reader)
            parsePlaces(&reader)
            if root != nil || problems.isEmpty { parseFiles(&reader) }
            reader.finish(&problems)
        }
        applyEnvironment()
    }

    // MARK: Data

    private mutating func parseData(_ reader: inout MappingReader) {
        if let value = reader.take("base_currency") { parseBaseCurrency(value) }
        if let value = reader.take("as_of") { parseAsOf(value) }
        reader.choice("activity", &configuration.activity, &problems)
        if let value = reader.take("earliest_day") {
            let expected = "a day YYYY-MM-DD"
            if let text = value.plain ?? value.text, let day = Day(text) {
                configuration.earliestDay = day
            } else {
                ValueReader.wrongType(value, "earliest_day", expected, &problems)
            }
        }
        if case .day(let day) = configuration.asOf, day < configuration.earliestDay {
            problems.add(
                .conflict, at: reader.position(of: "as_of"), "as_of", found: day.description,
                expected: "a day not before earliest_day (\(configuration.earliestDay))")
        }
        if let value = reader.take("login_events") {
            let names = textList(
                value, path: "login_events", expected: "a list of event types", element: "an event type")
            if let names { configuration.loginEvents = Set(names.map(\.text)) }
        }
    }

    private mutating func parseBaseCurrency(_ value: YAMLValue) {
        let expected = "an ISO 4217 currency code in upper case, such as USD"
        guard let text = value.text else {
            baseCurrencyIsWrong = true
            ValueReader.wrongType(value, "base_currency", expected, &problems)
            return
        }
        guard CurrencyCode.isKnown(text) else {
            baseCurrencyIsWrong = true
            problems.add(
                .notAccepted, at: value.position, "base_currency", found: value.shown, expected: expected,
                advice: CurrencyCode.isKnown(text.uppercased()) ? "did you mean \"\(text.uppercased())\"?" : nil)
            return
        }
        configuration.baseCurrency = text
    }

    private mutating func parseAsOf(_ value: YAMLValue) {
        switch value.scalar {
        case "clock": configuration.asOf = .clock
        case "data": configuration.asOf = .data
        default:
            if let day = value.scalar.flatMap({ Day($0) }) {
                configuration.asOf = .day(day)
            } else {
                let isText = value.text != nil
                problems.add(
                    isText ? .notAccepted : .wrongType, at: value.position, "as_of",
                    found: isText ? value.shown : value.typeAndValue, expected: "clock, data or a day YYYY-MM-DD")
            }
        }
    }

    // MARK: Roles

    private mutating func parseRoles(_ reader: inout MappingReader) {
        var roles = configuration.roles
        reader.section("roles", &problems) { section, problems in
            for (index, name) in Role.names.enumerated() {
                guard let role = Role(named: name), let value = section.take(name) else { continue }
                if let list = Self.grantees(value, path: section.path(name), problems: &problems) {
                    // Another name of a role adds to it.
                    let known = index < Role.allCases.count ? [] : roles.grantees[role] ?? []
                    roles.grantees[role] = known + list
                }
            }
            roles.grantees = roles.grantees.filter { !$0.value.isEmpty }
            if let value = section.take("ingest"),
                let list = Self.grantees(value, path: section.path("ingest"), problems: &problems)
            {
                roles.ingest = list
            }
            if let value = section.take("export"),
                let list = Self.grantees(value, path: section.path("export"), problems: &problems)
            {
                roles.export = list
            }
        }
        configuration.roles = roles
        if let value = reader.take("contact_columns"),
            let words = textList(
                value, path: "contact_columns", expected: "a list of words in names of columns", element: "a word")
        {
            configuration.contactColumns = ContactColumns(words.map(\.text))
        }
    }

    private static func grantees(
        _ value: YAMLValue, path: String, problems: inout ProblemList
    ) -> [Grantee]? {
        guard
            let elements = ValueReader.list(
                value, path: path, expected: "a list of \(Grantee.accepted)", problems: &problems)
        else { return nil }
        var result: [Grantee] = []
        for (path, element) in elements {
            guard let text = element.scalar, let grantee = Grantee(text) else {
                var advice: String?
                // `group: aura` is a mapping, `group:aura` is text.
                if case .mapping(let members) = element.content, members.count == 1 {
                    advice = "write it without a space after the colon"
                }
                let isText = element.text != nil
                problems.add(
                    isText ? .notAccepted : .wrongType, at: element.position, path,
                    found: isText ? element.shown : element.typeAndValue, expected: Grantee.accepted, advice: advice)
                continue
            }
            if !result.contains(grantee) { result.append(grantee) }
        }
        return result
    }

    // MARK: The daemon

    private mutating func parseDaemon(_ reader: inout MappingReader) {
        reader.integer("chatbot_timeout_seconds", 1...600, &configuration.chatbotTimeoutSeconds, &problems)
        reader.bytes("max_frame_bytes", 64 << 10...256 << 20, &configuration.maxFrameBytes, &problems)
        reader.choice("log_level", &configuration.logLevel, &problems)
        var inbox = configuration.inbox
        reader.section("inbox", &problems) { section, problems in
            section.integer("settle_seconds", 0...3600, &inbox.settleSeconds, &problems)
            section.bytes("max_row_bytes", 1 << 10...64 << 20, &inbox.maxRowBytes, &problems)
            let batchPosition = section.position(of: "batch_bytes")
            section.bytes("batch_bytes", 64 << 10...1 << 30, &inbox.batchBytes, &problems)
            if inbox.batchBytes < inbox.maxRowBytes {
                if batchPosition != nil {
                    problems.add(
                        .conflict, at: batchPosition, section.path("batch_bytes"),
                        found: NumberText.byteText(inbox.batchBytes),
                        expected: "at least max_row_bytes (\(NumberText.byteText(inbox.maxRowBytes)))")
                } else {
                    inbox.batchBytes = inbox.maxRowBytes
                }
            }
        }
        configuration.inbox = inbox
        var store = configuration.store
        reader.section("store", &problems) { section, problems in
            section.boolean("publish_gold", &store.publishGold, &problems)
            section.integer("compress_after_seconds", 0...604_800, &store.compressAfterSeconds, &problems)
            section.bytes("log_bytes", 64 << 10...64 << 30, &store.logBytes, &problems)
        }
        configuration.store = store
        var forecasts = configuration.forecasts
        reader.section("forecasts", &problems) { section, problems in
            section.boolean("keep", &forecasts.keep, &problems)
            section.integer("clients", 0...1_000_000, &forecasts.clients, &problems)
            section.integer("quiet_seconds", 0...3600, &forecasts.quietSeconds, &problems)
        }
        configuration.forecasts = forecasts
        var history = configuration.history
        reader.section("history", &problems) { section, problems in
            section.integer("weeks", 0...HealthGrid.weeksMax, &history.weeks, &problems)
            section.integer("quiet_seconds", 0...3600, &history.quietSeconds, &problems)
        }
        configuration.history = history
        var limits = configuration.limits
        reader.section("limits", &problems) { section, problems in
            section.integer("connections", 1...65_536, &limits.connections, &problems)
            let userPosition = section.position(of: "connections_per_user")
            section.integer("connections_per_user", 1...65_536, &limits.connectionsPerUser, &problems)
            if limits.connectionsPerUser > limits.connections {
                if userPosition != nil {
                    problems.add(
                        .conflict, at: userPosition, section.path("connections_per_user"),
                        found: String(limits.connectionsPerUser),
                        expected: "at most connections (\(limits.connections))")
                } else {
                    limits.connectionsPerUser = limits.connections
                }
            }
            let adminPosition = section.position(of: "admin_connections")
            if adminPosition == nil {
                limits.adminConnections = min(limits.adminConnections, limits.connections / 4)
            }
            section.integer("admin_connections", 0...65_535, &limits.adminConnections, &problems)
            if limits.adminConnections >= limits.connections {
                problems.add(
                    .conflict, at: adminPosition, section.path("admin_connections"),
                    found: String(limits.adminConnections), expected: "less than connections (\(limits.connections))")
            }
            section.integer("idle_seconds", 1...86_400, &limits.idleSeconds, &problems)
            section.integer("request_seconds", 1...3600, &limits.requestSeconds, &problems)
            section.integer("worker_threads", 0...256, &limits.workerThreads, &problems)
        }
        configuration.limits = limits
    }

    private mutating func parseSchedule(_ reader: inout MappingReader) {
        let refreshRange = 1...10_080
        var schedule = configuration.schedule
        let topIsSet = reader.position(of: "data_refresh_minutes") != nil
        reader.integer("data_refresh_minutes", refreshRange, &schedule.refreshMinutes, &problems)
        reader.section("schedule", &problems) { section, problems in
            section.integer("intake_seconds", 1...3600, &schedule.intakeSeconds, &problems)
            let named = schedule.refreshMinutes
            section.integer("refresh_minutes", refreshRange, &schedule.refreshMinutes, &problems)
            if topIsSet, schedule.refreshMinutes != named {
                problems.add(
                    .conflict, at: section.position(of: "refresh_minutes"), section.path("refresh_minutes"),
                    found: String(schedule.refreshMinutes), expected: "the same as data_refresh_minutes (\(named))",
                    advice: "the two keys are one setting: keep one of them")
            }
            section.integer("publish_minutes", 1...1440, &schedule.publishMinutes, &problems)
            section.integer("compress_minutes", 0...1440, &schedule.compressMinutes, &problems)
            section.integer("train_hours", 0...8760, &schedule.trainHours, &problems)
            section.integer("train_quiet_seconds", 0...86_400, &schedule.trainQuietSeconds, &problems)
            section.integer("verify_hours", 0...8760, &schedule.verifyHours, &problems)
        }
        configuration.schedule = schedule
        var churn = configuration.churn
        reader.section("churn", &problems) { section, problems in
            section.choice("label", &churn.label, &problems)
            section.integer("horizon_days", 7...365, &churn.horizonDays, &problems)
            section.integerOrAuto("population_days", 7...730, &churn.populationDays, &problems)
            section.integer("snapshots", 1...36, &churn.snapshots, &problems)
            section.integer("trees", 1...2000, &churn.trees, &problems)
        }
        configuration.churn = churn
    }

    // MARK: Places

    private mutating func parsePlaces(_ reader: inout MappingReader) {
        if let path = directoryVariable("STATE_DIRECTORY") { configuration.stateDirectory = path }
        if let path = directoryVariable("RUNTIME_DIRECTORY") {
            configuration.socket.path = FilePath.resolve("aurad.sock", in: path)
        }
        if let value = reader.take("state_dir"), let path = path(value, "state_dir", "the path of a folder") {
            configuration.stateDirectory = path
        }
        let socketValue = reader.take("socket")
        if let value = socketValue, let path = path(value, "socket", "the path of a socket") {
            configuration.socket.path = path
        }
        let length = configuration.socket.path.utf8.count
        if length > SocketSettings.pathBytesMax {
            problems.add(
                .outOfRange, at: socketValue?.position, "socket", found: "a path of \(length) bytes",
                expected: "at most \(SocketSettings.pathBytesMax) bytes, all that the kernel allows")
        }
        if let value = reader.take("socket_mode") {
            // Read as octal whether it is quoted or not: nobody writes permission bits in decimal.
            let expected = "permission bits in octal from 0000 to 0777, such as 0660"
            let text = value.scalar ?? ""
            let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
            if (3...4).contains(digits.count), digits.utf8.allSatisfy(NumberText.isDigit) {
                if let mode = Int(digits, radix: 8), mode <= 0o777 {
                    configuration.socket.mode = mode
                } else {
                    problems.add(.outOfRange, at: value.position, "socket_mode", found: text, expected: expected)
                }
            } else {
                ValueReader.wrongType(value, "socket_mode", expected, &problems)
            }
        }
        let readers = configuration.groups.readers
        if files.groupExists(readers) { configuration.socket.group = readers }
        if let value = reader.take("socket_group") { parseSocketGroup(value) }
    }

    private mutating func parseSocketGroup(_ value: YAMLValue) {
        if value.isNull {
            configuration.socket.group = nil
            return
        }
        let expected = "the name of a group, or null for the daemon's own"
        guard let name = value.text else {
            ValueReader.wrongType(value, "socket_group", expected, &problems)
            return
        }
        guard Grantee.isAccountName(name), files.groupExists(name) else {
            problems.add(
                .notAccepted, at: value.position, "socket_group", found: "no group \(value.shown)", expected: expected,
                advice: "make it with: groupadd --system NAME")
            return
        }
        configuration.socket.group = name
    }

    /// The absolute form of a path in the file.
    mutating func path(_ value: YAMLValue, _ key: String, _ expected: String) -> String? {
        guard let text = ValueReader.text(value, path: key, expected: expected, problems: &problems) else { return nil }
        if text == "~" || text.hasPrefix("~/") {
            problems.add(
                .notAccepted, at: value.position, key, found: value.shown, expected: expected,
                advice: "~ has no meaning here: write the path out")
            return nil
        }
        return FilePath.resolve(text, in: directory)
    }
}
