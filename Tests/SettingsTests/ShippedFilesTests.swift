import Foundation
import Records
import Settings
import Testing
import Words

/// The files in `etc/aura` are documentation that is executed: they must be right to the letter.
@Suite struct ShippedFilesTests {
    static let folder = FilePathOfTests.package + "/etc/aura"

    private static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    /// The file as it would be with every commented-out default put into force: `#key: …`, `#  key: …`, `#  # text`.
    private static func uncommented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
            guard line.hasPrefix("#") else { return line }
            let rest = line.dropFirst()
            let indent = rest.prefix { $0 == " " }.count
            guard let first = rest.dropFirst(indent).first, indent == 0 || indent == 2 else { return line }
            return first == "#" || (first.isLowercase && first.isASCII) ? rest : line
        }.joined(separator: "\n")
    }

    @Test func shippedConfigurationIsTheDefaults() throws {
        var files = TestFiles()
        files.texts["/etc/aura/rules.yaml"] = try Self.text("rules.yaml")
        files.texts["/etc/aura/fx.csv"] = try Self.text("fx.csv")
        let shipped = try Configuration.parse(
            yaml: Self.text("aurad.yaml"), path: "/etc/aura/aurad.yaml", files: files.access)
        var expected = Configuration()
        expected.rulesFile = "/etc/aura/rules.yaml"
        expected.ratesFile = "/etc/aura/fx.csv"
        expected.risk.disabledRules = shipped.risk.disabledRules
        #expect(shipped == expected)
    }

    @Test func everyDefaultInTheFileIsTheDefault() throws {
        var files = TestFiles()
        files.texts["/etc/aura/rules.yaml"] = try Self.text("rules.yaml")
        files.texts["/etc/aura/fx.csv"] = try Self.text("fx.csv")
        files.texts["/etc/aura/holidays.csv"] = try Self.text("holidays.csv")
        files.folders = ["/etc/aura/playbooks", "/etc/aura/mappings"]
        files.groups = ["aura"]
        let commented = try Self.text("aurad.yaml")
        let text = Self.uncommented(commented)
        #expect(text != commented)
        let written = try Configuration.parse(yaml: text, path: "/etc/aura/aurad.yaml", files: files.access)
        let implied = try Configuration.parse(yaml: "", path: "/etc/aura/aurad.yaml", files: files.access)
        #expect(written == implied)
    }

    /// What the file says of when a key comes into force is what the daemon does.
    @Test func everyCommentSaysWhenAChangeComesIntoForce() throws {
        var comments: [String: String] = [:]
        var section = ""
        var block = ""
        for line in try Self.text("aurad.yaml").split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop { $0 == "#" || $0 == " " }
            let isKey = line.wholeMatch(of: /#( {2})?[a-z_]+:.*/) != nil
            guard isKey else {
                block = line.isEmpty ? "" : block + bare + " "
                continue
            }
            let name = String(bare.prefix { $0 != ":" })
            if line.hasPrefix("#  ") {
                comments["\(section).\(name)"] = block
            } else {
                section = name
                comments[name] = block
            }
            block = ""
        }
        for (key, effect) in Configuration().effects {
            guard let comment = comments[key] else { continue }
            #expect(comment.contains("Restart.") == (effect == .restart), "\(key): \(comment)")
            #expect(comment.contains("has no effect in this version") == (effect == .unused), "\(key): \(comment)")
        }
        let silent = Configuration().effects.filter { $0.effect != .reload && comments[$0.key] == nil }
        #expect(silent.isEmpty, "\(silent)")
    }

    @Test func everyKeyIsShown() throws {
        let shown = try Self.text("aurad.yaml")
        var section = ""
        for line in Configuration().render().split(separator: "\n") {
            let key = line.drop { $0 == " " || $0 == "#" }.prefix { $0 != ":" }
            if !line.hasPrefix("  ") { section = String(key) }
            // The members of these are names of the operator's own.
            if line.hasPrefix("  "), ["regions", "segments", "validation", "billing_months"].contains(section) {
                continue
            }
            let isShown = shown.split(separator: "\n").contains {
                let bare = $0.drop { $0 == "#" || $0 == " " }
                return $0.hasPrefix("#") && bare.hasPrefix("\(key):")
            }
            #expect(isShown, "\(section): \(key)")
        }
    }

    @Test func shippedRulesAreTheBuiltInOnes() throws {
        var files = TestFiles()
        files.texts["/etc/aura/rules.yaml"] = try Self.text("rules.yaml")
        let risk = try Configuration.parse(yaml: "", path: "/etc/aura/aurad.yaml", files: files.access).risk
        #expect(risk.rules == RiskRule.defaults)
        #expect(risk.levels == RiskLevels())
        #expect(risk.health == HealthSettings())
        #expect(risk.disabledRules.count == 8)
        files.texts["/etc/aura/rules.yaml"] = risk.render()
        #expect(try Configuration.parse(yaml: "", path: "/etc/aura/aurad.yaml", files: files.access).risk == risk)
        #expect(risk.disabledRules.first?.conditions.map(\.metric) == ["tenure_days", "transactions_total"])
        // Which metrics there are is said once, by the program.
        #expect(try Self.text("rules.yaml").contains("aurac help metrics"))
    }

    @Test func shippedRatesKnowTheBaseCurrencyOnly() throws {
        let text = try Self.text("fx.csv")
        var files = TestFiles()
        files.texts["/etc/aura/fx.csv"] = text
        let rates = try Configuration.parse(yaml: "", path: "/etc/aura/aurad.yaml", files: files.access).rates
        #expect(rates.currencies == ["USD"])
        files.texts["/etc/aura/fx.csv"] = text.replacingOccurrences(of: "#2000", with: "2000")
        let examples = try Configuration.parse(yaml: "", path: "/etc/aura/aurad.yaml", files: files.access).rates
        #expect(examples.currencies == ["CAD", "CHF", "EUR", "GBP", "JPY", "USD"])
    }

    @Test func shippedFilesLoadFromDisk() throws {
        let configuration = try Configuration.load(file: "\(Self.folder)/aurad.yaml", environment: [:])
        #expect(configuration.risk.rules == RiskRule.defaults)
        #expect(configuration.rates.currencies == ["USD"])
    }

    static let shared =
        ProcessInfo.processInfo.environment["AURA_SHARED"] ?? "\(FilePathOfTests.package)/../shared"

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: "\(shared)/bench/aurad.yaml"), "shared data folder not found"))
    func benchmarkConfigurationIsAccepted() throws {
        let configuration = try Configuration.load(file: "\(Self.shared)/bench/aurad.yaml", environment: [:])
        #expect(configuration.asOf == .data)
        #expect(configuration.activity == .engagement)
        #expect(configuration.regionOfCountry["united states"] == "AMER")
        #expect(configuration.regionOfCountry["mexico"] == "LATAM")
        #expect(configuration.regionOfCountry["china"] == nil)
        #expect(configuration.rates.currencies == ["EUR", "GBP", "JPY", "USD"])
        #expect(
            configuration.validation[.demographics]?["subscription_type"]
                == ColumnValidation(required: true, values: ["basic", "pro", "enterprise"]))
    }
}
