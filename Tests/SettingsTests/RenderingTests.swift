import Records
import Settings
import Testing
import Words

@Suite struct RenderingTests {
    /// A configuration with every value drawn at random, as an operator could write it.
    static func random(_ seed: UInt64, files: inout TestFiles) -> Configuration {
        var generator = SeededGenerator(seed: seed)
        func chance() -> Bool { Bool.random(using: &generator) }
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        let names = ["basic", "pro", "a b", "yes", "1", "[x]", "é", "\"q\"", "x: y", "null", "ENTERPRISE"]
        func someNames() -> [String] { names.filter { _ in chance() } }
        var configuration = Configuration()
        configuration.baseCurrency = ["USD", "EUR", "JPY"].randomElement(using: &generator) ?? "USD"
        configuration.asOf = [.clock, .data, .day(Day(rawValue: Int32(pick(12_000...30_000))))][pick(0...2)]
        configuration.activity = ActivityDefinition.allCases[pick(0...2)]
        configuration.earliestDay = Day(rawValue: Int32(pick(-3000...12_000)))
        configuration.loginEvents = Set(["login"] + someNames())
        configuration.dataRefreshMinutes = pick(1...10_080)
        if chance() {
            configuration.regionOfCountry = Dictionary(
                uniqueKeysWithValues: ["atlantis", "mu", "x y", "no such"].filter { _ in chance() }.map {
                    // A code of a real country would stand for all its names.
                    ($0 == "mu" ? "lemuria" : $0, names[pick(0...10)])
                })
        }
        for name in names where chance() { configuration.segmentOfSubscriptionType[name] = names[pick(0...10)] }
        for name in names where chance() { configuration.contractMonths[name] = pick(1...120) }
        for name in names where chance() { configuration.billingMonths[name] = pick(1...120) }
        configuration.contractMonthsDefault = pick(1...120)
        if chance() {
            configuration.validation[.demographics] = [
                "tier": ColumnValidation(
                    required: chance(), values: ["x"] + someNames(), pattern: chance() ? "*a?" : nil),
                "age": ColumnValidation(minimum: chance() ? Double(pick(0...50)) : nil, maximum: 99.25),
            ]
        }
        if chance() { configuration.validation[.surveys] = ["nps_score": ColumnValidation(required: true)] }
        for role in Role.allCases {
            let all: [Grantee] = [.everyone, .user("a"), .group("b-c"), .uid(7), .gid(8)]
            let some = all.filter { _ in chance() }
            configuration.roles.grantees[role] = some.isEmpty ? nil : some
        }
        configuration.roles.ingest = chance() ? [] : [.everyone]
        configuration.roles.export = chance() ? [] : [.group("b-c"), .uid(7)]
        if chance() {
            configuration.people = PeopleSettings(
                names.filter { $0 != "1" && chance() && !$0.isEmpty }.enumerated().map { index, name in
                    PeopleSettings.Entry(
                        uid: chance() ? UInt32(index * 7) : nil, person: name, owner: someNames(),
                        team: chance() ? names[pick(0...10)] : nil)
                })
        }
        configuration.gateway = [nil, .user("aura-web"), .uid(991)][pick(0...2)]
        configuration.stateDirectory = ["/var/lib/aura", "/x y/é", "/a#b: c"][pick(0...2)]
        configuration.socket.path = "/run/\(pick(0...9)).sock"
        configuration.socket.mode = pick(0...0o777)
        configuration.socket.group = chance() ? "staff" : nil
        configuration.chatbotTimeoutSeconds = pick(1...600)
        configuration.maxFrameBytes = pick(65_536...268_435_456)
        configuration.inbox.settleSeconds = pick(0...3600)
        configuration.inbox.maxRowBytes = pick(1024...65_536)
        configuration.inbox.batchBytes = pick(65_536...1_000_000)
        configuration.store.publishGold = chance()
        configuration.store.compressAfterSeconds = pick(0...604_800)
        configuration.store.logBytes = pick(65_536...1_000_000_000)
        configuration.schedule.intakeSeconds = pick(1...3600)
        configuration.schedule.publishMinutes = pick(1...1440)
        configuration.schedule.compressMinutes = pick(0...1440)
        configuration.schedule.trainHours = pick(0...8760)
        configuration.schedule.trainQuietSeconds = pick(0...86_400)
        configuration.churn.snapshots = pick(1...36)
        configuration.churn.trees = pick(1...2000)
        configuration.schedule.verifyHours = pick(0...8760)
        configuration.limits.connections = pick(100...65_536)
        configuration.limits.connectionsPerUser = pick(1...100)
        configuration.limits.adminConnections = pick(0...99)
        configuration.limits.idleSeconds = pick(1...86_400)
        configuration.limits.requestSeconds = pick(1...3600)
        configuration.limits.workerThreads = pick(0...256)
        configuration.logLevel = LogLevel.allCases[pick(0...6)]
        if chance() {
            files.texts["/data/fx.csv"] = "date,currency,rate_to_base\n2020-01-01,GBP,1.\(pick(1...9))\n"
            configuration.ratesFile = "/data/fx.csv"
        }
        configuration.rates = ExchangeRates(baseCurrency: configuration.baseCurrency, steps: [])
        if chance() {
            files.folders.insert("/plays: here")
            configuration.playbooksDirectory = "/plays: here"
        }
        files.groups = ["staff"]
        return configuration
    }

    @Test(arguments: 0..<60)
    func renderedConfigurationReadsBack(_ seed: Int) throws {
        var files = TestFiles()
        var configuration = Self.random(UInt64(seed), files: &files)
        let again = try Configuration.parse(
            yaml: configuration.render(), path: "/etc/aura/aurad.yaml", files: files.access)
        // The rates stand in their own file.
        configuration.rates = again.rates
        #expect(again == configuration)
        #expect(again.render() == configuration.render())
        #expect(again.difference(from: configuration).isEmpty)
        #expect(configuration.render().split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= 200 })
    }

    @Test func renderedDefaultsReadBack() throws {
        let text = Configuration().render()
        #expect(text.contains("base_currency: USD\n"))
        #expect(text.contains("# rules: none (4 rules in force)\n"))
        #expect(text.contains("max_frame_bytes: 16777216  # 16 MiB\n"))
        #expect(try Configuration.parse(yaml: text, path: "/x/aurad.yaml") == Configuration())
    }

    // MARK: Difference

    @Test func nothingChangedIsEmpty() {
        #expect(Configuration().difference(from: Configuration()).isEmpty)
    }

    @Test func changesSayWhenTheyTakeEffect() throws {
        let old = Configuration()
        var new = old
        new.limits.connections = 512
        new.limits.workerThreads = 8
        new.socket.path = "/x.sock"
        new.rulesFile = "/r.yaml"
        new.regionOfCountry["atlantis"] = "SEA"
        new.risk.levels.medium = 0.25
        new.risk.rules.removeLast()
        new.risk.rules[0].weightMicro = 1
        let steps = [
            (currency: "EUR", step: ExchangeRates.Step(day: Day(rawValue: 0), rate: try #require(ExchangeRate("0.05"))))
        ]
        new.rates = ExchangeRates(baseCurrency: "USD", steps: steps)
        let changes = new.difference(from: old)
        #expect(
            changes.map(\.key) == [
                "regions.SEA", "rules", "socket", "limits.connections", "limits.worker_threads", "levels.medium",
                "rules.inactive_login", "rules.renewal_at_risk", "fx.EUR",
            ])
        #expect(changes.filter { $0.effect == .restart }.map(\.key) == ["socket", "limits.worker_threads"])
        #expect(changes[3].description == "limits.connections: 256 -> 512 (takes effect on reload)")
        #expect(changes[2].description.hasSuffix("(needs a restart)"))
        #expect(changes[1].description == "rules: none -> /r.yaml (takes effect on reload)")
        #expect(changes[8].new == "1 rate, 0.05 from 1970-01-01")
        #expect(changes[7].new == nil)
        #expect(changes.allSatisfy { $0.description.count < 400 })
        #expect(old.difference(from: new).count == changes.count)
    }

    @Test func theOrderOfRulesIsAChange() {
        let old = Configuration()
        var new = old
        new.risk.rules.swapAt(0, 2)
        #expect(new.difference(from: old).map(\.key) == ["rules (order)"])
    }

    @Test func switchingARuleOnIsAChange() {
        var old = Configuration()
        old.risk.disabledRules = [old.risk.rules.removeLast()]
        let changes = Configuration().difference(from: old)
        #expect(changes.map(\.key) == ["rules.renewal_at_risk"])
        #expect(changes[0].old?.hasSuffix("enabled: false") == true)
    }

    // MARK: Fingerprint

    @Test func fingerprintIsStable() {
        #expect(Configuration().fingerprint == 11_170_760_878_746_314_238)
    }

    @Test func fingerprintSeesWhatDecidesAboutRows() throws {
        let old = Configuration()
        var variants: [Configuration] = []
        func vary(_ change: (inout Configuration) -> Void) {
            var variant = old
            change(&variant)
            variants.append(variant)
        }
        vary { _ in }
        vary { $0.earliestDay = Day(rawValue: 0) }
        vary { $0.baseCurrency = "EUR" }
        vary { $0.inbox.maxRowBytes = 2048 }
        vary { $0.validation = [.demographics: ["age": ColumnValidation(minimum: 1)]] }
        vary { $0.validation = [.demographics: ["age": ColumnValidation(maximum: 1)]] }
        vary { $0.validation = [.demographics: ["age": ColumnValidation(required: true)]] }
        vary { $0.validation = [.demographics: ["age": ColumnValidation(values: ["1"])]] }
        vary { $0.validation = [.demographics: ["age": ColumnValidation(pattern: "1")]] }
        vary { $0.validation = [.demographics: ["tier": ColumnValidation(values: ["1"])]] }
        vary { $0.validation = [.surveys: ["age": ColumnValidation(values: ["1"])]] }
        for day in [0, 1] {
            vary {
                let step = ExchangeRates.Step(day: Day(rawValue: Int32(day)), rate: .one)
                $0.rates = ExchangeRates(baseCurrency: "USD", steps: [("EUR", step)])
            }
        }
        #expect(Set(variants.map(\.fingerprint)).count == variants.count)
    }

    @Test func fingerprintDoesNotSeeTheRest() throws {
        let old = Configuration()
        var new = old
        new.limits.connections = 1
        new.regionOfCountry = [:]
        new.risk.rules = []
        new.logLevel = .trace
        new.asOf = .data
        #expect(new.fingerprint == old.fingerprint)
        var first = old
        var second = old
        first.validation = [.demographics: ["tier": ColumnValidation(values: ["a", "b"])]]
        second.validation = [.demographics: ["tier": ColumnValidation(values: ["b", "a"])]]
        #expect(first.fingerprint == second.fingerprint)
        // A new rate of a known currency converts otherwise, but accepts the same rows.
        let step = ExchangeRates.Step(day: Day(rawValue: 0), rate: .one)
        let later = ExchangeRates.Step(day: Day(rawValue: 9), rate: .one)
        first.rates = ExchangeRates(baseCurrency: "USD", steps: [("EUR", step)])
        second.rates = ExchangeRates(baseCurrency: "USD", steps: [("EUR", step), ("EUR", later)])
        #expect(first.fingerprint == second.fingerprint)
    }
}
