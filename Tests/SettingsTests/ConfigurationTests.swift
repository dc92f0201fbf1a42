import Records
import Settings
import Testing
import Words

@Suite struct ConfigurationTests {
    private func parse(
        _ yaml: String, environment: [String: String] = [:], files: TestFiles = TestFiles()
    ) throws(ConfigurationError) -> Configuration {
        try Configuration.parse(
            yaml: yaml, path: "/etc/aura/aurad.yaml", environment: environment, files: files.access)
    }

    private func problems(
        _ yaml: String, environment: [String: String] = [:], files: TestFiles = TestFiles()
    ) -> [ConfigurationProblem] {
        do throws(ConfigurationError) {
            _ = try parse(yaml, environment: environment, files: files)
            return []
        } catch {
            return error.problems
        }
    }

    // MARK: Defaults

    @Test(arguments: ["", "\n", "# nothing but a comment\n", "---\n", "{}\n", "~\n", "\u{FEFF}# with a mark\n"])
    func emptyTextIsTheDefaults(_ yaml: String) throws {
        #expect(try parse(yaml) == Configuration())
    }

    @Test func defaultsAreTheDocumentedOnes() {
        let configuration = Configuration()
        #expect(configuration.baseCurrency == "USD")
        #expect(configuration.asOf == .clock)
        #expect(configuration.activity == .any)
        #expect(configuration.earliestDay == Day("2000-01-01"))
        #expect(configuration.loginEvents == ["login"])
        #expect(configuration.dataRefreshMinutes == 60)
        #expect(configuration.chatbotTimeoutSeconds == 30)
        #expect(configuration.maxFrameBytes == 16 * 1024 * 1024)
        #expect(configuration.stateDirectory == "/var/lib/aura")
        #expect(configuration.socket.path == "/run/aura/aurad.sock")
        #expect(configuration.socket.mode == 0o660)
        #expect(configuration.contractMonthsDefault == 12)
        #expect(configuration.risk.rules == RiskRule.defaults)
        #expect(configuration.rates.rate(of: "USD", on: Day(rawValue: -10_000)) == .one)
        #expect(configuration.goldSettings.contractMonthsDefault == 12)
        #expect(configuration.goldSettings.regionOfCountry["germany"] == "EMEA")
    }

    @Test func noFileMeansDefaultsAndTheNeighboursOfTheDefaultFolder() throws {
        let alone = try Configuration.load(file: nil, environment: [:], files: TestFiles().access)
        #expect(alone == Configuration())
        var files = TestFiles()
        files.texts["/etc/aura/fx.csv"] = "date,currency,rate_to_base\n2020-01-01,EUR,1.1\n"
        files.texts["/etc/aura/rules.yaml"] = "rules: []\n"
        files.folders = ["/etc/aura/playbooks"]
        files.groups = ["aura"]
        let found = try Configuration.load(file: nil, environment: [:], files: files.access)
        #expect(found.rates.currencies == ["EUR", "USD"])
        #expect(found.ratesFile == "/etc/aura/fx.csv")
        #expect(found.rulesFile == "/etc/aura/rules.yaml")
        #expect(found.risk.rules.isEmpty)
        #expect(found.playbooksDirectory == "/etc/aura/playbooks")
        #expect(found.mappingsDirectory == nil)
        #expect(found.socket.group == "aura")
    }

    @Test func aProblemSaysWhichPartIsWrongWhateverItsFileIsNamed() throws {
        var files = TestFiles()
        files.texts = ["/etc/aura/a": "levels: 3\n", "/etc/aura/b": "day\n", "/etc/aura/c": "day\n"]
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.parse(
                yaml: "rules: a\nfx: b\nholidays: c\nas_of: 7\n", path: "/etc/aura/aurad.yaml", files: files.access)
        }
        let parts = Dictionary(
            (error?.problems ?? []).map { ($0.file, $0.part) }, uniquingKeysWith: { first, _ in first })
        #expect(
            parts == [
                "/etc/aura/aurad.yaml": .daemon, "/etc/aura/a": .rules, "/etc/aura/b": .exchangeRates,
                "/etc/aura/c": .holidays,
            ])
    }

    // MARK: Every key

    @Test func everyKeyArrives() throws {
        var files = TestFiles()
        files.texts = [
            "/etc/aura/sub/risk.yaml": "levels: { medium: 0.2 }",
            "/fx.csv": "date,currency,rate_to_base\n2020-01-01,USD,0.9\n",
        ]
        files.folders = ["/etc/aura/plays", "/etc/aura/../maps"]
        files.groups = ["staff"]
        let configuration = try parse(
            """
            base_currency: EUR
            as_of: 2026-06-15
            activity: engagement
            earliest_day: 2015-05-01
            login_events: [login, sso_login, login]
            data_refresh_minutes: 15
            chatbot_timeout_seconds: 10
            max_frame_bytes: "1MiB"
            regions: { NORTH: [Norway, "SE", Atlantis] }
            segments: { small: [basic], large: [pro, enterprise] }
            validation:
              demographics:
                subscription_type: { required: true, values: [basic, 2024, yes] }
                age: { min: 18, max: 99.5 }
                email: { pattern: "*@*" }
              transactions:
                amount: {}
            contract_terms: { monthly: 1, default: 24 }
            billing_months: { annual: 12 }
            roles:
              viewer: [everyone]
              analyst: [user:anna, "gid:100"]
              admin: []
              ingest: [uid:1000]
              export: [group:reporting]
            rules: sub/risk.yaml
            playbooks: ./plays
            fx: /fx.csv
            mappings: ../maps
            state_dir: state
            socket: /srv/aura.sock
            socket_mode: 0600
            socket_group: staff
            inbox: { settle_seconds: 0, max_row_bytes: 2048, batch_bytes: 64 KiB }
            store: { publish_gold: false, compress_after_seconds: 0, log_bytes: 1 MiB }
            schedule:
              intake_seconds: 5
              publish_minutes: 60
              compress_minutes: 0
              train_hours: 0
              verify_hours: 1
            limits:
              connections: 1_000
              connections_per_user: 10
              admin_connections: 20
              idle_seconds: 5
              request_seconds: 6
              worker_threads: 4
            log_level: debug
            """, files: files)
        #expect(configuration.baseCurrency == "EUR")
        #expect(configuration.asOf == .day(try #require(Day("2026-06-15"))))
        #expect(configuration.activity == .engagement)
        #expect(configuration.earliestDay == Day("2015-05-01"))
        #expect(configuration.loginEvents == ["login", "sso_login"])
        #expect(configuration.schedule.refreshMinutes == 15)
        #expect(configuration.chatbotTimeoutSeconds == 10)
        #expect(configuration.maxFrameBytes == 1 << 20)
        #expect(
            configuration.regionOfCountry == [
                "norway": "NORTH", "no": "NORTH", "sweden": "NORTH", "se": "NORTH", "atlantis": "NORTH",
            ])
        #expect(
            configuration.segmentOfSubscriptionType == ["basic": "small", "pro": "large", "enterprise": "large"])
        #expect(
            configuration.validation == [
                .demographics: [
                    "subscription_type": ColumnValidation(required: true, values: ["basic", "2024", "yes"]),
                    "age": ColumnValidation(minimum: 18, maximum: 99.5), "email": ColumnValidation(pattern: "*@*"),
                ],
                .transactions: ["amount": ColumnValidation(required: true)],
            ])
        #expect(configuration.contractMonths == ["monthly": 1])
        #expect(configuration.contractMonthsDefault == 24)
        #expect(configuration.billingMonths == ["annual": 12])
        #expect(
            configuration.roles.grantees == [.viewer: [.everyone], .analyst: [.user("anna"), .gid(100)]])
        #expect(configuration.roles.ingest == [.uid(1000)])
        #expect(configuration.roles.export == [.group("reporting")])
        #expect(configuration.rulesFile == "/etc/aura/sub/risk.yaml")
        #expect(configuration.risk.levels == RiskLevels(medium: 0.2))
        #expect(configuration.playbooksDirectory == "/etc/aura/plays")
        #expect(configuration.ratesFile == "/fx.csv")
        #expect(configuration.rates.rate(of: "USD", on: Day(rawValue: 20_000)) == ExchangeRate("0.9"))
        #expect(configuration.mappingsDirectory == "/etc/aura/../maps")
        #expect(configuration.stateDirectory == "/etc/aura/state")
        #expect(configuration.socket.path == "/srv/aura.sock")
        #expect(configuration.socket.mode == 0o600)
        #expect(configuration.socket.group == "staff")
        #expect(configuration.inbox.settleSeconds == 0)
        #expect(configuration.inbox.maxRowBytes == 2048)
        #expect(configuration.inbox.batchBytes == 65_536)
        #expect(!configuration.store.publishGold)
        #expect(configuration.store.compressAfterSeconds == 0)
        #expect(configuration.store.logBytes == 1_048_576)
        #expect(configuration.schedule.intakeSeconds == 5)
        #expect(configuration.schedule.publishMinutes == 60)
        #expect(configuration.schedule.compressMinutes == 0)
        #expect(configuration.schedule.trainHours == 0)
        #expect(configuration.schedule.verifyHours == 1)
        #expect(configuration.limits.connections == 1000)
        #expect(configuration.limits.connectionsPerUser == 10)
        #expect(configuration.limits.adminConnections == 20)
        #expect(configuration.limits.idleSeconds == 5)
        #expect(configuration.limits.requestSeconds == 6)
        #expect(configuration.limits.workerThreads == 4)
        #expect(configuration.logLevel == .debug)
    }

    @Test func rolesThatAreLeftOutKeepTheirDefault() throws {
        let configuration = try parse("roles: { analyst: [user:anna] }")
        #expect(configuration.roles.grantees[.viewer] == [.group("aura")])
        #expect(configuration.roles.grantees[.admin] == [.group("aura-admin"), .uid(0)])
        #expect(configuration.roles.grantees[.analyst] == [.user("anna")])
    }

    @Test func nullLeavesTheGroupOfTheSocket() throws {
        var files = TestFiles()
        files.groups = ["aura"]
        #expect(try parse("socket_group: null", files: files).socket.group == nil)
        #expect(try parse("", files: files).socket.group == "aura")
    }

    @Test func dependentDefaultsFollow() throws {
        #expect(try parse("limits: { connections: 5 }").limits.connectionsPerUser == 5)
        #expect(try parse("limits: { connections: 5 }").limits.adminConnections == 1)
        #expect(try parse("limits: { connections: 1 }").limits.adminConnections == 0)
        #expect(try parse("limits: { connections: 5, admin_connections: 4 }").limits.adminConnections == 4)
        #expect(throws: ConfigurationError.self) { try parse("limits: { connections: 5, admin_connections: 5 }") }
        #expect(try parse("inbox: { max_row_bytes: 16 MiB }").inbox.batchBytes == 16 << 20)
        #expect(try parse("schedule: { refresh_minutes: 7 }").dataRefreshMinutes == 7)
        #expect(try parse("data_refresh_minutes: 7\nschedule: { refresh_minutes: 7 }").dataRefreshMinutes == 7)
    }

    @Test(arguments: ["0660", "\"0660\"", "0o660", "660"])
    func socketModeIsOctalHoweverItIsWritten(_ text: String) throws {
        #expect(try parse("socket_mode: \(text)").socket.mode == 0o660)
    }

    // MARK: Environment

    @Test func environmentWinsOverTheFile() throws {
        let configuration = try parse(
            "data_refresh_minutes: 5\nchatbot_timeout_seconds: 5",
            environment: ["DATA_REFRESH_MINUTES": "7", "CHATBOT_TIMEOUT_SECONDS": "8"])
        #expect(configuration.dataRefreshMinutes == 7)
        #expect(configuration.chatbotTimeoutSeconds == 8)
        let empty = try parse("data_refresh_minutes: 5", environment: ["DATA_REFRESH_MINUTES": ""])
        #expect(empty.dataRefreshMinutes == 5)
    }

    @Test func serviceManagerNamesTheFolders() throws {
        let environment = ["STATE_DIRECTORY": "/a/state:/b", "RUNTIME_DIRECTORY": "/a/run:/b"]
        let configuration = try parse("", environment: environment)
        #expect(configuration.stateDirectory == "/a/state")
        #expect(configuration.socket.path == "/a/run/aurad.sock")
        let named = try parse("state_dir: /x\nsocket: /y.sock", environment: environment)
        #expect(named.stateDirectory == "/x")
        #expect(named.socket.path == "/y.sock")
    }

    @Test func environmentIsCheckedToo() {
        let found = problems(
            "as_of: never",
            environment: [
                "DATA_REFRESH_MINUTES": "0", "CHATBOT_TIMEOUT_SECONDS": "ten", "STATE_DIRECTORY": "state",
                "RUNTIME_DIRECTORY": ":",
            ])
        #expect(
            found.map(\.description) == [
                #"/etc/aura/aurad.yaml:1:8: as_of: found "never", expected clock, data or a day YYYY-MM-DD"#,
                "environment: DATA_REFRESH_MINUTES: found 0, expected an integer from 1 to 10080",
                #"environment: CHATBOT_TIMEOUT_SECONDS: found text "ten", expected an integer from 1 to 600"#,
                #"environment: STATE_DIRECTORY: found "state", expected an absolute path"#,
            ])
        #expect(found.map(\.kind) == [.notAccepted, .outOfRange, .wrongType, .notAccepted])
    }

    // MARK: Regions

    @Test func aCountryCountsUnderAllItsNames() throws {
        let table = try parse("regions: { AMER: [us, CANADA], X: [England] }").regionOfCountry
        for name in ["us", "usa", "united states", "united states of america", "canada", "ca"] {
            #expect(table[name] == "AMER")
        }
        #expect(table["uk"] == "X")
        #expect(table["germany"] == nil)
    }

    @Test func partsOfACountryMayLieInTwoRegions() throws {
        let table = try parse("regions: { A: [England], B: [Scotland] }").regionOfCountry
        #expect(table == ["england": "A", "scotland": "B"])
    }

    // MARK: Files

    @Test func aWrongBaseCurrencyIsReportedOnce() {
        var files = TestFiles()
        files.texts["/etc/aura/fx.csv"] = "date,currency,rate_to_base\n2020-01-01,USD,1.5\n"
        #expect(problems("base_currency: usd", files: files).count == 1)
    }

    @Test func problemsOfAllFilesComeTogether() {
        var files = TestFiles()
        files.texts["/etc/aura/fx.csv"] = "date,currency,rate_to_base\n2020-01-01,EUR,x\n"
        files.texts["/etc/aura/rules.yaml"] = "levels: { medium: 2 }\n"
        let found = problems("as_of: x", environment: ["DATA_REFRESH_MINUTES": "x"], files: files)
        #expect(
            found.map(\.file) == [
                "/etc/aura/aurad.yaml", "/etc/aura/rules.yaml", "/etc/aura/fx.csv", ConfigurationProblem.environment,
            ])
    }

    @Test func manyProblemsAreCounted() {
        let lines = (0..<250).map { "key\($0): 1" }.joined(separator: "\n")
        let found = problems(lines)
        #expect(found.count == ConfigurationError.problemsPerFileMax + 1)
        #expect(found.last?.kind == .more)
        #expect(found.last?.found == "150 more problems")
    }

    @Test func aliasesAreFollowedAndBounded() throws {
        let shared = try parse("roles: { viewer: &team [group:a], analyst: *team }")
        #expect(shared.roles.grantees[.analyst] == [.group("a")])
        // Ten to the ninth values in some lines.
        var bomb = "l0: &l0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        for level in 1..<9 {
            let alias = "*l\(level - 1)"
            bomb += "l\(level): &l\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        let found = problems(bomb)
        #expect(found.contains { $0.kind == .syntax && $0.found.contains("more than") })
    }

    @Test func deepNestingIsAProblemAndNoCrash() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(problems("login_events: \(deep)").first?.kind == .syntax)
        #expect(
            problems("login_events: \(String(repeating: "[", count: 900))x\(String(repeating: "]", count: 900))").count
                == 1)
    }
}
